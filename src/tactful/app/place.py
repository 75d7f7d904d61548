"""Where a decision plays: where the customer lives and is, the store that is meant, and the zones they may be in.

What they said comes first: the address and the store of their choice outrank whatever was inferred from where they were seen.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from tactful.model.events import Address
from tactful.model.moment import PICKUP, Location
from tactful.model.places import CELL_ERROR_KM, COARSEST_KM, FAR_KM, Home, Point, Present, Trip, cell_of, center_of, distance_km
from tactful.model.products import Store as Shop
from tactful.model.profile import Order, Profile, Sighting
from tactful.profile import home_of, is_fresh, present_of, trips_of, week_of

Shops = dict[str, Shop]

REACH_KM = 50.0
"""The nearest store is worth naming up to here."""
PICKUP_KM = 15.0
"""To collect something they are asked to go no farther than this, nor farther than they usually do."""
HABIT_PERCENTILE = 90
HABIT_SLACK = 1.2
HABIT_LEAST = 3
"""Pick-ups from which on their own distances count."""
HABIT = timedelta(days=180)
REMEMBERED = timedelta(weeks=104)
LENGTH_INWARD = 3
"""Of a British postcode: the part behind the district."""
TILL = "pos"
CHOSEN_STORE = "store"
"""Key of the stated preference whose value is a store code."""
_WORDS = re.compile(r"[^\W\d_]+")


class Whereabouts(Struct, frozen=True, kw_only=True):
    """Where somebody lives and where they are."""

    home: Home | None
    now: Present | None
    """None at home, and where nothing is known."""
    timezone: str | None
    """Where they are now; None where it is not known."""
    country: str | None
    """Of the person, never of the connection: as stated, else of home, else of the store they chose."""


class Meant(Struct, frozen=True, kw_only=True):
    """The store that is meant, and those within reach, the nearest first. ``reach`` is None where it is not known where they are."""

    shop: Shop | None = None
    reach: tuple[str, ...] | None = None


def whereabouts(profile: Profile, stores: Shops, *, now: datetime) -> Whereabouts:
    """Say where they live and are, from what they stated, where they were seen, and the tills at which they paid."""
    sightings = sightings_of(profile, stores)
    home = _home_at(profile, stores, sightings, now)
    present = present_of(sightings, profile.seen_timezone, home, now=now)
    if present is not None and present.timezone is None and present.cell is not None:
        present = msgspec.structs.replace(present, timezone=_zone_near(present.cell, sightings, stores))
    chosen = chosen_store(profile, stores)
    country = (home.country if home is not None else None) or (chosen.country if chosen else None)
    return Whereabouts(home=home, now=present, timezone=_zone_now(profile, home, present, chosen), country=country)


def _zone_now(profile: Profile, home: Home | None, present: Present | None, chosen: Shop | None) -> str | None:
    if present is not None and present.timezone is not None:
        return present.timezone
    if home is not None and home.timezone is not None:
        return home.timezone
    seen, stated = profile.seen_timezone, _code_of(profile.address)
    if seen is not None and (stated is None or stated in countries_of_zone().get(seen.timezone, ())):
        return seen.timezone
    return chosen.timezone if chosen is not None and stated is None else None


def sightings_of(profile: Profile, stores: Shops) -> list[Sighting]:
    """Where they were seen: by their devices, and at the tills of stores."""
    seen = {(one.week, one.cell): one for one in profile.sightings}
    for order in reversed(profile.orders) if stores else ():
        if profile.last_at is not None and profile.last_at - order.at > REMEMBERED:
            break
        shop = stores.get(order.store_code or "") if order.channel == TILL else None
        if shop is None:
            continue
        key = (week_of(order.at), cell_of(shop.lat, shop.lon))
        other = seen.get(key)
        first, last = (min(order.at, other.first_at), max(order.at, other.last_at)) if other else (order.at, order.at)
        event_id = other.event_id if other and other.last_at >= order.at else order.event_id
        seen[key] = Sighting(*key, first, last, event_id, shop.timezone)
    return list(seen.values())


def _home_at(profile: Profile, stores: Shops, sightings: list[Sighting], now: datetime) -> Home | None:
    """Home as of a time: where they were seen in the country they stated, else the address alone."""
    address = profile.address
    stated = stated_stores(address, stores)
    at_home = sightings if _code_of(address) is None else [one for one in sightings if not _elsewhere(one, address)]
    home = home_of(at_home, now=now, stated=[cell_of(shop.lat, shop.lon) for shop in stated])
    if home is None:
        if address is None:
            return Home(timezone=profile.stated_timezone) if profile.stated_timezone else None
        evidence = (profile.address_event_id,) if profile.address_event_id else ()
        home = Home(since=profile.address_at, evidence=evidence)
    zone = profile.stated_timezone or home.timezone or _zone_of_address(address, stated)
    if zone is None and home.cell is not None:
        zone = _zone_near(home.cell, sightings, stores)
    country = (address.country if address else None) or _country_of(home, stores) or _country_of_zone(zone)
    return msgspec.structs.replace(home, timezone=zone, country=country)


def _elsewhere(sighting: Sighting, address: Address | None) -> bool:
    """Whether a sighting's zone lies in another country than the one they state."""
    stated = _code_of(address)
    if stated is None or sighting.timezone is None:
        return False
    countries = countries_of_zone().get(sighting.timezone, ())
    return bool(countries) and stated not in countries


