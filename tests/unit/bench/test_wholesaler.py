"""The wholesaler's lines, as columns."""

import duckdb
import pytest

from tactful.bench import _wholesaler
from tactful.bench._grocer import purchase_table
from tactful.model.errors import NotReady

LINES = [
    ("500001", "10001A", "RED LAMP ", 6, "2010-01-04 09:00:00", 7),
    ("500001", "10001B", "BLUE LAMP", 2, "2010-01-04 09:00:00", 7),
    ("500002", "10001A", "RED LAMP", 1, "2010-01-04 16:00:00", 7),
    ("500003", "20002", None, 3, "2010-01-05 09:00:00", 8),
    ("C500004", "20002", "CUP", 4, "2010-01-06 09:00:00", 8),
    ("500005", "20002", "CUP", -4, "2010-01-06 10:00:00", 8),
    ("500006", "POST", "POSTAGE", 1, "2010-01-06 11:00:00", 8),
    ("500007", "20002", "CUP", 1, "2010-01-06 12:00:00", None),
]


def written(folder):
    rows = ", ".join(str(tuple("NULL" if value is None else value for value in line)).replace("'NULL'", "NULL") for line in LINES)
    names = "InvoiceNo, StockCode, Description, Quantity, InvoiceDate, CustomerID"
    lines = f"SELECT * REPLACE (InvoiceDate::TIMESTAMP AS InvoiceDate, CustomerID::DOUBLE AS CustomerID) FROM (VALUES {rows}) AS t({names})"
    duckdb.execute(f"COPY ({lines}) TO '{folder / _wholesaler.FILE}' (FORMAT parquet)")
    return folder


def test_returns_fees_and_lines_of_nobody_are_left_out(tmp_path):
    lines = _wholesaler.read_lines(written(tmp_path), quick=False)
    assert [(who, lines.titles[product].title) for who, product in zip(lines.household.tolist(), lines.product.tolist(), strict=True)] == [
        (7, "RED LAMP"),
        (7, "BLUE LAMP"),
        (7, "RED LAMP"),
        (8, "20002"),
    ]
    assert {product.product_type for product in lines.titles.values()} == {"Kind 10001", "Kind 20002"}


def test_a_day_is_one_order_and_colours_are_products_of_one_kind(tmp_path):
    table = purchase_table(_wholesaler.read_lines(written(tmp_path), quick=False), "product", least_lines=1)
    assert table.order.tolist() == [0, 0, 1]
    assert len(table.catalog.groups) == 3
    assert len(table.catalog.types) == 2


def test_without_the_file_it_says_where_it_belongs(tmp_path):
    with pytest.raises(NotReady, match="--data-dir"):
        _wholesaler.read_lines(tmp_path, quick=False)
