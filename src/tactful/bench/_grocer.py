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
    """Lines with a quantity, sorted by household, then time. Columns of equal length."""

    household: NDArray[np.int64]
    product: NDArray[np.int64]
    seconds: NDArray[np.int64]
    basket: NDArray[np.int64]
    first_day: float
    """Days since 1970-01-01 of the first day of the year."""
    quick: bool
    titles: dict[int, Product]
    """By product id, each product as a style of its own."""


def read_lines(*, quick: bool) -> Lines:
    """Read the year; a quick run takes one household in eight. Raises NotReady where the data is not installed."""
    return lines_of(grocer.read_tables(grocer.find_data()), quick=quick)


def lines_of(tables: grocer.Tables, *, quick: bool) -> Lines:
    """Take what was bought from the grocer's tables."""
    bought = tables.transactions
    household, product = np.asarray(bought["household_id"]).astype(np.int64), np.asarray(bought["product_id"]).astype(np.int64)
    seconds, basket = grocer.epoch_seconds(bought["transaction_timestamp"]), np.asarray(bought["basket_id"]).astype(np.int64)
    first_day = float(seconds.min() // 86_400)
    kept = np.asarray(bought["quantity"], np.float64) > 0
    if quick:
        kept &= household % QUICK_SHARE == 0
    rows = np.flatnonzero(kept)
    rows = rows[np.lexsort((product[rows], seconds[rows], household[rows]))]
    return Lines(
        household=household[rows],
        product=product[rows],
        seconds=seconds[rows],
        basket=basket[rows],
        first_day=first_day,
        quick=quick,
        titles=dict(_products(tables)),
    )


def _products(tables: grocer.Tables) -> list[tuple[int, Product]]:
    columns = (tables.products[name] for name in ("product_id", "department", "product_category", "product_type", "manufacturer_id"))
    return [
        (int(product_id), Product(id=str(product_id), title=kind or "?", product_type=" > ".join(part or "?" for part in (department, category, kind))))
        for product_id, department, category, kind, _ in zip(*columns, strict=True)
    ]


def purchase_table(lines: Lines, level: Level, *, basket: bool = False, least_lines: int = LEAST_LINES) -> PurchaseTable:
    """Lay the lines out as what components learn from, by product or by type (whose own type is the category); days count from 1970-01-01.

    An order is a day's purchases of a household, or with ``basket`` what went over the till at once. What has fewer than ``least_lines`` lines is left out,
    in a quick run a quarter of that. Types of one name are one type, of the category that sells most of it.
    """
    ids, product, lines_of_id = np.unique(lines.product, return_inverse=True, return_counts=True)
    names, named = np.unique([_name(lines, one, level) for one in ids.tolist()], return_inverse=True)
    sold = np.bincount(named, weights=lines_of_id) >= (least_lines // 4 if lines.quick else least_lines)
    types = _types(lines, ids.tolist(), lines_of_id.tolist(), level)
    sold_names = names[sold].tolist()
    catalog = build_table([Product(id=name, title=name, product_type=types[name]) for name in sold_names], (), version=1)
    row_of_name = np.full(len(names), -1, np.int32)
    row_of_name[sold] = [catalog.row_of[name] for name in sold_names]
    row = row_of_name[named][product]
    kept = row >= 0
    people, customer = np.unique(lines.household[kept], return_inverse=True)
    day, row = lines.seconds[kept] // 86_400, row[kept]
    part = lines.basket[kept] if basket else np.zeros(len(day), np.int64)
    code = np.unique(np.column_stack([customer, day, part, row]), axis=0)
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


UNKNOWN = Product(id="?", title="?", product_type="?")


def _name(lines: Lines, product_id: int, level: Level) -> str:
    return str(product_id) if level == "product" else lines.titles.get(product_id, UNKNOWN).title


def _types(lines: Lines, ids: list[int], counts: list[int], level: Level) -> dict[str, str]:
    """The type of each product, or the category that sells most of each type, by name."""
    paths = [lines.titles.get(product_id, UNKNOWN).product_type or "?" for product_id in ids]
    if level == "product":
        return dict(zip(map(str, ids), paths, strict=True))
    sold: dict[str, dict[str, int]] = {}
    for product_id, path, count in zip(ids, paths, counts, strict=True):
        of_name = sold.setdefault(_name(lines, product_id, level), {})
        category = path.rpartition(" > ")[0] or "?"
        of_name[category] = of_name.get(category, 0) + count
    return {name: max(categories, key=lambda one: (categories[one], one)) for name, categories in sold.items()}
