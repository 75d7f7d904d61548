"""Where somebody lives and where they are, from coarse sightings.

Source: one vote per place and week with a half-life of 28 days leaks a trip on 0.8 % of the days after it, where nightly decay leaks up to 32 % (simulation,
`docs/decisions`).
"""

import math
from datetime import datetime, timedelta

from tactful.model.profile import Profile, Sighting

HALF_LIFE_WEEKS = 4.0
SAME_PLACE_KM = 30.0
PRESENT = timedelta(hours=36)
"""A sign of where somebody is holds for so long."""
_EARTH_KM = 6371.0


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Measure the great-circle distance between two (latitude, longitude) points in degrees.

    >>> round(distance_km((51.51, -0.13), (48.86, 2.36)))
    344
    """
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(h))


def home_of(profile: Profile, *, now: datetime) -> Sighting | None:
    """Find where they live: the place seen in the most weeks, recent weeks counting more. None where no place was ever seen."""
    votes = [(_votes_near(profile, place, now=now), place.last_at, place) for place in profile.sightings]
    return max(votes, key=lambda vote: vote[:2])[2] if votes else None


def _votes_near(profile: Profile, place: Sighting, *, now: datetime) -> float:
    weeks: dict[int, float] = {}
    for seen in profile.sightings:
        if distance_km((seen.lat, seen.lon), (place.lat, place.lon)) <= SAME_PLACE_KM:
            age_weeks = max((now - seen.last_at) / timedelta(weeks=1), 0.0)
            weeks[seen.week] = max(weeks.get(seen.week, 0.0), 2 ** (-age_weeks / HALF_LIFE_WEEKS))
    return sum(weeks.values())


def zone_of(profile: Profile, *, now: datetime) -> str | None:
    """Name the time zone they are in now: a fresh sign, else what they stated, else home's, else the last one seen."""
    seen = profile.seen_timezone
    if seen is not None and now - seen.at <= PRESENT:
        return seen.timezone
    if profile.stated_timezone is not None:
        return profile.stated_timezone
    home = home_of(profile, now=now)
    if home is not None and home.timezone is not None:
        return home.timezone
    return seen.timezone if seen is not None else None


def weeks_near(profile: Profile, place: Sighting) -> int:
    """Count the weeks in which they were seen near a place."""
    return len({seen.week for seen in profile.sightings if distance_km((seen.lat, seen.lon), (place.lat, place.lon)) <= SAME_PLACE_KM})
