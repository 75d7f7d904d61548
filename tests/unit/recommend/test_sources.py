"""What each source proposes of whom, and why."""

from datetime import timedelta

import msgspec
import numpy as np
import pytest

from small_shop import CATALOG, NOW, PRODUCTS, ago, bought, carted, customer_of, happened, life_of, looked, profile_of, purchase_table, row, tables_of
from tactful.catalog import build_table
from tactful.model.events import Address, Identified, OrderLine, Traits
from tactful.model.moment import OUTREACH, Moment
from tactful.model.needs import SEARCH, Sign
from tactful.model.products import Product
from tactful.model.tables import History
from tactful.profile import history_columns
from tactful.recommend.cart_waiting import CartWaiting
from tactful.recommend.completes import Completes
from tactful.recommend.considering import Considering
from tactful.recommend.due_again import DueAgain, DueAgainConfig
from tactful.recommend.fresh_find import FreshFind
from tactful.recommend.life import Life
from tactful.recommend.popular_here import PopularHere, PopularHereConfig

HOME = Moment(now=NOW)


@pytest.fixture(scope="module")
def purchases():
    return purchase_table()


def learned(component, purchases):
    component.train(purchases)
    component.bind(purchases.catalog)
    return component


@pytest.fixture(scope="module")
def due_again(purchases):
    return learned(DueAgain(), purchases)


@pytest.fixture(scope="module")
def completes(purchases):
    return learned(Completes(), purchases)


def bound(component, catalog=CATALOG):
    component.bind(catalog)
    return component


def said(source, customer, moment=HOME):
    found = source(moment, customer)
    return {
        customer.catalog.product(r).id: (score, because) for r, score, because in zip(found.rows.tolist(), found.score.tolist(), found.because, strict=True)
    }


def coffee_drinker(days_since_last, **fields):
    return customer_of(*(bought(ago(days_since_last + 14 * n), "coffee", **fields) for n in range(8)))


@pytest.mark.parametrize("is_trained", [True, False])
def test_near_the_usual_gap_is_far_likelier_than_just_after_a_purchase(is_trained, due_again):
    source = due_again if is_trained else bound(DueAgain())
    just_bought, nearly_due = (said(source, coffee_drinker(days))["coffee"][0] for days in (1, 12))
    assert nearly_due > 3 * just_bought
    assert nearly_due > 0.5


@pytest.mark.parametrize("is_trained", [True, False])
def test_who_bought_three_at_once_needs_none_until_the_third_is_nearly_gone(is_trained, due_again):
    source = due_again if is_trained else bound(DueAgain())

    def score(days_since_last, pieces):
        last = bought(ago(days_since_last), lines=(OrderLine(product_id="coffee", quantity=pieces),))
        return said(source, customer_of(last, *(bought(ago(days_since_last + 14 * n), "coffee") for n in range(1, 8))))["coffee"]

    assert score(12, 3)[0] < 0.3 * score(12, 1)[0]
    assert score(12 + 28, 3)[0] > 2 * score(12, 3)[0]
    assert NOW + timedelta(days=14) < score(12, 3)[1].opened_at < NOW + timedelta(days=23)


def test_less_than_usual_does_not_bring_the_day_forward_and_a_gift_stocks_nobody_up(due_again):
    few = bought(ago(5), lines=(OrderLine(product_id="coffee", quantity=1.0),))
    twos = [bought(ago(5 + 14 * n), lines=(OrderLine(product_id="coffee", quantity=2.0),)) for n in range(1, 8)]
    assert said(due_again, customer_of(few, *twos))["coffee"][1].stocked_days == 0
    gift = bought(ago(4), lines=(OrderLine(product_id="coffee", quantity=9.0),), gift=True)
    ones = [bought(ago(12 + 14 * n), "coffee") for n in range(8)]
    assert said(due_again, customer_of(gift, *ones))["coffee"][1].stocked_days == 0


def test_the_score_is_about_how_often_it_came_true(due_again, purchases):
    """Of all customers a week ago: the scores add up to about the number of styles bought in that week."""
    facts = DueAgain().train(purchases)
    assert facts["mean_prediction"] == pytest.approx(facts["base_rate"], abs=0.01)
    assert 0 < facts["log_loss"] < 0.5


