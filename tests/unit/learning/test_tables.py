"""The tables that everything learns from, counted by expressions: what they say of a log, customer by customer."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_shop import CATALOG, NOW, ago, bought, carted, counting, customer_of, happened, life_of, looked, profile_of, row, tables_of
from tactful.learning import LineBuilder, data_hash, expressions
from tactful.model.events import ProductViewed
from tactful.model.rhythms import hours_of_week
from tactful.model.tables import DAY_SECONDS, LOOK_KINDS
from tactful.profile import history_columns

KNOWN = ["coffee", "milk", "camera", "case", "unheard-of"]


def lives(*customers):
    return [profile_of(*events) for events in customers]


def purchases_one_by_one(profiles):
    """The same table, written down one customer and one line after another."""
    lines, begun = [], 0
    for number, profile in enumerate(profiles):
        history = history_columns(profile, CATALOG)
        if not len(history.rows):
            continue
        first = min(int(history.orders[0]), 0)
        for at, order, code, gift in zip(history.at.tolist(), history.orders.tolist(), history.rows.tolist(), history.gift.tolist(), strict=True):
            if not gift:
                lines.append((number, code, at / DAY_SECONDS, begun + order - first))
        begun += int(history.orders[-1]) + 1 - first
    return lines


def looks_one_by_one(profiles):
    return [
        (number, *look)
        for number, profile in enumerate(profiles)
        for look in sorted(
            (look.at.timestamp() / DAY_SECONDS, row(product_id), LOOK_KINDS.index(look.kind))
            for product_id, product in profile.products.items()
            if product_id in CATALOG.row_of
            for look in product.looks
            if not look.brief
        )
    ]


def told(table, *names):
    return list(zip(*(getattr(table, name).tolist() for name in names), strict=True))


def both_ways_agree(profiles):
    purchases, looks = tables_of(*profiles)
    assert told(purchases, "customer", "row", "day", "order") == purchases_one_by_one(profiles)
    assert told(looks, "customer", "day", "row", "kind") == looks_one_by_one(profiles)
    assert [column.dtype for column in (purchases.customer, purchases.row, purchases.day, purchases.order)] == ["int32", "int32", "float64", "int32"]
    assert [column.dtype for column in (looks.customer, looks.day, looks.row, looks.kind)] == ["int32", "float64", "int32", "int8"]


def test_counted_together_is_the_same_as_one_by_one():
    both_ways_agree(lives(*(life_of(number) for number in range(48))))


def test_orders_of_long_ago_gifts_and_what_is_not_sold_are_numbered_alike():
    weekly = [bought(ago(7 * n), "coffee", *(["milk"] if n % 3 == 0 else []), gift=n % 11 == 0) for n in range(150)]
    unknown = [bought(ago(7 * n), "unheard-of") for n in range(3)]
    both_ways_agree(lives(weekly, [], unknown, [*weekly, *unknown], [bought(ago(4), "novel", gift=True)], [bought(ago(5), "milk", "milk")]))


@st.composite
def life(draw):
    events = []
    for days in draw(st.lists(st.integers(0, 900), max_size=8)):
        kind, product = draw(st.sampled_from(["buy", "gift", "look", "cart", "glance"])), draw(st.sampled_from(KNOWN))
        match kind:
            case "buy" | "gift":
                events.append(bought(ago(days), *draw(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=3)), gift=kind == "gift"))
            case "cart":
                events.append(carted(product, ago(days)))
            case "glance":
                events.append(happened(ProductViewed, at=ago(days), product_id=product, seconds=3.0))
            case _:
                events.append(looked(product, ago(days)))
    return events


@settings(max_examples=25, deadline=None)
@given(st.lists(life(), min_size=1, max_size=5))
def test_whatever_they_did_both_ways_agree(everybody):
    both_ways_agree(lives(*everybody))


def test_nobody_gives_empty_tables():
    purchases, looks = tables_of(*lives([], []))
    assert (len(purchases.day), len(looks.day), purchases.customers) == (0, 0, ("u:ann", "u:ann"))
    assert purchases.until_day == NOW.timestamp() / DAY_SECONDS


def test_a_log_that_ended_ends_with_its_last_purchase():
    purchases, looks = tables_of(*lives([bought(ago(30), "milk"), looked("case", ago(2))]))
    assert purchases.until_day == np.nextafter(ago(30).timestamp() / DAY_SECONDS, np.inf) == looks.until_day


def test_the_fingerprint_is_of_what_was_learned_from():
    one, other = (tables_of(*lives([bought(ago(9), "milk"), bought(ago(days), "milk")]))[0] for days in (3, 4))
    assert data_hash(one) == data_hash(tables_of(*lives([bought(ago(9), "milk"), bought(ago(3), "milk")]))[0]) != data_hash(other)


@pytest.mark.parametrize("zone", ["Europe/London", "America/St_Johns", "Pacific/Apia", "UTC"])
def test_visits_are_counted_by_the_hour_of_the_week_on_their_own_clock(zone):
    visits = [NOW - timedelta(minutes=37 * n) for n in range(900)]
    builder = LineBuilder()
    builder.add(3, customer_of().profile, bought=(), visits=visits, zone=zone)
    with counting(builder) as count:
        lines = count(expressions.hours(least=1, most=10))
    hours = np.zeros(168)
    hours[lines["hour"]] = lines["visits"]
    assert hours.tolist() == hours_of_week(visits, ZoneInfo(zone)).tolist()


def test_of_many_customers_the_first_who_came_often_enough_are_counted():
    builder = LineBuilder()
    for number, visits in enumerate((9, 2, 8, 20)):
        builder.add(number, customer_of().profile, bought=(), visits=[NOW - timedelta(hours=n) for n in range(visits)], zone="UTC")
    with counting(builder) as count:
        lines = count(expressions.hours(least=8, most=2))
    assert np.unique(lines["customer"]).tolist() == [0, 2]
