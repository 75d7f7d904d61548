"""The rhythms of a shop's customers: who comes before work, who on Saturdays, who at night.

A mixture of multinomial distributions over the hours of the week, fitted by expectation maximisation (Dempster, Laird and Rubin 1977). Visits of one person are
no independent draws, so they count less when it is asked which rhythm is theirs.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from tactful.model.rhythms import WEEK, Rhythms, hours_of_week, smooth, whose

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


class RhythmBuilder:
    """Collects when customers came by."""

    def __init__(self) -> None:
        self._counts: list[Floats] = []

    def add(self, visits: Sequence[datetime], zone: str | None) -> None:
        """Count one customer's visits on their own clock; nothing where their clock is not known."""
        if zone is None or len(self._counts) >= MOST_CUSTOMERS:
            return
        counts = hours_of_week(visits, ZoneInfo(zone))
        if counts.sum() >= LEAST_VISITS:
            self._counts.append(counts)

    def fit(self) -> tuple[Rhythms, Facts]:
        """Learn the rhythms; figures for people to read."""
        facts: Facts = {"customers": len(self._counts)}
        if len(self._counts) < LEAST_CUSTOMERS:
            return Rhythms(), facts
        found = fit_rhythms(np.array(self._counts))
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
