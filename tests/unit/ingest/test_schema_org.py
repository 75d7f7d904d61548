"""Products as shops describe them to search engines, in the image of what shop systems write into their pages."""

import json

import pytest

from tactful.ingest import read_products
from tactful.model.errors import InvalidFeed


def read(value, **options):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_products(body, content_type=None, **options)


def offer(price, **more):
    return {"@type": "Offer", "price": price, "priceCurrency": "EUR", **more}


MUG = {"@context": "https://schema.org/", "@type": "Product", "sku": "mug", "name": "Mug", "offers": offer("9.00")}


def test_a_product_with_everything():
    [mug] = read(
        MUG
        | {
            "productID": "m-1",
            "description": "Holds tea.",
            "brand": {"@type": "Brand", "name": "Alder"},
            "gtin13": "4006381333931",
            "image": [{"@type": "ImageObject", "url": "https://shop.example/mug.jpg"}, "https://shop.example/2.jpg"],
            "category": "Kitchen > Mugs",
            "url": "https://shop.example/mug",
            "color": "blue",
            "size": {"@type": "SizeSpecification", "name": "L"},
            "audience": {"@type": "PeopleAudience", "suggestedGender": "https://schema.org/Female"},
            "releaseDate": "2026-02-01",
            "offers": offer(9, availability="https://schema.org/OutOfStock"),
        }
    ).products
    assert (mug.id, mug.title, str(mug.price.amount), mug.price.currency) == ("m-1", "Mug", "9", "EUR")
    assert (mug.brand, mug.gtin, mug.image_link, mug.product_type) == ("Alder", "4006381333931", "https://shop.example/mug.jpg", "Kitchen > Mugs")
    assert (mug.link, mug.color, mug.size, mug.gender, mug.availability) == ("https://shop.example/mug", "blue", "L", "female", "out_of_stock")
    assert (mug.description, mug.release_date.isoformat()[:10]) == ("Holds tea.", "2026-02-01")


@pytest.mark.parametrize(
    "document",
    [
        MUG,
        [MUG],
        {"@context": "https://schema.org", "@graph": [{"@type": "Organization", "name": "Shop"}, MUG]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": MUG}]},
        {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": MUG}]},
        {"@type": "ItemPage", "mainEntity": MUG},
        MUG | {"@type": ["Product", "Book"]},
        MUG | {"@type": "http://schema.org/Product"},
        MUG | {"@type": "schema:Product"},
    ],
)
def test_wherever_a_product_lies(document):
    report = read(document)
    assert [product.id for product in report.products] == ["mug"]
    assert report.problems == ()


TAN = {"@type": "Product", "@id": "#tan", "sku": "tote-tan", "color": "Tan", "isVariantOf": {"@id": "#tote"}, "offers": offer("129.00")}
BLACK = {"@type": "Product", "@id": "#black", "sku": "tote-black", "name": "Alder tote, black", "isVariantOf": {"@id": "#tote"}, "offers": offer("119.00")}
TOTE = {"@type": "ProductGroup", "@id": "#tote", "productGroupID": "tote", "name": "Alder tote", "category": "Bags", "brand": "Alder"}


@pytest.mark.parametrize(
    "document",
    [
        TOTE | {"hasVariant": [TAN, BLACK]},
        {"@graph": [TOTE | {"hasVariant": [{"@id": "#tan"}, {"@id": "#black"}]}, TAN, BLACK]},
        {"@graph": [TAN, BLACK, TOTE | {"hasVariant": [{"@id": "#tan"}, {"@id": "#black"}]}]},
        [TAN | {"isVariantOf": TOTE}, BLACK | {"isVariantOf": TOTE}],
    ],
)
def test_variants_are_products_of_one_style_and_have_from_it_what_they_do_not_say(document):
    products = {product.id: product for product in read(document).products}
    assert {name: (each.title, each.group, each.brand, each.product_type) for name, each in products.items()} == {
        "tote-tan": ("Alder tote", "tote", "Alder", "Bags"),
        "tote-black": ("Alder tote, black", "tote", "Alder", "Bags"),
    }


@pytest.mark.parametrize(
    ("offers", "price", "sale", "availability"),
    [
        (offer("9.00", availability="InStock"), "9.00", None, "in_stock"),
        ([offer(12, availability="InStock"), offer(9, availability="SoldOut"), offer(10)], "10", None, "in_stock"),
        ([offer(12, availability="SoldOut"), offer(9, availability="OutOfStock")], "9", None, "out_of_stock"),
        ({"@type": "AggregateOffer", "lowPrice": 8, "highPrice": 12, "priceCurrency": "EUR", "availability": "PreOrder"}, "8", None, "preorder"),
        ({"@type": "AggregateOffer", "lowPrice": 8, "priceCurrency": "EUR", "offers": [offer(8, availability="BackOrder")]}, "8", None, "backorder"),
        ({"priceSpecification": {"price": 7, "priceCurrency": "EUR"}}, "7", None, "in_stock"),
        (
            {"priceSpecification": [{"price": 7, "priceCurrency": "EUR"}, {"price": 9, "priceType": "https://schema.org/StrikethroughPrice"}]},
            "9",
            "7",
            "in_stock",
        ),
    ],
)
def test_what_is_offered(offers, price, sale, availability):
    [mug] = read(MUG | {"offers": offers}).products
    assert (str(mug.price.amount), mug.sale_price and str(mug.sale_price.amount), mug.availability) == (price, sale, availability)


def test_a_currency_that_no_offer_names_may_be_told():
    nameless = MUG | {"offers": {"price": 9}}
    assert "price must be an amount with a currency" in read(nameless).problems[0].message
    assert read(nameless, currency="EUR").products[0].price.currency == "EUR"


@pytest.mark.parametrize(
    ("said", "tag"),
    [("https://schema.org/AlcoholConsideration", "addiction"), (["WeaponConsideration"], "weapons"), ("DangerousGoodConsideration", None)],
)
def test_what_grown_ups_should_consider_is_private(said, tag):
    assert read(MUG | {"hasAdultConsideration": said}).products[0].sensitivity == tag


def page(*scripts):
    head = "".join(f'<script type="application/ld+json">{script}</script>\n' for script in scripts)
    return f"<!DOCTYPE html>\n<html><head><title>&amp;</title><script>let a = 1 < 2;</script>\n{head}</head><body>Mug</body></html>".encode()


def test_a_page_and_what_is_wrong_in_it_by_line():
    report = read(page(json.dumps(MUG), "{broken", json.dumps(MUG | {"sku": "cup", "offers": []})))
    assert [product.id for product in report.products] == ["mug"]
    assert [problem.line for problem in report.problems] == [4, 5]
    assert "is not valid JSON-LD" in report.problems[0].message
    assert report.problems[1].message == "price is missing (product cup)"
    assert report.unread == {"cup"}


@pytest.mark.parametrize("body", [b"<!doctype html><p>Nothing", b"<html></html>", b"<script>1</script>", b"<!doctype html><p>\xff"])
def test_pages_that_describe_nothing(body):
    with pytest.raises(InvalidFeed):
        read(body)


@pytest.mark.parametrize(
    "value", [{"@type": "Product"}, {"@graph": [5, None, {"@type": []}]}, {"@type": "Product", "offers": 5, "hasVariant": [3], "brand": []}]
)
def test_nonsense_is_a_problem_or_nothing_and_never_more(value):
    assert read(value).products == ()
