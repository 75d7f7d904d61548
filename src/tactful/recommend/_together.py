"""What is bought in the same basket as something: of baskets with the one, the share with the other, where that is surely more than chance.

Source: on Complete Journey P(other | one) with a hard exclusion of the same type beats lift, cosine and EASE for things of another type. Three things make it
better on baskets not learned from: leaning on the partners of the one's type, for which there are more baskets; giving each basket one vote however long it is,
as somebody who looks at one thing is one visit; and asking whether the two are bought together more often than the weeks alone explain, so that things on
offer in the same week do not look like company. That is asked of the pair; and, as few baskets hold it, of the one's type and category with the other, and of
both types.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse

from tactful.model.tables import LOOK_KINDS, LookTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WEEK_DAYS = 7
CHUNK = 256
"""Things whose partners are found at once: as many rows of all things are held in memory."""


class TogetherConfig(Struct, frozen=True, kw_only=True):
    """Settings of what is bought at once."""

    kind_weight: float = 100.0
    """How many baskets the partners of the one's type are worth."""
    sure: float = 3.0
    """Standard deviations above chance, of the other, or its type, with the one, its type or its category, from which it is company."""
    least_together: float = 5.0
    """Least baskets with both."""
    kept: int = 30
    """Partners kept per thing."""


class Partners(Struct, frozen=True, kw_only=True):
    """What is bought with one thing, best first; columns of equal length."""

    thing: Ints
    probability: Floats
    lift: Floats
    """Ratio to how often it is bought anyhow."""
    gain: Floats | None = None
    """How much likelier after the one than before it, where that was asked."""


class _Others(Struct, frozen=True, kw_only=True):
    """What else is in baskets: things, or kinds of them."""

    votes: sparse.csr_matrix
    """The votes of each basket for each, float32 [baskets, others]."""
    weekly: Floats
    """Share of each week's votes that hold each, float64 [others, weeks]."""


class _Baskets(Struct, frozen=True, kw_only=True):
    """Baskets with more than one thing; every basket has one vote, shared by its lines, and a basket has one vote on average."""

    has: tuple[sparse.csc_matrix, ...]
    """Whether they hold each thing, kind and category, 0/1 [baskets, things | kinds | categories]."""
    others: tuple[_Others, _Others]
    """Things, and kinds."""
    vote: Floats
    week: sparse.csr_matrix
    """Each basket's votes in its week, [baskets, weeks]."""


