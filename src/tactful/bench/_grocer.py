"""The Complete Journey as the columns that components learn from: one grocer's year, a day's purchases of a household as one order."""

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.catalog import build_table
from tactful.demo import complete_journey as grocer
from tactful.model.products import Product
from tactful.model.tables import PurchaseTable

Level = Literal["product", "type"]
LEAST_LINES = 17
"""Products bought less often are left out, as in the figures that ours are compared with."""
QUICK_SHARE = 8
"""One household in so many, for a quick run."""


class Lines(Struct, frozen=True, kw_only=True):
    """Lines with a quantity of products bought often enough, sorted by household, then time. Columns of equal length."""

    household: NDArray[np.int64]
    product: NDArray[np.int64]
    seconds: NDArray[np.int64]
    basket: NDArray[np.int64]
    first_day: float
    """Days since 1970-01-01 of the first day of the year."""
    titles: dict[int, Product]
    """By product id, each product as a style of its own."""


def read_lines(*, quick: bool, least_lines: int = LEAST_LINES) -> Lines:
    """Read the year; a quick run takes one household in eight. Raises NotReady where the data is not installed."""
    return lines_of(grocer.read_tables(grocer.find_data()), quick=quick, least_lines=least_lines)


def lines_of(tables: grocer.Tables, *, quick: bool, least_lines: int = LEAST_LINES) -> Lines:
    """Take what was bought from the grocer's tables."""
    bought = tables.transactions
    household, product = np.asarray(bought["household_id"]).astype(np.int64), np.asarray(bought["product_id"]).astype(np.int64)
    seconds, basket = grocer.epoch_seconds(bought["transaction_timestamp"]), np.asarray(bought["basket_id"]).astype(np.int64)
    first_day = float(seconds.min() // 86_400)
    kept = np.asarray(bought["quantity"], np.float64) > 0
    if quick:
        kept &= household % QUICK_SHARE == 0
    _, code, count = np.unique(product[kept], return_inverse=True, return_counts=True)
    rows = np.flatnonzero(kept)[count[code] >= (least_lines // 4 if quick else least_lines)]
    rows = rows[np.lexsort((product[rows], seconds[rows], household[rows]))]
    wanted = set(np.unique(product[rows]).tolist())
    return Lines(
        household=household[rows],
        product=product[rows],
        seconds=seconds[rows],
        basket=basket[rows],
        first_day=first_day,
        titles={product_id: one for product_id, one in _products(tables) if product_id in wanted},
    )


def _products(tables: grocer.Tables) -> list[tuple[int, Product]]:
    columns = (tables.products[name] for name in ("product_id", "department", "product_category", "product_type", "manufacturer_id"))
    return [
        (int(product_id), Product(id=str(product_id), title=kind or "?", product_type=" > ".join(part or "?" for part in (department, category, kind))))
        for product_id, department, category, kind, _ in zip(*columns, strict=True)
    ]


def purchase_table(lines: Lines, level: Level, *, basket: bool = False) -> PurchaseTable:
    """Lay the lines out as what components learn from, by product or by type (whose own type is the category); days count from 1970-01-01.

    An order is a day's purchases of a household, or with ``basket`` what went over the till at once.
    """
    unknown = Product(id="?", title="?", product_type="?")
    ids = np.unique(lines.product)
    about = [lines.titles.get(product_id, unknown) for product_id in ids.tolist()]
    names = [str(product_id) for product_id in ids.tolist()] if level == "product" else [product.product_type or "?" for product in about]
    kinds = [product.product_type if level == "product" else name.rpartition(" > ")[0] for name, product in zip(names, about, strict=True)]
    types = dict(zip(names, kinds, strict=True))
    products = [Product(id=name, title=name.rpartition(" > ")[2], product_type=kind) for name, kind in sorted(types.items())]
    catalog = build_table(products, (), version=1)
    row_of_id = np.array([catalog.row_of[name] for name in names], np.int32)
    people, customer = np.unique(lines.household, return_inverse=True)
    day = lines.seconds // 86_400
    part = lines.basket if basket else np.zeros(len(day), np.int64)
    code = np.unique(np.column_stack([customer, day, part, row_of_id[np.searchsorted(ids, lines.product)]]), axis=0)
    new_order = np.r_[True, (np.diff(code[:, 0]) != 0) | (np.diff(code[:, 1]) != 0) | (np.diff(code[:, 2]) != 0)]
    return PurchaseTable(
        customer=code[:, 0].astype(np.int32),
        row=code[:, 3].astype(np.int32),
        day=code[:, 1].astype(np.float64),
        order=(np.cumsum(new_order) - 1).astype(np.int32),
        customers=tuple(str(one) for one in people.tolist()),
        country=("",) * len(people),
        until_day=float(code[:, 1].max()) + 1,
        catalog=catalog,
    )
