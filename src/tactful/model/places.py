"""Where on earth: coarse cells instead of coordinates, and what follows from having been seen in them.

A cell is a geohash of five characters (Niemeyer 2008), a field of at most 4.9 km by 4.9 km. It is all that is ever kept of a place somebody was at. Written
here because it is twenty lines; a library for it would be a compiled dependency.
"""

import math
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

CELL_LENGTH = 5
CELL_ERROR_KM = 3.5
"""How far from its cell's centre somebody may be: half of the diagonal."""
COARSEST_KM = 25.0
"""A sighting less accurate than this tells the time zone, but no place."""
FAR_KM = 80.0
"""Farther from home than this is away, not out."""
EARTH_KM = 6371.0
_DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz"
_BITS = 5 * CELL_LENGTH

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def cell_of(lat: float, lon: float) -> str:
    """Name the cell around a point.

    >>> cell_of(51.5136, -0.1365), cell_of(90, 180)
    ('gcpvh', 'zzzzz')
    """
    low, high, values = [-90.0, -180.0], [90.0, 180.0], (lat, lon)
    number = 0
    for bit in range(_BITS):
        axis = 1 - bit % 2  # longitude first, then in turn
        middle = (low[axis] + high[axis]) / 2
        upper = values[axis] >= middle
        (low if upper else high)[axis] = middle
        number = 2 * number + upper
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(CELL_LENGTH)))


@lru_cache(maxsize=65_536)
def center_of(cell: str) -> Point:
    """Find the centre of a cell.

    >>> [round(degrees, 2) for degrees in center_of("gcpvh")]
    [51.53, -0.15]
    """
    low, size = [-90.0, -180.0], [180.0, 360.0]
    for place, digit in enumerate(cell):
        for bit in range(5):
            axis = 1 - (5 * place + bit) % 2
            size[axis] /= 2
            low[axis] += size[axis] * (_DIGITS.index(digit) >> 4 - bit & 1)
    return low[0] + size[0] / 2, low[1] + size[1] / 2


def distance_km(a: Point, b: Point) -> float:
    """Measure the great-circle distance between two points.

    >>> round(distance_km((51.51, -0.13), (48.86, 2.36)))
    344
    """
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(h, 1.0)))


@lru_cache(maxsize=65_536)
def cells_apart_km(a: str, b: str) -> float:
    """Measure the distance between the centres of two cells."""
    return distance_km(center_of(a), center_of(b))


class Home(Struct, frozen=True, kw_only=True):
    """Where somebody lives."""

    cell: str | None = None
    """None where only an address is known."""
    timezone: str | None = None
    country: str | None = None
    since: datetime | None = None
    """Since when we know of it."""
    weeks_seen: int = 0
    evidence: tuple[str, ...] = ()
    """Ids of the events that tell it, the latest first."""


class Present(Struct, frozen=True, kw_only=True):
    """Where somebody is for now, away from home."""

    cell: str | None = None
    """None where only the time zone is known."""
    timezone: str | None = None
    until: datetime
    """Without another sign it holds no longer than this."""
    evidence: tuple[str, ...] = ()


class Trip(Struct, frozen=True, kw_only=True):
    """Some nights far from home."""

    cell: str
    since: datetime
    until: datetime
    """When they were seen elsewhere again; without such a sign, when the last one there has expired."""
