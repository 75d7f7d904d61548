"""What sources proposed to customers, side by side: each source's word on every product, and a few figures of the customer, the product and the time."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Candidates
from tactful.model.customer import Customer
from tactful.model.tables import DAY_SECONDS, runs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FIGURES = ("times", "in_time", "since_kind", "lately", "days", "away")
"""Times they bought the style; whether it is proposed to follow something that they first bought just now (1 or 0); days since they last bought its type;
their order lines of late, days with a purchase, and days since the latest."""
COLUMNS = ("customer", "row", "told", "figures", "wanted")
NEVER = np.inf
NOTHING = -1
LATELY_DAYS = 28


class Voice(Struct, frozen=True):
    """A source, as far as a ranker must know it."""

    name: str
    outranks: int = 0
    """As `Source.outranks`."""
    follows_days: float = 0.0
    """As `Source.follows_days`."""


class SourceScores(Struct, frozen=True, kw_only=True):
    """What one source proposed, in its own scores."""

    voice: Voice
    candidates: Candidates

    @property
    def source(self) -> str:
        """Its name."""
        return self.voice.name


class Proposed(Struct, frozen=True, kw_only=True):
    """What was proposed to customers at a past moment, a row for each customer and product. Columns of equal length n."""

    voices: tuple[Voice, ...]
    customer: Ints
    row: NDArray[np.int32]
    """Catalogue row of what was proposed."""
    told: Floats
    """Each voice's own score, NaN where it was silent; float64 [n, voices]."""
    figures: Floats
    """`FIGURES`, float64 [n, 6]."""
    wanted: NDArray[np.bool_]
    """Whether any variant of it was bought for themselves in the week after."""

    @classmethod
    def to_one(cls, found: Sequence[SourceScores], voices: Sequence[Voice], customer: Customer, *, bought: NDArray[np.int32], now: datetime) -> "Proposed":
        """What was found by some of the voices asked, for one customer, who bought some styles in the week after."""
        proposed = np.concatenate([np.empty(0, np.int32), *(scores.candidates.rows for scores in found)])
        score = np.concatenate([np.empty(0), *(scores.candidates.score for scores in found)])
        voice = np.repeat(np.array([voices.index(scores.voice) for scores in found], np.intp), [len(scores.candidates) for scores in found])
        rows, place = np.unique(proposed, return_inverse=True)
        return cls(
            voices=tuple(voices),
            customer=np.zeros(len(rows), np.int64),
            row=rows,
            told=side_by_side(place, voice, score, size=(len(rows), len(voices))),
            figures=figures_of(rows, place, found, customer=customer, now=now),
            wanted=np.isin(customer.catalog.group_of[rows], bought),
        )

    @classmethod
    def together(cls, parts: Sequence["Proposed"]) -> "Proposed":
        """One customer after the other, at least one, of whom the same voices were asked; only those that proposed anything."""
        whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
        whole["customer"] = np.repeat(np.arange(len(parts)), [len(part.row) for part in parts])
        spoke = np.flatnonzero(~np.isnan(whole["told"]).all(axis=0)).tolist()
        whole["told"] = whole["told"][:, spoke]
        return cls(voices=tuple(parts[0].voices[i] for i in spoke), **whole)

    def of(self, some: NDArray[np.bool_]) -> "Proposed":
        """Some of the rows."""
        return msgspec.structs.replace(self, **{name: getattr(self, name)[some] for name in COLUMNS})

    def on_scale(self, probability: Callable[[str, Floats], Floats]) -> "Proposed":
        """With probabilities for scores; ``probability`` turns the scores of a source into them."""
        told = self.told.copy()
        for column, voice in enumerate(self.voices):
            spoke = ~np.isnan(told[:, column])
            told[spoke, column] = probability(voice.name, told[spoke, column])
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


def figures_of(rows: NDArray[np.int32], place: NDArray[np.intp], found: Sequence[SourceScores], *, customer: Customer, now: datetime) -> Floats:
    """`FIGURES` of some catalogue rows, float64 [n, 6]; for each proposal of what was found, ``place`` says which of the rows it is for."""
    own, catalog, today = customer.history.own(), customer.catalog, now.timestamp() / DAY_SECONDS
    figures = np.empty((len(rows), len(FIGURES)))
    if not len(own.rows):
        figures[:] = (0.0, 0.0, NEVER, 0.0, 0.0, NEVER)
        return figures
    days = own.at / DAY_SECONDS
    of_group, of_type = own.groups[own.by_group], own.types[own.by_type]
    first, end = runs(of_group, catalog.group_of[rows])
    figures[:, 0] = end - first
    figures[:, 1] = 0.0
    begin = 0
    for scores in found:
        count = len(scores.candidates)
        if scores.voice.follows_days:
            anchors = np.array([NOTHING if because.anchor is None else because.anchor for because in scores.candidates.because], np.int64)
            first, end = runs(of_group, catalog.group_of[anchors])
            bought_on = days[own.by_group[np.minimum(first, len(days) - 1)]]
            in_time = (anchors != NOTHING) & (first < end) & (today - bought_on <= scores.voice.follows_days)
            figures[place[begin : begin + count][in_time], 1] = 1.0
        begin += count
    first, end = runs(of_type, catalog.type_of[rows])
    figures[:, 2] = np.where(end > first, today - days[own.by_type[end - 1]], NEVER)
    figures[:, 3] = len(days) - np.searchsorted(days, today - LATELY_DAYS, side="right")
    figures[:, 4] = 1 + np.count_nonzero(np.diff(np.floor(days)))
    figures[:, 5] = today - days[-1]
    return np.maximum(figures, 0.0)
