"""At which hour: when they come by themselves, as far as that is known; one time in twenty at another decent hour, so that it can be learned."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOURS = 24
WEEK = 7 * HOURS
LONGEST_WAIT = timedelta(hours=24)
EXPLORED = 0.05
"""Share of messages that go at an hour drawn by lot. Source: what a commercial suite explores."""
WORTH_THE_WAIT = 2.0
"""So many times likelier must another hour be."""
DAY_PRIOR = 100.0
"""Visits that everybody's hours count as against their own hours of the day. A single person's hours say little."""
WEEK_PRIOR = 30.0
"""Visits that their hours of the day count as against their hours of the week."""
LEAST = 8
"""Visits; fewer tell nothing of a person's hours."""
LATEST = 64
"""Visits looked at."""


class Slot(Struct, frozen=True, kw_only=True):
    """A time to send at, and how likely the lot was to give it."""

    at: datetime
    propensity: float


def hour_weights(visits: Sequence[datetime], zone: ZoneInfo, everybody: Floats | None = None) -> Floats:
    """How likely a visit falls into each hour of the week, from Monday 0 h, float64 [168]: their week, shrunk to their day, shrunk to everybody's."""
    local = [at.astimezone(zone) for at in sorted(visits)[-LATEST:]] if len(visits) >= LEAST else []
    hours = np.array([at.hour for at in local], np.int64)
    days = np.array([at.weekday() for at in local], np.int64)
    prior = np.full(HOURS, 1 / HOURS) if everybody is None else everybody
    of_day = (_smooth(np.bincount(hours, minlength=HOURS).astype(np.float64)) + DAY_PRIOR * prior) / (len(local) + DAY_PRIOR)
    of_week = _smooth(np.bincount(days * HOURS + hours, minlength=WEEK).astype(np.float64))
    return np.asarray((of_week + WEEK_PRIOR * np.tile(of_day, 7) / 7) / (len(local) + WEEK_PRIOR))


def _smooth(counts: Floats) -> Floats:
    """An hour early or late is nearly the same hour."""
    return np.asarray(0.5 * counts + 0.25 * np.roll(counts, 1) + 0.25 * np.roll(counts, -1))


def choose_slot(first: datetime, deadline: datetime, weights: Floats, *, zone: ZoneInfo, episode: str) -> Slot:
    """Choose within a day of the first free moment and before the deadline. The same episode draws the same lot, so that plans repeat."""
    last = min(deadline, first + LONGEST_WAIT)
    times = [first + timedelta(hours=i) for i in range(int((last - first) / timedelta(hours=1)) + 1)]
    local = [at.astimezone(zone) for at in times]
    likely = weights[[at.weekday() * HOURS + at.hour for at in local]]
    best = int(likely.argmax())
    best = best if likely[best] >= WORTH_THE_WAIT * likely[0] else 0
    lot = int.from_bytes(hashlib.blake2b(episode.encode(), digest_size=8).digest()) / 2**64
    if lot < EXPLORED:
        drawn = int(lot / EXPLORED * len(times))
        return Slot(at=times[drawn], propensity=EXPLORED / len(times) + (1 - EXPLORED) * (drawn == best))
    return Slot(at=times[best], propensity=1 - EXPLORED + EXPLORED / len(times))
