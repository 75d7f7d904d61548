"""The usual by time of day, place, allergy, pin and fling."""

from datetime import timedelta

import pytest

from small_shop import CATALOG, NOW, ago, customer_of, happened
from tactful.catalog import build_table
from tactful.model.events import OrderCompleted, OrderLine, PreferenceStated
from tactful.model.moment import Here
from tactful.model.products import Product
from tactful.recommend import usual_of
from tactful.recommend._habit import HUGE, Habit
from tactful.recommend._stated import Pin, pin_of, read_pin, stated_of

CAFE = build_table(
    [
        *CATALOG.products,
        Product(id="latte", title="Caffe latte", product_type="Cafe > Coffee"),
        Product(id="macchiato", title="Macchiato", product_type="Cafe > Coffee"),
        Product(id="tea", title="Pot of tea", product_type="Cafe > Tea"),
        Product(id="cake", title="Carrot cake", description="With walnuts and cream cheese", product_type="Cafe > Snacks"),
    ],
    (),
    version=1,
)


def had(days, product_id="macchiato", *, hours=0.0, channel="pos", options=None, **fields):
    line = OrderLine(product_id=product_id, options=options)
    return happened(OrderCompleted, ago(days, hours=hours), order_id=f"{days}-{hours}-{product_id}", channel=channel, lines=(line,), **fields)


def said(key, value, days=20.0):
    return happened(PreferenceStated, ago(days), key=key, value=value)


def usual(*events, at=NOW, **here):
    return usual_of(customer_of(*events, catalog=CAFE, now=at), Here(**({"kind": "store"} | here)), now=at)


def product(*events, at=NOW, **here):
    found = usual(*events, at=at, **here)
    return found and found.product_id


DAILY = [had(n, options={"milk": "oat"}) for n in range(1, 9)]


def test_a_clear_habit_is_filled_in_and_a_likely_one_offered():
    assert usual(*DAILY).prefill
    likely = usual(*DAILY[:6], had(7, "latte"), had(8, "tea"), had(0.9, "latte"))
    assert likely is None or (0.6 <= likely.confidence < 0.8 and not likely.prefill)


def test_the_hour_decides():
    both = [event for n in range(1, 9) for event in (had(n, hours=-20 + 24), had(n, "tea", hours=24 - 1))]
    morning, afternoon = NOW - timedelta(hours=4), NOW + timedelta(hours=1)
    assert (product(*both, at=morning), product(*both, at=afternoon)) == ("macchiato", "tea")


def test_the_weekend_has_a_usual_of_its_own():
    weekday = {n: (NOW - timedelta(days=n)).weekday() for n in range(1, 43)}
    week = [had(n, "tea" if day == 5 else "macchiato") for n, day in weekday.items() if day < 6]
    assert product(*week, at=NOW) == "macchiato"
    assert product(*week, at=NOW + timedelta(days=3)) == "tea"


def test_the_hour_is_that_of_where_they_are():
    both = [event for n in range(1, 9) for event in (had(n, hours=-20 + 24), had(n, "tea", hours=24 - 1))]
    assert product(*both, zone="America/Los_Angeles", at=NOW + timedelta(hours=3)) == "macchiato"


def test_another_channel_is_another_habit():
    web = [had(n, "coffee", hours=1, channel="web") for n in range(2, 60, 7)]
    assert product(*DAILY, *web) == "macchiato"
    assert product(*DAILY, *web, kind="web") is None
    assert product(*DAILY, kind="web") == "macchiato"
    assert product(*DAILY, *web, kind=None) == "macchiato"


def test_a_fling_does_not_overwrite():
    months = [had(n) for n in range(25, 85)]
    fling = [had(n, "latte") for n in range(4, 25)]
    assert product(*months, *fling, at=ago(3.9)) == "latte"
    assert product(*months, *fling, *(had(n) for n in (1, 2, 3))) == "macchiato"


def test_two_deviations_in_a_row_silence_it_and_one_does_not():
    months = [had(n) for n in range(3, 30)]
    assert product(*months, had(2, "tea")) == "macchiato"
    assert product(*months, had(2, "tea"), had(1, "latte")) is None
    assert product(*months, had(2, "tea"), had(1, "latte"), had(0.01)) == "macchiato"


