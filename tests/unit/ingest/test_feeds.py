"""Product and store feeds: what can be read is kept, what cannot is named by line."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tactful.ingest import patch_product, read_products, read_stores
from tactful.model.errors import InvalidFeed, InvalidInput
from tactful.model.products import Money, Product

TSV = "text/tab-separated-values"


def tsv(*lines):
    return ("\n".join("\t".join(cells) for cells in lines) + "\n").encode()


def test_a_merchant_feed():
    report = read_products(
        tsv(
            ("g:ID", "Item Group ID", "title", "availability", "price", "sale_price", "product_type", "release date", "custom_label_0"),
            ("dress-s", "dress", "Dress, S", "in stock", "89.00 EUR", "", "Clothing > Dresses", "2026-02-01", "x"),
            ("dress-m", "dress", '"The ""best"" dress"', "https://schema.org/OutOfStock", "EUR 1.089,00", "75 EUR"),
        ),
        content_type=TSV,
    )
    assert report.problems == ()
    first, second = report.products
    assert first == Product(
        id="dress-s",
        item_group_id="dress",
        title="Dress, S",
        price=Money(Decimal("89.00"), "EUR"),
        product_type="Clothing > Dresses",
        release_date=datetime(2026, 2, 1, tzinfo=UTC),
    )
    assert (second.title, second.availability, second.price, second.sale_price) == (
        'The "best" dress',
        "out_of_stock",
        Money(Decimal("1089.00"), "EUR"),
        Money(Decimal(75), "EUR"),
    )


def test_lines_that_cannot_be_read_are_named_and_the_rest_is_kept():
    report = read_products(
        tsv(
            ("id", "title", "price", "availability"),
            ("a", "A", "1.00 EUR", "in_stock"),
            ("b", "B", "", "in_stock"),
            ("c", "C", "NaN EUR", "in_stock"),
            ("d", "D", "12.00", "in_stock"),
            ("e", "", "1.00 EUR", "in_stock"),
            ("", "F", "1.00 EUR", "in_stock"),
            ("g", "G", "1.00 EUR", "maybe"),
            ("h", "H", "1.00 EUR", "in_stock", "one", "too many"),
            ("x" * 10_000, "I", "1.00 EUR", "in_stock"),
            ("j", "J", "-3 EUR", "in_stock"),
            ("z", "Z", "2.00 EUR"),
        ),
        content_type=None,
    )
    assert [product.id for product in report.products] == ["a", "z"]
    assert [problem.line for problem in report.problems] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert report.problems[0].message == "price is missing (product b)"
    assert all(len(problem.message) < 200 for problem in report.problems)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"sku\tname\tcost\nx\ty\tz\n", "id and title missing, found: sku, name, cost"),
        (b"id,title,price\n1,Mug,9 EUR\n", "separated by tabs"),
        (b"id\tprice\n", "title missing"),
        (b"", "found: nothing"),
        (b"id\ttitle\n\xff", "not UTF-8"),
        (b'[{"id": ', "not valid JSON"),
        (b'{"items": []}', "JSON array"),
    ],
)
def test_a_feed_that_is_unusable_as_a_whole(body, said):
    with pytest.raises(InvalidFeed) as refused:
        read_products(body, content_type=None)
    assert said in refused.value.message


def test_a_json_feed_with_the_same_names():
    body = json.dumps(
        [
            {
                "id": 1,
                "title": "Mug",
                "price": {"value": "15.00", "currency": "eur"},
                "gtin": 4006381333931,
                "adult": "no",
                "product_type": ["Home > Mugs", "Gifts"],
            },
            {"id": "2", "title": "Bowl", "price": "15.00 EUR", "sensitivity": "none", "adult": True},
            {"id": "3", "title": "Nameless", "price": float("nan")},
            {"id": "4", "title": {"en": "Jar"}, "price": "1 EUR"},
            "5",
        ]
    ).encode()
    report = read_products(body, content_type="application/json")
    assert [(product.id, product.price.currency, product.adult) for product in report.products] == [("1", "EUR", False), ("2", "EUR", True)]
    assert (report.products[0].gtin, report.products[0].product_type) == ("4006381333931", "Home > Mugs")
    assert [problem.line for problem in report.problems] == [3, 4, 5]


@pytest.mark.parametrize(
    ("spelling", "amount"),
    [
        ("15.00 EUR", "15.00"),
        ("EUR 15,00", "15.00"),
        ("15,00 EUR", "15.00"),
        ("1,234.50 USD", "1234.50"),
        ("USD 1 234,50", "1234.50"),
        ("1,234 JPY", "1234"),
        ("EUR15", "15"),
    ],
)
def test_spellings_of_prices(spelling, amount):
    [product] = read_products(tsv(("id", "title", "price"), ("a", "A", spelling)), content_type=TSV).products
    assert product.price.amount == Decimal(amount)


@pytest.mark.parametrize("spelling", ["15.00", "EUR", "free", "1..2 EUR", "9" * 40 + " EUR", "15 EURO", "1,2,3.4.5 EUR"])
def test_prices_that_are_none(spelling):
    report = read_products(tsv(("id", "title", "price"), ("a", "A", spelling)), content_type=TSV)
    assert report.products == ()
    assert report.problems[0].message.startswith("price ")


MUG = Product(id="mug", title="Mug", price=Money(Decimal(9), "EUR"), color="blue", availability="out_of_stock")


def test_a_patch_changes_what_it_names_and_null_clears():
    changed = patch_product(MUG, {"id": "mug", "Sale Price": "7.50 EUR", "color": None, "availability": "in stock"})
    assert (changed.sale_price, changed.color, changed.availability, changed.price) == (Money(Decimal("7.50"), "EUR"), None, "in_stock", MUG.price)
    assert patch_product(MUG, {"availability": None}).availability == "in_stock"
    assert patch_product(MUG, {}) == MUG


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red", "prize": 1}, "colour, prize"),
        ({"price": "cheap"}, "price must be"),
        ({"title": None}, "title"),
        ({"title": " "}, "title"),
        ({"id": "bowl"}, "id cannot be changed"),
        (["price"], "JSON object"),
    ],
)
def test_a_patch_that_cannot_be(changes, said):
    with pytest.raises(InvalidInput) as refused:
        patch_product(MUG, changes)
    assert said in refused.value.message


def test_stores():
    soho = {"store_code": "soho", "name": "Soho", "lat": 51.5, "lon": "-0.13", "country": "gb", "timezone": "Europe/London", "inventory": ["mug", 7]}
    body = json.dumps(
        [
            soho,
            {**soho, "lat": 123},
            {**soho, "timezone": "London"},
            {**soho, "store_code": ""},
            {**soho, "inventory": "mug"},
            None,
            {**soho, "inventory": None, "store_code": "two"},
        ]
    ).encode()
    report = read_stores(body)
    assert [(store.store_code, store.country, store.lon) for store in report.stores] == [("soho", "GB", -0.13), ("two", "GB", -0.13)]
    assert report.stores[0].inventory == frozenset({"mug", "7"})
    assert [problem.line for problem in report.problems] == [2, 3, 4, 5, 6]
    with pytest.raises(InvalidFeed):
        read_stores(b'{"store_code": "soho"}')
