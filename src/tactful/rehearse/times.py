"""Points in time as scenario files write them: offsets from the scenario's now, or RFC 3339."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

OFFSET = re.compile(r"(?P<sign>[+-])?(?=\d)(?:(?P<weeks>\d+)w)?(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")


def read_offset(text: str) -> timedelta | None:
    """The offset, or None where the text is none.

    >>> read_offset("-29d2h")
    datetime.timedelta(days=-30, seconds=79200)
    >>> read_offset("+36h") == timedelta(hours=36), read_offset("0d") == timedelta(0), read_offset("soon")
    (True, True, None)
    """
    found = OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    parts = {unit: int(amount) for unit, amount in found.groupdict().items() if unit != "sign" and amount is not None}
    length = timedelta(**parts)
    return -length if found["sign"] == "-" else length


def read_moment(value: Any, now: datetime | None = None) -> datetime:
    """A point in time, UTC. Offsets need ``now``. Raises ValueError that says how to write it.

    >>> read_moment("2026-03-01T10:00:00+01:00").isoformat()
    '2026-03-01T09:00:00+00:00'
    """
    if isinstance(value, str) and now is not None and (offset := read_offset(value)) is not None:
        return now + offset
    how = "an offset like -29d2h or a time like 2026-03-01T10:00:00Z" if now is not None else "a time like 2026-03-01T10:00:00Z"
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime):
        raise ValueError(f"{value!r} is no time; write {how}")
    if moment.tzinfo is None:
        raise ValueError(f"{value!s} has no time zone; add Z or an offset like +01:00")
    return moment.astimezone(UTC)
