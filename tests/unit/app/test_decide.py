"""Decisions on a page, through the engine."""

from datetime import timedelta

import msgspec
import pytest

from rankings import doubting
from small_shop import NOW, PRODUCTS, STORES, ago, bought, carted, happened, looked
from tactful.app.engine import DecideContext, DecideRequest
from tactful.model.decisions import Decision
from tactful.model.errors import InvalidInput, NotFound
from tactful.model.events import Address, Context, Identified, PageViewed, PreferenceStated, RecommendationDismissed, Traits
from tactful.model.moment import Location
from tactful.model.places import cell_of
from tactful.model.products import Product
from tactful.rehearse.words import answer_lines
from tactful.wiring import open_engine
from tactful.words import built_in


def engine_after(*events, products=PRODUCTS):
    engine = open_engine("memory:")
    engine.put_products(products)
    engine.put_stores(STORES)
    engine.record(list(events), now=NOW)
    return engine


def decide(engine, *, now=NOW, user_id="ann", explain=True, limit=20, **fields):
    context = DecideContext(**fields.pop("context", {}))
    return engine.decide(DecideRequest(user_id=user_id, explain=explain, limit=limit, context=context, **fields), now=now)


def shown(decision):
    return [item.product_id for item in decision.items]


def withheld(decision):
    return {item.product_id: item.code for item in decision.withheld}


CAMERA_LOOKS = [looked("camera", ago(n)) for n in (1, 2, 3)]


def test_an_open_need_is_answered_with_reason_and_evidence():
    decision = decide(engine_after(*CAMERA_LOOKS))
    item = next(item for item in decision.items if item.product_id == "camera")
    assert item.reason.code == "considering"
    assert item.reason.text == "Optika X10, which you looked at on 3 days."
    assert [evidence.message_id for evidence in item.reason.evidence] == [event.message_id for event in CAMERA_LOOKS]
    assert decision.customer_id == "u:ann"
    assert decision.silence is None


def test_items_are_best_first_one_a_style_and_at_most_as_many_as_asked():
    engine = engine_after(*CAMERA_LOOKS)
    decision = decide(engine)
    assert [item.score for item in decision.items] == sorted((item.score for item in decision.items), reverse=True)
    assert len({item.group_id for item in decision.items}) == len(decision.items) > 3
    assert shown(decide(engine, limit=2)) == shown(decision)[:2]


def test_somebody_unknown_sees_what_is_new_until_something_is_popular():
    decision = decide(engine_after(), user_id="who")
    assert decision.customer_id is None
    assert {item.reason.code for item in decision.items} == {"fresh_find"}
    assert withheld(decision)["vitamins"] == "sensitive"


def test_without_products_there_is_silence():
    decision = decide(engine_after(products=()), user_id="who")
    assert (decision.items, decision.silence.code) == ((), "nothing_relevant")
    assert decision.silence.text


def test_what_was_withheld_is_told_only_where_it_is_asked_for_and_always_kept():
    engine = engine_after(*CAMERA_LOOKS, bought(ago(9), "novel"))
    decision = decide(engine, explain=False)
    assert decision.withheld is None
    kept = engine.decision(decision.decision_id)
    assert isinstance(kept, Decision)
    assert kept.items == decision.items
    assert withheld(kept)["novel"] == "already_bought"


def test_where_one_order_was_made_of_what_all_sources_say_it_is_told_what_each_said():
    engine = engine_after(bought(ago(30), "coffee"), bought(ago(20), "coffee"), looked("novel", ago(2)), looked("novel", ago(1)))
    assert decide(engine).contributions is None
    before = {item.product_id: item for item in decide(engine).items}
    engine._house.now()[1].components["ranker"].state.ranking = doubting(-3.0, 0.0, "due_again", "considering", "popular_here")
    explained = decide(engine)
    novel = next(item for item in explained.items if item.product_id == "novel")
    assert explained.contributions["novel"] == {"considering": before["novel"].score}
    assert novel.score < 0.1 * before["novel"].score
    assert novel.reason == before["novel"].reason
    assert decide(engine, explain=False).contributions is None
    assert engine.decision(explained.decision_id).contributions == explained.contributions
    assert "      of which considering says" in "\n".join(answer_lines(msgspec.to_builtins(explained), evidence=True))


def test_the_explanation_is_json_with_sentences():
    events = [*CAMERA_LOOKS, bought(ago(9), "novel", "tote-tan"), looked("boots-39", ago(2)), bought(ago(5), "case", gift=True)]
    events += [*(bought(ago(4 + 14 * n), "coffee") for n in range(4)), happened(RecommendationDismissed, ago(1), reason="not_for_me", product_id="bread")]
    bag = Product(id="bag", title="A bag", product_type="Electronics > Photo > Bags")
    decision = decide(engine_after(*events, products=(*PRODUCTS, bag)), context={"product_id": "camera"}, placement="product")
    told = msgspec.json.decode(msgspec.json.encode(decision))["withheld"]
    codes = {item["productId"]: item["code"] for item in told}
    expected = {"camera": "is_featured", "novel": "already_bought", "tote-tan": "already_bought", "vitamins": "sensitive", "bag": "gift_not_taste"}
    assert codes.items() >= (expected | {"bread": "dismissed", "coffee": "not_due_yet", "boots-39": "one_look_only"}).items()
    assert all(item["text"] == built_in().speak("en").withheld(item["code"]) for item in told)
    assert not set(codes) & set(shown(decision))


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_limit_out_of_range_is_one_clear_line(limit):
    with pytest.raises(InvalidInput, match="from 1 to 100"):
        decide(engine_after(), limit=limit)


