"""A profile stays small however long somebody stays, and nothing bought is forgotten because it is old."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from small_shop import CATALOG, ago, bought, carted, customer_of, happened, looked, profile_of, row, tables_of
from tactful.bench.fold import Life
from tactful.model.events import OrderCompleted, OrderLine, OrderRefunded
from tactful.model.tables import DAY_SECONDS
from tactful.profile import decode, encode, fold, fold_all, history_columns, new_profile
from tactful.recommend._pairs import summarise

MOST_BYTES = 64 * 1024


@pytest.fixture(scope="module")
def ten_years():
    return list(Life(1).heavy(10))


@pytest.fixture(scope="module")
def heavy(ten_years):
    return fold_all(new_profile("u:ann"), ten_years)


def test_ten_years_of_weekly_baskets_fit_in_64_kb(heavy):
    assert len(encode(heavy)) <= MOST_BYTES
    assert decode(encode(heavy)) == heavy


def test_much_that_is_new_every_week_fits_too():
    assert len(encode(fold_all(new_profile("u:ann"), Life(2).heavy(10, regular=800, new_each_week=6)))) <= MOST_BYTES


def test_nothing_bought_is_forgotten(ten_years, heavy):
    ever = {line.product_id for event in ten_years if isinstance(event, OrderCompleted) for line in event.lines}
    assert ever == set(heavy.earlier) | {product_id for product_id, history in heavy.products.items() if history.purchases}


def test_the_last_year_is_kept_line_by_line(ten_years, heavy):
    since = heavy.orders[-1].at - timedelta(days=365)
    orders = [event for event in ten_years if isinstance(event, OrderCompleted) and event.at >= since]
    kept = [heavy.orders[bought.order - heavy.orders_before].at for history in heavy.products.values() for bought in history.purchases]
    assert sum(at >= since for at in kept) == sum(len(order.lines) for order in orders)


def test_one_by_one_is_all_at_once(ten_years, heavy):
    profile = fold_all(new_profile("u:ann"), ten_years[:-300])
    for event in ten_years[-300:]:
        profile = decode(encode(fold(profile, event)))
    assert encode(profile) == encode(heavy)


def test_what_was_laid_down_keeps_its_rhythm():
    weekly = [bought(ago(7 * n), "coffee", *(["milk"] if n % 3 == 0 else [])) for n in range(300)]
    history = history_columns(profile_of(*weekly), CATALOG)
    assert history.orders.min() < 0 < history.orders.max()
    assert all(a <= b for a, b in pairwise(history.at.tolist()))
    nobody = np.zeros(len(history.rows), np.int32)
    pairs = summarise(nobody, history.rows, history.at / DAY_SECONDS)
    assert pairs.key.tolist() == sorted([row("coffee"), row("milk")])
    assert pairs.count.tolist() == [300, 100]
    assert np.exp(pairs.log_gap_mean) == pytest.approx([7, 21], rel=0.02)
    assert pairs.log_gap_square == pytest.approx([0, 0], abs=0.1)


def test_orders_long_gone_are_different_orders_to_learning():
    table, _ = tables_of(*(profile_of(*(bought(ago(7 * n), "coffee", "milk") for n in range(100))) for _ in range(2)))
    _, lines = np.unique(table.order, return_counts=True)
    assert (len(lines), set(lines.tolist())) == (200, {2})


def test_few_orders_stay_however_old():
    profile = profile_of(*(bought(ago(100 * n), "novel") for n in range(40)))
    assert (len(profile.orders), profile.earlier) == (40, {})


def test_a_gift_long_ago_stays_a_gift_until_they_buy_it_for_themselves():
    weekly = [bought(ago(7 * n), "coffee") for n in range(90)]
    gift = bought(ago(625), "camera", gift=True)
    assert profile_of(*weekly, gift).earlier["camera"].gift
    assert not profile_of(*weekly, gift, bought(ago(620), "camera")).earlier["camera"].gift
    assert not profile_of(*weekly, bought(ago(628), "camera"), gift).earlier["camera"].gift


def test_looks_are_kept_over_all_products_up_to_a_bound():
    profile = profile_of(*(looked(f"thing-{n}", ago(hours=n)) for n in range(500)), bought(ago(30), "novel"))
    times = sorted((each.at for history in profile.products.values() for each in history.looks), reverse=True)
    assert profile.looks == len(times) <= 240
    assert times == [ago(hours=n) for n in range(len(times))]
    assert profile.products["novel"].purchases


def test_a_cart_is_bounded():
    assert list(profile_of(*(carted(f"thing-{n}", ago(hours=300 - n)) for n in range(150))).cart) == [f"thing-{n}" for n in range(50, 150)]


def test_a_return_is_remembered_with_its_event():
    order, back = bought(ago(9), "camera", order_id="o1"), happened(OrderRefunded, ago(5), order_id="o1", lines=())
    profile = profile_of(order, back)
    assert (profile.returned["camera"].at, profile.returned["camera"].event_id) == (ago(5), back.message_id)


@pytest.mark.parametrize(
    ("lines", "left"),
    [((), set()), ((OrderLine(product_id="camera"),), {"novel"}), ((OrderLine(product_id="boots-42"),), {"camera", "novel"})],
)
def test_a_late_return_of_an_order_laid_down_takes_its_lines_back(lines, left):
    weekly = [bought(ago(7 * n), "coffee", order_id=f"w{n}") for n in range(90)]
    back = happened(OrderRefunded, ago(1), order_id="old", lines=lines)
    profile = profile_of(*weekly, bought(ago(500), "camera", "novel", order_id="old"), back)
    assert set(profile.earlier) - {"coffee"} == left
    assert set(profile.returned) == {"camera", "novel"} - left
    assert row("camera") not in history_columns(profile, CATALOG).rows or "camera" in left


def test_a_return_of_an_order_never_seen_takes_nothing():
    weekly = [bought(ago(7 * n), "coffee", order_id=f"w{n}") for n in range(90)]
    unknown = happened(OrderRefunded, ago(1), order_id="somebody's", lines=(OrderLine(product_id="camera"),))
    profile = profile_of(*weekly, bought(ago(500), "camera", order_id="old"), unknown)
    assert ("camera" in profile.earlier, profile.returned) == (True, {})


def test_an_order_too_old_to_be_known_by_number_is_believed_where_it_names_its_lines():
    daily = [bought(ago(n), "coffee", order_id=f"d{n}") for n in range(700)]
    back = happened(OrderRefunded, ago(0.5), order_id="oldest", lines=(OrderLine(product_id="camera"),))
    profile = profile_of(*daily, bought(ago(900), "camera", order_id="oldest"), back)
    assert ("camera" in profile.earlier, set(profile.returned)) == (False, {"camera"})


def test_what_was_bought_last_before_the_kept_orders_is_not_due():
    weekly = [bought(ago(7 * n), "coffee") for n in range(90)]
    customer = customer_of(*weekly, *(bought(ago(560 + 7 * n), "milk") for n in range(10)))
    assert row("milk") in customer.history.rows
    assert "milk" not in {product_id for product_id, history in customer.profile.products.items() if history.purchases}