def test_the_kind_is_told_whichever_style_of_it_they_bought(due_again):
    cameras = [bought(ago(day), product) for day, product in ((90, "camera"), (60, "camera-other"), (30, "camera"), (5, "camera-other"))]
    for product in ("camera", "camera-other"):
        _, because = said(due_again, customer_of(*cameras))[product]
        assert because.kind_at == ago(5)
        assert because.kind_days == pytest.approx((30 * 30 * 25) ** (1 / 3))
    _, because = said(due_again, customer_of(bought(ago(20), "coffee")))["coffee"]
    assert (because.kind_at, because.kind_days) == (ago(20), None)


def test_bought_once_has_no_rhythm_to_speak_of(due_again):
    _, because = said(due_again, customer_of(bought(ago(20), "coffee")))["coffee"]
    assert because.every_days is None
    assert said(bound(DueAgain()), customer_of(bought(ago(20), "coffee")))["coffee"][0] == 0


@pytest.mark.parametrize(("days", "due"), [((30,), True), ((60,), False), ((60, 75), True)], ids=["once of late", "once long ago", "twice long ago"])
def test_what_was_only_tried_is_not_due(days, due, due_again):
    assert ("coffee" in said(due_again, customer_of(*(bought(ago(day), "coffee") for day in days)))) is due


def test_the_evidence_is_the_latest_orders_and_where_they_were(due_again):
    customer = coffee_drinker(10, channel="pos")
    _, because = said(due_again, customer)["coffee"]
    assert [evidence.at for evidence in because.evidence] == [ago(10), ago(24), ago(38)]
    assert {evidence.message_id for evidence in because.evidence} <= {order.event_id for order in customer.profile.orders}
    assert because.source == "observed_offline"
    assert because.last_at == ago(10)
    assert because.every_days == pytest.approx(14, abs=1)
    assert because.own_days == pytest.approx(14), "what is said is what they did, not what is reckoned with"


def test_gifts_are_never_due(due_again):
    assert said(due_again, customer_of(*(bought(ago(14 * n), "coffee", gift=True) for n in range(1, 6)))) == {}


def test_the_variant_is_the_one_bought_most_of_late(due_again):
    black = [bought(ago(n), "tote-black") for n in (10, 40)]
    assert list(said(due_again, customer_of(bought(ago(70), "tote-tan"), *black))) == ["tote-black"]
    assert list(said(due_again, customer_of(*black, bought(ago(1), "tote-tan")))) == ["tote-black"]
    assert list(said(due_again, customer_of(black[0], bought(ago(1), "tote-tan")))) == ["tote-tan"]


def test_many_rows_are_sampled_down_the_same_way_each_time(purchases):
    few = DueAgainConfig(rows=50)
    one, two = DueAgain(few), DueAgain(few)
    assert one.train(purchases) == two.train(purchases)
    assert one.train(purchases)["rows"] == 48
    assert one.dump() == two.dump()


def test_a_week_without_any_purchase_teaches_no_hazard():
    purchases, _ = tables_of(profile_of(bought(ago(90), "coffee"), bought(ago(45), "milk")))
    source = DueAgain()
    assert source.train(purchases)["rows"] == 6
    assert source.state.model is None


def test_what_goes_with_it_keeps_its_direction(completes):
    assert "case" in said(completes, customer_of(bought(ago(5), "camera")))
    assert "camera" not in said(completes, customer_of(bought(ago(5), "case")))


def test_the_reason_names_the_purchase(completes):
    customer = customer_of(bought(ago(5), "camera", channel="pos"))
    score, because = said(completes, customer)["case"]
    assert (because.anchor, because.anchor_at, because.source) == (row("camera"), ago(5), "observed_offline")
    assert because.evidence[0].message_id == customer.profile.orders[0].event_id
    assert 0.5 < score < 1


