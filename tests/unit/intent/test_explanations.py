"""Whom looks were for, whether they were meant, and what turned up since."""

from datetime import timedelta

import msgspec
import numpy as np
import pytest

from small_shop import CATALOG, NOW, ago, bought, carted, customer_of, happened, looked, profile_of, purchase_table, tables_of
from tactful.app.read import see_customer
from tactful.catalog import build_table
from tactful.intent import needs_of
from tactful.model.events import Address, Context, Identified, MessageAnswered, PageViewed, ProductsSearched, Traits
from tactful.model.products import Product
from tactful.model.wants import PRIOR
from tactful.recommend.wants import Wants, WantsConfig

CAMERAS = CATALOG.type_code["Electronics > Photo > Cameras"]
CLOTHES = build_table(
    [
        *(
            Product(id=f"dress-{size}", title="Wrap dress", product_type="Clothes > Dresses", gender="female", size=size, item_group_id="dress")
            for size in "SM"
        ),
        *(Product(id=f"shirt-{n}", title="Oxford shirt", product_type="Clothes > Shirts", gender="male", size="M") for n in range(6)),
        Product(id="bed", title="Dog bed", product_type="Pets > Dog"),
    ],
    (),
    version=1,
)
SHIRTS = CLOTHES.type_code["Clothes > Shirts"]


def model(catalog):
    wants = Wants()
    wants.bind(catalog)
    return wants.model


def needs(*events, catalog=CLOTHES, now=NOW):
    return see_customer(profile_of(*events), catalog, now=now, wants=model(catalog)).needs


def searched(query, at):
    return happened(ProductsSearched, at, query=query)


def codes(need):
    return {found.code for found in need.evidence}


def test_explanations_add_up_and_keep_their_evidence():
    looks = [looked("camera", ago(n)) for n in (1, 2)]
    found = customer_of(*looks).needs[CAMERAS]
    told = found.explanations
    assert told.own + told.gift + told.research + told.slip == pytest.approx(1)
    assert found.probability == told.own > told.gift
    days = next(c for c in found.evidence if c.code == "days_with_a_sign")
    assert set(days.event_ids) == {look.message_id for look in looks}


def test_a_search_for_a_gift_makes_the_looks_of_that_visit_a_gift():
    plain = needs(looked("shirt-1", ago(2)), looked("shirt-2", ago(1)))[SHIRTS]
    gift = needs(searched("gift for dad", ago(2)), looked("shirt-1", ago(2)), looked("shirt-2", ago(1)))[SHIRTS]
    assert gift.explanations.for_another
    assert not plain.explanations.for_another


def test_another_gender_counts_more_the_more_they_bought_and_unknown_changes_nothing():
    looks = [looked("shirt-1", ago(n)) for n in (1, 2)]
    none = needs(*looks)[SHIRTS].explanations.gift
    one = needs(bought(ago(90), "dress-S"), *looks)[SHIRTS].explanations.gift
    two = needs(bought(ago(90), "dress-S"), bought(ago(60), "dress-S"), *looks)[SHIRTS].explanations.gift
    assert none < one < two
    assert needs(bought(ago(90), "bed"), *looks)[SHIRTS].explanations.gift == none


def test_a_burst_in_one_sitting_is_research_until_they_come_back():
    burst = [looked(f"shirt-{n}", ago(2, minutes=n)) for n in range(6)]
    assert "burst" in codes(needs(*burst)[SHIRTS])
    assert needs(*burst)[SHIRTS].explanations.research > needs(burst[0])[SHIRTS].explanations.research
    assert "burst" not in codes(needs(*burst, looked("shirt-1", ago(1)))[SHIRTS])


def looks_by(*ways, product="camera"):
    return [looked(product, ago(len(ways) - n), context=Context(way_in=way)) for n, way in enumerate(ways)]


