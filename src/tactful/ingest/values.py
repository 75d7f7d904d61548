"""How one value of a client's JSON is read: leniently where the meaning is plain, not at all where it is not."""

import math
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

LONGEST_ID = 255
"""Characters in any id: user, anonymous, message, order, product."""
MILLISECONDS_FROM = 1e11
"""A number at least this large is epoch milliseconds; below it is epoch seconds."""
TRUE_WORDS = frozenset({"true", "1", "yes", "y", "on", "granted"})
FALSE_WORDS = frozenset({"false", "0", "no", "n", "off", "denied"})


class Unusable(Exception):
    """One message cannot be understood. Becomes a dead letter with this code; never leaves `tactful.ingest`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Unreadable(ValueError):
    """One line or attribute of a feed cannot be read. Becomes a problem of the report; never leaves `tactful.ingest`."""


def read_id(value: Any, name: str) -> str | None:
    """An identifier as text, or None where there is none.

    >>> read_id(42, "userId"), read_id("  ", "userId"), read_id(None, "userId")
    ('42', None, None)
    """
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unusable("bad_id", f"{name} must be text or a number, not {kind_of(value)}")
    text = str(value).strip()
    if len(text) > LONGEST_ID:
        raise Unusable("id_too_long", f"{name} has {len(text):,} characters; at most {LONGEST_ID} are allowed")
    if "\x00" in text:
        raise Unusable("bad_id", f"{name} contains a NUL character")
    return text or None


def read_text(value: Any, limit: int) -> str | None:
    """Short text, cut at ``limit`` characters; None for anything that is not text or a number.

    >>> read_text(" Soho ", 3), read_text(7, 3), read_text({}, 3)
    ('Soh', '7', None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip().replace("\x00", "")[:limit] or None


def read_flag(value: Any) -> bool | None:
    """Yes or no, or None where it is neither.

    >>> read_flag("TRUE"), read_flag(0), read_flag("perhaps")
    (True, False, None)
    """
    word = str(value).strip().lower() if isinstance(value, str | int | float | bool) else ""
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def read_number(value: Any, name: str, code: str) -> float | None:
    """A finite number that is not negative, or None where there is none.

    >>> read_number("12.50", "price", "bad_price"), read_number("", "price", "bad_price")
    (12.5, None)
    """
    if value is None or value == "":
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise Unusable(code, f"{name} must be a number of zero or more, not {str(value)[:40]!r}")
    return number


def read_time(value: Any) -> datetime | None:
    """A point in time in UTC, from RFC 3339 text or epoch seconds or milliseconds; naive text is UTC; None where it is none of these.

    >>> read_time("2026-01-01T01:00:00+01:00"), read_time("soon")
    (datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value.strip())
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if abs(value) >= MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def read_zone(value: Any) -> str | None:
    """An IANA time zone that exists, else None.

    >>> read_zone("Europe/London"), read_zone("GMT+0000"), read_zone("Etc/Unknown")
    ('Europe/London', None, None)
    """
    return value if isinstance(value, str) and 2 < len(value) <= 64 and zone_exists(value) else None


@lru_cache(maxsize=2048)
def zone_exists(name: str) -> bool:
    """Whether the time zone database knows a name; ``UTC`` or a path such as ``Europe/London``."""
    if name != "UTC" and "/" not in name:
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def kind_of(value: Any) -> str:
    """What a JSON value is, in JSON's words.

    >>> kind_of([]), kind_of(None), kind_of(True)
    ('an array', 'null', 'a boolean')
    """
    names = {dict: "an object", list: "an array", str: "text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
