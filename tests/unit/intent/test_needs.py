"""How signs of interest become needs, and how needs end."""

from datetime import UTC, datetime, timedelta

import pytest

from small_shop import CATALOG, NOW, ago, bought, carted, customer_of, happened, looked, row
from tactful.catalog import build_table
from tactful.intent import covers, needs_of
from tactful.model.events import (
    BackInStockRequested,
    CartItemRemoved,
    OrderRefunded,
    PageViewed,
    RecommendationDismissed,
    RecommendationSeen,
    WishlistItemAdded,
    WishlistItemRemoved,
)
from tactful.model.products import Product
from tactful.model.profile import Dismissal

CAMERAS = CATALOG.type_code["Electronics > Photo > Cameras"]


def need(*events):
    return customer_of(*events).needs.get(CAMERAS)


def dismissed(reason, **fields):
    return happened(RecommendationDismissed, ago(0.5), reason=reason, **fields)


def test_no_sign_no_need():
    assert customer_of(bought(ago(1), "coffee")).needs == {}
    assert customer_of(looked("unheard-of", ago(1))).needs == {}


def test_one_look_is_a_look_however_many_clicks():
    found = need(*(looked("camera", ago(2, minutes=n)) for n in range(10)))
    assert (found.state, found.occasions) == ("look", 1)
    assert found.probability < 0.5


def test_one_visit_over_midnight_is_one_occasion():
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    found = need(looked("camera", midnight - timedelta(minutes=10)), looked("camera", midnight + timedelta(minutes=10)))
    assert (found.state, found.occasions) == ("look", 1)


def test_two_visits_of_one_day_are_one_occasion():
    found = need(looked("camera", ago(1)), looked("camera", ago(1, hours=5)))
    assert (found.state, found.occasions) == ("look", 1)


def test_several_days_open_a_need_that_grows_with_each():
    two, three = need(*(looked("camera", ago(n)) for n in (1, 2))), need(*(looked("camera", ago(n)) for n in (1, 2, 3)))
    assert two.state == three.state == "open"
    assert 0.4 < two.probability < three.probability
    assert (three.since, three.last_at, three.occasions) == (ago(3), ago(1), 3)


@pytest.mark.parametrize("kind", [WishlistItemAdded, BackInStockRequested])
def test_a_strong_sign_alone_opens_a_need(kind):
    assert need(happened(kind, ago(1), product_id="camera")).state == "open"


def test_stronger_signs_make_surer():
    wish = need(happened(WishlistItemAdded, ago(1), product_id="camera")).probability
    assert need(looked("camera", ago(1))).probability < need(carted("camera", ago(1))).probability < wish
    assert wish < need(happened(BackInStockRequested, ago(1), product_id="camera")).probability


def test_a_click_on_a_recommendation_is_a_look():
    assert need(happened(RecommendationSeen, ago(1), product_id="camera", clicked=True)).state == "look"
    assert need(happened(RecommendationSeen, ago(1), product_id="camera")) is None


@pytest.mark.parametrize(("looks", "closed_by"), [((60, 61), "dropped"), ((60, 61, 62, 63), "bought_elsewhere")])
def test_long_silence_closes(looks, closed_by):
    found = need(*(looked("camera", ago(n)) for n in looks))
    assert (found.state, found.closed_by) == ("closed", closed_by)
    assert found.probability < 0.15


def test_who_pauses_long_is_waited_for_longer():
    brisk, slow = (need(*(looked("camera", ago(28 + gap * n)) for n in range(4))) for gap in (1, 14))
    assert (brisk.state, slow.state) == ("closed", "open")


def test_a_purchase_of_the_kind_closes():
    found = need(*(looked("camera", ago(n)) for n in (3, 4, 5)), bought(ago(2), "camera-other"))
    assert (found.state, found.closed_by, found.probability) == ("closed", "bought_here", 0.0)


def test_a_purchase_for_another_closes_as_a_gift():
    found = need(*(looked("camera", ago(n)) for n in (3, 4, 5)), bought(ago(2), "camera", gift=True))
    assert (found.state, found.closed_by) == ("closed", "gift")


def test_looks_after_the_purchase_begin_anew():
    found = need(*(looked("camera", ago(n)) for n in (11, 12, 13)), bought(ago(10), "camera"), looked("camera", ago(1)))
    assert (found.state, found.occasions, found.since) == ("look", 1, ago(1))


def test_a_purchase_that_was_sent_back_leaves_no_need_behind():
    order = bought(ago(2), "camera", order_id="o1")
    found = need(*(looked("camera", ago(n)) for n in (3, 4, 5)), order, happened(OrderRefunded, ago(1), order_id="o1"))
    assert (found.state, found.closed_by) == ("closed", "dropped")


@pytest.mark.parametrize("reason", ["gift", "bought_elsewhere", "already_have", "by_mistake", "researching", "stop_topic"])
def test_an_answer_about_the_kind_closes(reason):
    found = need(*(looked("camera", ago(n)) for n in (1, 2, 3)), dismissed(reason, product_id="camera-other"))
    assert (found.state, found.closed_by) == ("closed", "dismissed")


@pytest.mark.parametrize("reason", ["not_for_me", "too_often"])
def test_an_answer_about_one_style_leaves_the_need_open(reason):
    assert need(*(looked("camera", ago(n)) for n in (1, 2, 3)), dismissed(reason, product_id="camera")).state == "open"


