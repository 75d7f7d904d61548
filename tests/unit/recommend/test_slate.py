"""Which of what may be shown is shown, and what tires."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_shop import CATALOG, NOW, ago, bought, customer_of, happened, looked, row
from tactful.catalog import build_table
from tactful.model.candidates import Because, Shelf
from tactful.model.events import RecommendationSeen
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.recommend._slate import FIND_FLOOR, freshness_of, mixed, slate_of

KINDS = ("A > A", "B > B", "C > C")
SHOP = build_table([Product(id=f"{kind[0]}{n}", title="x", product_type=kind) for kind in KINDS for n in range(12)], (), version=1)


def shelf_of(score, catalog=SHOP):
    """Candidates by product id and score, best first."""
    names = sorted(score, key=lambda name: -score[name])
    rows = np.array([catalog.row_of[name] for name in names], np.int32)
    return Shelf(
        rows=rows, groups=catalog.group_of[rows], types=catalog.type_of[rows], score=np.array([score[name] for name in names]),
        because=tuple(Because(code="popular_here") for _ in names), source=np.array(["popular_here"] * len(names)), alive=np.ones(len(names), np.bool_),
    )  # fmt: skip


def shopper(**lines):
    """Somebody with so many order lines of each kind."""
    return customer_of(*(bought(ago(n + 1), f"{kind}{n % 12}") for kind, count in lines.items() for n in range(count)), catalog=SHOP)


def shown(slate, shelf):
    return [SHOP.product(int(shelf.rows[index])).id for index in slate.shown]


@st.composite
def shelves(draw):
    n = draw(st.integers(1, 30))
    kinds = draw(st.integers(1, 4))
    worth = np.sort(np.array(draw(st.lists(st.floats(0.001, 1.0), min_size=n, max_size=n))))[::-1]
    kind = np.array(draw(st.lists(st.integers(0, kinds - 1), min_size=n, max_size=n)), np.int64)
    weight = np.array(draw(st.lists(st.integers(0, 5), min_size=kinds, max_size=kinds)), float)
    return worth, kind, (weight + (weight.sum() == 0)) / (weight + (weight.sum() == 0)).sum(), draw(st.integers(1, 12))


@given(shelves())
def test_a_mixed_slate_is_full_holds_nothing_twice_and_always_the_likeliest(found):
    worth, kind, mix, limit = found
    chosen = mixed(worth, kind, mix, limit=limit)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(limit, len(worth))
    assert chosen[0] == 0
    for one in set(kind.tolist()):  # of each kind the likeliest are taken
        of_kind = [index for index in range(len(worth)) if kind[index] == one]
        taken = [index for index in of_kind if index in chosen]
        assert sorted(worth[taken].tolist()) == sorted(worth[of_kind[: len(taken)]].tolist())


@given(shelves())
def test_somebody_of_one_kind_gets_the_likeliest(found):
    worth, kind, _, limit = found
    assert mixed(worth, np.zeros_like(kind), np.array([1.0]), limit=limit) == list(range(min(limit, len(worth))))


def test_the_slate_follows_their_own_mix():
    shelf = shelf_of({f"A{n}": 0.05 - n / 1e4 for n in range(12)} | {f"B{n}": 0.04 - n / 1e4 for n in range(12)})
    slate = slate_of(shelf, Moment(now=NOW, limit=8), shopper(A=10, B=10))
    assert [name[0] for name in shown(slate, shelf)].count("B") >= 3
    assert slate.displaced
    only_a = slate_of(shelf, Moment(now=NOW, limit=8), shopper(A=20))
    assert [name[0] for name in shown(only_a, shelf)].count("A") == 7, "and one find"


def test_on_a_page_about_something_and_for_somebody_new_the_likeliest_are_shown():
    shelf = shelf_of({f"A{n}": 0.05 - n / 1e4 for n in range(12)} | {f"B{n}": 0.04 - n / 1e4 for n in range(12)})
    for customer, featured in ((shopper(A=10, B=10), (0,)), (shopper(A=2, B=2), ())):
        slate = slate_of(shelf, Moment(now=NOW, limit=8, featured=featured), customer)
        assert (slate.shown, slate.displaced) == (tuple(range(8)), ())


@pytest.mark.parametrize(("worth", "found"), [(FIND_FLOOR, True), (FIND_FLOOR / 2, False)])
def test_one_find_off_the_beaten_track_has_a_place_where_it_is_likely_enough(worth, found):
    shelf = shelf_of({f"A{n}": 0.3 - n / 1e3 for n in range(12)} | {"C1": worth, "C2": worth / 2})
    names = shown(slate_of(shelf, Moment(now=NOW, limit=8), shopper(A=20)), shelf)
    assert len(names) == 8
    assert ("C1" in names, "C2" in names) == (found, False)
    assert shown(slate_of(shelf, Moment(now=NOW, limit=3), shopper(A=20)), shelf) == ["A0", "A1", "A2"]


def thinking_of(shelf, *names):
    """The shelf, with some of it proposed because they think about it."""
    wanted = np.isin(shelf.rows, [SHOP.row_of[name] for name in names])
    return msgspec.structs.replace(shelf, source=np.where(wanted, "considering", shelf.source))


def test_what_they_think_about_has_a_place_among_what_they_buy_every_week():
    groceries = {f"A{n}": 0.3 - n / 1e3 for n in range(12)}
    shelf = thinking_of(shelf_of(groceries | {"B1": 0.02, "B2": 0.01, "C1": 0.015}), "B1", "B2", "C1")
    names = shown(slate_of(shelf, Moment(now=NOW, limit=8), shopper(A=20, B=1, C=1)), shelf)
    assert len(set(names)) == 8
    assert [name for name in names if name[0] != "A"] == ["B1", "C1"], "the likeliest of each kind"
    assert names[:6] == ["A0", "A1", "A2", "A3", "A4", "A5"]
    assert shown(slate_of(shelf, Moment(now=NOW, limit=3), shopper(A=20, B=1, C=1)), shelf) == ["A0", "A1", "A2"]


def test_a_find_takes_no_place_of_what_they_think_about():
    groceries = {f"A{n}": 0.3 - n / 1e3 for n in range(12)}
    shelf = thinking_of(shelf_of(groceries | {"B1": 0.005, "C1": FIND_FLOOR}), "B1")
    names = shown(slate_of(shelf, Moment(now=NOW, limit=8), shopper(A=20, B=1)), shelf)
    assert sorted(set(names) - set(groceries)) == ["B1", "C1"]


def passed_by(*days):
    return [happened(RecommendationSeen, ago(day), product_id="boots-42") for day in days]


def fresh(*events, now=NOW):
    return float(freshness_of(CATALOG.group_of[[row("boots-39")]], customer_of(*events, now=now), now=now)[0])


def test_a_style_passed_by_tires_softly_and_recovers():
    assert fresh() == fresh(*passed_by(1, 2)) == 1
    left = [fresh(*passed_by(*range(1, days + 1))) for days in range(3, 9)]
    assert left == sorted(left, reverse=True)
    assert 0.15 < left[-1] < left[0] < 1
    assert fresh(*passed_by(*range(31, 39))) == 1


def test_several_times_on_one_day_are_one_day():
    assert fresh(*passed_by(1.0, 1.01, 1.02, 1.03, 1.04)) == 1


def test_a_touch_ends_it():
    week = passed_by(*range(1, 9))
    assert fresh(*week, looked("boots-39", ago(0.5))) == fresh(*week, bought(ago(0.5), "boots-39")) == 1
    assert fresh(*week, happened(RecommendationSeen, ago(0.5), product_id="boots-42", clicked=True)) == 1
    assert fresh(*week, looked("camera", ago(0.5))) < 1
