"""What is usual in research for the next look of a visit, each a few lines of arithmetic over earlier visits. Parameters are those of their papers.

Neighbourhood in time is left out of the last: the public logs give visits in order, but no times.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tactful.recommend._visits import Visits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Peer(ABC):
    """One way of ranking all things after the looks of a visit."""

    name: ClassVar[str]

    def __init__(self, visits: Visits, *, things: int) -> None:
        self.visits, self.things = visits, things
        self.number = visits.number
        self.looks = np.bincount(visits.thing, minlength=things)
        # The visits with each thing, the latest first, and where in the visit the thing was looked at last.
        place = np.arange(len(self.number)) - visits.start[self.number]
        order = np.lexsort((-place, -self.number, visits.thing))
        pair = visits.thing[order] * len(visits) + self.number[order]
        order = order[np.diff(pair, prepend=-1) != 0]
        self.visit_of, self.place_of = self.number[order], place[order]
        self.begin = np.concatenate(([0], np.cumsum(np.bincount(visits.thing[order], minlength=things))))

    @abstractmethod
    def score(self, looks: Ints) -> Floats:
        """Scores of all things, float64 [things], the latest look last; 0 for what is never proposed."""

    def among(self, visits: Ints) -> tuple[Ints, Ints]:
        """The looks of some visits: their positions in the log, and which of the visits each is of."""
        length = self.visits.start[visits + 1] - self.visits.start[visits]
        which = np.repeat(np.arange(len(visits)), length)
        return np.arange(length.sum()) + (self.visits.start[visits] - np.cumsum(length) + length)[which], which


class Popularity(Peer):
    """What everybody looks at."""

    name = "popularity"

    def score(self, _looks: Ints) -> Floats:
        """The same for all."""
        return self.looks.astype(np.float64)


class ItemKnn(Peer):
    """Cosine between things over visits, summed over the looks of this one."""

    name = "item-kNN"

    def score(self, looks: Ints) -> Floats:
        """Count the visits that hold both."""
        found = np.zeros(self.things)
        for thing in np.unique(looks).tolist():
            at, which = self.among(self.visit_of[self.begin[thing] : self.begin[thing + 1]])
            pairs = np.unique(which * self.things + self.visits.thing[at])
            both = np.bincount(pairs % self.things, minlength=self.things)
            both[thing] = 0
            found += both / np.sqrt(max(self.looks[thing], 1) * np.maximum(self.looks, 1))
        return found


class NextOfLast(Peer):
    """Sequential rules: what follows the last look, one over the distance, up to ten looks on."""

    name = "sequential rules"

    def score(self, looks: Ints) -> Floats:
        """Sum over all visits with the last thing."""
        lines = slice(self.begin[looks[-1]], self.begin[looks[-1] + 1])
        at, which = self.among(self.visit_of[lines])
        apart = at - self.visits.start[self.number[at]] - self.place_of[lines][which]
        follows = (apart > 0) & (apart <= 10)
        return np.asarray(np.bincount(self.visits.thing[at[follows]], weights=1 / apart[follows], minlength=self.things), np.float64)


class SessionKnn(Peer):
    """S-KNN: what the visits hold that share most with this one."""

    name = "S-KNN"
    neighbours: ClassVar[int] = 100
    latest: ClassVar[int] = 1_000

    def score(self, looks: Ints) -> Floats:
        """Sum over the nearest of the latest visits that share anything."""
        things, ago = np.unique(looks[::-1], return_index=True)
        lines = np.concatenate([np.arange(self.begin[thing], self.begin[thing + 1]) for thing in things.tolist()])
        which = np.repeat(np.arange(len(things)), self.begin[things + 1] - self.begin[things])
        visits, shared = np.unique(self.visit_of[lines], return_inverse=True)
        recent = visits >= (visits[-self.latest] if len(visits) > self.latest else 0)
        kept = recent[shared]
        counted = self.weight(ago, len(looks))[which[kept]]
        alike = np.asarray(np.bincount(shared[kept], weights=counted, minlength=len(visits)), np.float64)
        nearest = ago[which[kept]]
        latest = np.full(len(visits), len(looks))
        np.minimum.at(latest, shared[kept], nearest)
        meeting = np.zeros(len(visits), np.int64)
        meets = kept.copy()
        meets[kept] = nearest == latest[shared[kept]]
        meeting[shared[meets]] = self.place_of[lines[meets]]
        alike = self.near(alike, visits, len(looks))
        best = np.flatnonzero(recent)
        best = best[np.lexsort((-visits[best], -alike[best]))][: self.neighbours]
        at, of = self.among(visits[best])
        apart = at - self.visits.start[self.number[at]] - meeting[best][of]
        weight = alike[best][of] * self.counts(latest[best][of], apart, self.visits.thing[at])
        return np.asarray(np.bincount(self.visits.thing[at], weights=weight, minlength=self.things), np.float64)

    def weight(self, ago: Ints, _length: int) -> Floats:
        """What each thing in common counts."""
        return np.ones(len(ago))

    def near(self, alike: Floats, visits: Ints, length: int) -> Floats:
        """How near each visit is."""
        size = self.visits.start[visits + 1] - self.visits.start[visits]
        return np.asarray(alike / np.sqrt(size * length))

    def counts(self, _latest: Ints, apart: Ints, _thing: Ints) -> Floats:
        """What each look of a neighbour counts, by how long ago this visit saw what they share, and how far the look is from that."""
        return np.ones(len(apart))


class SequentKnn(SessionKnn):
    """V-SKNN: later looks of this visit count more, linearly, and rare things more."""

    name = "V-SKNN"

    def weight(self, ago: Ints, length: int) -> Floats:
        """From one for the last look down to nearly nothing for the first."""
        return np.asarray(1 - ago / max(length, 1))

    def near(self, alike: Floats, _visits: Ints, _length: int) -> Floats:
        """As it is."""
        return alike

    def counts(self, latest: Ints, _apart: Ints, thing: Ints) -> Floats:
        """A tenth less for each look back, and by rarity."""
        return np.asarray(np.maximum(1 - 0.1 * latest, 0) * np.log(len(self.visits) / np.maximum(self.looks[thing], 1)))


class VStan(SessionKnn):
    """V-STAN: decays of place in this visit and in the neighbour's, and rarity."""

    name = "V-STAN"
    neighbours = 500
    latest = 2_500
    place, far, rarity = 1.02, 2.05, 5.0

    def weight(self, ago: Ints, _length: int) -> Floats:
        """Falls off with the looks since."""
        return np.asarray(np.exp(-ago / self.place))

    def counts(self, latest: Ints, apart: Ints, thing: Ints) -> Floats:
        """Falls off with the looks since what they share, and with the distance from it; rare things count more."""
        rare = 1 + self.rarity * np.log(len(self.visits) / np.maximum(self.looks[thing], 1))
        return np.asarray(np.exp(-latest / self.place) * np.exp(-np.abs(apart) / self.far) * rare)
