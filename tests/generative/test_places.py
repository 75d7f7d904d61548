"""Places: whatever was seen, in whatever order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from happenings import NOW
from tactful.app import place
from tactful.app.place import possible_zones
from tactful.model.events import Address
from tactful.model.places import CELL_ERROR_KM, cell_of, cells_apart_km, center_of, distance_km
from tactful.model.profile import Profile, Sighting, Zone
from tactful.profile import home_of, week_of

points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
cells = st.sampled_from([cell_of(51.5, -0.1), cell_of(51.4, -0.2), cell_of(48.86, 2.35), cell_of(41.9, 12.5)])
times = st.integers(0, 60).map(lambda days: datetime(2026, 3, 1, tzinfo=UTC) - timedelta(days=days))
zones = st.sampled_from(["Europe/London", "Europe/Paris", "America/New_York"])
in_zones = st.builds(lambda cell, at, zone: Sighting(week_of(at), cell, at, at, "m", zone), cells, times, st.none() | zones)
sightings = st.builds(lambda cell, at: Sighting(week_of(at), cell, at, at, "m", None), cells, times)


@given(points, points)
def test_distance_is_symmetric_and_cells_are_near_their_points(a, b):
    assert distance_km(a, b) == distance_km(b, a)
    assert distance_km(a, a) == 0
    assert distance_km(a, center_of(cell_of(*a))) <= CELL_ERROR_KM
    assert cells_apart_km(cell_of(*a), cell_of(*b)) == cells_apart_km(cell_of(*b), cell_of(*a))


@given(st.lists(sightings, max_size=12, unique_by=lambda one: (one.week, one.cell)), st.randoms())
def test_home_does_not_depend_on_the_order_of_sightings(seen, random):
    shuffled = list(seen)
    random.shuffle(shuffled)
    assert home_of(seen, now=NOW) == home_of(shuffled, now=NOW)


@given(st.sampled_from(["Europe/London", "Asia/Dubai"]), st.sampled_from([None, "Europe/Paris"]), st.integers(0, 100))
def test_a_zone_that_is_known_is_the_only_one(zone, stated, hours):
    profile = Profile(customer_id="u:ann", stated_timezone=stated, seen_timezone=Zone(zone, NOW - timedelta(hours=hours), "m"))
    assert len(possible_zones(profile, {}, now=NOW)) == 1


@given(
    st.lists(in_zones, max_size=5, unique_by=lambda one: (one.week, one.cell)),
    st.none() | zones,
    st.none() | st.builds(lambda zone, at: Zone(zone, at, "m"), zones, times),
    st.sampled_from([None, "GB", "FR", "US"]),
    st.sampled_from([NOW, NOW - timedelta(days=20), NOW + timedelta(days=3)]),
)
def test_a_zone_told_without_asking_where_they_live_is_the_one_told_by_asking(seen, stated, seen_zone, country, now):
    address = Address(country=country) if country else None
    profile = Profile(customer_id="u:ann", sightings=seen, stated_timezone=stated, seen_timezone=seen_zone, address=address)
    short = possible_zones(profile, {}, now=now)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(place, "_plain_zone", lambda *_, **__: None)
        assert possible_zones(profile, {}, now=now) == short