@pytest.mark.parametrize("placement", ["", "outreach"])
def test_a_placement_is_where_they_are(placement):
    with pytest.raises(InvalidInput, match="placement"):
        decide(engine_after(), placement=placement)


def test_a_decision_is_about_somebody():
    with pytest.raises(InvalidInput, match="userId or anonymousId"):
        decide(engine_after(), user_id=None)


def test_an_unknown_decision_is_one_clear_line():
    with pytest.raises(NotFound, match=r"no decision 'x+'"):
        engine_after().decision("x" * 1000)


def test_a_decision_is_an_event_and_changes_nothing_about_them():
    engine = engine_after(*CAMERA_LOOKS)
    before = engine.store.profiles.load("u:ann")
    decision = decide(engine)
    customer_id, event = engine.store.events.find(decision.decision_id)
    assert (customer_id, event.at, event.product_ids) == ("u:ann", NOW, tuple(shown(decision)))
    assert engine.store.profiles.load("u:ann") == before
    assert shown(decide(engine)) == shown(decision)


def test_a_decision_about_nobody_is_kept_without_an_event():
    engine = engine_after()
    decision = decide(engine, user_id="who")
    assert engine.decision(decision.decision_id).items == decision.items
    assert engine.store.events.count() == 0


def test_in_the_past_nothing_later_is_seen():
    engine = engine_after(*CAMERA_LOOKS, bought(ago(0.5), "camera"))
    assert withheld(decide(engine))["camera"] == "already_bought"
    earlier = decide(engine, now=ago(0.9))
    assert "camera" in shown(earlier)
    assert all(evidence.at <= ago(0.9) for item in earlier.items for evidence in item.reason.evidence)
    assert withheld(decide(engine, now=ago(2.5)))["camera"] == "one_look_only"


def test_an_anonymous_visitor_is_known_by_their_device():
    engine = engine_after(*(looked("camera", ago(n), user_id=None, anonymous_id="phone") for n in (1, 2, 3)))
    assert "camera" in shown(decide(engine, user_id=None, anonymous_id="phone"))
    assert decide(engine, user_id=None, anonymous_id="other").customer_id is None


def test_a_known_user_counts_before_the_device_they_are_on():
    engine = engine_after(*(looked("camera", ago(n), user_id="bob", anonymous_id="tablet") for n in (1, 2, 3)))
    decision = decide(engine, user_id="ann", anonymous_id="tablet")
    assert decision.customer_id is None, "what bob did is not shown to ann"


def test_the_page_is_never_its_own_answer_in_any_colour():
    decision = decide(engine_after(), placement="product", context={"product_id": "tote-black", "product_ids": ("camera", "unheard-of")})
    assert withheld(decision).items() >= {"tote-tan": "is_featured", "camera": "is_featured"}.items()
    assert "tote-black" not in shown(decision)


def test_on_a_page_about_it_a_sensitive_kind_may_be_shown():
    more = (*PRODUCTS, Product(id="vitamins-c", title="Vitamin C", product_type="Pharmacy > Vitamins"))
    decision = decide(engine_after(products=more), placement="product", context={"product_id": "vitamins"})
    assert "vitamins-c" in shown(decision)


@pytest.mark.parametrize("value", ["Pharmacy", "Pharmacy > Vitamins", "vitamins"])
def test_who_asked_for_it_may_be_shown_it(value):
    stated = happened(PreferenceStated, ago(1), key="interested_in", value=value)
    assert "vitamins" in shown(decide(engine_after(stated)))


def test_a_statement_about_something_else_opens_nothing():
    stated = happened(PreferenceStated, ago(1), key="interested_in", value="Pharm")
    hates = happened(PreferenceStated, ago(1), key="dislikes", value="Pharmacy")
    assert withheld(decide(engine_after(stated, hates)))["vitamins"] == "sensitive"


def test_pick_up_offers_what_is_there():
    at_store = decide(engine_after(), context={"store_code": "london", "fulfilment": "pickup"})
    assert set(shown(at_store)) == {"coffee", "case"}
    assert withheld(at_store)["milk"] == "not_available_there"
    assert at_store.store.store_code == "london"
    assert set(shown(decide(engine_after(), context={"store_code": "london"}))) > {"coffee", "case", "milk"}
    assert "milk" in shown(decide(engine_after(), context={"store_code": "paris"}, placement="store")), "a store without an inventory has everything"


