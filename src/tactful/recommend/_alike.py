"""What goes with what everybody has: one weight from each thing to each other, solved for all of them at once.

Source: embarrassingly shallow autoencoders (EASE, Steck 2019), a ridge regression of everything on everything else with its own weight held at zero.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class AlikeConfig(Struct, frozen=True, kw_only=True):
    """Settings of the weights."""

    ridge: float = 300.0
    least_buyers: int = 8
    most_keys: int = 6_000
    """Of more things those with the most buyers are learned: memory grows with the square, time with the cube."""
    kept: int = 100
    """Strongest weights kept from each thing; of either sign."""


class Alike(Struct, frozen=True, kw_only=True):
    """The strongest weights from each of n things to the others, by name, so that they can be laid over any catalogue."""

    names: tuple[str, ...] = ()
    to: bytes = b""
    """int32 [n, k]: index into the names."""
    weight: bytes = b""
    """float32 [n, k]."""

    def over(self, names: Sequence[str]) -> "Likeness":
        """Lay the weights over named keys; what is not among them is left out."""
        code_of = {name: code for code, name in enumerate(names)}
        kept = np.array([code_of.get(name, -1) for name in self.names], np.int64)
        size, there = len(self.names), np.flatnonzero(kept >= 0)
        to = np.frombuffer(self.to, np.int32).reshape(size, -1)[there] if size else np.empty((0, 0), np.int32)
        weight = np.frombuffer(self.weight, np.float32).reshape(size, -1)[there] if size else np.empty((0, 0), np.float32)
        position = np.full(size, -1, np.int64)
        position[there] = np.arange(len(there))
        place = np.full(len(names), -1, np.int64)
        place[kept[there]] = np.arange(len(there))
        sold = position[to] >= 0
        return Likeness(kept=kept[there], place=place, to=np.where(sold, position[to], 0), weight=np.where(sold, weight, 0.0).astype(np.float64))


class Likeness(Struct, frozen=True, kw_only=True):
    """The weights over the keys of one catalogue."""

    kept: Ints
    """Keys that have weights."""
    place: Ints
    """Position in ``kept`` per key, -1 where it has none."""
    to: Ints
    """Positions in ``kept`` that each kept key speaks for, int64 [kept, k]."""
    weight: Floats
    """How much, float64 [kept, k]."""

    def with_unknown(self, count: int) -> "Likeness":
        """The same over so many more keys, which have no weights."""
        return replace(self, place=np.append(self.place, np.full(count, -1, np.int64)))

    def of(self, keys: Ints, amount: Floats) -> Floats:
        """How much some things, each so much, speak for every kept key; float64 [kept]."""
        place = self.place[keys]
        known = place >= 0
        place = place[known]
        spoken = (self.weight[place] * amount[known][:, None]).ravel()
        return np.bincount(self.to[place].ravel(), weights=spoken, minlength=len(self.kept)).astype(np.float64)

    def speakers(self, keys: Ints, things: Ints) -> Ints:
        """Which of some things speaks most for each key, int64 [keys]; -1 where none does."""
        place, at = self.place[things], self.place[keys]
        things, place = things[place >= 0], place[place >= 0]
        index = np.full(len(self.kept), -1, np.int64)
        index[at[at >= 0]] = np.flatnonzero(at >= 0)
        key, weight = index[self.to[place]], self.weight[place]
        thing, column = np.nonzero((key >= 0) & (weight > 0))
        order = np.argsort(weight[thing, column], kind="stable")  # the strongest is written last
        best = np.full(len(keys), -1, np.int64)
        best[key[thing, column][order]] = things[thing[order]]
        return best


def learn_alike(taste: sparse.csr_matrix, names: Sequence[str], config: AlikeConfig) -> Alike:
    """Learn weights from what somebody has to what they may want; ``taste`` is float32 [customers, keys]."""
    size = taste.shape[1]
    buyers = np.bincount(taste.indices, minlength=size)
    most = np.argsort(-buyers, kind="stable")[: config.most_keys]
    kept = np.sort(most[buyers[most] >= config.least_buyers])
    if len(kept) < 2:
        return Alike()
    weights, count = ridge_weights(taste[:, kept], config.ridge), min(config.kept, len(kept) - 1)
    to, weight = np.empty((len(kept), count), np.int32), np.empty((len(kept), count), np.float32)
    for i, row in enumerate(weights):
        to[i] = np.argpartition(-np.abs(row), count)[:count]
        weight[i] = row[to[i]]
    return Alike(names=tuple(names[code] for code in kept.tolist()), to=to.tobytes(), weight=weight.tobytes())


def ridge_weights(taste: sparse.csr_matrix, ridge: float) -> NDArray[np.float32]:
    """All weights at once, float32 [keys, keys]: closed form, memory twice the square."""
    gram = np.asfortranarray((taste.T @ taste).toarray(), np.float32)
    gram[np.diag_indices_from(gram)] += ridge
    factor, _ = lapack.spotrf(gram, lower=1, overwrite_a=1)
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    for i in range(len(inverse)):
        inverse[i, i + 1 :] = inverse[i + 1 :, i]  # LAPACK fills one triangle
    inverse /= -np.diag(inverse)[None, :]
    np.fill_diagonal(inverse, 0.0)
    return np.asarray(inverse)
