"""What a customer is still worth: how many orders to expect, and how much one is.

Two models of a customer base are fitted by maximum likelihood: BG/NBD (Fader, Hardie and Lee 2005) and Pareto/NBD (Schmittlein, Morrison and Colombo
1987, in the form of Fader and Hardie 2005); and Gamma-Gamma (Fader and Hardie 2013) for the value of one order. Time is in weeks.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.special import gammaln, hyp2f1

Floats = NDArray[np.float64]
STARTS = (0.1, 1.0)
ROUNDS = 3000
TINY = 1e-12


class Summary(Struct, frozen=True):
    """What the models need of each customer. Columns of equal length n, float64."""

    repeats: Floats
    """Purchases after the first."""
    last: Floats
    """Weeks from the first purchase to the last."""
    age: Floats
    """Weeks from the first purchase to the end of the window."""


class BetaGeometric(Struct, frozen=True, kw_only=True):
    """BG/NBD: they buy at their own rate, and may stop after each purchase."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, seen: Summary) -> float:
        """Sum over the customers."""
        x, first = seen.repeats, gammaln(self.r + seen.repeats) - gammaln(self.r) + self.r * np.log(self.alpha)
        second = gammaln(self.a + self.b) + gammaln(self.b + x) - gammaln(self.b) - gammaln(self.a + self.b + x)
        return float(np.sum(first + second + np.logaddexp(-(self.r + x) * np.log(self.alpha + seen.age), self._log_stopped(seen))))

    def _log_stopped(self, seen: Summary) -> Floats:
        x = seen.repeats
        log = np.log(self.a) - np.log(np.maximum(self.b + x - 1, TINY)) - (self.r + x) * np.log(self.alpha + seen.last)
        return np.where(x > 0, log, -np.inf)

    def alive(self, seen: Summary) -> Floats:
        """How likely each still buys, float64 [n]."""
        going: Floats = -(self.r + seen.repeats) * np.log(self.alpha + seen.age)
        return np.exp(going - np.logaddexp(going, self._log_stopped(seen)))

    def expected(self, seen: Summary, weeks: float) -> Floats:
        """Purchases to expect of each within so many weeks, float64 [n]."""
        x, until = seen.repeats, self.alpha + seen.age
        rest = hyp2f1(self.r + x, self.b + x, self.a + self.b + x - 1, weeks / (until + weeks))
        top = (self.a + self.b + x - 1) / (self.a - 1) * (1 - (until / (until + weeks)) ** (self.r + x) * rest)
        return np.asarray(top * self.alive(seen), np.float64)


class ParetoNegativeBinomial(Struct, frozen=True, kw_only=True):
    """Pareto/NBD: they buy at their own rate, and may stop at any time."""

    r: float
    alpha: float
    s: float
    beta: float

    def log_likelihood(self, seen: Summary) -> float:
        """Sum over the customers."""
        x = seen.repeats
        known = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        return float(np.sum(known + np.logaddexp(self._log_going(seen), self._log_stopped(seen))))

    def _log_going(self, seen: Summary) -> Floats:
        return np.asarray(-(self.r + seen.repeats) * np.log(self.alpha + seen.age) - self.s * np.log(self.beta + seen.age))

    def _log_stopped(self, seen: Summary) -> Floats:
        x = seen.repeats
        total, larger = self.r + self.s + x, max(self.alpha, self.beta)
        second = self.s + 1 if self.alpha >= self.beta else self.r + x
        gap = abs(self.alpha - self.beta)
        early, late = (hyp2f1(total, second, total + 1, gap / (larger + at)) * ((larger + seen.last) / (larger + at)) ** total for at in (seen.last, seen.age))
        return np.asarray(np.log(self.s / total) + np.log(np.maximum(early - late, 1e-300)) - total * np.log(larger + seen.last))

    def alive(self, seen: Summary) -> Floats:
        """How likely each still buys, float64 [n]."""
        going = self._log_going(seen)
        return np.exp(going - np.logaddexp(going, self._log_stopped(seen)))

    def expected(self, seen: Summary, weeks: float) -> Floats:
        """Purchases to expect of each within so many weeks, float64 [n]."""
        until, power = self.beta + seen.age, self.s - 1
        span = np.log1p(weeks / until) if abs(power) < TINY else (1 - (until / (until + weeks)) ** power) / power
        return np.asarray((self.r + seen.repeats) * until / (self.alpha + seen.age) * span * self.alive(seen), np.float64)


class GammaGamma(Struct, frozen=True, kw_only=True):
    """The value of one order: scattered around each customer's own mean, and the means around everybody's."""

    p: float
    q: float
    v: float

    def log_likelihood(self, repeats: Floats, mean: Floats) -> float:
        """Sum over customers with at least one repeat; ``mean`` is the mean value of their orders."""
        px = self.p * repeats
        known = gammaln(px + self.q) - gammaln(px) - gammaln(self.q) + self.q * np.log(self.v)
        return float(np.sum(known + (px - 1) * np.log(mean) + px * np.log(repeats) - (px + self.q) * np.log(repeats * mean + self.v)))

    def expected(self, repeats: Floats, mean: Floats) -> Floats:
        """The mean value of their orders to come, float64 [n]; of somebody without a repeat, everybody's."""
        known = np.where(repeats > 0, repeats * mean, 0.0)
        return np.asarray(self.p * (self.v + known) / (self.p * repeats + self.q - 1), np.float64)


def fit_beta_geometric(seen: Summary) -> BetaGeometric:
    """Fit BG/NBD by maximum likelihood."""
    r, alpha, a, b = _fit(4, lambda at: BetaGeometric(r=at[0], alpha=at[1], a=at[2], b=at[3]).log_likelihood(seen))
    return BetaGeometric(r=r, alpha=alpha, a=a, b=b)


def fit_pareto(seen: Summary) -> ParetoNegativeBinomial:
    """Fit Pareto/NBD by maximum likelihood."""
    r, alpha, s, beta = _fit(4, lambda at: ParetoNegativeBinomial(r=at[0], alpha=at[1], s=at[2], beta=at[3]).log_likelihood(seen))
    return ParetoNegativeBinomial(r=r, alpha=alpha, s=s, beta=beta)


def fit_gamma_gamma(repeats: Floats, mean: Floats) -> GammaGamma:
    """Fit Gamma-Gamma by maximum likelihood to customers with at least one repeat and a mean value above zero."""
    p, q, v = _fit(3, lambda at: GammaGamma(p=at[0], q=at[1], v=at[2]).log_likelihood(repeats, mean))
    return GammaGamma(p=p, q=q, v=v)


def _fit(count: int, log_likelihood: Callable[[list[float]], float]) -> list[float]:
    """Maximise over positive parameters, from several starts: the likelihoods have ridges."""
    from scipy.optimize import minimize  # noqa: PLC0415 -- only training needs it, and it is slow to import

    def loss(logs: Floats) -> float:
        with np.errstate(all="ignore"):
            value = -log_likelihood(np.exp(np.clip(logs, -20, 20)).tolist())
        return value if np.isfinite(value) else 1e12

    options = {"maxiter": ROUNDS, "maxfev": ROUNDS, "xatol": 1e-6, "fatol": 1e-6, "adaptive": True}
    found = [minimize(loss, np.log(np.full(count, start)), method="Nelder-Mead", options=options) for start in STARTS]
    best = min(found, key=lambda result: float(result.fun))
    return [float(value) for value in np.exp(np.clip(best.x, -20, 20))]
