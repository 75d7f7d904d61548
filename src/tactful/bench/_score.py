"""Figures of merit, and how sure they are: the bootstrap draws customers, never single lines."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DRAWS = 1000
DRAWS_OF_ORDER = 100
"""For figures that need everything in order, which take long."""
BINS = 20


def interval_of_mean(values: Floats, *, seed: int, draws: int = DRAWS) -> tuple[float, float]:
    """95 % bootstrap interval of a mean over customers."""
    rng = np.random.default_rng(seed)
    averages = [float(rng.choice(values, len(values)).mean()) for _ in range(draws)]
    return float(np.percentile(averages, 2.5)), float(np.percentile(averages, 97.5))


def interval_of_ratio(above: Floats, below: Floats, *, seed: int, draws: int = DRAWS) -> tuple[float, float]:
    """95 % bootstrap interval of a sum over a sum, both given per customer."""
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(0, len(above), len(above)) for _ in range(draws)]
    ratios = [float(above[one].sum() / max(below[one].sum(), 1e-12)) for one in drawn]
    return float(np.percentile(ratios, 2.5)), float(np.percentile(ratios, 97.5))


def log_losses(probability: Floats, label: NDArray[np.bool_]) -> Floats:
    """Log-loss per row; certainty is capped at one in a million."""
    sure = np.clip(probability, 1e-6, 1 - 1e-6)
    return -np.where(label, np.log(sure), np.log1p(-sure))


class Ordered:
    """Rows put in order of a score once, to weigh them many times. Ties count half."""

    def __init__(self, score: Floats, label: NDArray[np.bool_]) -> None:
        order = np.argsort(score, kind="stable")
        self._order, self._label = order, label[order]
        ranked = score[order]
        self._tie = np.cumsum(np.r_[True, ranked[1:] != ranked[:-1]]) - 1

    def auc(self, weight: Floats | None = None) -> float:
        """Probability that a positive outranks a negative, rows weighted."""
        weights = np.ones(len(self._order)) if weight is None else weight[self._order]
        good = np.bincount(self._tie, weights=weights * self._label)
        bad = np.bincount(self._tie, weights=weights * ~self._label)
        below = np.cumsum(bad) - bad
        return float((good * (below + bad / 2)).sum() / (good.sum() * bad.sum()))


def average_precision(score: Floats, label: NDArray[np.bool_]) -> float:
    """Mean precision at each positive, best first."""
    hit = label[np.argsort(-score, kind="stable")]
    return float((np.cumsum(hit) / np.arange(1, len(hit) + 1))[hit].mean())


def calibration_error(probability: Floats, label: NDArray[np.bool_]) -> float:
    """Expected calibration error over twenty bins of equal count."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, BINS)
    return float(sum(abs(probability[part].mean() - label[part].mean()) * len(part) for part in parts if len(part)) / len(order))