def _code_of(address: Address | None) -> str | None:
    country = address.country if address is not None else None
    return country if country in zones_of_country() else None


def _country_of(home: Home, stores: Shops) -> str | None:
    zone_countries = countries_of_zone().get(home.timezone or "", ())
    if len(zone_countries) == 1:
        return zone_countries[0]
    near = _near(stores, center_of(home.cell), REACH_KM) if home.cell is not None else []
    return near[0].country if near else None


def _country_of_zone(zone: str | None) -> str | None:
    countries = countries_of_zone().get(zone or "", ())
    return countries[0] if countries else None


def _zone_near(cell: str, sightings: Iterable[Sighting], stores: Shops) -> str | None:
    """The zone of a place that told none: that of an earlier sighting there, else of the nearest store."""
    here = center_of(cell)
    told = [one for one in sightings if one.timezone is not None and distance_km(center_of(one.cell), here) <= REACH_KM]
    if told:
        return max(told, key=lambda one: (one.last_at, one.cell)).timezone
    near = _near(stores, here, FAR_KM)
    return near[0].timezone if near else None


def _zone_of_address(address: Address | None, stated: tuple[Shop, ...]) -> str | None:
    """The zone of a town or a country that has only one; zones are named after towns."""
    zones = zones_of_country().get(_code_of(address) or "", ())
    city = " ".join(_words(address.city)) if address is not None else ""
    named = [zone for zone in zones if city and " ".join(_words(zone.rpartition("/")[2])) == city]
    of_stores = sorted({shop.timezone for shop in stated}) if city else []
    return next((found[0] for found in (named, of_stores, zones) if len(found) == 1), None)


def stated_stores(address: Address | None, stores: Shops) -> tuple[Shop, ...]:
    """The stores in the town they stated: of their postal code, else by the words of the store's name and code; without a town the country's, if only one."""
    if address is None:
        return ()
    there = [shop for _, shop in sorted(stores.items()) if address.country in (None, shop.country)]
    if address.postal_code and (near := [shop for shop in there if _same_district(address, shop)]):
        return tuple(near)
    city = _words(address.city)
    if city:
        return tuple(shop for shop in there if _within(city, _words(shop.name)) or _within(city, _words(shop.store_code)))
    return tuple(there) if address.country and len(there) == 1 else ()


def _same_district(address: Address, shop: Shop) -> bool:
    """Whether two postal codes name one part of a town: the same code, or, of codes with letters, the same before the last three (the British outward code)."""
    if not (address.postal_code and shop.postal_code) or _code_of(address) not in (None, shop.country):
        return False
    mine, theirs = (code.replace(" ", "").replace("-", "").upper() for code in (address.postal_code, shop.postal_code))
    return mine == theirs or (shop.country == "GB" and len(theirs) > LENGTH_INWARD and mine[:-LENGTH_INWARD] == theirs[:-LENGTH_INWARD])


