"""What sources proposed to customers, side by side: each source's word on every product, and a few figures of the customer, the product and the time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Candidates
from tactful.model.customer import Customer
from tactful.model.tables import DAY_SECONDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FIGURES = ("times", "since_kind", "since_anchor", "lately", "days", "away")
"""Times they bought the style; days since they last bought its type, and since they first bought what it follows; their order lines of late, days with a
purchase, and days since the latest."""
COLUMNS = ("customer", "row", "told", "figures", "wanted")
NEVER = np.inf
NOTHING = -1
LATELY_DAYS = 28


class SourceScores(Struct, frozen=True, kw_only=True):
    """What one source proposed, in its own scores."""

    source: str
    candidates: Candidates
    follows: bool = False
    """As `Source.follows`."""

    @property
    def followed(self) -> Ints:
        """Catalogue row of what each candidate follows, below zero where it follows nothing; int64 [n]."""
        if not self.follows:
            return np.full(len(self.candidates), NOTHING)
        return np.array([NOTHING if because.anchor is None else because.anchor for because in self.candidates.because], np.int64)


class Proposed(Struct, frozen=True, kw_only=True):
    """What was proposed to customers at a past moment, a row for each customer and product. Columns of equal length n."""

    sources: tuple[str, ...]
    outranks: tuple[int, ...]
    """Of each source, as `Source.outranks`."""
    customer: Ints
    row: NDArray[np.int32]
    """Catalogue row of what was proposed."""
    told: Floats
    """Each source's own score, NaN where it was silent; float64 [n, sources]."""
    figures: Floats
    """`FIGURES`, float64 [n, 6]."""
    wanted: NDArray[np.bool_]
    """Whether any variant of it was bought for themselves in the week after."""

    @classmethod
    def to_one(cls, found: Sequence[SourceScores], outranks: Mapping[str, int], customer: Customer, *, bought: NDArray[np.int32], now: datetime) -> "Proposed":
        """What was proposed to one customer, who bought some styles in the week after; of each source asked, found anything or not, whom it outranks."""
        names = tuple(outranks)
        proposed = np.concatenate([np.empty(0, np.int32), *(scores.candidates.rows for scores in found)])
        score = np.concatenate([np.empty(0), *(scores.candidates.score for scores in found)])
        followed = np.concatenate([np.empty(0, np.int64), *(scores.followed for scores in found)])
        voice = np.repeat(np.array([names.index(scores.source) for scores in found], np.intp), [len(scores.candidates) for scores in found])
        rows, place = np.unique(proposed, return_inverse=True)
        return cls(
            sources=names,
            outranks=tuple(outranks.values()),
            customer=np.zeros(len(rows), np.int64),
            row=rows,
            told=side_by_side(place, voice, score, size=(len(rows), len(names))),
            figures=figures_of(rows, customer, place=place, followed=followed, now=now),
            wanted=np.isin(customer.catalog.group_of[rows], bought),
        )

    @classmethod
    def together(cls, parts: Sequence["Proposed"]) -> "Proposed":
        """One customer after the other, at least one, of whom the same sources were asked; only those that proposed anything."""
        whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
        whole["customer"] = np.repeat(np.arange(len(parts)), [len(part.row) for part in parts])
        spoke = np.flatnonzero(~np.isnan(whole["told"]).all(axis=0)).tolist()
        whole["told"] = whole["told"][:, spoke]
        first = parts[0]
        return cls(sources=tuple(first.sources[i] for i in spoke), outranks=tuple(first.outranks[i] for i in spoke), **whole)

    def of(self, some: NDArray[np.bool_]) -> "Proposed":
        """Some of the rows."""
        return msgspec.structs.replace(self, **{name: getattr(self, name)[some] for name in COLUMNS})

    def on_scale(self, probability: Callable[[str, Floats], Floats]) -> "Proposed":
        """With probabilities for scores; ``probability`` turns the scores of a source into them."""
        told = self.told.copy()
        for column, name in enumerate(self.sources):
            spoke = ~np.isnan(told[:, column])
            told[spoke, column] = probability(name, told[spoke, column])
        return msgspec.structs.replace(self, told=told)


def side_by_side(place: NDArray[np.intp], voice: NDArray[np.intp], score: Floats, *, size: tuple[int, int]) -> Floats:
    """What each voice says of each product, the highest where it says more than one thing, NaN where it is silent; float64 [products, voices].

    Of proposals as columns of equal length: the product's place, the voice, and the score.

    >>> side_by_side(np.array([0, 1, 1]), np.array([0, 0, 0]), np.array([0.1, 0.2, 0.3]), size=(2, 2)).tolist()
    [[0.1, nan], [0.3, nan]]
    """
    told = np.full(size, np.nan)
    ascending = np.argsort(score, kind="stable")
    told[place[ascending], voice[ascending]] = score[ascending]
    return told


def figures_of(rows: NDArray[np.int32], customer: Customer, *, place: NDArray[np.intp], followed: Ints, now: datetime) -> Floats:
    """`FIGURES` of some catalogue rows, float64 [n, 6]; of the proposals that speak for them ``place`` says for which, and ``followed`` what each follows."""
    own, catalog, today = customer.history.own(), customer.catalog, now.timestamp() / DAY_SECONDS
    figures = np.empty((len(rows), len(FIGURES)))
    if not len(own.rows):
        figures[:] = (0.0, NEVER, NEVER, 0.0, 0.0, NEVER)
        return figures
    days = own.at / DAY_SECONDS
    of_group, of_type = own.groups[own.by_group], own.types[own.by_type]
    first, end = _lines(of_group, catalog.group_of[rows])
    figures[:, 0] = end - first
    first, end = _lines(of_type, catalog.type_of[rows])
    figures[:, 1] = np.where(end > first, today - days[own.by_type[end - 1]], NEVER)
    figures[:, 2] = NEVER
    named = np.flatnonzero(followed != NOTHING)
    first, end = _lines(of_group, catalog.group_of[followed[named]])
    bought = first < end
    np.minimum.at(figures[:, 2], place[named[bought]], today - days[own.by_group[first[bought]]])
    figures[:, 3] = len(days) - np.searchsorted(days, today - LATELY_DAYS, side="right")
    figures[:, 4] = 1 + np.count_nonzero(np.diff(np.floor(days)))
    figures[:, 5] = today - days[-1]
    return np.maximum(figures, 0.0)


def _lines(ascending: NDArray[np.int32], wanted: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the lines of each wanted key begin and end."""
    return np.searchsorted(ascending, wanted, side="left"), np.searchsorted(ascending, wanted, side="right")
