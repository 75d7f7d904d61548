"""Visits as sequences of things, and what is looked at next in one.

Source: session kNN with decays of place and neighbourhood (V-STAN, Ludewig and others 2019-2021) is level with neural session models; blended with a walk of
two steps over what is looked at side by side, each to a learned power, it is ahead of them on Diginetica and RetailRocket (`tactful bench sessions`).
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.tables import first_of_each
from tactful.recommend._pairs import distinct

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEATURES = ("neighbours", "walk", "beside_last", "after_last", "had", "had_of_late", "visits", "visits_of_late")
"""Names of the columns of `VisitIndex.features`, in order: logs of shares, whether and when it was in this visit, logs of counts."""
PRIOR_WEIGHTS = (0.1, 0.6, 0.05, 0.06, 0.3, 0.3, -0.5, 0.3)
"""Before a log has visits enough to learn from: about what two public logs teach."""
FLOOR = 1e-6
"""Share of what one way of looking at it does not name."""
HAD = FEATURES.index("had")
DENSE = 8
"""Where one line in so many things tells of one, it is quicker to lay out all things."""


class VisitsConfig(Struct, frozen=True, kw_only=True):
    """Settings of what comes next."""

    most_visits: int = 200_000
    """Of more the latest are learned from."""
    looks: int = 20
    """Looks of the visit under way that count, the latest."""
    latest: int = 1_000
    """Visits with each thing that are compared with this one, the latest."""
    neighbours: int = 300
    fading: float = 2.0
    """So many looks back a look counts 1/e."""
    near: float = 3.0
    """So many looks from the thing in common, a neighbour's look counts 1/e."""
    back: float = 0.7
    """What a neighbour looked at before the thing in common, against after."""
    again: float = 1.5
    """What the thing in common itself counts."""
    walk_fading: float = 1.0
    step_fading: float = 1.5
    """So many looks apart two things in a visit are 1/e as much side by side."""
    step_back: float = 0.6
    furthest: int = 12
    kept: int = 50
    """Steps kept from each thing."""
    spread: int = 300
    """Things from which the second step is made."""
    candidates: int = 100
    """Taken from each way of looking at it."""
    held_out: float = 0.07
    """Share of the visits, the latest, that the weights are learned on."""
    examples: int = 4_000
    least_examples: int = 200
    of_late: float = 0.05
    """Share of the visits, the latest, that tell what is looked at these days."""


