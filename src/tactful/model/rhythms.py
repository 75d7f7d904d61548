"""When people come by: hours of the week, from Monday 0 h on their own clock."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOURS = 24
WEEK = 7 * HOURS
A_VISIT_COUNTS = 0.25
"""When it is asked whose rhythm it is: one person's visits are no independent draws. Chosen on a grocer's year (`tactful bench hours`)."""


class Rhythms(Struct, frozen=True, kw_only=True, dict=True):
    """The rhythms that this shop's customers come in. With none, nothing is known and every hour is alike.

    >>> Rhythms().expected(np.zeros(WEEK)).round(4)[:2].tolist()
    [0.006, 0.006]
    """

    common: tuple[float, ...] = (1.0,)
    """How common each rhythm is; they add up to 1."""
    hours: tuple[tuple[float, ...], ...] = ((1 / WEEK,) * WEEK,)
    """Of each rhythm, how likely a visit falls into each hour of the week; each adds up to 1."""

    def expected(self, counts: Floats) -> Floats:
        """How likely the next visit falls into each hour of the week for somebody with these visits so far; both float64 [168]."""
        common, hours, log_hours = self._arrays
        return np.asarray(whose(counts, common=common, log_hours=log_hours) @ hours)

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats]:
        hours = np.array(self.hours)
        return np.array(self.common), hours, np.log(hours)


def whose(counts: Floats, *, common: Floats, log_hours: Floats) -> Floats:
    """How likely each rhythm is theirs, float64 [..., kinds], from visits by hour of the week, float64 [..., 168]."""
    likely = A_VISIT_COUNTS * (counts @ log_hours.T) + np.log(common)
    likely = np.exp(likely - likely.max(axis=-1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=-1, keepdims=True))


def hours_of_week(visits: Iterable[datetime], zone: ZoneInfo) -> Floats:
    """How many visits fell into each hour of the week, float64 [168]; several signs within an hour are one visit."""
    local = {at.astimezone(zone).replace(minute=0, second=0, microsecond=0) for at in visits}
    return np.bincount([at.weekday() * HOURS + at.hour for at in local], minlength=WEEK).astype(np.float64)


def smooth(counts: Floats) -> Floats:
    """An hour early or late is nearly the same hour; over the last axis."""
    return np.asarray(0.5 * counts + 0.25 * np.roll(counts, 1, axis=-1) + 0.25 * np.roll(counts, -1, axis=-1))