def test_a_glance_is_no_occasion_and_the_more_of_them_the_less_it_is_a_want():
    def days(seconds):
        return [event for n in (5, 4, 3, 2) for event in (looked("camera", ago(n)), looked("novel", ago(n) + timedelta(seconds=seconds)))]

    glanced, looked_at = customer_of(*days(5)).needs[CAMERAS], customer_of(*days(20)).needs[CAMERAS]
    assert (glanced.state, glanced.occasions, looked_at.state, looked_at.occasions) == ("look", 1, "open", 4)
    assert "glanced" in codes(glanced)
    assert glanced.explanations.slip > 0.5
    assert glanced.explanations.own < 0.1


def test_what_is_reported_at_one_time_or_acted_on_was_looked_at():
    at_once = customer_of(*(event for n in (3, 2) for event in (looked("camera", ago(n)), looked("novel", ago(n))))).needs[CAMERAS]
    acted = customer_of(*(event for n in (3,) for event in (looked("camera", ago(n)), carted("camera", ago(n) + timedelta(seconds=3))))).needs[CAMERAS]
    again = customer_of(*(event for n in (3, 2) for event in (looked("camera", ago(n)), looked("camera", ago(n) + timedelta(seconds=3))))).needs[CAMERAS]
    page = customer_of(*(e for n in (3, 2) for e in (looked("camera", ago(n)), happened(PageViewed, ago(n) + timedelta(seconds=1))))).needs[CAMERAS]
    assert [need.state for need in (at_once, acted, again, page)] == ["open"] * 4


def test_a_length_told_later_belongs_to_the_look_it_is_about():
    short = customer_of(looked("camera", ago(2)), looked("camera", ago(2) + timedelta(seconds=3), seconds=3.0))
    [look] = short.profile.products["camera"].looks
    assert (look.brief, short.profile.looks, short.needs[CAMERAS].explanations.slip > 0.4) == (True, 1, True)
    long = customer_of(looked("camera", ago(2)), looked("camera", ago(2, minutes=-1), seconds=60.0)).profile
    assert [look.brief for look in long.products["camera"].looks] == [False]


def test_a_way_in_counts_by_the_share_of_days_on_which_they_came_so():
    none, compare, mixed, own = (
        customer_of(*looks_by(*ways)).needs[CAMERAS]
        for ways in ((None, None, None), ("compare", "compare", "compare"), ("compare", "direct", "direct"), ("search", "direct", "direct"))
    )
    assert compare.probability < mixed.probability < own.probability
    assert compare.probability < none.probability < own.probability
    assert compare.explanations.research > mixed.explanations.research > none.explanations.research
    assert {"came_from_comparison", "came_by_themselves"} <= codes(mixed)
    assert "came_from_comparison" not in codes(none) | codes(own)


def test_advertisements_and_our_own_messages_speak_less_for_them():
    none, ad, ours = (customer_of(*looks_by(way, way)).needs[CAMERAS] for way in (None, "ad", "email"))
    assert ad.probability < none.probability > ours.probability
    clicked = [happened(MessageAnswered, ago(n, minutes=1), channel="email", answer="clicked") for n in (2, 1)]
    assert customer_of(*clicked, looked("camera", ago(2)), looked("camera", ago(1))).needs[CAMERAS].probability == pytest.approx(ours.probability, abs=0.01)


def test_a_page_loaded_again_within_a_visit_does_not_change_how_they_came():
    [first, _] = looks_by("compare", None)
    again = looked("camera", first.at + timedelta(minutes=1), context=Context(way_in="direct"))
    assert list(profile_of(first, again).ways.values()) == ["compare"]


def test_the_ways_of_the_latest_visits_are_kept_only():
    profile = profile_of(*(looked("camera", ago(n), context=Context(way_in="search")) for n in range(100, 0, -1)))
    assert (len(profile.ways), max(profile.ways)) == (64, profile.visits)


def test_far_from_everything_they_do_is_a_slip():
    found = needs(bought(ago(50), "dress-S"), looked("bed", ago(3)))[CLOTHES.type_code["Pets > Dog"]]
    assert "stray" in codes(found)
    assert found.explanations.slip > found.explanations.own


def test_searches_are_signs_of_the_types_they_name():
    found = needs(searched("Oxford shirts", ago(2)), searched("shirt", ago(1)))
    assert set(found) == {SHIRTS}
    assert (found[SHIRTS].state, found[SHIRTS].occasions, found[SHIRTS].rows) == ("open", 2, ())
    assert needs(searched("the weather", ago(1))) == {}


