"""Wish lists and rewards: what was said holds until it is taken back, bought, or over."""

from datetime import timedelta

import numpy as np
import pytest

from small_shop import NOW, ago, bought, customer_of, happened, looked, profile_of, row, tables_of
from tactful.model.events import RewardGranted, RewardRedeemed, WishlistItemAdded, WishlistItemRemoved
from tactful.model.moment import Moment
from tactful.recommend.asked_for import AskedFor
from tactful.recommend.reward import Reward

MESSAGE = Moment(now=NOW, placement="outreach")


def wished(at, price=500.0):
    return happened(WishlistItemAdded, at, product_id="coffee", price=price)


@pytest.mark.parametrize(
    ("events", "proposed"),
    [
        ([wished(ago(60))], True),
        ([wished(ago(60), price=1.0)], False),
        ([wished(ago(400))], False),
        ([wished(ago(60)), happened(WishlistItemRemoved, ago(30), product_id="coffee")], False),
        ([wished(ago(60)), bought(ago(30), "coffee")], False),
        ([bought(ago(90), "coffee"), wished(ago(60))], True),
        ([*(bought(ago(900 - n), "milk") for n in range(100)), wished(ago(60)), bought(ago(30), "coffee")], False),
    ],
)
def test_a_wish_holds_until_it_is_taken_back_bought_or_a_year_old(events, proposed):
    found = AskedFor()(MESSAGE, customer_of(*events))
    assert found.rows.tolist() == ([row("coffee")] if proposed else [])
    assert all(because.source == "stated" and because.seen_price == 500.0 for because in found.because)


def wish_score(source, *events):
    return float(source(MESSAGE, customer_of(*events)).score[0])


def learned_from(*customers):
    purchases, looks = tables_of(*(profile_of(*events) for events in customers))
    source = AskedFor()
    source.watch(looks, purchases)
    return source


def dropped_after(number):
    return wished(ago(80 + number % 40)), looked("coffee", ago(79 + number % 40))


def never_touched(number):
    return (wished(ago(80 + number % 40)),)


def looked_at_every_fortnight(number):
    return [wished(ago(120)), *(looked("coffee", ago(120 - 14 * n - number % 10)) for n in range(1, 8))]


def test_a_wish_fades_with_the_time_since_it_was_touched():
    new, old = wish_score(AskedFor(), wished(ago(1))), wish_score(AskedFor(), wished(ago(120)))
    assert old < 0.6 * new
    assert wish_score(AskedFor(), wished(ago(120)), looked("coffee", ago(1), price=500.0)) == pytest.approx(new)


def test_every_visit_that_walked_past_takes_from_a_wish():
    untouched = wish_score(AskedFor(), wished(ago(60)))
    walked_past = wish_score(AskedFor(), wished(ago(60)), looked("camera", ago(40)), looked("camera", ago(40)), looked("milk", ago(20)))
    assert walked_past == pytest.approx(untouched * 0.7**2)
    assert wish_score(AskedFor(), wished(ago(60)), bought(ago(40), "milk")) == pytest.approx(untouched)


def test_where_wishes_are_touched_at_once_or_never_they_are_soon_over():
    source = learned_from(*map(dropped_after, range(40)))
    assert wish_score(source, wished(ago(30))) < 0.04 < wish_score(AskedFor(), wished(ago(30)))


def test_lists_that_nobody_ever_looks_at_again_tell_nothing():
    source = learned_from(*map(never_touched, range(40)))
    assert wish_score(source, wished(ago(30))) == pytest.approx(wish_score(AskedFor(), wished(ago(30))), rel=0.25)


def test_where_people_keep_coming_back_to_their_lists_wishes_live():
    source = learned_from(*map(looked_at_every_fortnight, range(40)))
    assert wish_score(source, wished(ago(10))) > 0.15


def test_taking_it_off_ends_a_rest_without_a_touch():
    off = [[wished(ago(100)), happened(WishlistItemRemoved, ago(95), product_id="coffee")] for _ in range(40)]
    back = [[wished(ago(100)), looked("coffee", ago(95))] for _ in range(40)]
    assert learned_from(*off).touched[0] < learned_from(*back).touched[0]


def test_what_was_learned_of_wishes_is_kept():
    learned, again = learned_from(*map(dropped_after, range(40))), AskedFor()
    again.load(learned.dump())
    assert np.array_equal(again.touched, learned.touched)
    again.load(b"")
    assert np.array_equal(again.touched, learned.touched)
    assert learned_from().touched[0] == AskedFor().touched[0]


def rewarded(at, **what):
    return happened(RewardGranted, at, reward_id="r1", percent_off=20.0, **what)


@pytest.mark.parametrize(
    ("events", "products"),
    [
        ([rewarded(ago(1), product_id="camera", expires_at=NOW + timedelta(days=2))], ["camera"]),
        ([rewarded(ago(1), product_id="camera", expires_at=NOW)], []),
        ([rewarded(ago(1), product_id="unheard-of", expires_at=NOW + timedelta(days=2))], []),
        ([rewarded(ago(1), expires_at=NOW + timedelta(days=2))], []),
        ([bought(ago(9), "coffee"), bought(ago(5), "coffee"), bought(ago(2), "milk"), rewarded(ago(1), expires_at=NOW + timedelta(days=2))], ["coffee"]),
        ([rewarded(ago(2), product_id="camera", expires_at=NOW + timedelta(days=2)), happened(RewardRedeemed, ago(1), reward_id="r1")], []),
    ],
)
def test_a_reward_is_on_what_it_names_or_on_what_they_buy_most(events, products):
    found = Reward()(MESSAGE, customer_of(*events))
    assert found.rows.tolist() == [row(product) for product in products]


def test_a_reward_is_no_move_of_theirs():
    customer = customer_of(bought(ago(9), "coffee"), rewarded(ago(1), expires_at=NOW + timedelta(days=2)))
    assert customer.profile.last_own_at == ago(9)
