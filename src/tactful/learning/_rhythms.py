"""The rhythms of a shop's customers: who comes before work, who on Saturdays, who at night.

A mixture of multinomial distributions over the hours of the week, fitted by expectation maximisation (Dempster, Laird and Rubin 1977). Visits of one person are
no independent draws, so they count less when it is asked which rhythm is theirs.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from tactful.learning._tables import Count
from tactful.model.rhythms import WEEK, Rhythms, smooth, whose

Floats = NDArray[np.float64]
Facts = dict[str, str | int | float]
KINDS = 8
LEAST_CUSTOMERS = 200
"""With fewer nothing is learned."""
MOST_CUSTOMERS = 20_000
LEAST_VISITS = 8
"""Of one customer, to learn from."""
ROUNDS = 60
EVERYBODY = 200.0
"""Visits that everybody's hours count as in each rhythm."""
SEED = 8321


def learn_rhythms(count: Count) -> tuple[Rhythms, Facts]:
    """Learn the rhythms of those who came often enough; figures for people to read."""
    from tactful.learning import expressions  # noqa: PLC0415 - it brings Ibis, which only training needs

    lines = count(expressions.hours(least=LEAST_VISITS, most=MOST_CUSTOMERS))
    customers, place = np.unique(lines["customer"], return_inverse=True)
    facts: Facts = {"customers": len(customers)}
    if len(customers) < LEAST_CUSTOMERS:
        return Rhythms(), facts
    visits = np.zeros((len(customers), WEEK))
    visits[place, lines["hour"].astype(np.int64)] = lines["visits"]
    found = fit_rhythms(visits)
    return found, facts | {"rhythms": len(found.common)}


def fit_rhythms(counts: Floats, *, kinds: int = KINDS) -> Rhythms:
    """Fit so many rhythms to visits by customer and hour of the week, float64 [n, 168]."""
    belongs = np.random.default_rng(SEED).dirichlet(np.ones(kinds), len(counts))
    common, hours = _means(counts, belongs)
    for _ in range(ROUNDS):
        common, hours = _means(counts, whose(counts, common=common, log_hours=np.log(hours)))
    return Rhythms(common=tuple(common.tolist()), hours=tuple(tuple(each) for each in hours.tolist()))


def _means(counts: Floats, belongs: Floats) -> tuple[Floats, Floats]:
    """How common each rhythm is and its hours, from how much each customer belongs to it; shrunk to everybody's hours."""
    everybody = (counts.sum(axis=0) + 1) / (counts.sum() + WEEK)
    hours = smooth(belongs.T @ counts) + EVERYBODY * everybody
    return (belongs.sum(axis=0) + 1) / (len(counts) + belongs.shape[1]), hours / hours.sum(axis=1, keepdims=True)


def dump_rhythms(rhythms: Rhythms) -> bytes:
    """Turn what was learned into bytes."""
    return msgspec.json.encode(rhythms)


def load_rhythms(blob: bytes) -> Rhythms:
    """Take over what `dump_rhythms` gave."""
    return msgspec.json.decode(blob, type=Rhythms)
