"""Words about news: what came back, costs less, or is new, each told once, and never to who does not answer."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from small_shop import NOW, PRODUCTS, STORES, ago, bought, days, happened, looked
from tactful.model.events import (
    BackInStockRequested,
    ConsentUpdated,
    Identified,
    MessageAnswered,
    MessageDelivered,
    PageViewed,
    Traits,
    WishlistItemAdded,
)
from tactful.model.products import Money, Product
from tactful.wiring import open_engine

REACHABLE = (
    happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London")),
    happened(ConsentUpdated, ago(300), purpose="marketing", channel="email", granted=True),
)
NOVEL = next(product for product in PRODUCTS if product.id == "novel")
ASKED = happened(BackInStockRequested, ago(30), product_id="novel")


def priced(product, amount):
    return msgspec.structs.replace(product, price=Money(Decimal(amount), "EUR"))


def stocked(availability):
    return lambda known: msgspec.structs.replace(known, availability=availability)


def engine_with(*events, products=PRODUCTS):
    engine = open_engine("memory:")
    engine.put_products(products, now=ago(400))
    engine.put_stores(STORES)
    engine.record([*REACHABLE, *events], now=NOW)
    return engine


def plan(engine, now=NOW):
    return next(iter(engine.plan(["ann"], now=now)))


def told(engine, now=NOW):
    message = plan(engine, now).message
    return message and (message.trigger, [item.product_id for item in message.items])


def test_who_asked_is_told_when_it_is_back_and_not_before():
    engine = engine_with(ASKED)
    engine.change_product("novel", stocked("out_of_stock"), now=ago(31))
    waiting = plan(engine)
    assert waiting.silence.code == "nothing_relevant"
    assert ("novel", "out_of_stock") in [(each.product_id, each.code) for each in waiting.withheld]
    engine.change_product("novel", stocked("in_stock"), now=ago(hours=1))
    message = plan(engine).message
    assert (message.trigger, message.items[0].product_id) == ("back_in_stock", "novel")
    assert message.items[0].reason.text == "You asked to be told: A long novel is back."
    assert [evidence.message_id for evidence in message.items[0].reason.evidence] == [ASKED.message_id]


@pytest.mark.parametrize("back", [None, ago(60)], ids=["never out", "back before they asked"])
def test_who_asked_for_what_was_there_all_along_is_not_told_that_it_is_back(back):
    engine = engine_with(ASKED)
    if back is not None:
        engine.change_product("novel", stocked("out_of_stock"), now=ago(61))
        engine.change_product("novel", stocked("in_stock"), now=back)
    message = plan(engine).message
    assert message.items[0].reason.text == "You asked to be told: A long novel is in stock now."
    assert "back" not in message.subject.lower()


def test_it_is_told_once():
    engine = engine_with(ASKED, happened(MessageDelivered, ago(2), channel="email", contact_id="m", trigger="back_in_stock", product_ids=("novel",)))
    assert told(engine) is None


def test_who_asked_and_then_bought_it_is_not_told():
    assert told(engine_with(ASKED, bought(ago(3), "novel"))) is None


def test_another_colour_is_not_what_was_asked_for():
    engine = engine_with(happened(BackInStockRequested, ago(30), product_id="tote-tan"))
    engine.change_product("tote-tan", stocked("out_of_stock"), now=ago(31))
    assert told(engine) is None


WANTS = [looked("camera", ago(n), price=price) for n, price in ((6, 500), (4, 480), (2, 500))]
WISH = happened(WishlistItemAdded, ago(2), product_id="camera")


@pytest.mark.parametrize(("price", "expected"), [("432", ("price_drop", ["camera"])), ("433", None), ("480", None)])
def test_a_drop_is_a_tenth_off_the_lowest_price_they_saw(price, expected):
    engine = engine_with(*WANTS, WISH)
    engine.change_product("camera", lambda known: priced(known, price), now=ago(1))
    assert told(engine) == expected


def test_the_price_remembered_counts_where_the_page_said_none():
    camera = priced(next(product for product in PRODUCTS if product.id == "camera"), "500")
    engine = engine_with(*(looked("camera", ago(n)) for n in (6, 4, 2)), WISH)
    engine.put_products([camera], now=ago(20))
    engine.change_product("camera", lambda known: priced(known, "400"), now=ago(1))
    message = plan(engine).message
    assert message.items[0].reason.text == "Optika X10 is now 400.00 EUR; it was 500.00 when you looked."


def styles(*ids, brand="Corvo"):
    return [Product(id=i, title=f"{brand} dress {i}", product_type="Clothing > Dresses", brand=brand) for i in ids]


LOVES = [bought(ago(n), f"d{n}") for n in (300, 200, 100)]
RANGE = [*PRODUCTS, *styles("d300", "d200", "d100"), *styles("o1", brand="Other")]


@pytest.mark.parametrize(
    ("brand", "since", "expected"),
    [("Corvo", ago(1), ("new_style", ["d9"])), ("Other", ago(1), ("new_style", ["d9"])), ("Corvo", ago(20), None), ("Corvo", None, None)],
    ids=["new from the brand", "another brand's of the kind", "no longer new", "always there"],
)
def test_a_new_style_is_news_for_who_keeps_buying_the_brand_or_the_kind(brand, since, expected):
    engine = engine_with(*LOVES, products=RANGE)
    engine.put_products(styles("d9", brand=brand), now=since)
    assert told(engine) == expected


def test_who_keeps_to_one_style_hears_of_no_other_brand():
    engine = engine_with(*(bought(ago(n), "d300") for n in (300, 200, 100)), products=RANGE)
    engine.put_products(styles("d9", brand="Other"), now=ago(1))
    assert told(engine) is None


def test_evidence_is_of_orders_that_are_still_kept():
    many = [bought(ago(1200 - 10 * n), f"d{(300, 200, 100)[n % 3]}") for n in range(3)] + [bought(ago(1100 - 8 * n), "coffee") for n in range(130)]
    engine = engine_with(*many, products=RANGE)
    engine.put_products(styles("d9"), now=ago(1))
    assert told(engine) is None, "the last dress is so long ago that its order is no longer kept"
    engine.record([bought(ago(50), "d100")], now=NOW)
    (item,) = plan(engine).message.items
    assert [one.at for one in item.reason.evidence] == [ago(50)]


def test_a_loaded_feed_is_no_news():
    engine = engine_with(*LOVES, products=RANGE)
    engine.put_products(styles(*(f"n{n}" for n in range(10))), now=ago(1))
    assert told(engine) is None


def test_what_the_first_feed_holds_is_no_news():
    engine = open_engine("memory:")
    engine.put_products(RANGE, now=ago(1))
    assert {product.since for product in engine.store.catalog.products()} == {None}


def written(count):
    return [happened(MessageDelivered, ago(60 - 3 * n), channel="email", contact_id=f"w{n}") for n in range(count)]


BACK = happened(BackInStockRequested, ago(100), product_id="novel")


@pytest.mark.parametrize(
    ("count", "answer", "silent"),
    [
        (2, [], False),
        (8, [], True),
        (8, [happened(PageViewed, ago(20))], False),
        (8, [happened(MessageAnswered, ago(20), channel="email", answer="clicked")], False),
        (8, [happened(MessageAnswered, ago(20), channel="email", answer="opened")], True),
    ],
    ids=["two unanswered", "eight unanswered", "came by since", "clicked since", "only a machine opened it"],
)
def test_who_never_answers_hears_less_and_less(count, answer, silent):
    planned = plan(engine_with(BACK, *written(count), *answer))
    assert (planned.silence is not None and planned.silence.code == "never_responds") is silent
    assert (planned.message is None) is silent


def test_silence_for_who_never_answers_ends():
    engine = engine_with(BACK, *written(6))
    until = plan(engine).silence.until
    assert until > ago(60 - 21)
    assert told(engine, now=until + days(1)) == ("back_in_stock", ["novel"])


def test_who_never_answered_at_all_is_only_asked_whether_we_are_welcome():
    engine = engine_with(BACK, *written(8))
    assert plan(engine).silence.code == "never_responds"
    planned = plan(engine, now=ago(60 - 21) + timedelta(days=181))
    assert (planned.message.trigger, planned.message.items) == ("still_welcome", ())
    assert "stay silent" in planned.message.text