def test_an_allergy_outranks_the_till():
    dairy = [had(n, "latte", options={"milk": "dairy"}) for n in (1, 2)]
    oat = [had(n, "latte", options={"milk": "oat"}) for n in range(3, 9)]
    assert usual(*oat, *dairy, said("allergy", "dairy")).options == {"milk": "oat"}
    assert product(*(had(n, "latte", options={"milk": "dairy"}) for n in range(1, 9)), said("allergy", "Lactose")) is None
    assert product(*(had(n, "cake") for n in range(1, 9)), said("avoid", "nuts")) is None


def test_what_was_once_forbidden_must_be_named():
    unnamed = [had(n, "latte", options={"size": "small"}) for n in range(2, 9)]
    assert product(*unnamed, said("allergy", "dairy")) == "latte"
    assert product(*unnamed, had(1, "latte", options={"milk": "dairy"}), said("allergy", "dairy")) is None


@pytest.mark.parametrize(
    ("allergy", "product_id", "options", "forbidden"),
    [
        ("dairy", "latte", {"milk": "whole"}, True),
        ("dairy", "latte", {"milk": "oat milk"}, False),
        ("lactose", "latte", {"milk": "lactose-free"}, False),
        ("milk", "latte", {"milk": "oat"}, False),
        ("tree nuts", "cake", {}, True),
        ("hazelnut", "latte", {"hazelnut syrup": "yes"}, True),
        ("hazelnut", "latte", {"hazelnut syrup": "no"}, False),
        ("sugar", "latte", {"sugar": "2"}, True),
        ("sugar", "latte", {"sugar": "0"}, False),
        ("macchiato", "macchiato", {}, True),
        ("Cafe > Tea", "tea", {}, True),
        ("egg", "latte", {}, False),
    ],
)
def test_what_is_forbidden(allergy, product_id, options, forbidden):
    stated = stated_of(customer_of(said("allergy", allergy)).profile.preferences)
    assert stated.forbids(CAFE.product(CAFE.row_of[product_id]), options) is forbidden


@pytest.mark.parametrize(
    ("allergy", "title", "forbidden"),
    [
        ("dairy", "Linen shirt, Cream, M", False),
        ("dairy", "Whole bean coffee", False),
        ("dairy", "Rice pudding with cream", True),
        ("wheat", "Durum pasta 500 g", True),
        ("gluten", "Gluten-free pasta 500 g", False),
        ("wool", "Wool scarf", True),
    ],
)
def test_what_a_product_says_of_itself(allergy, title, forbidden):
    product = Product(id="p1", title=title, color="Cream" if "Cream," in title else None)
    assert stated_of(customer_of(said("allergy", allergy)).profile.preferences).forbids(product, {}) is forbidden


def test_a_pin_is_taken_at_its_word():
    pinned = usual(*DAILY, said("usual", "latte;size=large", 1))
    assert (pinned.product_id, pinned.options, pinned.prefill) == ("latte", {"size": "large"}, True)
    assert product(*DAILY, said("usual", "none", 1)) is None
    assert product(said("usual", "tea;at=night", 1), *DAILY) == "macchiato"
    assert product(*DAILY, said("allergy", "dairy"), said("usual", "latte;milk=dairy", 1)) == "macchiato"
    assert product(said("usual", "vitamins")) is None
    assert read_pin("tea;at=day") == Pin("tea", {}, "day")
    assert pin_of([], daypart="day") is None


def test_what_cannot_be_had_or_was_refused_is_not_offered():
    gone = CAFE.row_of["macchiato"]
    assert product(*DAILY, available=lambda row: row != gone) is None
    assert product(*DAILY, refused_at=lambda row: ago(0.5)) is None
    assert product(*DAILY, refused_at=lambda row: ago(40)) == "macchiato"
    instead = [had(n, "latte") for n in range(9, 30)]
    assert product(*DAILY, *instead, available=lambda row: row != gone) == "latte"


def test_weekly_is_a_habit_only_where_it_is_made_to_order():
    assert product(*(had(7 * n, options={"milk": "oat"}) for n in range(1, 8))) == "macchiato"
    assert product(*(had(7 * n) for n in range(1, 8))) is None


def test_counts_of_years_stay_finite():
    habit = Habit()
    for _ in range(600):
        habit.learn(["a"], ["morning"])
    assert habit.foretell(["morning"])["a"] > 0.8
    assert all(count.weight <= HUGE for count in habit._counts.values())
    assert Habit().likeliest(["morning"]) is None
