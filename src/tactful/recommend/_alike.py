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
    most_kinds: int = 2_000
    """Likewise of kinds of things, which only speak."""
    kept: int = 100
    """Strongest weights kept from each thing; of either sign."""
    kept_of_kinds: int = 500
    """Likewise from each kind, which speaks a little for many."""


class Weights(Struct, frozen=True, kw_only=True):
    """The strongest weights from each of some rows to names, as bytes."""

    to: bytes = b""
    """int32 [rows, k]: index into the names."""
    weight: bytes = b""
    """float32 [rows, k]."""

    @classmethod
    def strongest(cls, rows: NDArray[np.float32], most: int) -> "Weights":
        """Keep so many of each row, of either sign."""
        count = min(most, rows.shape[1])
        to, weight = np.empty((len(rows), count), np.int32), np.empty((len(rows), count), np.float32)
        for i, row in enumerate(rows):
            to[i] = np.argpartition(-np.abs(row), count - 1)[:count]
            weight[i] = row[to[i]]
        return cls(to=to.tobytes(), weight=weight.tobytes())

    def of(self, learned: "Laid", position: Ints) -> "Voices":
        """Those of the rows that are there, to names in new positions; to a name that is not there goes no weight."""
        to, weight = (np.frombuffer(part, kind).reshape(max(learned.rows, 1), -1) for part, kind in ((self.to, np.int32), (self.weight, np.float32)))
        to, weight = to[learned.there], weight[learned.there]
        sold = position[to] >= 0
        return Voices(place=learned.place, to=np.where(sold, position[to], 0), weight=np.where(sold, weight, 0.0).astype(np.float64))


class Laid(Struct, frozen=True, kw_only=True):
    """Names that something was learned of, laid over the keys of a catalogue."""

    rows: int
    """How many were learned."""
    there: Ints
    """Which of them are in the catalogue."""
    kept: Ints
    """Their keys."""
    place: Ints
    """Where each key is among these, -1 where it is not."""

    @classmethod
    def over(cls, learned: Sequence[str], names: Sequence[str]) -> "Laid":
        """Find each name."""
        code_of = {name: code for code, name in enumerate(names)}
        code = np.array([code_of.get(name, -1) for name in learned], np.int64)
        there = np.flatnonzero(code >= 0)
        place = np.full(len(names), -1, np.int64)
        place[code[there]] = np.arange(len(there))
        return cls(rows=len(learned), there=there, kept=code[there], place=place)


class Voices(Struct, frozen=True, kw_only=True):
    """What each of some keys says of the kept things."""

    place: Ints
    """Row per key, -1 where it has none."""
    to: Ints
    """Positions of things, int64 [rows, k]."""
    weight: Floats
    """float64 [rows, k]."""

    def of(self, keys: Ints, amount: Floats, size: int) -> Floats:
        """How much some keys, each so much, speak for each of so many things; float64 [size]."""
        place = self.place[keys]
        known = place >= 0
        place = place[known]
        weights = self.weight.take(place, axis=0) * amount[known][:, None]
        return np.bincount(self.to.take(place, axis=0).ravel(), weights=weights.ravel(), minlength=size).astype(np.float64)


class Alike(Struct, frozen=True, kw_only=True):
    """The strongest weights from things and kinds of things to things, by name, so that they can be laid over any catalogue."""

    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """What speaks for things and is never named itself."""
    of_names: Weights = Weights()
    of_kinds: Weights = Weights()

    def over(self, names: Sequence[str], kinds: Sequence[str] = ()) -> "Likeness":
        """Lay the weights over named keys and kinds; what is not among them is left out."""
        things = Laid.over(self.names, names)
        position = np.full(len(self.names), -1, np.int64)
        position[things.there] = np.arange(len(things.there))
        return Likeness(kept=things.kept, things=self.of_names.of(things, position), kinds=self.of_kinds.of(Laid.over(self.kinds, kinds), position))


class Likeness(Struct, frozen=True, kw_only=True):
    """The weights over the keys of one catalogue."""

    kept: Ints
    """Keys of things that have weights."""
    things: Voices
    kinds: Voices

    @property
    def place(self) -> Ints:
        """Position in ``kept`` per key, -1 where it has none."""
        return self.things.place

    def with_unknown(self, count: int) -> "Likeness":
        """The same over so many more keys, which have no weights."""
        return replace(self, things=replace(self.things, place=np.append(self.place, np.full(count, -1, np.int64))))

    def of(self, keys: Ints, amount: Floats) -> Floats:
        """How much some things, each so much, speak for every kept key; float64 [kept]."""
        return self.things.of(keys, amount, len(self.kept))

    def of_kinds(self, kinds: Ints, amount: Floats) -> Floats:
        """How much some kinds, each so much, speak for every kept key; float64 [kept]."""
        return self.kinds.of(kinds, amount, len(self.kept))

    def speakers(self, keys: Ints, things: Ints) -> Ints:
        """Which of some things speaks most for each key, int64 [keys]; -1 where none does."""
        place, at = self.place[things], self.place[keys]
        things, place = things[place >= 0], place[place >= 0]
        index = np.full(len(self.kept), -1, np.int64)
        index[at[at >= 0]] = np.flatnonzero(at >= 0)
        key, weight = index[self.things.to[place]], self.things.weight[place]
        thing, column = np.nonzero((key >= 0) & (weight > 0))
        order = np.argsort(weight[thing, column], kind="stable")  # the strongest is written last
        best = np.full(len(keys), -1, np.int64)
        best[key[thing, column][order]] = things[thing[order]]
        return best


def learn_alike(taste: sparse.csr_matrix, names: Sequence[str], config: AlikeConfig, *, kinds: Sequence[str] = ()) -> Alike:
    """Learn weights from what somebody has to what they may want; ``taste`` is float32 [customers, names and kinds]."""
    buyers = np.bincount(taste.indices, minlength=taste.shape[1])
    things = _most_had(buyers[: len(names)], config.most_keys, config.least_buyers)
    speaking = _most_had(buyers[len(names) :], config.most_kinds, config.least_buyers)
    size = len(things)
    if size < 2:
        return Alike()
    weights = ridge_weights(taste[:, np.concatenate([things, len(names) + speaking])], config.ridge)[:, :size]
    return Alike(
        names=tuple(names[code] for code in things.tolist()),
        kinds=tuple(kinds[code] for code in speaking.tolist()),
        of_names=Weights.strongest(weights[:size], config.kept),
        of_kinds=Weights.strongest(weights[size:], config.kept_of_kinds),
    )


def _most_had(buyers: Ints, most: int, least_buyers: int) -> Ints:
    found = np.argsort(-buyers, kind="stable")[:most]
    return np.sort(found[buyers[found] >= least_buyers])


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
