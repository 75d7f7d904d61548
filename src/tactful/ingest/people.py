"""Who and where: what a client says about a person and the surroundings of an event, cut to what we may keep."""

import math
from functools import lru_cache
from typing import Any

from tactful.ingest.consents import read_signals
from tactful.ingest.values import read_flag, read_id, read_text, read_zone
from tactful.ingest.ways import read_way_in
from tactful.model.events import Address, Context, Traits, WayIn
from tactful.model.places import COARSEST_KM, cell_of

MACHINE_ZONES = frozenset({"UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich"})
"""With ``Etc/…`` the zones that machines run in: a server, or a browser that hides its own. They tell nothing of where somebody is."""
SERVER_LIBRARIES = ("analytics-python", "analytics-node", "@segment/analytics-node", "analytics-ruby", "analytics-java", "analytics-go", "analytics-php")
"""``context.library.name`` of clients that run on a server. Without a sign that the server passes on a device's context, the zone is the server's."""
DEVICE_SIGNS = ("userAgent", "ip", "device", "location")
METRES = 1000.0
LONGEST_TOKEN = 1024
"""Of an app's address for notifications; those in use have 64 to 250 characters."""

NOWHERE = Context()


def read_context(context: Any) -> Context:
    """What we keep of a context. A zone that is none and a point that is not on earth are dropped."""
    if not isinstance(context, dict) or not context:
        return NOWHERE
    if of_a_server(context):
        context = {key: value for key, value in context.items() if key != "timezone"}
    place = context.get("location")
    place = place if isinstance(place, dict) else {}
    cell = read_cell(place)
    country = context.get("country") or place.get("country")
    session = context.get("sessionId") or context.get("session_id")
    signals, way_in = read_signals(context), read_way_in(context)
    if cell is None and not country and session is None and not signals:
        return plain_context(read_text(context.get("timezone"), 64), read_text(context.get("locale"), 35), way_in)
    return Context(
        timezone=read_own_zone(context.get("timezone")),
        locale=read_text(context.get("locale"), 35),
        country=read_country(country),
        cell=cell,
        session_id=read_id(session, "context.sessionId"),
        way_in=way_in,
        signals=signals,
        policy_version=read_policy(context),
    )


def read_policy(context: dict[str, Any]) -> str | None:
    """Which version of the privacy policy was shown."""
    consent = context.get("consent")
    nearby = consent if isinstance(consent, dict) else {}
    return read_text(context.get("policyVersion") or nearby.get("policyVersion") or nearby.get("version"), 40)


def of_a_server(context: dict[str, Any]) -> bool:
    """Whether the context is that of a server, not of somebody's device."""
    library = context.get("library")
    return isinstance(library, dict) and library.get("name") in SERVER_LIBRARIES and not any(context.get(sign) for sign in DEVICE_SIGNS)


@lru_cache(maxsize=1024)
def plain_context(timezone: str | None, locale: str | None, way_in: WayIn | None) -> Context:
    """A context of zone, locale and way in; most events of a shop share a few of these."""
    return Context(timezone=read_own_zone(timezone), locale=locale, way_in=way_in) if timezone or locale or way_in else NOWHERE


def read_own_zone(value: Any) -> str | None:
    """The zone of somebody's device; that of a machine is none.

    >>> read_own_zone("Europe/London"), read_own_zone("Etc/UTC"), read_own_zone("UTC")
    ('Europe/London', None, None)
    """
    zone = read_zone(value)
    return None if zone is None or zone in MACHINE_ZONES or zone.startswith("Etc/") else zone


def read_cell(place: dict[str, Any]) -> str | None:
    """The coarse cell around a point; None where it is not on earth, or so inaccurate that it names no place.

    ``accuracyKm`` is in kilometres; ``accuracy`` in metres, as the W3C Geolocation API and phones give it.

    >>> read_cell({"lat": 51.5136, "longitude": "-0.1365"}), read_cell({"lat": 51.5136, "lon": -0.1365, "accuracyKm": 50}), read_cell({"lat": 91, "lon": 0})
    ('gcpvh', None, None)
    """
    lat, lon = number_in(place, "lat", "latitude"), number_in(place, "lon", "longitude", "lng")
    if not (abs(lat) <= 90 and abs(lon) <= 180):  # also where one of them is not a number
        return None
    accuracies = (number_in(place, "accuracyKm", "accuracy_km"), number_in(place, "accuracy") / METRES)
    return None if any(accuracy > COARSEST_KM for accuracy in accuracies) else cell_of(lat, lon)


def number_in(place: dict[str, Any], *names: str) -> float:
    """The first of some values that is there, as a number; not a number where none is."""
    value = next((place[name] for name in names if place.get(name) is not None), None)
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan


def read_traits(context: Any, traits: Any) -> Traits | None:
    """The traits that we know, those of the message over those of its context; None where there are none."""
    nearby, token = (context.get("traits"), read_push_token(context)) if isinstance(context, dict) else (None, None)
    said = {**(nearby if isinstance(nearby, dict) else {}), **(traits if isinstance(traits, dict) else {})}
    if not said:
        return Traits(push_token=token) if token else None
    email = read_text(said.get("email"), 254)
    known = Traits(
        email=email if email and "@" in email else None,
        phone=read_text(said.get("phone"), 40),
        push_token=token,
        loyalty_card=read_id(said.get("loyalty_card", said.get("loyaltyCard")), "loyalty_card"),
        first_name=read_text(said.get("firstName", said.get("first_name")), 100),
        timezone=read_zone(said.get("timezone")),
        locale=read_text(said.get("locale"), 35),
        address=read_address(said.get("address")),
    )
    return None if known == Traits() else known


def read_push_token(context: dict[str, Any]) -> str | None:
    """Where notifications reach an app, as Segment's and Rudder's mobile libraries tell it; one that is too long is none.

    >>> read_push_token({"device": {"type": "ios", "token": "ff15bc0c20c4aa6cd50854ff165fd265"}})
    'ff15bc0c20c4aa6cd50854ff165fd265'
    """
    device = context.get("device")
    token = device.get("token") if isinstance(device, dict) else None
    return token.strip() or None if isinstance(token, str) and len(token) <= LONGEST_TOKEN else None


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
