"""Who and where: what a client says about a person and the surroundings of an event, cut to what we may keep."""

import math
from functools import lru_cache
from typing import Any

from tactful.ingest.values import read_flag, read_id, read_text, read_zone
from tactful.model.events import Address, Context, Traits

COARSE = 20
"""Steps in one degree: coordinates are kept to 0.05 degree, about 5 km."""

NOWHERE = Context()


def read_context(context: Any) -> Context:
    """What we keep of a context. A zone that is none and a point that is not on earth are dropped."""
    if not isinstance(context, dict) or not context:
        return NOWHERE
    place = context.get("location")
    place = place if isinstance(place, dict) else {}
    lat, lon = read_point(place)
    country = context.get("country") or place.get("country")
    session = context.get("sessionId") or context.get("session_id")
    if lat is None and not country and session is None:
        return plain_context(read_text(context.get("timezone"), 64), read_text(context.get("locale"), 35))
    return Context(
        timezone=read_zone(context.get("timezone")),
        locale=read_text(context.get("locale"), 35),
        country=read_country(country),
        lat=lat,
        lon=lon,
        session_id=read_id(session, "context.sessionId"),
    )


@lru_cache(maxsize=1024)
def plain_context(timezone: str | None, locale: str | None) -> Context:
    """A context of zone and locale; most events of a shop share a few of these."""
    return Context(timezone=read_zone(timezone), locale=locale) if timezone or locale else NOWHERE


def read_point(place: dict[str, Any]) -> tuple[float, float] | tuple[None, None]:
    """A coarse point, or twice None where it is not on earth.

    >>> read_point({"lat": 51.5136, "longitude": "-0.1365"}), read_point({"lat": 91, "lon": 0})
    ((51.5, -0.15), (None, None))
    """
    try:
        lat, lon = float(place.get("lat", place.get("latitude"))), float(place.get("lon", place.get("longitude", place.get("lng"))))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None, None
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return None, None
    return round(lat * COARSE) / COARSE + 0.0, round(lon * COARSE) / COARSE + 0.0


def read_traits(context: Any, traits: Any) -> Traits | None:
    """The traits that we know, those of the message over those of its context; None where there are none."""
    nearby = context.get("traits") if isinstance(context, dict) else None
    said = {**(nearby if isinstance(nearby, dict) else {}), **(traits if isinstance(traits, dict) else {})}
    if not said:
        return None
    email = read_text(said.get("email"), 254)
    known = Traits(
        email=email if email and "@" in email else None,
        phone=read_text(said.get("phone"), 40),
        loyalty_card=read_id(said.get("loyalty_card", said.get("loyaltyCard")), "loyalty_card"),
        first_name=read_text(said.get("firstName", said.get("first_name")), 100),
        timezone=read_zone(said.get("timezone")),
        locale=read_text(said.get("locale"), 35),
        address=read_address(said.get("address")),
    )
    return None if known == Traits() else known


def read_address(value: Any) -> Address | None:
    """A postal address as coarse as we keep it; street and name are left out.

    >>> read_address({"street": "1 High St", "postalCode": "M1 2JW", "country": "gb"})
    Address(country='GB', city=None, postal_code='M1 2JW')
    """
    if not isinstance(value, dict):
        return None
    postal_code = value.get("postalCode") or value.get("postal_code") or value.get("zip")
    address = Address(country=read_country(value.get("country")), city=read_text(value.get("city"), 100), postal_code=read_text(postal_code, 20))
    return None if address == Address() else address


def read_country(value: Any) -> str | None:
    """A country; two letters are written large."""
    country = read_text(value, 60)
    return country.upper() if country and len(country) == 2 else country


def is_gift(properties: dict[str, Any]) -> bool:
    """Whether an order is marked as a gift: by flag, message or wrapping. The message itself is never kept."""
    wrapping = properties.get("gift_wrap")
    wrapped = bool(wrapping) and read_flag(wrapping) is not False
    return wrapped or bool(properties.get("gift_message")) or read_flag(properties.get("gift")) is True
