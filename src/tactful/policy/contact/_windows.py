"""Sliding windows over messages that were delivered or are reserved."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def earliest_within(
    sent: Sequence[datetime], *, at: datetime, most: float, window: timedelta, weights: Sequence[float] | None = None, weight: float = 1
) -> datetime:
    """Find the first moment at or after ``at`` when one more message leaves every window with at most ``most``; a message counts 1 or its weight.

    >>> hours = lambda h: datetime(2026, 1, 1) + timedelta(hours=h)
    >>> earliest_within([hours(23)], at=hours(25), most=1, window=timedelta(hours=24)) == hours(47)
    True
    """
    if sum(weights or ()) + (0 if weights else len(sent)) + weight <= most:
        return at  # all of them together leave room, whatever the window
    weighed = list(zip(sent, weights or [1.0] * len(sent), strict=True))
    starts = [at, *sorted(moment + window for moment in sent if moment + window > at)]
    return next((start for start in starts if _fits(weighed, (start, weight), most=most, window=window)), starts[-1])


def _fits(sent: Sequence[tuple[datetime, float]], new: tuple[datetime, float], *, most: float, window: timedelta) -> bool:
    """Whether no window holds too much: it is enough to look at windows that end with a message at or after the new one."""
    messages, start = [*sent, new], new[0]
    ends = [moment for moment, _ in messages if start <= moment < start + window]
    return all(sum(weight for moment, weight in messages if end - window < moment <= end) <= most for end in ends)
