"""The hidden truth of one person: what they like, what they will need and when, where they are. Nothing of it is ever told to an engine.

Days are numbered from the start of the simulation; what lies before day 0 is the past that a shop has on record when it begins.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from tactful.simulate.parameters import World
from tactful.simulate.shop import COLOURS, SIZES, Shop
from tactful.simulate.streams import stream

Kind = Literal["replenish", "own", "complement", "gift", "research", "slip", "check", "someone_else", "trip"]
WANTED: frozenset[str] = frozenset({"replenish", "own", "complement"})
"""Kinds that are a want of their own; all others only look like one."""
LEAD = 0.15
"""Share of a gap before the day of purchase from which somebody knows that a thing runs out."""


class Place(Struct, frozen=True, kw_only=True):
    """A city."""

    country: str
    latitude: float
    longitude: float
    timezone: str


PLACES = (
    Place(country="GB", latitude=51.51, longitude=-0.13, timezone="Europe/London"),
    Place(country="FR", latitude=48.86, longitude=2.35, timezone="Europe/Paris"),
    Place(country="DE", latitude=52.52, longitude=13.41, timezone="Europe/Berlin"),
    Place(country="ES", latitude=40.42, longitude=-3.70, timezone="Europe/Madrid"),
    Place(country="PT", latitude=38.72, longitude=-9.14, timezone="Europe/Lisbon"),
    Place(country="GR", latitude=37.98, longitude=23.73, timezone="Europe/Athens"),
    Place(country="FI", latitude=60.17, longitude=24.94, timezone="Europe/Helsinki"),
    Place(country="IE", latitude=53.35, longitude=-6.26, timezone="Europe/Dublin"),
)


EPOCH = datetime(2025, 1, 6, tzinfo=UTC)
"""The Monday that day 0 is. Hours of people are hours of UTC; all their places lie within two hours of it."""


def time_of(day: float) -> datetime:
    """The time of a day number, to the second.

    >>> time_of(1.5).isoformat()
    '2025-01-07T12:00:00+00:00'
    """
    return EPOCH + timedelta(seconds=round(day * 86400))


def day_of(time: datetime) -> float:
    """The day number of a time.

    >>> day_of(time_of(3.25))
    3.25
    """
    return (time - EPOCH).total_seconds() / 86400


def local_hour(day: float, place: int) -> float:
    """The hour on the clocks of a place."""
    there = time_of(day).astimezone(ZoneInfo(PLACES[place].timezone))
    return there.hour + there.minute / 60


class Want(Struct, frozen=True, kw_only=True):
    """One episode, from the first thought to its end, whoever it is for."""

    number: int
    kind: Kind
    type: int
    style: int
    opens: float
    closes: float
    chance: float
    """Uniform number that decides how it ends: below the probability of buying here it is bought here, then elsewhere, then dropped."""
    looks: tuple[float, ...] = ()
    """Days of the looks in this shop, were nothing to keep them from it."""
    in_cart: bool = False
    """The last look puts it into the cart."""
    on_list: bool = False
    """The second look puts it on the wish list."""
    loyalty: float = 1.0
    """How likely they are to buy this type here, when they buy it."""
    gap: float = 0.0
    """Days since the purchase before, of what is used up."""
    parent: int | None = None
    """The want whose purchase made this one."""
    signs: tuple[str, ...] = ()
    """How a gift shows: ``flag``, ``address``, ``search``."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody, and the whole of their time ahead."""

    number: int
    gender: str
    size: int
    colour: int
    consented: bool
    weekday: int
    """Day of the week on which they shop most, 0 is Monday."""
    hour: float
    """Hour of the day, local, around which they are here."""
    home: tuple[tuple[float, int], ...]
    """Days on which they move in, with the place; the first long before."""
    trips: tuple[tuple[float, float, int], ...]
    """First day, last day, place."""
    wants: tuple[Want, ...]
    """By the day they open."""
    visits: tuple[float, ...]
    """Days of visits without a purpose."""
    tastes: tuple[float, ...]
    """How much they like each type, summing to 1 over what lasts."""
    usual: dict[int, int]
    """Their style of each type that they use up."""

    def place_on(self, day: float) -> int:
        """Number of the place where they are."""
        for first, last, place in self.trips:
            if first <= day < last:
                return place
        return self.home_on(day)

    def home_on(self, day: float) -> int:
        """Number of the place where they live."""
        return self.home[bisect_right([since for since, _ in self.home], day) - 1][1]

    @property
    def user_id(self) -> str:
        """How the shop calls them once they have signed in."""
        return f"sim-{self.number}"