def test_an_answer_about_a_category_closes_what_lies_in_it():
    looks = [looked("camera", ago(n)) for n in (1, 2, 3)]
    assert need(*looks, dismissed("stop_topic", category="Electronics")).state == "closed"
    assert need(*looks, dismissed("stop_topic", category="Electro")).state == "open"


def test_out_of_the_cart_is_out():
    out = happened(CartItemRemoved, ago(0.5), product_id="camera")
    assert need(carted("camera", ago(1)), out).state == "closed"
    both = need(carted("camera", ago(1)), carted("camera-other", ago(1)), out)
    assert (both.state, both.rows) == ("open", (row("camera-other"),))
    assert need(carted("camera", ago(1)), out, carted("camera", ago(0.1))).state == "open"


def test_off_the_wish_list_is_off():
    wish = happened(WishlistItemAdded, ago(1), product_id="camera")
    assert need(wish, happened(WishlistItemRemoved, ago(0.5), product_id="camera")).closed_by == "dropped"


def test_within_the_visit_it_is_at_hand():
    assert need(looked("camera", ago(minutes=20))).in_visit
    assert need(looked("camera", ago(minutes=40)), happened(PageViewed, ago(minutes=20))).in_visit
    assert not need(looked("camera", ago(minutes=31))).in_visit
    assert not need(looked("camera", ago(1)), happened(PageViewed, ago(minutes=1))).in_visit


def test_evidence_exists_and_comes_latest_first():
    events = [looked("camera" if n % 2 else "camera-other", ago(n)) for n in range(1, 13)]
    found = need(*events)
    assert [sign.event_id for sign in found.latest] == [event.message_id for event in events[:8]]
    assert [sign.at for sign in found.latest] == [event.at for event in events[:8]]
    assert found.rows == (row("camera"), row("camera-other"))


def test_needs_are_as_of_now():
    customer = customer_of(*(looked("camera", ago(n)) for n in (1, 2, 3)))
    later = needs_of(customer.profile, customer.history, CATALOG, now=NOW + timedelta(days=90))[CAMERAS]
    assert (later.state, customer.needs[CAMERAS].state) == ("closed", "open")


CATEGORIES = build_table(
    [
        Product(id="jeans", title="J", product_type="Clothes > Men > Jeans", item_group_id="denim"),
        Product(id="jeans-wide", title="J", product_type="Clothes > Men > Jeans", item_group_id="denim"),
        Product(id="jeans-other", title="J", product_type="Clothes > Men > Jeans"),
        Product(id="shirt", title="S", product_type="Clothes > Men > Shirts"),
        Product(id="dress", title="D", product_type="Clothes > Women > Dresses"),
        Product(id="toy", title="T", product_type="Toys > Cars"),
        Product(id="doll", title="T", product_type="Toys > Dolls"),
    ],
    (),
    version=1,
)


@pytest.mark.parametrize(
    ("answer", "covered"),
    [
        (("not_for_me", "jeans", None), {"jeans", "jeans-wide"}),
        (("too_often", "jeans", None), {"jeans", "jeans-wide"}),
        (("already_have", "jeans", None), {"jeans", "jeans-wide", "jeans-other"}),
        (("gift", "jeans", None), {"jeans", "jeans-wide", "jeans-other", "shirt"}),
        (("stop_topic", "jeans", None), {"jeans", "jeans-wide", "jeans-other", "shirt"}),
        (("gift", "toy", None), {"toy"}),
        (("not_for_me", None, "Clothes > Men"), {"jeans", "jeans-wide", "jeans-other", "shirt"}),
        (("stop_topic", "unheard-of", "Toys"), {"toy", "doll"}),
        (("stop_topic", "unheard-of", None), set()),
        (("stop_topic", None, "Cloth"), set()),
        (("stop_topic", None, ""), set()),
    ],
)
def test_what_an_answer_covers(answer, covered):
    reason, product_id, category = answer
    dismissal = Dismissal(NOW, "m1", reason, product_id, category)
    assert {name for name, at in CATEGORIES.row_of.items() if covers(dismissal, at, CATEGORIES)} == covered


def test_the_styles_that_they_came_back_to_are_told_apart_from_those_that_they_did_not():
    group_of = CATALOG.group_of
    found = need(looked("camera", ago(9)), looked("camera-other", ago(9)), looked("camera", ago(5)))
    assert set(found.returned_to) == {int(group_of[row("camera")])}
    assert set(need(looked("camera", ago(9)), carted("camera-other", ago(5))).returned_to) == {int(group_of[row("camera-other")])}


def test_a_style_rests_from_its_own_last_sign_on():
    fresh, rested = (need(looked("camera", ago(n + 2)), looked("camera", ago(n))).returned_to for n in (1, 6))
    assert next(iter(fresh.values())) < 0.5 < next(iter(rested.values()))


@pytest.mark.parametrize(("days", "wished", "rests"), [(2, False, False), (4, False, True), (6, True, False), (8, True, True)])
def test_a_style_does_not_rest_over_a_weekend_nor_a_wish_for_a_week(days, wished, rests):
    wish = [happened(WishlistItemAdded, ago(days), product_id="camera")] if wished else []
    (share,) = need(looked("camera", ago(days + 1)), looked("camera", ago(days)), *wish).returned_to.values()
    assert (share > 0) == rests


@pytest.mark.parametrize(("days", "state"), [(10, "open"), (30, "closed")])
def test_silence_that_outlasts_nearly_every_pause_ends_even_a_sure_want(days, state):
    signs = [looked("camera", ago(days + n)) for n in range(4)]
    assert need(*signs, happened(WishlistItemAdded, ago(days), product_id="camera")).state == state
