"""What goes by the page alone: what is like the thing shown, and what has just arrived."""

import json
from datetime import timedelta
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from small_shop import NOW, ago, bought, customer_of, looked
from tactful.catalog import build_table
from tactful.model.moment import Moment
from tactful.model.products import Money, Product
from tactful.recommend._content import Content
from tactful.recommend.new_arrival import NewArrival
from tactful.recommend.similar import Similar
from tactful.words import built_in

LAMPS = "Home > Lamps"


def product(name, title, kind=LAMPS, price=40, **fields):
    return Product(id=name, title=title, product_type=kind, price=Money(Decimal(price), "EUR"), **fields)


SHELF = (
    product("brass-desk", "Brass desk lamp", brand="Ostra"),
    product("brass-floor", "Brass floor lamp", brand="Ostra"),
    product("paper", "Paper shade lamp", brand="Nido"),
    product("chandelier", "Brass desk lamp, grand", price=900, brand="Ostra"),
    product("brass-desk-tall", "Brass desk lamp, tall", item_group_id="brass-desk", brand="Ostra"),
    product("brass-bowl", "Brass desk bowl", kind="Home > Bowls"),
    product("test", "Pregnancy test", kind="Pharmacy > Pregnancy tests", brand="Ostra"),
    product("test-2", "Pregnancy test, early", kind="Pharmacy > Pregnancy tests", brand="Ostra"),
    *(product(f"book-{n}", f"Book {n}", kind="Books") for n in range(12)),
)
CATALOG = build_table(SHELF, (), version=1)


def arrived(name, title, days=5, **fields):
    return product(name, title, since=NOW - timedelta(days=days), **fields)


def said(source, customer, *, catalog=CATALOG, featured=()):
    source.bind(catalog)
    found = source(Moment(now=NOW, featured=tuple(catalog.row_of[name] for name in featured)), customer)
    return {catalog.product(row).id: because for row, because in zip(found.rows.tolist(), found.because, strict=True)}


def test_nearness_goes_by_kind_words_brand_and_price():
    content = Content(CATALOG)
    rows, nearness = content.near(CATALOG.row_of["brass-desk"])
    near = dict(zip((CATALOG.product(row).id for row in rows.tolist()), nearness.tolist(), strict=True))
    assert set(near) == {"brass-floor", "paper", "chandelier"}  # of the kind, and no variant of itself
    assert near["brass-floor"] > near["paper"] > 0
    assert near["brass-floor"] > near["chandelier"]
    assert np.all((nearness >= 0) & (nearness <= 1 + 1e-9))


def test_a_thing_without_a_price_is_as_near_as_its_words():
    catalog = build_table([product("a", "Brass lamp"), msgspec.structs.replace(product("b", "Brass lamp"), price=None)], (), version=1)
    assert Content(catalog).near(0)[1].tolist() == pytest.approx([1.0])


def test_the_page_of_a_thing_shows_what_is_like_it():
    found = said(Similar(), customer_of(catalog=CATALOG), featured=["brass-desk"])
    assert next(iter(found)) == "brass-floor"
    assert built_in().speak("en").reason(found["brass-floor"], CATALOG.row_of["brass-floor"], CATALOG, now=NOW) == "Like the Brass desk lamp."
    assert said(Similar(), customer_of(catalog=CATALOG)) == {}


def test_nothing_is_said_to_be_like_a_private_thing():
    assert said(Similar(), customer_of(catalog=CATALOG), featured=["test"]) == {}


def with_news(*news):
    return build_table([*SHELF, *news], (), version=2)


def test_what_arrives_is_shown_to_who_has_the_like_of_it():
    catalog = with_news(arrived("brass-wall", "Brass wall lamp", brand="Ostra"), arrived("novel", "A novel", kind="Novels"))
    owner = customer_of(bought(ago(20), "brass-floor"), catalog=catalog)
    found = said(NewArrival(), owner, catalog=catalog)
    assert list(found) == ["brass-wall"]
    text = built_in().speak("en").reason(found["brass-wall"], catalog.row_of["brass-wall"], catalog, now=NOW)
    assert text == "New here, and like the Brass floor lamp you bought on 12 February."
    assert found["brass-wall"].evidence[0].message_id == owner.profile.orders[0].event_id


def test_a_want_counts_as_much_as_a_purchase_and_one_look_does_not():
    catalog = with_news(arrived("brass-wall", "Brass wall lamp", brand="Ostra"))
    looks = [looked("brass-floor", ago(n)) for n in (1, 2, 3)]
    found = said(NewArrival(), customer_of(*looks, catalog=catalog), catalog=catalog)
    assert json.dumps(built_in().speak("en").reason(found["brass-wall"], 0, catalog, now=NOW)) == '"New here, and like the Brass floor lamp you looked at."'
    assert said(NewArrival(), customer_of(looks[0], catalog=catalog), catalog=catalog) == {}


@pytest.mark.parametrize(
    "news",
    [
        [],
        [arrived("brass-wall", "Brass wall lamp", days=31)],
        [arrived("zinc", "Zinc pendant", price=4000)],
        [arrived(f"lamp-{n}", f"Brass wall lamp {n}") for n in range(9)],
    ],
    ids=["none", "a month ago", "unlike", "a whole feed"],
)
def test_what_is_no_news_is_not_told(news):
    catalog = with_news(*news)
    assert said(NewArrival(), customer_of(bought(ago(20), "brass-floor"), catalog=catalog), catalog=catalog) == {}


def test_a_stranger_gets_no_news():
    catalog = with_news(arrived("brass-wall", "Brass wall lamp"))
    assert said(NewArrival(), customer_of(catalog=catalog), catalog=catalog) == {}
