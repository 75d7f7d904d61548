"""Online Retail II as the columns that components learn from: two years of one wholesaler of gifts, a day's purchases of a customer as one order.

Source: UCI machine learning repository, sets 352 and 502. Lines without a customer, of returns, and of what is no stock code (postage, fees) are left out.
Colours of one thing share the digits of their code: they are products of one kind.
"""

from pathlib import Path

import numpy as np

from tactful.bench._grocer import QUICK_SHARE, Lines
from tactful.model.errors import NotReady
from tactful.model.products import Product

FILE = "online_retail_ii_2009-12_2011-12_combined.parquet"
STATEMENT = """
SELECT CustomerID::BIGINT, dense_rank() OVER (ORDER BY StockCode) - 1, epoch(InvoiceDate)::BIGINT, StockCode, trim(Description)
FROM read_parquet(?)
WHERE CustomerID > 0 AND Quantity > 0 AND NOT starts_with(InvoiceNo, 'C') AND regexp_matches(StockCode, '^[0-9]{5}') AND CustomerID::BIGINT % ? = 0
ORDER BY CustomerID, InvoiceDate, StockCode
"""


def read_lines(folder: Path, *, quick: bool) -> Lines:
    """Read the two years; a quick run takes one customer in eight. Raises NotReady where the file is not there."""
    import duckdb  # noqa: PLC0415 - slow to import, and only this one of the data sets needs it

    if not (folder / FILE).is_file():
        raise NotReady(f"{folder / FILE} is not there: name the directory that holds online-retail with --data-dir")
    rows = duckdb.execute(STATEMENT, [str(folder / FILE), QUICK_SHARE if quick else 1]).fetchall()
    customer, product, seconds = np.array([row[:3] for row in rows], np.int64).T
    day = seconds // 86_400
    return Lines(
        household=customer,
        product=product,
        seconds=seconds,
        basket=day,
        first_day=float(day.min()),
        quick=quick,
        titles={code: Product(id=stock_code, title=title or stock_code, product_type=f"Kind {stock_code[:5]}") for _, code, _, stock_code, title in rows},
    )
