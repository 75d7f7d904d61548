"""What is usual in research for the next basket and for things never bought, each fitted to everybody's baskets. Parameters are those of their papers.

ALS and BPR come from the library `implicit` (extra ``[bench]``); the others are a few lines of arithmetic each.
"""

import warnings
from abc import ABC, abstractmethod
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tactful.model.errors import NotReady
from tactful.recommend._alike import ridge_weights
from tactful.recommend._baskets import Baskets, taste

Floats = NDArray[np.float32]
OF_A_TIE = 1e-6
"""What the best seller's popularity counts against one purchase: only between equals."""


class Peer(ABC):
    """One way of ranking all things for each customer."""

    name: ClassVar[str]

    def fit(self, known: Baskets, *, keys: int) -> None:
        """Take in everybody's baskets."""
        self.known, self.keys = known, keys
        self.taste = taste(known, keys=keys)
        lines = np.bincount(known.key, minlength=keys)
        self.popularity = (lines / max(lines.max(initial=1), 1)).astype(np.float32)
        self.learn()

    def learn(self) -> None:  # noqa: B027 - counting is enough for some
        """Learn what is more than counting."""

    @abstractmethod
    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Scores of all things for some customers, float32 [n, keys]; -inf for what is never proposed."""

    def weighed(self, weight: NDArray[np.float64]) -> sparse.csr_matrix:
        """Sums of a weight per line, float32 [customers, keys]."""
        shape = (len(self.known.count), self.keys)
        return sparse.csr_matrix((weight.astype(np.float32), (self.known.customer, self.known.key)), shape=shape)


class Popularity(Peer):
    """G-TopFreq: what everybody buys."""

    name = "popularity"

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """The same for all."""
        return np.repeat(self.popularity[None], len(customers), axis=0)


class OwnFrequency(Peer):
    """P-TopFreq: how often they bought it; best sellers first among equals."""

    name = "P-TopFreq"
    fading: ClassVar[float] = 1.0

    def learn(self) -> None:
        """Sum up the lines, each earlier basket counting less where it fades."""
        self.own = self.weighed(np.power(self.fading, self.known.age).astype(np.float64))

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Only their own."""
        own = self.own[customers].toarray()
        return np.where(own > 0, own + OF_A_TIE * self.popularity, -np.inf).astype(np.float32)


class OwnThenPopular(OwnFrequency):
    """GP-TopFreq: the same, filled up with best sellers."""

    name = "GP-TopFreq"

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Their own, then everybody's."""
        return np.asarray(self.own[customers].toarray() + OF_A_TIE * self.popularity, np.float32)


class FadingFrequency(OwnThenPopular):
    """The same, each basket back counting .95 of the next."""

    name = "fading frequency .95"
    fading = 0.95