def _words(text: str | None) -> list[str]:
    return _WORDS.findall((text or "").casefold().replace("_", " "))


def _within(part: list[str], whole: list[str]) -> bool:
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))


def chosen_store(profile: Profile, stores: Shops) -> Shop | None:
    """The store they chose: the latest stated preference ``store`` that names one."""
    return next((stores[one.value] for one in reversed(profile.preferences) if one.key == CHOSEN_STORE and one.value in stores), None)


def trips(profile: Profile, stores: Shops, *, asked: Callable[[Trip], bool]) -> tuple[Trip, ...]:
    """The trips they made, of those that are asked about, oldest first."""
    sightings = sightings_of(profile, stores)
    return trips_of(sightings, home_at=lambda at: _home_at(profile, stores, sightings, at), asked=asked)


def away_orders(profile: Profile, stores: Shops, *, now: datetime) -> frozenset[int]:
    """Which orders were bought in person on a trip that is over, as indices into `Profile.orders`. They say nothing of what is wanted at home."""
    in_person = [(i, order) for i, order in enumerate(profile.orders) if order.channel == TILL or order.fulfilment == PICKUP]

    def over_with_orders(stay: Trip) -> bool:
        return stay.until <= now and any(_on(stay, order, stores) for _, order in in_person)

    over = trips(profile, stores, asked=over_with_orders) if in_person else ()
    return frozenset(i for i, order in in_person if any(_on(trip, order, stores) for trip in over))


def _on(trip: Trip, order: Order, stores: Shops) -> bool:
    shop = stores.get(order.store_code or "")
    there = shop is None or distance_km((shop.lat, shop.lon), center_of(trip.cell)) <= FAR_KM
    return there and trip.since <= order.at <= trip.until


def store_meant(
    profile: Profile,
    stores: Shops,
    *,
    named: str | None = None,
    location: Location | None = None,
    collects: bool = False,
    now: datetime,
    where: Whereabouts | None = None,
) -> Meant:
    """Find the store: the one named, the nearest to where they are, the one they chose, where they pick up, or the nearest to home.

    With ``collects`` something is to be picked up, and reach is how far they go for that. A location too inaccurate names no place. ``where``: their
    whereabouts, where the caller has asked for them already.
    """
    if named is not None and named in stores:
        return Meant(shop=stores[named])
    where = whereabouts(profile, stores, now=now) if where is None else where
    home = center_of(where.home.cell) if where.home is not None and where.home.cell is not None else None
    habit = _pick_ups(profile, stores, home=home, now=now)
    radius = _radius(habit, home) if collects else REACH_KM
    point = _point_now(location, where.now)
    if point is not None:
        return _meant(_near(stores, point, radius))
    preferred = [shop for shop in (chosen_store(profile, stores), _most_used(habit)) if shop is not None]
    if home is not None:
        return _meant([*preferred, *_near(stores, home, radius)])
    stated = stated_stores(profile.address, stores)
    return _meant([*preferred, *stated]) if preferred or stated else Meant()


def _meant(shops: list[Shop]) -> Meant:
    codes = tuple(dict.fromkeys(shop.store_code for shop in shops))
    return Meant(shop=shops[0] if shops else None, reach=codes)


def _point_now(location: Location | None, present: Present | None) -> Point | None:
    if location is not None and (location.accuracyKm is None or location.accuracyKm <= COARSEST_KM):
        return location.lat, location.lon
    return center_of(present.cell) if present is not None and present.cell is not None else None


def _near(stores: Shops, point: Point, radius: float) -> list[Shop]:
    reached = [(distance_km((shop.lat, shop.lon), point), code) for code, shop in stores.items()]
    return [stores[code] for distance, code in sorted(reached) if distance <= radius]


def place_name(cell: str | None, stores: Shops) -> str | None:
    """What people may call a place: the name of the nearest store; None where there is none near."""
    near = _near(stores, center_of(cell), REACH_KM) if cell is not None else []
    return near[0].name if near else None


