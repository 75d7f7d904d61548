"""When people come by: learned from everybody's visits."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from small_shop import counting
from tactful.learning import LineBuilder, dump_rhythms, learn_rhythms, load_rhythms
from tactful.model.profile import Profile

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def shop(customers=300, *, visits=20, zone="Europe/London"):
    """Every third customer comes on Saturday mornings, the others after work."""
    rng, builder, nobody = np.random.default_rng(1), LineBuilder(), Profile(customer_id="u:ann")
    for number in range(customers):
        weeks = rng.integers(0, 50, visits).tolist()
        days, hour = ([5] * visits, 10) if number % 3 == 0 else (rng.integers(0, 5, visits).tolist(), 18)
        came = [MONDAY + timedelta(weeks=week, days=day, hours=hour) for week, day in zip(weeks, days, strict=True)]
        builder.add(number, nobody, bought=(), visits=came, zone=zone)
    with counting(builder) as count:
        return learn_rhythms(count)


def test_who_comes_on_saturdays_is_told_from_who_comes_after_work():
    rhythms, facts = shop()
    assert facts["customers"] == 300
    assert sum(rhythms.common) == pytest.approx(1)
    assert np.array(rhythms.hours).sum(axis=1) == pytest.approx(1)
    saturday, evening = np.zeros(168), np.zeros(168)
    saturday[5 * 24 + 10], evening[18] = 20, 20
    assert rhythms.expected(saturday)[5 * 24 + 10] > 10 * rhythms.expected(saturday)[18]
    assert rhythms.expected(evening)[3 * 24 + 18] > 3 * rhythms.expected(evening)[5 * 24 + 10]
    assert load_rhythms(dump_rhythms(rhythms)) == rhythms


def test_hours_are_those_of_their_own_clock():
    rhythms, _ = shop(zone="Asia/Tokyo")
    assert rhythms.expected(np.zeros(168)).argmax() == 5 * 24 + 10 + 9


@pytest.mark.parametrize("few", [{"customers": 50}, {"visits": 3}, {"zone": None}])
def test_too_little_teaches_nothing(few):
    rhythms, _ = shop(**few)
    assert rhythms.expected(np.zeros(168)) == pytest.approx(np.full(168, 1 / 168))
