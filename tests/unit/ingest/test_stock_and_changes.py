"""Local inventory feeds, and partial feeds that change what they name."""

import pytest

from tactful.ingest import read_changes, read_inventory
from tactful.model.errors import InvalidFeed

STOCK = b"""Store code\tid\tquantity\tprice\tavailability\tpickup_method
soho\tmug\t3\t9.00 EUR\tin stock\tbuy
soho\tcup\t0\t\tin_stock\t
soho\tlamp\t\t\tlimited_availability\t
soho\trug\t1\t\ton_display_to_order\t
Soho\tjar\t2\t\t\t
soho\tpan\t\t\tout of stock\t
\tpot\t1\t\t\t
soho\tvase\tmany\t\t\t
soho\tbowl\t\t\t\t
soho\tdish\t\t\tperhaps\t
"""
XML = b"""<rss xmlns:g="g"><channel><item><g:store_code>soho</g:store_code><g:id>mug</g:id><g:quantity>2</g:quantity></item></channel></rss>"""


def test_stock_by_store():
    report = read_inventory(STOCK)
    assert {(line.store_code, line.product_id): line.in_stock for line in report.lines} == {
        ("soho", "mug"): True,
        ("soho", "cup"): False,
        ("soho", "lamp"): True,
        ("soho", "rug"): False,
        ("Soho", "jar"): True,
        ("soho", "pan"): False,
    }
    assert {problem.line: problem.message for problem in report.problems} == {
        8: "store_code missing",
        9: "quantity must be a number of zero or more, not 'many'",
        10: "availability is missing, and so is quantity",
        11: "availability must be in_stock, out_of_stock, preorder or backorder, not 'perhaps'",
    }


@pytest.mark.parametrize("body", [XML, b'[{"store_code": "soho", "id": "mug", "quantity": 2}]', b"id\tstore_code\tquantity\nmug\tsoho\t2\n"])
def test_every_form_of_it(body):
    [line] = read_inventory(body).lines
    assert (line.store_code, line.product_id, line.in_stock) == ("soho", "mug", True)


def test_a_table_without_stores_is_no_inventory():
    with pytest.raises(InvalidFeed, match="store_code missing"):
        read_inventory(b"id\ttitle\nmug\tMug\n")


def test_what_a_partial_feed_does_not_name_or_leaves_empty_it_does_not_change():
    report = read_changes(b"id\tprice\tbrand\tcustom_label_0\nmug\t9.00 EUR\t\tx\ncup\t\tAlder\t\nlamp\t\t\t\nrug\tcheap\t\t\n\t1 EUR\t\t\n")
    assert [(change.product_id, list(change.values)) for change in report.changes] == [("mug", ["price"]), ("cup", ["brand"])]
    assert [(problem.line, problem.message.split(",")[0]) for problem in report.problems] == [
        (4, "nothing is changed (product lamp)"),
        (5, "price must be an amount with a currency"),
        (6, "id is missing"),
    ]


def test_null_clears_what_may_be_cleared():
    report = read_changes(b'[{"id": "mug", "brand": null, "availability": null}, {"id": "cup", "title": null}, 5]')
    assert report.changes[0].values == {"brand": None, "availability": "in_stock"}
    assert [problem.message for problem in report.problems] == ["title cannot be cleared (product cup)", "must be an object, not a number"]
