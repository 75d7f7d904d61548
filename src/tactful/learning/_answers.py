"""How readily the customers of this shop answer what it writes: the prior that somebody's own answers are held against.

Each customer has a share of their own, drawn from a Beta distribution, and answers each message with that chance: the beta-binomial model, fitted by maximum
likelihood.
"""

import numpy as np
from scipy.special import betaln

from tactful.learning._tables import Count

Facts = dict[str, str | int | float]
LEAST_MESSAGES = 3
LEAST_CUSTOMERS = 200
"""With fewer customers who got so many messages the stated prior holds."""
BOUNDS = ((-7.0, 3.0), (-3.0, 5.0))
"""Of the log odds of the mean and of the log of the weight: what is beyond is an accident of the sample."""


def learn_answers(count: Count) -> tuple[tuple[float, float] | None, Facts]:
    """Both parameters of the Beta distribution, or None where too few were written to; figures for people to read."""
    from scipy.optimize import minimize  # noqa: PLC0415 - only training needs it, and it is slow to import

    from tactful.learning import expressions  # noqa: PLC0415 - it brings Ibis, which only training needs

    told = count(expressions.answers(least=LEAST_MESSAGES))
    sent, good = told["sent"].astype(np.float64), told["answered"].astype(np.float64)
    facts: Facts = {"written_to": len(sent)}
    if len(sent) < LEAST_CUSTOMERS:
        return None, facts

    def loss(point: np.ndarray) -> float:
        mean, weight = 1 / (1 + np.exp(-point[0])), np.exp(point[1])
        a, b = mean * weight, (1 - mean) * weight
        return -float((betaln(good + a, sent - good + b) - betaln(a, b)).sum())

    found = minimize(loss, np.array([-2.0, 0.5]), bounds=BOUNDS)
    mean, weight = float(1 / (1 + np.exp(-found.x[0]))), float(np.exp(found.x[1]))
    return (round(mean * weight, 4), round((1 - mean) * weight, 4)), facts | {"answered": round(mean, 4)}