def test_an_older_purchase_calls_less_and_in_the_end_not_at_all(completes):
    fresh, older = (said(completes, customer_of(bought(ago(n), "camera")))["case"][0] for n in (1, 40))
    assert fresh > 2 * older
    assert said(completes, customer_of(bought(ago(61), "camera"))) == {}


def test_the_page_calls_for_company_with_the_visit_as_evidence(completes):
    page = Moment(now=NOW, placement="product", featured=(row("camera"),))
    looking = customer_of(looked("camera", ago(minutes=1)))
    _, because = said(completes, looking, page)["case"]
    assert because.anchor_at is None
    assert because.evidence[0].message_id == looking.profile.last_own_event_id
    assert said(completes, customer_of(), page)["case"][1].evidence == ()


def test_a_gift_calls_for_nothing(completes):
    assert said(completes, customer_of(bought(ago(5), "camera", gift=True))) == {}


def test_life_is_short_for_what_is_used_up_and_endless_for_what_lasts(purchases):
    life = learned(Life(), purchases)
    lives = dict(zip(CATALOG.types, life.days.tolist(), strict=True))
    assert lives["Food > Drinks > Coffee"] == pytest.approx(14, abs=1)
    assert lives["Food > Drinks > Milk"] == pytest.approx(7, abs=1)
    assert lives["Bags > Totes"] == lives["Electronics > Photo > Cameras"] == lives["Shoes > Boots"] == np.inf
    assert Life().train(purchases)["durable"] == 3


def test_before_there_is_a_log_everything_lasts():
    assert np.all(np.isinf(bound(Life()).days))


def test_an_open_need_brings_what_was_looked_at_and_alternatives():
    customer = customer_of(*(looked("camera", ago(n)) for n in (1, 2, 3)))
    found = said(bound(Considering()), customer)
    assert found["camera"][0] > found["camera-other"][0] > 0
    assert found["camera-other"][1].anchor == row("camera")
    assert {evidence.at for evidence in found["camera"][1].evidence} == {ago(1), ago(2), ago(3)}


def test_what_they_have_is_no_alternative():
    pans = [Product(id=f"pan-{n}", title="A pan", item_group_id=f"pan-{n}", product_type="Kitchen > Pans") for n in (1, 2, 3)]
    catalog = build_table(pans, (), version=1)
    customer = customer_of(bought(ago(90), "pan-1"), *(looked("pan-2", ago(n)) for n in (1, 2, 3)), catalog=catalog)
    assert list(said(bound(Considering(), catalog), customer)) == ["pan-2", "pan-3"]


def test_one_other_stands_beside_what_they_look_at_and_several_where_they_only_searched():
    pans = [Product(id=f"pan-{n}", title="A pan", item_group_id=f"pan-{n}", product_type="Kitchen > Pans") for n in range(9)]
    catalog = build_table(pans, (), version=1)
    looks = customer_of(*(looked("pan-2", ago(n)) for n in (1, 2, 3)), catalog=catalog)
    assert list(said(bound(Considering(), catalog), looks)) == ["pan-2", "pan-0"]
    ((kind, need),) = looks.needs.items()
    searches = msgspec.structs.replace(looks, needs={kind: msgspec.structs.replace(need, signs=[Sign(need.last_at, SEARCH, 1, "e1")])})
    assert len(said(bound(Considering(), catalog), searches)) == 4


def test_one_look_brings_no_alternatives():
    assert list(said(bound(Considering()), customer_of(looked("camera", ago(1))))) == ["camera"]


def test_a_style_whose_variants_are_of_two_types_can_be_considered():
    mixed = [Product(id=f"set-{n}", title="A set", item_group_id="set", product_type=f"Home > Type {n}") for n in (1, 2)]
    catalog = build_table(mixed, (), version=1)
    customer = customer_of(*(looked("set-2", ago(n)) for n in (1, 2, 3)), catalog=catalog)
    assert list(said(bound(Considering(), catalog), customer)) == ["set-2"]