class TifuKnn(Peer):
    """TIFU-KNN (SIGIR 2020): frequencies fading within and between groups of baskets, mixed with those of the nearest neighbours."""

    name = "TIFU-KNN"
    neighbours, within, between, group, own = 300, 0.9, 0.7, 7, 0.7

    def learn(self) -> None:
        """Make everybody's vector."""
        age, count = self.known.age, self.known.count[self.known.customer]
        groups = -(-count // self.group)
        self.vector = self.weighed(self.within ** (age % self.group) * self.between ** (age // self.group) / (groups * np.minimum(count, self.group)))
        self.square = np.asarray(self.vector.multiply(self.vector).sum(axis=1)).ravel()

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Own vector and the mean of the neighbours'."""
        own = self.vector[customers]
        distance = self.square[customers][:, None] + self.square[None] - 2 * (own @ self.vector.T).toarray()
        distance[np.arange(len(customers)), customers] = np.inf
        count = min(self.neighbours, distance.shape[1] - 1)
        nearest = np.argpartition(distance, count - 1, axis=1)[:, :count]
        where = (np.repeat(np.arange(len(customers)), count), nearest.ravel())
        mean = sparse.csr_matrix((np.full(nearest.size, 1 / count, np.float32), where), shape=distance.shape)
        return np.asarray((self.own * own + (1 - self.own) * (mean @ self.vector)).toarray(), np.float32)


class UpCf(Peer):
    """UP-CF (UMAP 2020): popularity with each customer in their latest baskets, carried over between customers alike."""

    name = "UP-CF"
    latest, asymmetry, locality = 10, 0.25, 5

    def learn(self) -> None:
        """Who has what, and how often of late."""
        latest = np.minimum(self.known.count, self.latest)[self.known.customer]
        self.of_late = self.weighed((self.known.age < self.latest) / np.maximum(latest, 1))
        self.has = (self.taste > 0).astype(np.float32)
        self.size = np.maximum(np.asarray(self.has.sum(axis=1)).ravel(), 1.0)

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Others' popularity by asymmetric cosine."""
        shared = (self.has[customers] @ self.has.T).tocsr()
        owner = np.repeat(np.arange(len(customers)), np.diff(shared.indptr))
        shared.data /= self.size[customers][owner] ** self.asymmetry * self.size[shared.indices] ** (1 - self.asymmetry)
        shared.data **= self.locality
        return np.asarray((shared @ self.of_late).toarray() + OF_A_TIE * self.popularity, np.float32)


class UserKnn(Peer):
    """What the hundred customers with the most similar log counts have."""

    name = "user-kNN"
    neighbours = 100

    def learn(self) -> None:
        """Bring everybody to length one."""
        norm = np.sqrt(np.asarray(self.taste.multiply(self.taste).sum(axis=1)).ravel())
        self.unit = (sparse.diags_array(1 / np.maximum(norm, 1e-9)).astype(np.float32) @ self.taste).tocsr()

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Sum of the neighbours' things, by likeness."""
        alike = (self.unit[customers] @ self.unit.T).toarray()
        alike[np.arange(len(customers)), customers] = 0
        count = min(self.neighbours, alike.shape[1] - 1)
        nearest = np.argpartition(-alike, count, axis=1)[:, :count]
        where = (np.repeat(np.arange(len(customers)), count), nearest.ravel())
        weight = sparse.csr_matrix((np.take_along_axis(alike, nearest, 1).ravel(), where), shape=alike.shape)
        return np.asarray((weight @ (self.taste > 0).astype(np.float32)).toarray(), np.float32)


class ItemKnn(Peer):
    """Cosine between things, the hundred nearest each, by `implicit`."""

    name = "item-kNN"

    def learn(self) -> None:
        """Let the library find the nearest."""
        model = _implicit("nearest_neighbours").CosineRecommender(K=100, num_threads=1)
        _fit(model, self.taste)
        self.near = model.similarity.astype(np.float32)

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Sum over their things."""
        return np.asarray((self.taste[customers] @ self.near).toarray(), np.float32)


class Ease(Peer):
    """EASE over log counts, all weights kept, over the ten thousand things that most have."""

    name = "EASE"
    ridge, most, least = 300.0, 10_000, 3

    def learn(self) -> None:
        """Solve the regression."""
        buyers = np.bincount(self.taste.indices, minlength=self.keys)
        best = np.argsort(-buyers, kind="stable")[: self.most]
        self.kept = np.sort(best[buyers[best] >= self.least])
        self.weights = ridge_weights(self.taste[:, self.kept], self.ridge)

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Sum over their things."""
        score = np.zeros((len(customers), self.keys), np.float32)
        score[:, self.kept] = self.taste[customers][:, self.kept] @ self.weights
        return score


class Factors(Peer):
    """Matrix factors by `implicit`."""

    def learn(self) -> None:
        """Fit the library's model."""
        self.model = self.made()
        _fit(self.model, self.taste)

    @abstractmethod
    def made(self) -> Any:
        """The library's model, with its seed."""

    def score(self, customers: NDArray[np.int64]) -> Floats:
        """Product of the factors."""
        return np.asarray(self.model.user_factors[customers] @ self.model.item_factors.T, np.float32)


class Als(Factors):
    """Implicit alternating least squares."""

    name = "implicit ALS"

    def made(self) -> Any:
        """The library's model."""
        return _implicit("als").AlternatingLeastSquares(factors=64, regularization=5.0, alpha=1.0, iterations=15, num_threads=1, random_state=8321)


class Bpr(Factors):
    """Bayesian personalised ranking."""

    name = "implicit BPR"

    def made(self) -> Any:
        """The library's model."""
        return _implicit("bpr").BayesianPersonalizedRanking(factors=64, learning_rate=0.05, iterations=60, num_threads=1, random_state=8321)


def _fit(model: Any, taste: sparse.csr_matrix) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about formats it converts itself, and threads that we leave to the caller
        model.fit(taste, show_progress=False)


def _implicit(module: str) -> Any:
    try:
        return import_module(f"implicit.{module}")
    except ImportError:
        raise NotReady('the research libraries are missing: install them with pip install "tactful[bench]"') from None