def _pick_ups(profile: Profile, stores: Shops, *, home: Point | None, now: datetime) -> list[Shop]:
    """The stores of their recent pick-ups, oldest first; what was picked up far from home is no habit of home."""
    recent = [order for order in profile.orders if order.fulfilment == PICKUP and order.store_code in stores and now - order.at <= HABIT]
    shops = [stores[str(order.store_code)] for order in recent]
    return [shop for shop in shops if home is None or distance_km((shop.lat, shop.lon), home) <= FAR_KM]


def _most_used(shops: list[Shop]) -> Shop | None:
    """The store used most; of equals the one used last."""
    codes = [shop.store_code for shop in shops]
    return max(reversed(shops), key=lambda shop: codes.count(shop.store_code), default=None)


def _radius(shops: list[Shop], home: Point | None) -> float:
    """How far they go to collect something: as far as anybody, or less if their own pick-ups were nearer. A home known as a cell is that much unsure."""
    if home is None or len(shops) < HABIT_LEAST:
        return PICKUP_KM
    gone = sorted(distance_km((shop.lat, shop.lon), home) for shop in shops)
    usual = gone[min(len(gone) * HABIT_PERCENTILE // 100, len(gone) - 1)]
    return min(PICKUP_KM, usual * HABIT_SLACK + CELL_ERROR_KM)


def possible_zones(profile: Profile, stores: Shops, *, now: datetime) -> tuple[str, ...]:
    """Name the time zones they may be in now: one where it is known, else all of their country, else those of the shop's countries, else UTC."""
    zone = _plain_zone(profile, sightings_of(profile, stores), now=now)
    if zone is not None:
        return (zone,)
    where = whereabouts(profile, stores, now=now)
    if where.timezone is not None:
        return (where.timezone,)
    countries = {where.country} if where.country else {shop.country for shop in stores.values()}
    zones = sorted({zone for name in countries for zone in zones_of_country().get(name, ())})
    return tuple(zones) or ("UTC",)


def _plain_zone(profile: Profile, sightings: Sequence[Sighting], *, now: datetime) -> str | None:
    """Their zone where it does not hang on the place where they live, which takes long to tell.

    The one they stated, if nothing lately says where they are; else the one zone of all that is known of them.
    """
    stated, seen = profile.stated_timezone, profile.seen_timezone
    if stated is not None and not is_fresh(sightings, seen, now=now):
        return stated
    zone = sightings[0].timezone if sightings else None
    told = {one.timezone for one in sightings} | {stated or zone, seen.timezone if seen else zone}
    alone = len(told) == 1 and any(one.first_at <= now for one in sightings)
    return zone if alone and not _elsewhere(sightings[0], profile.address) else None


def home_zone(profile: Profile, stores: Shops, *, now: datetime) -> str | None:
    """The time zone they live in, wherever they are now: what they did at home was done by its clock. None where it is not known."""
    home = whereabouts(profile, stores, now=now).home
    return home.timezone if home is not None else None


@cache
def zones_of_country() -> dict[str, tuple[str, ...]]:
    """The zones that are in use in each country, from the time zone database's own table.

    >>> zones_of_country()["GB"]
    ('Europe/London',)
    """
    zones: dict[str, list[str]] = {}
    for countries, zone in _zone_table("zone1970.tab"):
        for country in countries:
            zones.setdefault(country, []).append(zone)
    return {country: tuple(names) for country, names in zones.items()}


@cache
def countries_of_zone() -> dict[str, tuple[str, ...]]:
    """The countries that use each zone, those it is named after first.

    >>> countries_of_zone()["Europe/Paris"], countries_of_zone()["Europe/Amsterdam"]
    (('FR', 'MC'), ('NL',))
    """
    found: dict[str, dict[str, None]] = {}
    for table in ("zone.tab", "zone1970.tab"):
        for countries, zone in _zone_table(table):
            found.setdefault(zone, {}).update(dict.fromkeys(countries))
    return {zone: tuple(countries) for zone, countries in found.items()}


def _zone_table(name: str) -> Iterator[tuple[list[str], str]]:
    for line in files("tzdata").joinpath("zoneinfo", name).read_text().splitlines():
        if not line.startswith("#"):
            countries, _, zone = line.split("\t")[:3]
            yield countries.split(","), zone