def test_the_basket_waits_the_latest_first_and_fades():
    customer = customer_of(carted("novel", ago(4)), carted("camera", ago(0)), carted("gone", ago(1)))
    found = said(CartWaiting(), customer, Moment(now=NOW, placement=OUTREACH))
    assert [(product, round(score, 3)) for product, (score, _) in found.items()] == [("camera", 0.4), ("novel", 0.159)]
    assert found["novel"][1].evidence[0].at == ago(4)


def test_best_sellers_lean_towards_where_they_shop(purchases):
    popular = learned(PopularHere(), purchases)
    anybody, reader = said(popular, customer_of()), said(popular, customer_of(*(bought(ago(n), "novel") for n in (2, 9))))
    drinker = said(popular, customer_of(*(bought(ago(n), "coffee") for n in (2, 9))))
    assert drinker["milk"][0] > anybody["milk"][0] > reader["milk"][0] > 0
    assert drinker["tote-tan"][0] < anybody["tote-tan"][0]


def test_a_share_of_buyers_becomes_a_week(purchases):
    """Of everybody who bought in the last four weeks, the share that bought milk, as if the weeks were alike."""
    popular = learned(PopularHere(), purchases)
    recent = purchases.day >= purchases.until_day - 28
    share = len(set(purchases.customer[recent & (purchases.row == row("milk"))].tolist())) / len(set(purchases.customer[recent].tolist()))
    assert said(popular, customer_of())["milk"][0] == pytest.approx(1 - (1 - share) ** 0.25)


def test_a_country_with_enough_customers_has_its_own_list(purchases):
    popular = learned(PopularHere(PopularHereConfig(least_customers=20)), purchases)
    assert set(popular.state.weekly) == {"", "GB"}
    at_home = happened(Identified, ago(3), traits=Traits(address=Address(country="GB")))
    customer = customer_of(at_home, looked("novel", ago(1)))
    _, because = said(popular, customer, Moment(now=NOW, country="GB"))["milk"]
    assert (because.place, because.evidence[0].message_id) == ("GB", at_home.message_id)
    _, elsewhere = said(popular, customer, Moment(now=NOW, country="FR"))["milk"]
    assert (elsewhere.place, elsewhere.evidence[0].message_id) == (None, customer.profile.last_own_event_id)


def test_too_few_customers_share_everybodys_list(purchases):
    assert set(learned(PopularHere(), purchases).state.weekly) == {""}


def test_without_a_log_nothing_is_called_popular_and_the_unseen_is_shown():
    assert said(bound(PopularHere()), customer_of()) == {}
    styles = dict.fromkeys(product.group for product in PRODUCTS)
    assert [CATALOG.product(row(product_id)).group for product_id in said(bound(FreshFind()), customer_of())] == list(styles)


def test_the_table_leaves_gifts_out_and_counts_orders_on():
    table, _ = tables_of(profile_of(bought(ago(9), "camera", "case"), bought(ago(8), "novel", gift=True)), profile_of(), profile_of(bought(ago(7), "milk")))
    assert table.row.tolist() == [row("camera"), row("case"), row("milk")]
    assert table.customer.tolist() == [0, 0, 2]
    assert table.order.tolist() == [0, 0, 2]
    assert len(table.before(ago(8).timestamp() / 86_400).row) == 2


def test_history_knows_only_what_is_sold():
    history = history_columns(profile_of(*life_of(13), bought(ago(1), "unheard-of")), CATALOG)
    assert isinstance(history, History)
    assert len(history.rows) == len(history.at) == len(history.gift)
    assert np.all(np.diff(history.at) >= 0)


def test_whoever_browses_for_years_is_asked_about_what_they_chose_and_then_about_the_latest():
    catalog = build_table([Product(id=f"p{n}", title=f"Thing {n}", product_type=f"Kind {n}") for n in range(60)], (), version=1)
    looks = [looked(f"p{n}", ago(60 - n)) for n in range(60)]
    customer = customer_of(*looks, carted("p3", ago(58)), catalog=catalog)
    source = Considering()
    source.bind(catalog)
    shown = {catalog.product(row).id for row in source(Moment(now=NOW), customer).rows.tolist()}
    assert {"p3", "p59", "p58"} <= shown
    assert not {"p0", "p10", "p30"} & shown
