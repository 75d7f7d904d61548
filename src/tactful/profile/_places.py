"""Where somebody lives and where they are, from coarse sightings.

Two answers are kept apart: `home`, which is slow, and `now`, which is fast and expires. Source: one vote per place and week with a half-life of 28 days is
the only estimator of those compared that stays at home whether or not people are seen more often when away (docs/place.md has the simulation).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tactful.model.places import EARTH_KM, FAR_KM, Home, Present, Trip, cells_apart_km, center_of
from tactful.model.profile import Sighting, Zone

HALF_LIFE_WEEKS = 4.0
WEEK_SECONDS = 7 * 86_400.0
SAME_PLACE_KM = 30.0
"""So near is the same place: the suburb, the office in town."""
TRIP_NIGHTS = 2
PRESENT = timedelta(hours=36)
"""A sign of where somebody is holds for so long."""
STATED_VOTES = 1.0
"""A town they named as theirs counts as one week that never fades."""
EVIDENCE_KEPT = 8


def home_of(sightings: Sequence[Sighting], *, now: datetime, stated: Iterable[str] = ()) -> Home | None:
    """Find where they live: the place seen in the most weeks, recent weeks counting more. None where no place was ever seen.

    ``stated`` are cells in the town they named. Of cells equally near to all of it the one seen most itself is named; the order of sightings is no matter.
    """
    seen = sorted((one for one in sightings if one.first_at <= now), key=lambda one: (one.week, one.cell))
    if not seen:
        return None
    cells = sorted({one.cell for one in seen})
    if len(cells) == 1:
        return _home(cells[0], seen)
    place = {cell: i for i, cell in enumerate(cells)}
    column = [place[one.cell] for one in seen]
    near = _within(tuple(cells), tuple(cells), SAME_PLACE_KM)
    last = [min(one.last_at, now).timestamp() for one in seen]
    weight = 2 ** ((np.array(last) - now.timestamp()) / WEEK_SECONDS / HALF_LIFE_WEEKS)
    weeks = [i for i, one in enumerate(seen) if not i or one.week != seen[i - 1].week]
    votes = np.maximum.reduceat(np.where(near[:, column], weight, 0.0), weeks, axis=1).sum(axis=1)
    towns = sorted(set(stated))
    if towns:
        votes += STATED_VOTES * _within(tuple(cells), tuple(towns), SAME_PLACE_KM).any(axis=1)
    own, latest = np.bincount(column, weight).round(9), [0.0] * len(cells)
    for i, at in zip(column, last, strict=True):
        latest[i] = max(latest[i], at)
    best = max(zip(votes.round(9).tolist(), own.tolist(), latest, cells, strict=True))[-1]
    here = near[place[best]].tolist()
    return _home(best, [one for one in seen if here[place[one.cell]]])


@lru_cache(maxsize=4096)
def _within(a: tuple[str, ...], b: tuple[str, ...], most_km: float) -> NDArray[np.bool_]:
    """Which cells are so near to each other, bool [len(a), len(b)], never to be written to: somebody is seen in the same few cells for months."""
    (lat1, lon1), (lat2, lon2) = (np.radians([center_of(cell) for cell in cells]).T for cells in (a, b))
    h = np.sin((lat1[:, None] - lat2) / 2) ** 2 + np.cos(lat1)[:, None] * np.cos(lat2) * np.sin((lon1[:, None] - lon2) / 2) ** 2
    near: NDArray[np.bool_] = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0))) <= most_km
    near.setflags(write=False)
    return near


def _same_place(a: str, b: str) -> bool:
    return cells_apart_km(a, b) <= SAME_PLACE_KM


def _home(cell: str, near: list[Sighting]) -> Home:
    near = sorted(near, key=lambda one: (one.last_at, one.cell), reverse=True)
    return Home(
        cell=cell,
        timezone=next((one.timezone for one in near if one.timezone), None),
        since=min(one.first_at for one in near),
        weeks_seen=len({one.week for one in near}),
        evidence=tuple(one.event_id for one in near[:EVIDENCE_KEPT]),
    )


def is_fresh(sightings: Sequence[Sighting], zone: Zone | None, *, now: datetime) -> bool:
    """Whether there is any sign of where they are that holds still."""
    return any(now - one.last_at <= PRESENT for one in sightings) or (zone is not None and now - zone.at <= PRESENT)


def present_of(sightings: Sequence[Sighting], zone: Zone | None, home: Home | None, *, now: datetime) -> Present | None:
    """Say where they are away from home: None at home, and where no sign is fresh.

    A sign of home ends it at once: being seen near home, or a newer sign from home's time zone where the last place lies in another. ``zone`` is the last
    time zone they were seen in, with or without a place.
    """
    last = max(sightings, key=lambda one: (one.last_at, one.cell), default=None)
    fresh_zone = zone if zone is not None and now - zone.at <= PRESENT else None
    newer_zone = fresh_zone if fresh_zone is not None and (last is None or fresh_zone.at > last.last_at) else None
    last_zone = last.timezone if last is not None else None
    if newer_zone is not None and newer_zone.timezone != last_zone:
        home_zone = home.timezone if home is not None else None
        if newer_zone.timezone != (home_zone or last_zone or newer_zone.timezone):
            return Present(timezone=newer_zone.timezone, until=newer_zone.at + PRESENT, evidence=(newer_zone.event_id,))
        if last_zone is not None:
            return None
    if last is None or now - last.last_at > PRESENT or (home is not None and home.cell is not None and _same_place(last.cell, home.cell)):
        return None
    return Present(cell=last.cell, timezone=last.timezone, until=last.last_at + PRESENT, evidence=(last.event_id,))


def trips_of(sightings: Sequence[Sighting], *, home_at: Callable[[datetime], Home | None], asked: Callable[[Trip], bool] = lambda _: True) -> tuple[Trip, ...]:
    """Find the stays of some nights far from where they lived at the time, oldest first. A stay that has become home is no trip.

    ``asked``: which stays are of any interest, since it takes longest to tell where somebody lived.
    """
    cells = tuple(sorted({one.cell for one in sightings}))
    if len(cells) < 2 or _within(cells, cells, FAR_KM).all():
        return ()  # They were never far from anywhere they might live.
    signs = sorted({(at, one.cell) for one in sightings for at in (one.first_at, one.last_at)})
    trips = []
    begin = 0
    for i in range(1, len(signs) + 1):
        if i < len(signs) and cells_apart_km(signs[i][1], signs[begin][1]) <= FAR_KM:
            continue
        (since, cell), (last, _) = signs[begin], signs[i - 1]
        if (last.date() - since.date()).days >= TRIP_NIGHTS:
            stay = Trip(cell=cell, since=since, until=signs[i][0] if i < len(signs) else last + PRESENT)
            if asked(stay) and _is_far(cell, home_at(last)):
                trips.append(stay)
        begin = i
    return tuple(trips)


def _is_far(cell: str, home: Home | None) -> bool:
    return home is not None and home.cell is not None and cells_apart_km(cell, home.cell) > FAR_KM
