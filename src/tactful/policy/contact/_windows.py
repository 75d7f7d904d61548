"""Sliding windows over messages that were delivered or are reserved."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def earliest_within(sent: Sequence[datetime], *, at: datetime, most: int, window: timedelta) -> datetime:
    """Find the first moment at or after ``at`` when one more message leaves every window with at most ``most``.

    >>> hours = lambda h: datetime(2026, 1, 1) + timedelta(hours=h)
    >>> earliest_within([hours(23)], at=hours(25), most=1, window=timedelta(hours=24)) == hours(47)
    True
    """
    starts = [at, *sorted(moment + window for moment in sent if moment + window > at)]
    return next((start for start in starts if _fits(sent, start, most=most, window=window)), starts[-1])


def _fits(sent: Sequence[datetime], start: datetime, *, most: int, window: timedelta) -> bool:
    """Whether no window holds too many: it is enough to look at windows that end with a message at or after the new one."""
    moments = [*sent, start]
    ends = [moment for moment in moments if start <= moment < start + window]
    return all(sum(end - window < moment <= end for moment in moments) <= most for end in ends)
