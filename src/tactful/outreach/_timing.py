"""At which hour: when they come by themselves, as far as that is known; one time in twenty at another decent hour, so that it can be learned."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.rhythms import HOURS, Rhythms, hours_of_week, smooth

Floats = NDArray[np.float64]
EVERY_HOUR_ALIKE = Rhythms()
LONGEST_WAIT = timedelta(hours=24)
SLACK = timedelta(hours=1)
"""Of one's own choice no message waits until later than this before its deadline: whoever sends comes by now and then, and what is too late is dropped."""
EXPLORED = 0.05
"""Share of messages that go at an hour drawn by lot. Source: what a commercial suite explores."""
WORTH_THE_WAIT = 2.0
"""So many times likelier must another hour be."""
DAY_PRIOR = 100.0
"""Visits that the hours of the day of those alike count as against their own. A single person's hours say little."""
WEEK_PRIOR = 120.0
"""Visits that this counts as against their own hours of the week. Both chosen on a grocer's year (`tactful bench hours`)."""
LEAST = 8
"""Visits; fewer tell nothing of a person's hours."""
LATEST = 64
"""Visits looked at."""


class Slot(Struct, frozen=True, kw_only=True):
    """A time to send at, and how likely the lot was to give it."""

    at: datetime
    propensity: float


def hour_weights(visits: Sequence[datetime], zone: ZoneInfo, rhythms: Rhythms = EVERY_HOUR_ALIKE) -> Floats:
    """How likely a visit falls into each hour of the week, from Monday 0 h, float64 [168]: their week, shrunk to their day, shrunk to those who come alike."""
    counts = hours_of_week(sorted(visits)[-LATEST:], zone)
    alike = rhythms.expected(counts)
    return personal(counts, alike) if counts.sum() >= LEAST else alike


def personal(counts: Floats, alike: Floats) -> Floats:
    """Somebody's own week, float64 [168], from their visits and what is expected of those alike; their own hours move the hours of every day of those."""
    many, day_alike = counts.sum(), alike.reshape(7, HOURS).sum(axis=0)
    own_day = (smooth(counts.reshape(7, HOURS).sum(axis=0)) + DAY_PRIOR * day_alike) / (many + DAY_PRIOR)
    moved = alike * np.tile(own_day / day_alike, 7)
    return np.asarray((smooth(counts) + WEEK_PRIOR * moved / moved.sum()) / (many + WEEK_PRIOR))


def choose_slot(first: datetime, deadline: datetime, weights: Floats, *, zone: ZoneInfo, episode: str) -> Slot:
    """Choose within a day of the first free moment and before the deadline. The same episode draws the same lot, so that plans repeat."""
    last = max(first, min(deadline - SLACK, first + LONGEST_WAIT))
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
