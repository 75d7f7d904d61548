"""The same shop in every format that platforms export."""

import json
from decimal import Decimal

import pytest

from tactful.ingest import read_products
from tactful.model.errors import InvalidFeed

RSS = b"""<?xml version="1.0"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>m1</g:id><title>Long name</title><g:title>Mug &amp; saucer</g:title><g:price>9.00 EUR</g:price>
  <g:availability>in stock</g:availability><g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></item>
<item><g:id>m2</g:id><g:title>Bowl</g:title></item>
<item><g:id>m3</g:id><g:title><![CDATA[Plate]]></g:title><g:price>EUR 5,00</g:price><link>https://shop.example/m3</link></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry>
<title>Mug</title><link href="https://shop.example/m1"/><g:id>m1</g:id><g:price>9.00 EUR</g:price></entry></feed>"""
OLD = """Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Inventory Policy,\
Variant Price,Variant Compare At Price,Image Src,Status
tee,Tee,"<p>Soft,
warm</p>",Wool & Co,Shirts,Size,S,T-S,3,deny,9.00,12.00,https://shop.example/1.jpg,active
tee,,,,,,M,T-M,0,deny,9.00,,,
tee,,,,,,,,,,,,https://shop.example/2.jpg,
cap,Cap,,Wool & Co,Hats,Title,Default Title,,5,deny,7.00,,,draft
"""
NEW = """Title,URL handle,Description,Vendor,Type,Status,SKU,Option1 name,Option1 value,Price,Compare-at price,Inventory quantity,\
Continue selling when out of stock,Product image URL
Tee,tee,<p>Soft warm</p>,Wool & Co,Shirts,Active,T-S,Size,S,9.00,12.00,3,DENY,https://shop.example/1.jpg
,tee,,,,,T-M,,M,9.00,,0,DENY,
Cap,cap,,Wool & Co,Hats,Draft,,Title,Default Title,7.00,,5,DENY,
"""


def test_rss_with_merchant_attributes():
    report = read_products(RSS, content_type="application/xml")
    mug, plate = report.products
    assert (mug.id, mug.title, mug.price.amount) == ("m1", "Mug & saucer", Decimal("9.00")), "neither the plain title nor the price of shipping"
    assert (plate.title, plate.link, plate.price.amount) == ("Plate", "https://shop.example/m3", Decimal("5.00"))
    assert [(problem.line, problem.message) for problem in report.problems] == [(5, "price is missing (product m2)")]


def test_atom_keeps_links_in_attributes():
    [mug] = read_products(ATOM, content_type=None).products
    assert (mug.title, mug.link) == ("Mug", "https://shop.example/m1")


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><item><id>&b;</id></item></rss>',
        b'<!DOCTYPE x SYSTEM "file:///etc/hostname"><rss/>',
        b"<rss><item></rss>",
        b"<rss><item>",
        b"<rss><channel/></rss>",
        b'<?xml version="1.0" encoding="klingon"?><rss/>',
    ],
)
def test_xml_that_is_refused(body):
    with pytest.raises(InvalidFeed):
        read_products(body, content_type=None)


@pytest.mark.parametrize("text", [OLD, NEW, NEW.replace("\n", "\r\n")])
def test_both_headers_of_shopify_tell_the_same(text):
    report = read_products(text.encode(), content_type="text/csv", currency="eur")
    assert report.problems == ()
    small, medium, cap = report.products
    assert (small.id, small.group, small.title, small.size, small.brand) == ("T-S", "tee", "Tee", "S", "Wool & Co")
    assert (str(small.price.amount), str(small.sale_price.amount), small.price.currency) == ("12.00", "9.00", "EUR")
    assert small.description in ("Soft, warm", "Soft warm")
    assert (medium.id, medium.title, medium.size, medium.availability, medium.sale_price) == ("T-M", "Tee", "M", "out_of_stock", None)
    assert (cap.id, cap.availability, cap.size) == ("cap", "out_of_stock", None), "a draft is not for sale"


def test_a_shopify_line_that_is_wrong_is_named_where_it_stands():
    report = read_products(OLD.replace("M,T-M,0,deny,9.00", "M,T-M,0,deny,cheap").encode(), content_type=None, currency="EUR")
    assert [problem.line for problem in report.problems] == [4]
    assert len(report.products) == 2


def test_shopifys_json():
    variants = [
        {"id": 1, "title": "S", "sku": "T-S", "price": "9.00", "compare_at_price": "12.00", "available": True},
        {"id": 2, "title": "M", "price": "9.00"},
    ]
    body = {"products": [{"id": 7, "title": "Tee", "handle": "tee", "body_html": "<p>Soft</p>", "variants": variants, "images": [{"src": "x"}]}, 5]}
    report = read_products(json.dumps(body).encode(), content_type="application/json", currency="EUR")
    assert [(each.id, each.title, each.group, str(each.price.amount)) for each in report.products] == [
        ("T-S", "Tee S", "tee", "12.00"),
        ("2", "Tee M", "tee", "9.00"),
    ]
    assert [problem.line for problem in report.problems] == [2]


@pytest.mark.parametrize("currency", [None, "", "EURO", "12€"])
@pytest.mark.parametrize("body", [OLD.encode(), b'{"products": []}'])
def test_a_shopify_export_needs_its_currency_told(body, currency):
    with pytest.raises(InvalidFeed, match="currency=EUR"):
        read_products(body, content_type=None, currency=currency)
