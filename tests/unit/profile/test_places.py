"""Where somebody lives, and where they are."""

from datetime import timedelta

import pytest

from small_shop import NOW, ago, happened, profile_of
from tactful.model.events import Context, PageViewed
from tactful.model.places import Home, cell_of, cells_apart_km, center_of, distance_km
from tactful.profile import home_of, present_of, trips_of

LONDON, ROME, SUBURB, BRIGHTON = cell_of(51.5, -0.1), cell_of(41.9, 12.5), cell_of(51.4, -0.2), cell_of(50.83, -0.14)
ZONES = {LONDON: "Europe/London", ROME: "Europe/Rome"}


def seen(days_ago, cell, timezone=None):
    return happened(PageViewed, ago(days_ago), context=Context(cell=cell, timezone=timezone))


def sightings(*events):
    return profile_of(*events).sightings


def home(*events, now=NOW, stated=()):
    found = home_of(sightings(*events), now=now, stated=stated)
    return found and found.cell


def weeks(cell, *ages):
    return [seen(7 * age, cell, ZONES.get(cell)) for age in ages]


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [((51.5, -0.1), (51.5, -0.1), 0), ((51.5, -0.1), (41.9, 12.5), 1432), ((0, 179.9), (0, -179.9), 22), ((90, 0), (90, 120), 0), ((0, 0), (0, 180), 20015)],
)
def test_distance(a, b, km):
    assert distance_km(a, b) == pytest.approx(km, abs=5)


@pytest.mark.parametrize(
    ("point", "cell"), [((57.64911, 10.40744), "u4pru"), ((0, 0), "s0000"), ((-90, -180), "00000"), ((90, 180), "zzzzz"), ((37.8037, -122.4368), "9q8zj")]
)
def test_cells_are_geohashes(point, cell):
    assert cell_of(*point) == cell
    assert distance_km(point, center_of(cell)) < 3.5


def test_nobody_seen_has_no_home():
    assert home() is None


def test_a_holiday_is_no_home_however_many_pages_they_open():
    holiday = [seen(n / 10, ROME) for n in range(100)]
    assert home(*weeks(LONDON, 2, 3, 4, 5, 6), *holiday) == LONDON


def test_who_moved_lives_at_the_new_place_after_a_while():
    former, since = weeks(ROME, 9, 10, 11, 12, 13, 14), weeks(LONDON, 0, 1, 2, 3, 4)
    assert home(*former, *since) == LONDON
    assert home(*former, *since[-1:], now=ago(26)) == ROME


def test_a_stated_town_is_one_more_week():
    two_each = [*weeks(ROME, 3, 2), *weeks(LONDON, 1, 0)]
    assert home(*two_each) == LONDON
    assert home(*two_each, stated=[ROME]) == ROME
    assert home(*two_each, *weeks(LONDON, 4, 5, 6), stated=[ROME]) == LONDON


def test_the_suburb_is_the_same_place():
    found = home_of(sightings(*weeks(LONDON, 2, 4), *weeks(SUBURB, 1, 3), *weeks(ROME, 0, 0.2, 5.5)), now=NOW)
    assert found.cell in {LONDON, SUBURB}
    assert (found.weeks_seen, found.since, len(found.evidence)) == (4, ago(28), 4)


def test_of_cells_in_one_place_the_one_seen_most_is_meant():
    assert home(*weeks(LONDON, 1, 2, 3), *weeks(SUBURB, 0)) == LONDON


def test_of_equal_places_the_later_is_meant():
    assert home(seen(2, LONDON), seen(2 - 1e-6, ROME)) == ROME


def test_what_comes_later_is_not_known_yet():
    assert home(*weeks(ROME, 5), *weeks(LONDON, 0, 1, 2), now=ago(30)) == ROME


HOME = Home(cell=LONDON, timezone="Europe/London")


def now_at(*events, at=NOW, home=HOME):
    profile = profile_of(*events)
    found = present_of(profile.sightings, profile.seen_timezone, home, now=at)
    return found and (found.cell, found.timezone)


IN_ROME = seen(1, ROME, "Europe/Rome")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], None),
        ([IN_ROME], (ROME, "Europe/Rome")),
        ([seen(1.6, ROME, "Europe/Rome")], None),
        ([IN_ROME, seen(0.5, SUBURB)], None),
        ([IN_ROME, seen(0.5, None, "Europe/London")], None),
        ([IN_ROME, seen(0.5, None, "Europe/Rome")], (ROME, "Europe/Rome")),
        ([IN_ROME, seen(0.5, None, "Asia/Dubai")], (None, "Asia/Dubai")),
        ([seen(0.5, None, "Asia/Dubai")], (None, "Asia/Dubai")),
        ([seen(0.5, None, "Europe/London")], None),
        ([seen(0.5, BRIGHTON), seen(0.2, None, "Europe/London")], (BRIGHTON, None)),
        ([seen(0.5, LONDON), seen(0.2, None, "Asia/Dubai")], (None, "Asia/Dubai")),
        ([seen(0.5, LONDON, "Asia/Dubai")], None),
    ],
)
def test_where_they_are_holds_for_a_day_and_a_half_and_ends_at_a_sign_of_home(events, expected):
    assert now_at(*events) == expected


def test_without_a_home_every_fresh_place_counts():
    assert now_at(IN_ROME, home=None) == (ROME, "Europe/Rome")
    assert now_at(IN_ROME, seen(0.5, None, "Europe/London"), home=None) == (None, "Europe/London")
    assert now_at(seen(0.5, None, "Europe/London"), home=Home()) is None
    assert present_of(sightings(IN_ROME), None, HOME, now=NOW).until == ago(1) + timedelta(hours=36)


def trips(*events):
    found = sightings(*events)
    return [(trip.cell, trip.since, trip.until) for trip in trips_of(found, home_at=lambda at: home_of(found, now=at))]


AT_HOME = weeks(LONDON, 5, 6, 7, 8)


def test_a_trip_is_some_nights_far_from_home_and_ends_when_they_are_seen_elsewhere():
    assert trips(*AT_HOME) == []
    assert trips(*AT_HOME, seen(20, ROME), seen(15, ROME), seen(13, SUBURB)) == [(ROME, ago(20), ago(13))]
    assert trips(*AT_HOME, seen(20, ROME), seen(15, ROME)) == [(ROME, ago(20), ago(15) + timedelta(hours=36))]


@pytest.mark.parametrize("stay", [[seen(20, ROME), seen(19, ROME)], [seen(20, BRIGHTON), seen(12, BRIGHTON)], [seen(20, ROME)]])
def test_one_night_away_or_a_week_nearby_is_no_trip(stay):
    assert trips(*AT_HOME, *stay) == []


def test_who_moved_is_not_on_a_trip_in_the_new_place_nor_was_in_the_old():
    moved = weeks(ROME, 0, 1, 2, 3, 4, 5, 6)
    assert trips(*weeks(LONDON, 7, 8, 9, 10, 11), *moved) == []


def test_cells_apart():
    assert cells_apart_km(LONDON, LONDON) == 0
    assert 60 < cells_apart_km(LONDON, BRIGHTON) < 80
