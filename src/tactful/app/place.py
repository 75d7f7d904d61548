"""Where a decision plays: the store that is meant, and the zones a customer may be in."""

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from tactful.model.moment import Location
from tactful.model.products import Store as Shop
from tactful.model.profile import Profile
from tactful.profile import distance_km, home_of, zone_of

REACH_KM = 50.0
HABIT = timedelta(days=180)
PICKUP = "pickup"


def store_meant(profile: Profile, stores: dict[str, Shop], *, named: str | None, location: Location | None, now: datetime) -> Shop | None:
    """Find the store: the one named, the nearest to where they are, where they pick up, or the nearest to home. None where none is within reach."""
    if named is not None and named in stores:
        return stores[named]
    if location is not None:
        return _nearest(stores, (location.lat, location.lon))
    picked_up = [order for order in profile.orders if order.fulfilment == PICKUP and order.store_code in stores and now - order.at <= HABIT]
    if picked_up:
        return stores[str(picked_up[-1].store_code)]
    home = home_of(profile, now=now)
    return _nearest(stores, (home.lat, home.lon)) if home is not None else None


def _nearest(stores: dict[str, Shop], point: tuple[float, float]) -> Shop | None:
    reached = [(distance_km((shop.lat, shop.lon), point), code) for code, shop in stores.items()]
    distance, code = min(reached, default=(REACH_KM + 1, ""))
    return stores[code] if distance <= REACH_KM else None


def possible_zones(profile: Profile, stores: dict[str, Shop], *, now: datetime) -> tuple[str, ...]:
    """Name the time zones they may be in now: one where it is known, else all of their country, else those of the shop's countries, else UTC."""
    known = zone_of(profile, now=now)
    if known is not None:
        return (known,)
    country = profile.address.country if profile.address is not None else None
    countries = {country} if country else {shop.country for shop in stores.values()}
    zones = sorted({zone for name in countries for zone in zones_of_country().get(name, ())})
    return tuple(zones) or ("UTC",)


@cache
def zones_of_country() -> dict[str, tuple[str, ...]]:
    """The zones that are in use in each country, from the time zone database's own table.

    >>> zones_of_country()["GB"]
    ('Europe/London',)
    """
    zones: dict[str, list[str]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text().splitlines():
        if not line.startswith("#"):
            countries, _, zone = line.split("\t")[:3]
            for country in countries.split(","):
                zones.setdefault(country, []).append(zone)
    return {country: tuple(names) for country, names in zones.items()}
