"""Wish lists and rewards: what was said holds until it is taken back, bought, or over."""

from datetime import timedelta

import pytest

from small_shop import NOW, ago, bought, customer_of, happened, row
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