@pytest.mark.parametrize(
    ("location", "events", "store"),
    [
        ((48.9, 2.3), [], "paris"),
        ((40.0, -70.0), [], None),
        (None, [], None),
        (None, [happened(PageViewed, ago(1), context=Context(cell=cell_of(51.4, -0.1)))], "london"),
        (None, [bought(ago(20), "milk", fulfilment="pickup", store_code="paris")], "paris"),
        (None, [bought(ago(200), "milk", fulfilment="pickup", store_code="paris")], None),
        (None, [bought(ago(20), "milk", fulfilment="pickup", store_code="closed")], None),
        (None, [bought(ago(20), "milk", fulfilment="delivery", store_code="paris")], None),
    ],
)
def test_the_store_that_is_meant(location, events, store):
    place = Location(lat=location[0], lon=location[1]) if location else None
    found = decide(engine_after(*events), context={"location": place, "store_code": "no-such"}).store
    assert (found and found.store_code) == store


def test_popular_there_names_the_country_they_live_in():
    engine = engine_after(happened(Identified, ago(3), traits=Traits(address=Address(country="GB"))))
    assert decide(engine).items
    at_home = engine_after(happened(PageViewed, ago(3), context=Context(cell=cell_of(48.8, 2.3))))
    assert decide(at_home).store.store_code == "paris"
    far_away = engine_after(happened(PageViewed, ago(3), context=Context(cell=cell_of(0.0, 0.0))))
    assert decide(far_away).store is None


def test_out_of_stock_is_withheld_and_a_change_is_seen_at_once():
    engine = engine_after(*CAMERA_LOOKS)
    engine.put_products([Product(id="camera", title="Optika X10", product_type="Electronics > Photo > Cameras", availability="out_of_stock")])
    assert withheld(decide(engine))["camera"] == "out_of_stock"
    engine.put_products([PRODUCTS[3]])
    assert "camera" in shown(decide(engine))


def test_another_size_than_theirs_is_swapped_for_theirs():
    engine = engine_after(bought(ago(200), "shoe-39"), products=(*PRODUCTS, Product(id="shoe-39", title="Low shoe", product_type="Shoes > Low", size="39")))
    decision = decide(engine)
    assert "boots-39" in shown(decision)
    assert "boots-42" not in {*shown(decision), *withheld(decision)}


def test_one_stray_look_into_another_department_keeps_the_department_away():
    events = [bought(ago(40), "coffee"), looked("boots-39", ago(2))]
    decision = decide(engine_after(*events))
    assert withheld(decision)["boots-39"] == "one_look_only"
    again = decide(engine_after(*events, looked("boots-39", ago(1))))
    assert "boots-39" in shown(again)


def test_the_usual_comes_along():
    usual = decide(engine_after(*(bought(ago(n), "coffee") for n in range(1, 7)))).usual
    assert (usual.product_id, usual.options) == ("coffee", {})


def test_in_the_visit_the_cart_is_no_news():
    decision = decide(engine_after(carted("camera", ago(minutes=5))), now=NOW + timedelta(minutes=1))
    assert "cart_waiting" not in {item.reason.code for item in decision.items}


def test_who_cannot_prove_who_they_are_sees_only_what_this_device_did():
    at_home = [looked("camera", ago(n), anonymous_id="laptop") for n in (1, 2, 3)]
    engine = engine_after(*at_home, bought(ago(9), "novel"), looked("tote-tan", ago(minutes=5), anonymous_id="phone"))
    request = DecideRequest(anonymous_id="phone", explain=True, limit=50)
    known, guessed = engine.decide(request, now=NOW), engine.decide(request, now=NOW, device_only=True)
    assert withheld(known)["novel"] == "already_bought"
    assert "novel" in shown(guessed)
    assert "camera" not in {item.product_id for item in guessed.items if item.reason.code == "considering"}
    assert "tote-tan" in {item.product_id for item in guessed.items if item.reason.code == "considering"}


def test_a_preview_is_the_decision_without_a_trace():
    engine = engine_after(*CAMERA_LOOKS)
    before = engine.store.events.count()
    previewed = engine.preview(DecideRequest(user_id="ann", explain=True, limit=20), now=NOW)
    assert engine.store.events.count() == before
    with pytest.raises(NotFound):
        engine.decision(previewed.decision_id)
    assert shown(previewed) == shown(decide(engine))


def test_one_product_is_changed_by_what_it_was():
    engine = engine_after(*CAMERA_LOOKS)
    assert decide(engine).items
    gone = engine.change_product("camera", lambda known: msgspec.structs.replace(known, availability="out_of_stock"))
    assert (gone.title, gone.availability) == ("Optika X10", "out_of_stock")
    assert withheld(decide(engine))["camera"] == "out_of_stock"
    with pytest.raises(NotFound, match="no product 'unheard-of'"):
        engine.change_product("unheard-of", lambda known: known)
