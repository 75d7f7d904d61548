"""Coordinates have no place at rest: where a body is kept as it came, they are cut out of it."""

import re
from typing import Any

COORDINATES = frozenset({"lat", "lon", "lng", "long", "latitude", "longitude", "latlng", "latlon", "coords", "coordinates", "geo", "geolocation"})
"""Names, in small letters, under which clients send where somebody is."""
_NAMES = "|".join(sorted(COORDINATES, key=len, reverse=True))
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_IN_JSON = re.compile(rf"""(["'](?:\w*_)?(?:{_NAMES})\\?["']\s*:\s*)(?:\\?["']?\s*{_NUMBER}\s*(?:,\s*{_NUMBER}\s*)?\\?["']?|\[[^\[\]]*\]?)""", re.IGNORECASE)
_IN_URL = re.compile(rf"(\b(?:{_NAMES})=){_NUMBER}(?:(?:,|%2C){_NUMBER})?", re.IGNORECASE)
_BARE = re.compile(r"[-+]?\d{1,3}\.\d{3,}\s*(?:,|%2C)\s*[-+]?\d{1,3}\.\d{3,}")


def is_coordinate(key: str, value: Any) -> bool:
    """Whether a property is a coordinate, or a bag of them.

    >>> is_coordinate("store_lat", 51.5), is_coordinate("long", "a long story"), is_coordinate("Lng", "-0.13")
    (True, False, True)
    """
    words = isinstance(value, str) and any(character.isalpha() for character in value)
    return key.lower().rpartition("_")[2] in COORDINATES and not words


def without_coordinates(text: str) -> str:
    """Text with the numbers of coordinates cut out, in JSON, in addresses of pages and in bare pairs. The rest stays as it was, broken or not.

    >>> without_coordinates('{"lat": 51.5136, "n": 1, "url": "/stores?lng=-0.13&q=milk"}')
    '{"lat": null, "n": 1, "url": "/stores?lng=&q=milk"}'
    """
    return _BARE.sub("", _IN_URL.sub(r"\1", _IN_JSON.sub(r"\1null", text)))