class Visits(Struct, frozen=True, kw_only=True):
    """What was looked at in each of n visits, the oldest first."""

    thing: Ints
    """Key per look [m]."""
    start: Ints
    """Where each visit starts [n + 1]."""

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, number: int) -> Ints:
        """The looks of one visit."""
        return self.thing[self.start[number] : self.start[number + 1]]

    def __iter__(self) -> Iterator[Ints]:
        return (self[number] for number in range(len(self)))

    def between(self, first: int, end: int) -> "Visits":
        """Some of them, by number."""
        start = self.start[first : end + 1]
        return Visits(thing=self.thing[start[0] : start[-1]], start=start - start[0])

    @property
    def number(self) -> Ints:
        """Which visit each look belongs to [m]."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))


class Shares(Struct, frozen=True):
    """Some of the things, ascending, and how much is at each; columns of equal length. At all others there is nothing."""

    things: Ints
    amount: Floats

    def best(self, count: int) -> Ints:
        """The things with the largest shares, in no order; none with nothing."""
        if len(self.things) <= count:
            return self.things
        return self.things[np.argpartition(-self.amount, count - 1)[:count]]

    def at(self, things: Ints) -> Floats:
        """How much is at each of some things, float64 [n]."""
        if not len(self.things):
            return np.zeros(len(things))
        place = np.minimum(np.searchsorted(self.things, things), len(self.things) - 1)
        return np.where(self.things[place] == things, self.amount[place], 0.0)

    @classmethod
    def summed(cls, things: Ints, amount: Floats, *, of: int) -> "Shares":
        """Sum up amounts by thing, of so many that there are; where they are few the others are not even looked at."""
        if DENSE * len(things) > of:
            total = np.bincount(things, weights=amount, minlength=of)
            some = np.flatnonzero(total > 0)  # many times as quick as of the numbers themselves
            return cls(some, np.asarray(total[some], np.float64))
        order = np.argsort(things, kind="stable")
        ascending = things[order]
        first = np.flatnonzero(first_of_each(ascending))
        return cls(ascending[first], np.add.reduceat(amount[order], first) if len(first) else np.empty(0))


class Steps(Struct, frozen=True, kw_only=True):
    """From each thing to those beside it, as rows of a sparse matrix; ascending."""

    start: Ints
    to: Ints
    share: Floats

    def taken(self, things: Ints, amount: Floats) -> Shares:
        """How much arrives where from some things, of each so much."""
        start, end = self.start[things], self.start[things + 1]
        lines = _ranges(start, end)
        return Shares.summed(self.to[lines], self.share[lines] * np.repeat(amount, end - start), of=len(self.start) - 1)

    def after(self, thing: int) -> Shares:
        """How much arrives where from one thing alone."""
        lines = slice(self.start[thing], self.start[thing + 1])
        return Shares(self.to[lines], self.share[lines])


class VisitIndex:
    """Many visits, laid out to find what comes next in another. ``things``: how many keys there are."""

    def __init__(self, visits: Visits, config: VisitsConfig, *, things: int) -> None:
        self.visits, self.config, self.things = visits, config, things
        number = visits.number
        place = np.arange(len(number)) - visits.start[number]
        order = np.lexsort((-place, -number, visits.thing))
        thing, number_in_order = visits.thing[order], number[order]
        latest = np.concatenate(([True], (np.diff(thing) != 0) | (np.diff(number_in_order) != 0))) if len(order) else np.zeros(0, np.bool_)
        self._visit, self._place = number_in_order[latest], place[order][latest]
        self._start = np.concatenate(([0], np.cumsum(np.bincount(thing[latest], minlength=things))))
        looks = np.bincount(visits.thing, minlength=things)
        self._rarity = np.log(max(len(visits), 1) / np.maximum(looks, 1)).clip(min=0.0) + 1.0 / max(len(visits), 1)
        of_late = visits.thing[visits.start[round(len(visits) * (1 - config.of_late))] :]
        self._counts = np.column_stack([np.log1p(looks), np.log1p(np.bincount(of_late, minlength=things))])
        self.beside = _steps(visits, number, config, things=things, furthest=config.furthest)
        self._after = _steps(visits, number, config, things=things, furthest=1, back=0.0)

    def features(self, own: Ints) -> tuple[Ints, Floats]:
        """What may come next after the looks of a visit, the latest last: things, and what is known of each, float64 [n, features]."""
        config = self.config
        things, ago = np.unique(own[: -config.looks - 1 : -1], return_index=True)
        fading = np.exp(-ago / config.walk_fading)
        first = self.beside.taken(things, fading / fading.sum())
        reached = np.sort(first.best(config.spread))
        last = int(own[-1])
        shares = (
            self._neighbours(things, ago.astype(np.float64)),
            self.beside.taken(reached, first.at(reached)),
            self.beside.after(last),
            self._after.after(last),
        )
        found = distinct(np.concatenate([*(share.best(config.candidates) for share in shares), things]))
        known = np.zeros((len(found), len(FEATURES)))
        for column, share in enumerate(shares):
            known[:, column] = share.at(found) / max(float(share.amount.sum()), FLOOR)
        known[:, : len(shares)] = np.log(known[:, : len(shares)] + FLOOR)
        here = np.searchsorted(found, things)
        known[here, HAD], known[here, HAD + 1] = 1.0, np.exp(-ago / config.fading)
        known[:, HAD + 2 :] = self._counts[found]
        return found, known

    def _neighbours(self, things: Ints, ago: Floats) -> Shares:
        """What the visits most like this one hold, near what they have in common with it."""
        config = self.config
        start = self._start[things]
        end = np.minimum(self._start[things + 1], start + config.latest)
        lines = _ranges(start, end)
        which = np.repeat(np.arange(len(things)), end - start)
        visit = distinct(self._visit[lines])
        shared = np.searchsorted(visit, self._visit[lines])
        alike = np.bincount(shared, weights=(np.exp(-ago / config.fading) * self._rarity[things])[which], minlength=len(visit))
        meeting = np.zeros(len(visit))
        sooner = np.argsort(-ago[which], kind="stable")
        meeting[shared[sooner]] = self._place[lines][sooner]  # the latest thing in common is written last
        if len(visit) > config.neighbours:
            # Of equals the latest: visits are numbered in order of time.
            nearest = np.lexsort((-visit, -alike))[: config.neighbours]
            visit, alike, meeting = visit[nearest], alike[nearest], meeting[nearest]
        begin, length = self.visits.start[visit], self.visits.start[visit + 1] - self.visits.start[visit]
        lines = _ranges(begin, begin + length)
        thing, apart = self.visits.thing[lines], lines - np.repeat(begin + meeting, length)
        near = np.where(apart == 0, config.again, np.where(apart < 0, config.back, 1.0) * np.exp(-np.abs(apart) / config.near))
        return Shares.summed(thing, near * np.repeat(alike, length), of=self.things)

    def together(self, thing: int, others: Ints) -> Ints:
        """In how many of the latest visits with a thing each of others was looked at too, int64 [n]."""
        start = self._start[thing]
        visits = self._visit[start : min(self._start[thing + 1], start + self.config.latest)]
        begin, end = self.visits.start[visits], self.visits.start[visits + 1]
        pairs = distinct(np.repeat(np.arange(len(visits)) * self.things, end - begin) + self.visits.thing[_ranges(begin, end)])
        return Shares.summed(pairs % self.things, np.ones(len(pairs)), of=self.things).at(others).astype(np.int64)


def likely(features: Floats, weights: Floats) -> Floats:
    """Probability of each candidate to be looked at next, float64 [n]; they sum to one."""
    score = features @ weights
    raised = np.exp(score - score.max(initial=0.0 if not len(score) else -np.inf))
    return np.asarray(raised / max(float(raised.sum()), FLOOR))


def learn_weights(visits: Visits, config: VisitsConfig, *, things: int, seed: int) -> tuple[Floats, int]:
    """Learn how much each feature says, on the latest visits asked of an index of those before; the weights and how many examples they rest on."""
    cut = round(len(visits) * (1 - config.held_out))
    later = visits.between(cut, len(visits))
    next_looks = np.setdiff1d(np.arange(len(later.thing)), later.start[:-1])
    if len(next_looks) < config.least_examples:
        return np.array(PRIOR_WEIGHTS), 0
    index = VisitIndex(visits.between(0, cut), config, things=things)
    chosen = np.sort(np.random.default_rng(seed).permutation(next_looks)[: config.examples])
    begin = later.start[later.number[chosen]]
    columns, hits, sizes = [], [], []
    for first, target in zip(begin.tolist(), chosen.tolist(), strict=True):
        found, known = index.features(later.thing[first:target])
        if later.thing[target] in found:
            columns.append(known)
            hits.append(found == later.thing[target])
            sizes.append(len(found))
    if len(sizes) < config.least_examples:
        return np.array(PRIOR_WEIGHTS), 0
    return _fit(np.concatenate(columns), np.concatenate(hits), np.array(sizes)), len(sizes)


def _fit(features: Floats, hit: NDArray[np.bool_], sizes: Ints) -> Floats:
    """Weights under which what was looked at next is the likeliest of its candidates, by maximum likelihood."""
    from scipy.optimize import minimize  # noqa: PLC0415 - only training needs it, and it is slow to import

    usual, scale = features.mean(axis=0), np.maximum(features.std(axis=0), FLOOR)
    known = (features - usual) / scale
    start = np.cumsum(sizes) - sizes

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = known @ weights
        raised = np.exp(score - np.repeat(np.maximum.reduceat(score, start), sizes))
        probability = raised / np.repeat(np.add.reduceat(raised, start), sizes)
        surprise = -float(np.log(probability[hit]).mean()) + 1e-3 * float(weights @ weights)
        return surprise, known.T @ (probability - hit) / len(sizes) + 2e-3 * weights

    found = minimize(loss, np.zeros(known.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale, np.float64)


def _steps(visits: Visits, number: Ints, config: VisitsConfig, *, things: int, furthest: int, back: float | None = None) -> Steps:
    """Shares of what is looked at soon after or before each thing in the same visits."""
    back = config.step_back if back is None else back
    pairs, weights = [], []
    for apart in range(1, furthest + 1):
        first = np.flatnonzero(number[:-apart] == number[apart:])
        earlier, later = visits.thing[first], visits.thing[first + apart]
        differ = earlier != later
        earlier, later = earlier[differ], later[differ]
        weight = np.exp(-(apart - 1) / config.step_fading)
        pairs += [earlier * things + later, later * things + earlier]
        weights += [np.full(len(earlier), weight), np.full(len(earlier), weight * back)]
    pair, which = np.unique(np.concatenate(pairs), return_inverse=True)
    weight = np.bincount(which, weights=np.concatenate(weights), minlength=len(pair))
    source = pair // things
    share = weight / np.maximum(np.bincount(source, weights=weight, minlength=things), FLOOR)[source]
    order = np.lexsort((pair, -share, source))
    rank = np.arange(len(order)) - np.searchsorted(source, source)  # sorted by source already
    order = np.sort(order[(rank < config.kept) & (share[order] > 0)])  # pairs are numbered ascending
    start = np.concatenate(([0], np.cumsum(np.bincount(source[order], minlength=things))))
    return Steps(start=start, to=pair[order] % things, share=share[order])


def _ranges(start: Ints, end: Ints) -> Ints:
    """All numbers of several ranges, one after the other."""
    length = end - start
    return np.repeat(start - (np.cumsum(length) - length), length) + np.arange(length.sum())
