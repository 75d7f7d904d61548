"""People who live somewhere, travel and move, seen through the few pings a shop gets: how often is home wrong after a trip, how soon is a move noticed?

`python tests/place_simulation.py` prints the table of docs/place.md. Everything that is known of a person goes through the ordinary fold. The design of the
worlds (three trips a year, one person in five moves, seen on 35 nights in a hundred at home) was fixed before the estimator was run on them.
"""

import sys
from datetime import UTC, datetime, timedelta
from math import cos, radians

import msgspec
import numpy as np

from tactful.model.events import Context, PageViewed
from tactful.model.places import cell_of, center_of, distance_km
from tactful.profile import fold, home_of, new_profile

START = datetime(2025, 1, 6, 20, tzinfo=UTC)
DAYS, WARM_UP, AFTER, MOVES, AT_HOME = 365, 60, 14, 0.2, 0.35
CITIES = ((51.51, -0.13), (53.48, -2.24), (48.86, 2.36), (52.52, 13.4), (41.9, 12.5), (40.71, -74.01), (37.77, -122.42), (25.2, 55.27))
NEAR_KM, SCATTER_KM = 30.0, 5.0


class World(msgspec.Struct, frozen=True, kw_only=True):
    """How often people are seen when away, and how long they travel."""

    away: float
    nights: tuple[int, int]


class Found(msgspec.Struct, kw_only=True):
    """What became of everybody in one world."""

    leaked: int = 0
    after_trips: int = 0
    right: int = 0
    days: int = 0
    noticed_after: list[int] = []

    @property
    def leak(self):
        return self.leaked / self.after_trips

    @property
    def accuracy(self):
        return self.right / self.days


WORLDS = {
    "more often when away, a week": World(away=0.9, nights=(5, 10)),
    "equally often, a week": World(away=0.35, nights=(5, 10)),
    "more often when away, up to a week": World(away=0.9, nights=(5, 7)),
    "more often when away, two to three weeks": World(away=0.9, nights=(12, 21)),
    "equally often, two to three weeks": World(away=0.35, nights=(12, 21)),
}


def life(rng, world):
    """One person's year: per day the city they live in and the city they are in, and the days on which they come home."""
    home, other, *places = rng.permutation(len(CITIES)).tolist()
    lives = np.full(DAYS, home)
    if rng.random() < MOVES:
        lives[int(rng.integers(120, 240)) :] = other
    where, back = lives.copy(), []
    for start, place in zip((WARM_UP + 100 * n + int(rng.integers(0, 60)) for n in range(3)), places, strict=False):
        end = start + int(rng.integers(world.nights[0], world.nights[1] + 1))
        if lives[start - 30] == lives[min(end + AFTER, DAYS - 1)]:  # nobody travels while moving: a trip and a move are measured apart
            where[start:end] = place
            back.append(end)
    return lives, where, back


def ping(rng, city, day):
    """One sign of life near the middle of a city."""
    lat, lon = CITIES[city]
    north, east = rng.normal(0, SCATTER_KM, 2) / 111
    cell = cell_of(lat + north, lon + east / cos(radians(lat)))
    return PageViewed(message_id=f"m{day}", at=START + timedelta(days=int(day)), user_id="u", context=Context(cell=cell))


def played(world, *, people, seed):
    """Everybody's year in one world."""
    found = Found()
    for number in range(people):
        _live(np.random.default_rng((seed, number)), world, found)
    return found


def _live(rng, world, found):
    lives, where, back = life(rng, world)
    profile = new_profile("u:u")
    moved = next((day for day in range(1, DAYS) if lives[day] != lives[day - 1]), None)
    noticed = None
    for day in range(DAYS):
        if rng.random() < (AT_HOME if where[day] == lives[day] else world.away):
            profile = fold(profile, ping(rng, where[day], day))
        after_trip = any(end <= day < end + AFTER for end in back)
        looking = moved is not None and day >= moved and noticed is None
        if not (after_trip or looking or (day >= WARM_UP and day % 7 == 0)):
            continue
        home = home_of(profile.sightings, now=START + timedelta(days=day, hours=3))
        right = home is not None and distance_km(center_of(home.cell), CITIES[lives[day]]) <= NEAR_KM
        if after_trip:
            found.after_trips += 1
            found.leaked += not right
        if day >= WARM_UP and day % 7 == 0:
            found.days += 1
            found.right += right
        if looking and right:
            noticed = day - moved
    if moved is not None:
        found.noticed_after.append(DAYS - moved if noticed is None else noticed)


def rows(*, people=40, seed=8321):
    """A table, one row a world."""
    yield "| people are seen, and travel for | home wrong in the 14 days after | home right, one day a week | move noticed after, median (90 %) |"
    yield "| --- | --- | --- | --- |"
    for name, world in WORLDS.items():
        found = played(world, people=people, seed=seed)
        median, late = np.percentile(found.noticed_after, [50, 90])
        noticed = f"{median:.0f} d ({late:.0f} d), {len(found.noticed_after)} moves"
        yield f"| {name} | {found.leak:.2%} of {found.after_trips:,} | {found.accuracy:.1%} | {noticed} |"


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
