"""Where somebody lives, and which zone they are in."""

from datetime import timedelta

import pytest

from small_shop import NOW, ago, happened, profile_of
from tactful.model.events import Context, PageViewed, Traits
from tactful.profile import distance_km, home_of, weeks_near, zone_of

LONDON, ROME, SUBURB = (51.5, -0.1), (41.9, 12.5), (51.4, -0.2)


def seen(days_ago, place, timezone=None):
    return happened(PageViewed, ago(days_ago), context=Context(lat=place[0], lon=place[1], timezone=timezone))


def home(*events, now=NOW):
    found = home_of(profile_of(*events), now=now)
    return found and (found.lat, found.lon)


def weeks(place, *ages):
    return [seen(7 * age, place) for age in ages]


@pytest.mark.parametrize(
    ("a", "b", "km"), [(LONDON, LONDON, 0), (LONDON, ROME, 1432), ((0, 179.9), (0, -179.9), 22), ((90, 0), (90, 120), 0), ((0, 0), (0, 180), 20015)]
)
def test_distance(a, b, km):
    assert distance_km(a, b) == pytest.approx(km, abs=5)
    assert distance_km(b, a) == distance_km(a, b)


def test_nobody_seen_has_no_home():
    assert home() is None


def test_a_holiday_is_no_home_however_many_pages_they_open():
    at_home = weeks(LONDON, 2, 3, 4, 5, 6)
    holiday = [seen(n / 10, ROME) for n in range(100)]
    assert home(*at_home, *holiday) == LONDON


def test_who_moved_lives_at_the_new_place_after_a_while():
    former, since = weeks(ROME, 9, 10, 11, 12, 13, 14), weeks(LONDON, 0, 1, 2, 3, 4)
    assert home(*former, *since) == LONDON
    assert home(*former, *since[-1:], now=ago(26)) == ROME


def test_the_suburb_is_the_same_place():
    profile = profile_of(*weeks(LONDON, 2, 4), *weeks(SUBURB, 1, 3), *weeks(ROME, 0, 0.2, 5.5))
    assert home_of(profile, now=NOW).lat in {LONDON[0], SUBURB[0]}
    assert weeks_near(profile, home_of(profile, now=NOW)) == 4


def test_of_equal_places_the_later_is_meant():
    assert home(seen(2, LONDON), seen(2 - 1e-6, ROME)) == ROME


def zone(*events, now=NOW):
    return zone_of(profile_of(*events), now=now)


PARIS = happened(PageViewed, ago(hours=30), context=Context(timezone="Europe/Paris"))
STATED = happened(PageViewed, ago(9), traits=Traits(timezone="Europe/London"))


def test_a_fresh_sign_outranks_what_they_stated_for_a_day_and_a_half():
    assert zone(STATED, PARIS) == "Europe/Paris"
    assert zone(STATED, PARIS, now=NOW + timedelta(hours=6)) == "Europe/Paris"
    assert zone(STATED, PARIS, now=NOW + timedelta(hours=7)) == "Europe/London"


def test_then_home_then_the_last_sign_then_nothing():
    later = NOW + timedelta(days=9)
    assert zone(seen(9, ROME, "Europe/Rome"), seen(8, ROME, "Europe/Rome"), PARIS, now=later) == "Europe/Rome"
    assert zone(seen(9, ROME), PARIS, now=later) == "Europe/Paris"
    assert zone(PARIS, now=later) == "Europe/Paris"
    assert zone() is None
