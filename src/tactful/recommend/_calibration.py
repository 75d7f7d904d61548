"""One scale for every source: isotonic maps from a source's own score to the probability of being wanted within seven days."""

from collections.abc import Mapping
from functools import cached_property

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_HITS = 20
"""Fewer purchases than this in the examples, and the source's stated prior stays."""


class Curve(Struct, frozen=True, kw_only=True, dict=True):
    """A non-decreasing map by its corners; between them it is linear."""

    score: tuple[float, ...]
    probability: tuple[float, ...]

    def __call__(self, score: Floats) -> Floats:
        """Map scores float64 [n] to probabilities float64 [n]."""
        return np.asarray(np.interp(score, *self._corners))

    @cached_property
    def _corners(self) -> tuple[Floats, Floats]:
        return np.array(self.score), np.array(self.probability)


def fit_curve(score: Floats, wanted: NDArray[np.bool_]) -> Curve | None:
    """Fit the isotonic curve; None where there are too few hits to tell.

    >>> fit_curve(np.array([0.1, 0.2]), np.array([False, True])) is None
    True
    """
    from scipy.optimize import isotonic_regression  # noqa: PLC0415 -- only training needs it, and it is slow to import

    if wanted.sum() < LEAST_HITS:
        return None
    points, point = np.unique(score, return_inverse=True)
    weight = np.bincount(point)
    fitted = isotonic_regression(np.bincount(point, weights=wanted) / weight, weights=weight).x  # equal scores are one point, whatever order they came in
    corner = np.concatenate(([True], np.diff(fitted) > 0))
    last = np.concatenate((corner[1:], [True]))
    keep = corner | last
    return Curve(score=tuple(points[keep].tolist()), probability=tuple(fitted[keep].tolist()))


class Calibration:
    """The curves by source name."""

    def __init__(self, curves: Mapping[str, Curve] | None = None) -> None:
        self.curves = dict(curves or {})

    def dump(self) -> bytes:
        """Turn the curves into bytes."""
        return msgspec.msgpack.encode(self.curves)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.curves = msgspec.msgpack.decode(blob, type=dict[str, Curve])
