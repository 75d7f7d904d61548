"""What becomes of a thing that waits in the basket."""

import numpy as np
import pytest

from small_shop import NOW, ago, bought, carted, customer_of, happened, profile_of, row, tables_of
from tactful.model.events import CartItemRemoved
from tactful.model.moment import Moment
from tactful.policy import Thresholds
from tactful.recommend.cart_waiting import AGES, CartWaiting


def learned_from(*customers):
    purchases, looks = tables_of(*(profile_of(*events) for events in customers))
    source = CartWaiting()
    source.watch(looks, purchases)
    return source


def score(source, *, days_ago):
    found = source(Moment(now=NOW), customer_of(carted("camera", ago(days_ago))))
    assert found.rows.tolist() == [row("camera")]
    return float(found.score[0])


def same_day(number):
    return carted("camera", ago(60 + number % 20)), bought(ago(60 + number % 20, hours=-2), "camera")


def never(number):
    return (carted("camera", ago(60 + number % 20)),)


def taken_out(number):
    return *never(number), happened(CartItemRemoved, ago(59 + number % 20), product_id="camera")


def a_week_later(number):
    return *never(number), bought(ago(52 + number % 20), "camera")


def test_where_what_waits_is_bought_the_same_day_or_never_a_week_is_too_late():
    source = learned_from(*map(same_day, range(200)), *map(never, range(400)))
    assert score(source, days_ago=0.0) == pytest.approx(1 / 3, abs=0.02)
    assert score(source, days_ago=5) < 0.02 < score(CartWaiting(), days_ago=5)


def test_where_people_come_back_after_a_week_it_is_not():
    source = learned_from(*map(a_week_later, range(300)), *map(never, range(100)))
    assert score(source, days_ago=7) == pytest.approx(0.72, abs=0.05)


def test_what_was_taken_out_waits_no_more():
    waiting = learned_from(*map(never, range(300)), *map(a_week_later, range(100)))
    assert score(learned_from(*map(taken_out, range(300)), *map(a_week_later, range(100))), days_ago=4) > 2 * score(waiting, days_ago=4)


def test_without_a_log_the_prior_fades_and_what_was_learned_is_kept():
    prior = CartWaiting()
    assert score(prior, days_ago=0) == pytest.approx(0.4)
    assert score(prior, days_ago=3) == pytest.approx(0.2, abs=0.01)
    assert score(prior, days_ago=7) < Thresholds().least("cart_waiting", interrupts=True)
    learned, again = learned_from(*map(same_day, range(200))), CartWaiting()
    again.load(learned.dump())
    assert np.array_equal(again.likely, learned.likely)
    again.load(b"")
    assert len(again.likely) == len(AGES)