class _Maker:
    """Draws one person, each part from its own stream."""

    def __init__(self, shop: Shop, number: int, *, seed: int, past: float, days: float) -> None:
        self.shop, self.world, self.number, self.seed = shop, shop.world, number, seed
        self.start, self.end = -past, days
        self.years = (days + past) / 365
        self.wants: list[Want] = []
        who = self.draw("who")
        self.gender = "female" if who.random() < 0.5 else "male"
        self.size, self.colour = int(who.integers(len(SIZES))), int(who.integers(len(COLOURS)))
        self.weekday, self.hour = int(who.integers(7)), float(np.clip(who.normal(17, 3.5), 8, 22))
        self.consented, self.shared = bool(who.random() < self.world["consent_share"]), bool(who.random() < self.world["shared_device_share"])
        self.phase = float(who.random() * 7)
        self.hours = self._hours(self.draw("hours"), int(days + past) + 1)
        share, spread = self.world["here_share"], self.world["loyalty_spread"]
        self.loyalty = self.draw("loyalty").beta(share * spread, (1 - share) * spread, len(self.world.types))
        self.tastes = self._tastes()
        self.usual: dict[int, int] = {}

    def draw(self, purpose: str) -> np.random.Generator:
        return stream(self.seed, self.number + 1, purpose)

    def person(self) -> Person:
        self._replenish()
        self._own()
        self._others()
        trips = self._trips()
        return Person(
            number=self.number,
            gender=self.gender,
            size=self.size,
            colour=self.colour,
            consented=self.consented,
            weekday=self.weekday,
            hour=self.hour,
            home=self._homes(),
            trips=trips,
            wants=tuple(sorted(self.wants, key=lambda want: (want.opens, want.number))),
            visits=self._times("visits", self.world["visits_weekly"] * 52),
            tastes=tuple(self.tastes.tolist()),
            usual=self.usual,
        )

    def _tastes(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        random = self.draw("tastes")
        allowed = np.array([kind.kind == "durable" and kind.gender in {None, self.gender} for kind in self.world.types], dtype=float)
        weights = random.gamma(0.6, 1.0, len(allowed)) * allowed
        return np.asarray(weights / max(weights.sum(), 1e-12))

    def _times(self, purpose: str, yearly: float) -> tuple[float, ...]:
        """Days of a Poisson process, pulled to their weekday by the world's anchor and to their hour."""
        random = self.draw(purpose)
        days = np.floor(np.sort(random.uniform(self.start, self.end, random.poisson(yearly * self.years))))
        anchored = random.random(len(days)) < self.world["weekly_anchor"]
        days = np.where(anchored, days + (self.weekday - days) % 7, days)
        return tuple(sorted((days + self._hours(random, len(days))).tolist()))

    def _hours(self, random: np.random.Generator, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray(np.clip(random.normal(self.hour, 2.5, count), 6.5, 23.5) / 24)

    def _style(self, random: np.random.Generator, kind: int, *, day: float) -> int:
        there = [style for style in self.shop.by_type[kind] if self.shop.styles[style].arrives_day <= day]
        return there[_pick(random, [self.shop.styles[style].popularity for style in there])]

    def _replenish(self) -> None:
        random = self.draw("replenish")
        used = [number for number, kind in enumerate(self.world.types) if kind.kind == "consumable"]
        many = min(len(used), int(random.poisson(self.world["consumables_each"])))
        for kind in sorted(random.choice(used, many, replace=False).tolist()) if many else []:
            self._use_up(random, kind)

    def _use_up(self, random: np.random.Generator, kind: int) -> None:
        """Purchases of one type, gap after gap, each on a day on which they shop anyway."""
        self.usual[kind] = self._style(random, kind, day=self.start)
        mean = self.world.types[kind].days * float(np.exp(random.normal(0, 0.35)))
        shape = 1 / self.world["gap_spread"] ** 2
        count = int((self.end - self.start) / mean * 2) + 8
        gaps, usual = np.maximum(1.0, random.gamma(shape, mean / shape, count)), random.random(count) < self.world["usual_share"]
        others, chances = random.random(count), random.random(count)
        shares = np.cumsum([self.shop.styles[style].popularity for style in self.shop.by_type[kind]])
        day = self.start - float(random.uniform(0, mean))
        for index in range(count):
            bought = self._shopping(day + float(gaps[index]))
            if bought >= self.end:
                break
            other = self.shop.by_type[kind][int(np.searchsorted(shares, others[index] * shares[-1], side="right"))]
            style = self.usual[kind] if usual[index] else other
            if bought > self.start:
                gap = bought - day
                self._add("replenish", kind, style, opens=bought - LEAD * gap, closes=bought, chance=float(chances[index]), gap=gap)
            day = bought

    def _shopping(self, day: float) -> float:
        """The next time that they shop for what runs out: on their own days, so that several things make one order."""
        every = self.world["shopping_every_days"]
        return self.at_hour(np.ceil((day - self.phase) / every) * every + self.phase)

    def at_hour(self, day: float) -> float:
        """A day at the hour at which they are here on that day."""
        return float(np.floor(day) + self.hours[int(np.floor(day - self.start)) % len(self.hours)])

    def _own(self) -> None:
        random = self.draw("own")
        for opens in self._times("own times", self.world["wants_yearly"]):
            if not self.tastes.any():
                break
            kind = _pick(random, self.tastes)
            want = self._considered(random, "own", kind, opens=opens, style=self._style(random, kind, day=opens))
            for other in self.shop.goes_with[kind]:
                if random.random() < self.world["complement_share"]:
                    later = want.closes + float(random.exponential(10.0)) + 1.0
                    self._considered(random, "complement", other, opens=later, style=self._style(random, other, day=later), parent=want.number)

    def _considered(self, random: np.random.Generator, kind: Kind, product_type: int, *, opens: float, style: int, parent: int | None = None) -> Want:
        """A want that is thought about: looks over a window, sometimes with cart and list, and an end."""
        window = float(self.world["window_days"] * np.exp(random.normal(0, 0.7)))
        looks = _spread(random, opens, 0.7 * window, count=1 + int(random.geometric(0.45)), hour=self.hour)
        closes = max(looks[-1] + 0.2 * window, opens + window)
        return self._add(
            kind,
            product_type,
            style,
            opens=opens,
            closes=closes,
            chance=float(random.random()),
            looks=looks,
            in_cart=bool(random.random() < 0.35),
            on_list=bool(random.random() < 0.12),
            parent=parent,
        )

    def _others(self) -> None:
        """Everything that looks like a want and is none of theirs."""
        random = self.draw("others")
        for day in self._times("gift times", self.world["gifts_yearly"]):
            style = int(random.integers(len(self.shop.styles)))
            signs = tuple(sign for sign, share in (("flag", 0.35), ("address", 0.3), ("search", 0.25)) if random.random() < share)
            looks = _spread(random, day, float(random.uniform(2, 12)), count=1 + int(random.geometric(0.45)), hour=self.hour)
            self._add("gift", self.shop.styles[style].type, style, opens=day, closes=looks[-1] + 0.02, chance=float(random.random()), looks=looks, signs=signs)
        for day in self._times("research times", self.world["research_yearly"]):
            kind = self.shop.styles[int(random.integers(len(self.shop.styles)))].type
            for index in range(2 + int(random.integers(4))):
                looks = (day + 0.004 * index, *((day + 1 + 0.004 * index,) if random.random() < 0.3 else ()))
                self._fleeting(random, "research", self._style(random, kind, day=day), looks)
        for day in self._times("slip times", self.world["slips_yearly"]):
            style = int(random.integers(len(self.shop.styles)))
            self._fleeting(random, "check" if random.random() < 0.25 else "slip", style, (day,))
        for day in self._times("housemate times", 6.0 if self.shared else 0.0):
            style = int(random.integers(len(self.shop.styles)))
            self._fleeting(random, "someone_else", style, _spread(random, day, 4.0, count=int(random.geometric(0.5)), hour=self.hour))

    def _fleeting(self, random: np.random.Generator, kind: Kind, style: int, looks: tuple[float, ...]) -> None:
        self._add(kind, self.shop.styles[style].type, style, opens=looks[0], closes=looks[-1] + 0.02, chance=float(random.random()), looks=looks)

    def _add(self, kind: Kind, product_type: int, style: int, **rest: object) -> Want:
        want = Want(number=len(self.wants), kind=kind, type=product_type, style=style, loyalty=float(self.loyalty[product_type]), **rest)  # type: ignore[arg-type]
        self.wants.append(want)
        return want

    def _homes(self) -> tuple[tuple[float, int], ...]:
        random = self.draw("home")
        moves = sorted(random.uniform(0, self.end, random.poisson(self.world["moves_yearly"] * self.end / 365)).tolist())
        return tuple((day, int(random.integers(len(PLACES)))) for day in [-1e9, *moves])

    def _trips(self) -> tuple[tuple[float, float, int], ...]:
        random = self.draw("trips")
        trips: list[tuple[float, float, int]] = []
        for start in self._times("trip times", self.world["trips_yearly"]):
            last = start + 1 + float(random.exponential(self.world["trip_days"]))
            if not trips or start > trips[-1][1]:
                trips.append((start, last, int(random.integers(len(PLACES)))))
                if random.random() < 0.6:
                    style = int(random.integers(len(self.shop.styles)))
                    self._fleeting(random, "trip", style, _spread(random, start + 0.5, (last - start) * 0.6, count=int(random.geometric(0.5)), hour=self.hour))
        return tuple(trips)


def _spread(random: np.random.Generator, opens: float, window: float, *, count: int, hour: float) -> tuple[float, ...]:
    """Days of looks: the first when it opens, the others anywhere in the window, at their hours."""
    later = np.floor(opens + np.sort(random.uniform(0, max(window, 0.1), count - 1)))
    times = later + np.clip(random.normal(hour, 2.5, count - 1), 6.5, 23.5) / 24
    return (opens, *sorted(max(opens + 0.01, float(time)) for time in times))


def _pick(random: np.random.Generator, shares: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    """An index, as likely as its share."""
    reached = np.cumsum(shares)
    return int(np.searchsorted(reached, random.random() * reached[-1], side="right"))


def meet(shop: Shop, number: int, *, seed: int, past: float, days: float) -> Person:
    """Draw one person for a shop: the past days on record and the days to come. The same seed and number give the same person."""
    return _Maker(shop, number, seed=seed, past=past, days=days).person()


def ends_here(want: Want, world: World, *, goodwill: float, helped: float) -> str:
    """How a want ends: ``here``, ``elsewhere`` or ``dropped``. Help and goodwill take from the other two alike; the chance stays the same.

    What is used up is always bought somewhere.
    """
    dropped = 0.0 if want.kind == "replenish" else world["dropped_share"]
    natural = want.loyalty * (1 - dropped)
    here = min(0.98, max(0.0, natural + world["choice_effect"] * (goodwill - world["goodwill_start"]) * natural + helped))
    if want.chance < here:
        return "here"
    return "elsewhere" if want.chance < here + (1 - here) * (1 - natural - dropped) / max(1 - natural, 1e-9) else "dropped"
