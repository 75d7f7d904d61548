"""The currency of a person, and what follows from it."""

from decimal import Decimal

import pytest

from small_shop import NOW, ago, bought, customer_of, happened, profile_of
from tactful.app.currency import currency_of
from tactful.app.place import stated_stores
from tactful.app.read import see_customer
from tactful.catalog import build_table
from tactful.model.events import Address, Identified, PreferenceStated, ProductViewed, Traits
from tactful.model.products import Money, Product, Store
from tactful.recommend.price_drop import PriceDrop


def lives(country, age=300):
    return happened(Identified, ago(age), traits=Traits(address=Address(country=country)))


@pytest.mark.parametrize(
    ("events", "currency"),
    [
        ([], None),
        ([lives("HR")], "EUR"),
        ([lives("CH")], "CHF"),
        ([lives("GB"), bought(ago(9), "coffee", currency="EUR")], "EUR"),
        ([bought(ago(9), "coffee", currency="EUR"), bought(ago(8), "coffee", currency="USD"), bought(ago(7), "coffee", currency="EUR")], "EUR"),
        ([bought(ago(9), "coffee", currency="EUR"), bought(ago(8), "coffee", currency="USD")], "USD"),
        ([lives("GB"), bought(ago(9), "coffee", currency="USD", shipping=Address(country="US"))], "GBP"),
        ([bought(ago(9), "coffee", currency="EUR"), happened(PreferenceStated, ago(8), key="currency", value="sek")], "SEK"),
        ([lives("GB"), happened(PreferenceStated, ago(8), key="currency", value="crowns")], "GBP"),
        ([lives("Atlantis")], None),
    ],
)
def test_the_currency_is_as_stated_else_as_they_pay_else_of_their_country(events, currency):
    assert customer_of(*events).currency == currency


def test_what_was_paid_on_a_trip_is_not_their_currency():
    profile = profile_of(bought(ago(9), "coffee", currency="GBP"), bought(ago(3), "coffee", currency="JPY"), bought(ago(2), "coffee", currency="JPY"))
    assert currency_of(profile, away_orders=frozenset({1, 2}), country=None) == "GBP"


LONDON = {
    code: Store(store_code=code, name=name, lat=51.5, lon=-0.1, country="GB", timezone="Europe/London", postal_code=postal_code)
    for code, name, postal_code in (("a", "Soho", "W1D 3QF"), ("b", "Angel", "N1 8LX"), ("c", "Hackney", None))
}


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        (Address(country="GB", postal_code="n1 9gu"), ["b"]),
        (Address(country="GB", city="London", postal_code="W1D3QF"), ["a"]),
        (Address(country="GB", postal_code="N10 1AA"), []),
        (Address(country="US", postal_code="N1 8LX"), []),
        (Address(country="GB", city="Hackney", postal_code="E8 1AA"), ["c"]),
    ],
)
def test_a_store_is_found_by_the_postal_code_they_stated(address, codes):
    assert [shop.store_code for shop in stated_stores(address, LONDON)] == codes


def view(age, price, currency):
    return happened(ProductViewed, ago(age), product_id="camera", price=price, currency=currency)


@pytest.mark.parametrize(("seen_in", "lives_in", "said"), [("EUR", None, [(60.0,)]), ("JPY", None, []), ("EUR", "US", [(None,)])])
def test_a_price_is_compared_in_its_own_currency_and_told_in_theirs(seen_in, lives_in, said):
    catalog = build_table([Product(id="camera", title="Camera", product_type="Cameras", price=Money(Decimal(30), "EUR"))], (), version=1)
    home = [lives(lives_in)] if lives_in else []
    profile = profile_of(*home, view(3, 60.0, seen_in), view(2, 60.0, seen_in))
    found = PriceDrop()(None, see_customer(profile, catalog, now=NOW)).because
    assert [(why.seen_price,) for why in found] == said
