"""Logistic regression by Newton's method: few features, many rows, coefficients that can be read."""

from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SMALLEST_STEP = 1e-6
ROWS_AT_ONCE = 20_000
SMALLEST_GAIN = 1e-4
"""In log likelihood over all rows."""


class Logistic(Struct, frozen=True, kw_only=True, dict=True):
    """A fitted model over standardised features."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    """Per standardised feature."""
    intercept: float

    def probability(self, features: Floats) -> Floats:
        """Predict P(label) per row; features float64 [n, f], result float64 [n]."""
        mean, scale, weight = self._columns
        return expit((features - mean) / scale @ weight + self.intercept)

    @cached_property
    def _columns(self) -> tuple[Floats, Floats, Floats]:
        return np.array(self.mean), np.array(self.scale), np.array(self.weight)


def expit(x: Floats) -> Floats:
    """Turn log odds into probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.minimum(np.maximum(x, -35.0), 35.0))))


def fit_logistic(features: Floats, label: NDArray[np.bool_], *, ridge: float = 1.0, steps: int = 25) -> Logistic:
    """Fit by Newton's method with a small ridge on the standardised weights.

    Features float64 [n, f], label bool [n]; both labels must occur.

    >>> x = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> model = fit_logistic(x, np.array([False, True, False, True]))
    >>> bool(np.all(np.diff(model.probability(x)) > 0))
    True
    """
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale == 0] = 1.0
    design = np.empty((len(features), 1 + features.shape[1]))
    design[:, 0] = 1.0
    np.subtract(features, mean, out=design[:, 1:])
    design[:, 1:] /= scale
    penalty = np.diag([1e-6, *([ridge] * features.shape[1])])
    weight = np.zeros(design.shape[1])
    rate = float(np.clip(label.mean(), 1e-6, 1 - 1e-6))
    weight[0] = np.log(rate / (1 - rate))
    reached = _merit(design, label, weight, penalty=penalty)
    for _ in range(steps):
        probability = expit(design @ weight)
        gradient = design.T @ (label - probability) - penalty @ weight
        curvature = _curvature(design, probability * (1 - probability)) + penalty
        step = np.linalg.solve(curvature, gradient)
        while (merit := _merit(design, label, weight + step, penalty=penalty)) < reached and np.abs(step).max() > SMALLEST_STEP:
            step /= 2  # A full Newton step may overshoot where a feature is rare.
        if merit - reached < SMALLEST_GAIN:
            break
        weight, reached = weight + step, merit
    return Logistic(mean=tuple(mean.tolist()), scale=tuple(scale.tolist()), weight=tuple(weight[1:].tolist()), intercept=float(weight[0]))


def fit_offset(features: Floats, label: NDArray[np.bool_], *, offset: Floats, ridge: Floats, steps: int = 25) -> Floats:
    """Weights float64 [f] that correct given log odds, by Newton's method with a ridge for each weight as it stands.

    Features float64 [n, f], label bool [n], offset float64 [n] in log odds, ridge float64 [f] above zero.

    >>> always = np.ones((4, 1))
    >>> fit_offset(always, np.array([True, True, True, False]), offset=np.zeros(4), ridge=np.array([1e-6])).round(2).tolist()  # the log of three to one
    [1.1]
    """
    weight, penalty = np.zeros(features.shape[1]), np.diag(ridge)
    reached = _merit(features, label, weight, penalty=penalty, offset=offset)
    for _ in range(steps):
        probability = expit(features @ weight + offset)
        gradient = features.T @ (label - probability) - penalty @ weight
        step = np.linalg.solve(_curvature(features, probability * (1 - probability)) + penalty, gradient)
        while (merit := _merit(features, label, weight + step, penalty=penalty, offset=offset)) < reached and np.abs(step).max() > SMALLEST_STEP:
            step /= 2
        if merit - reached < SMALLEST_GAIN:
            break
        weight, reached = weight + step, merit
    return weight


def _curvature(design: Floats, weight: Floats) -> Floats:
    """Weighted square of the design, some rows at a time: a weighted copy of all would be as large as the design."""
    total = np.zeros((design.shape[1], design.shape[1]))
    for start in range(0, len(design), ROWS_AT_ONCE):
        some = design[start : start + ROWS_AT_ONCE]
        total += (some * weight[start : start + ROWS_AT_ONCE, None]).T @ some
    return total


def _merit(design: Floats, label: NDArray[np.bool_], weight: Floats, *, penalty: Floats, offset: Floats | float = 0.0) -> float:
    """Log likelihood less the ridge."""
    log_odds = design @ weight + offset
    return float((label * log_odds - np.logaddexp(0.0, log_odds)).sum() - 0.5 * weight @ penalty @ weight)