@pytest.mark.parametrize(("postal_code", "country", "gift"), [("M1 2JW", "GB", True), ("n1 9gu", "GB", False), ("75011", "FR", True), (None, "GB", False)])
def test_an_order_to_another_address_of_a_kind_never_bought_is_a_gift(postal_code, country, gift):
    home = happened(Identified, ago(300), traits=Traits(address=Address(country="GB", postal_code="N1 9GU")))
    orders = [bought(ago(200), "dress-S"), bought(ago(100), "dress-S"), bought(ago(9), "bed", shipping=Address(country=country, postal_code=postal_code))]
    customer = see_customer(profile_of(home, *orders), CLOTHES, now=NOW)
    assert customer.history.gift.tolist() == [False, False, gift]


def test_turning_to_accessories_closes_what_they_do_not_own():
    catalog = build_table(
        [Product(id="phone", title="Phone", product_type="Tech > Phones"), Product(id="case", title="Case", product_type="Tech > Phones > Cases")],
        (),
        version=1,
    )
    looks, cases = [looked("phone", ago(n)) for n in (9, 7)], [looked("case", ago(n)) for n in (5, 3)]
    assert needs(*looks, catalog=catalog, now=ago(2))[0].state == "open"
    assert needs(*looks, *cases, catalog=catalog)[0].closed_by == "bought_elsewhere"
    assert needs(*looks, *cases, looked("phone", ago(1)), catalog=catalog)[0].state == "open"


def test_after_an_ended_want_one_look_is_a_look_and_two_days_open_it():
    earlier = [looked("camera", ago(n)) for n in (90, 89, 87)]
    once = customer_of(*earlier, looked("camera", ago(3))).needs[CAMERAS]
    assert (once.state, once.occasions, "came_back" in codes(once)) == ("look", 1, True)
    assert customer_of(*earlier, looked("camera", ago(3)), looked("camera", ago(1))).needs[CAMERAS].state == "open"


def test_the_more_they_wanted_it_before_the_more_coming_back_says():
    def back(*earlier):
        return customer_of(*(looked("camera", ago(n)) for n in earlier), looked("camera", ago(1))).needs[CAMERAS]

    never, once, often = back(), back(150), back(152, 151, 150, 149)
    assert never.probability < once.probability < often.probability
    assert [need.state for need in (never, once, often)] == ["look"] * 3


def test_where_people_pause_longer_an_occasion_is_remembered_longer():
    looks = [looked("camera", ago(n)) for n in (62, 60, 30, 1)]
    quick, slow = (msgspec.structs.replace(PRIOR, gap_days={CAMERAS: gap}) for gap in (7.0, 28.0))
    seen = [needs_of(profile_of(*looks), customer_of(*looks).history, CATALOG, now=NOW, wants=wants)[CAMERAS] for wants in (quick, slow)]
    assert seen[0].probability < seen[1].probability


def test_weights_and_gaps_are_learned_from_looks():
    def interested(number):
        ages = (100, 97, 94) if number % 2 else (100,)
        return profile_of(*(looked("camera", ago(age + number % 7)) for age in ages), *([carted("novel", ago(50))] if number % 3 == 0 else []))

    purchases, (_, looks) = purchase_table(customers=300), tables_of(*map(interested, range(300)))
    wants = Wants(WantsConfig(learn_weights=True))
    facts = wants.watch(looks, purchases)
    assert (facts["learned"], facts["occasions"]) == (1, 700)
    wants.bind(CATALOG)
    assert wants.model.gap_days[CAMERAS] == pytest.approx(3.2, abs=0.5)
    assert wants.model.weights.base + wants.model.weights.day <= 1e-9
    again = Wants()
    again.load(wants.dump())
    again.bind(CATALOG)
    assert again.model == wants.model
    stated = Wants()
    stated.watch(looks, purchases)
    assert stated.state.weights == msgspec.structs.replace(Wants().state.weights)
    assert np.isfinite(list(wants.state.gap_days.values())).all()