class Together:
    """Baskets, to be asked what goes with what in them."""

    def __init__(self, order: NDArray[np.int32], thing: Ints, day: Floats, *, levels: tuple[Ints, Ints], config: TogetherConfig) -> None:
        """Lay out lines, columns of equal length; ``levels`` are kind and category of each thing [things], from 0."""
        self._levels, self._config = levels, config
        self._baskets = _baskets(order, thing, day, levels=(np.arange(len(levels[0])), *levels))

    def of_things(self) -> Iterator[tuple[int, Partners]]:
        """Partners of each thing that has any."""
        things = np.lexsort(self._levels)  # by category, then kind, so that each of them is counted in few chunks
        for some in np.array_split(things, len(things) // CHUNK + 1) if self._baskets else ():
            one, (kind, sure_kind), (_, sure_category) = self._counts(0, some), self._of_level(1, some), self._of_level(2, some)
            sure = self._surely(0, some, one) | sure_kind | sure_category
            lean = (self._config.kind_weight / np.maximum(kind.held, 1e-9))[:, None]
            total = (one.held + self._config.kind_weight)[:, None]
            likely, anyhow = (one.together + lean * kind.together) / total, (one.expected + lean * kind.expected) / total
            yield from self._best(some, likely=likely, anyhow=anyhow, sure=sure & (one.held > 0)[:, None], kind=self._levels[0][some])

    def of_kinds(self) -> Iterator[tuple[int, Partners]]:
        """Partners of each kind that has any: for things too new to have their own."""
        kinds, example = np.unique(self._levels[0], return_index=True)
        for place in np.array_split(np.arange(len(kinds)), len(kinds) // CHUNK + 1) if self._baskets else ():
            kind, sure = self._of_level(1, example[place])
            held = np.maximum(kind.held, 1e-9)[:, None]
            yield from self._best(kinds[place], likely=kind.together / held, anyhow=kind.expected / held, sure=sure, kind=kinds[place])

    def _of_level(self, level: int, some: Ints) -> tuple["_Counts", NDArray[np.bool_]]:
        """Counts of the kind or category of each of some things, and whether they are surely more than chance."""
        code, place = np.unique(self._levels[level - 1][some], return_inverse=True)
        found = self._counts(level, code)
        return _Counts(together=found.together[place], expected=found.expected[place], held=found.held[place]), self._surely(level, code, found)[place]

    def _surely(self, level: int, some: Ints, things: "_Counts") -> NDArray[np.bool_]:
        """Whether each thing, or its kind, is surely in baskets with each of some more often than by chance, bool [some, things]."""
        return self._sure(things) | self._sure(self._counts(level, some, with_kinds=True))[:, self._levels[0]]

    def _counts(self, level: int, some: Ints, *, with_kinds: bool = False) -> "_Counts":
        assert self._baskets is not None
        has, other = self._baskets.has[level][:, some], self._baskets.others[with_kinds]
        together = (has.T @ other.votes).toarray()
        expected = (has.T @ self._baskets.week).toarray() @ other.weekly.T
        return _Counts(together=together, expected=np.asarray(expected, np.float32), held=np.asarray(has.T @ self._baskets.vote).ravel())

    def _sure(self, found: "_Counts") -> NDArray[np.bool_]:
        """Whether so many are surely more than expected, each of the baskets that hold the one being a draw."""
        sure: NDArray[np.bool_] = found.together >= self._config.least_together
        line, thing = np.nonzero(sure)
        together, expected = found.together[line, thing], found.expected[line, thing]
        spread = np.sqrt(np.maximum(expected * (1 - expected / found.held[line]), 0.0))
        sure[line, thing] = together - expected >= self._config.sure * spread
        return sure

    def _best(self, some: Ints, *, likely: Floats, anyhow: Floats, sure: NDArray[np.bool_], kind: Ints) -> Iterator[tuple[int, Partners]]:
        fits = sure & (likely > anyhow) & (kind[:, None] != self._levels[0][None])
        for line in np.flatnonzero(fits.any(axis=1)).tolist():
            thing = np.flatnonzero(fits[line])
            best = thing[np.argsort(-likely[line, thing], kind="stable")[: self._config.kept]]
            yield int(some[line]), Partners(thing=best, probability=np.minimum(likely[line, best], 1.0), lift=likely[line, best] / anyhow[line, best])


class _Counts(Struct, frozen=True, kw_only=True):
    """Votes of baskets with some things, kinds or categories."""

    together: NDArray[np.float32]
    """With each thing too, [some, things]."""
    expected: NDArray[np.float32]
    """What the weeks alone would give, [some, things]."""
    held: Floats
    """All of them, float64 [some]."""


def _baskets(order: NDArray[np.int32], thing: Ints, day: Floats, *, levels: tuple[Ints, ...]) -> _Baskets | None:
    _, first, number = np.unique(order, return_index=True, return_inverse=True)
    has = ones(number, thing, shape=(len(first), len(levels[0])))
    length = np.diff(has.indptr)
    several = np.flatnonzero(length > 1)
    if not len(several):
        return None
    has, vote = has[several], 1.0 / length[several]
    vote *= len(vote) / vote.sum()
    _, week = np.unique(np.floor(day[first[several]] / WEEK_DAYS), return_inverse=True)
    in_week = sparse.csr_matrix((vote, (np.arange(len(vote)), week)))
    held = tuple(_held(has, code) for code in levels)
    return _Baskets(has=held, others=(_others(held[0], vote, in_week), _others(held[1], vote, in_week)), vote=vote, week=in_week)


def _others(held: sparse.csc_matrix, vote: Floats, in_week: sparse.csr_matrix) -> _Others:
    weekly = (held.T @ in_week).toarray() / np.asarray(in_week.sum(axis=0)).ravel()
    return _Others(votes=(sparse.diags(vote) @ held).astype(np.float32).tocsr(), weekly=np.asarray(weekly))


def _held(has: sparse.csr_matrix, code: Ints) -> sparse.csc_matrix:
    held = (has @ ones(np.arange(len(code)), code, shape=(len(code), int(code.max()) + 1))).tocsc()
    held.data[:] = 1.0
    return held


def ones(i: NDArray[np.intp], j: Ints, *, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A matrix of noughts and ones; what is named twice is one."""
    matrix = sparse.csr_matrix((np.ones(len(i), np.float32), (i, j)), shape=shape)
    matrix.data[:] = 1.0
    return matrix


def looked_at_together(looks: LookTable, rows: Ints, *, least: int) -> dict[tuple[int, int], float]:
    """How much oftener than by chance two of some catalogue rows are looked at by one customer on one day, where ``least`` did so; by pair of rows.

    Source: what is viewed together is compared, and bought instead (P-Companion, KDD 2020, learns from what is bought together less what is viewed together).
    """
    kept = np.isin(looks.row, rows) & (looks.kind == LOOK_KINDS.index("view"))
    if not kept.any():
        return {}
    day, customer = np.floor(looks.day[kept]), looks.customer[kept]
    visit = np.cumsum((np.diff(day, prepend=day[0]) != 0) | (np.diff(customer, prepend=customer[0]) != 0))  # they are in this order
    seen = ones(visit, np.searchsorted(rows, looks.row[kept]), shape=(int(visit.max()) + 1, len(rows)))
    share = np.asarray(seen.sum(axis=0)).ravel() / seen.shape[0]
    pairs = (seen.T @ seen).tocoo()
    often = (pairs.data >= least) & (pairs.row != pairs.col)
    i, j = pairs.row[often], pairs.col[often]
    lift = pairs.data[often] / (share[i] * share[j] * seen.shape[0])
    return {(int(rows[a]), int(rows[b])): value for a, b, value in zip(i.tolist(), j.tolist(), lift.tolist(), strict=True)}
