import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tactful.model.catalog import CatalogTable
from tactful.model.lines import Columns, Tables
from tactful.model.tables import LookTable, PurchaseTable

if TYPE_CHECKING:
    import ibis

Count = Callable[["ibis.Table"], Columns]
"""Asks an engine for what an expression says, as columns."""


def product_lines(catalog: CatalogTable) -> Tables:
    """What is in the catalogue, as lines."""
    ids = np.array([product.id for product in catalog.products], np.object_)
    return {"products": {"product": ids, "row": np.arange(len(ids), dtype=np.int32)}}


def purchase_table(count: Count, catalog: CatalogTable, customers: Sequence[str], *, until_day: float) -> PurchaseTable:
    """Everybody's purchases up to ``until_day`` (days since 1970-01-01), or up to the newest: a log that ended is learned from as of its end."""
    from tactful.learning import expressions  # noqa: PLC0415 - it brings Ibis, which only training needs

    lines, people = count(expressions.bought()), count(expressions.people())
    day = lines["day"].astype(np.float64)
    return PurchaseTable(
        customer=lines["customer"].astype(np.int32),
        row=lines["row"].astype(np.int32),
        day=day,
        order=lines["order"].astype(np.int32),
        customers=tuple(customers),
        country=tuple(people["country"].tolist()),
        until_day=min(until_day, float(np.nextafter(day.max(), np.inf))) if len(day) else until_day,
        catalog=catalog,
    )


def look_table(count: Count, *, until_day: float) -> LookTable:
    """Everybody's signs of interest, with the end of the window of the purchases."""
    from tactful.learning import expressions  # noqa: PLC0415 - it brings Ibis, which only training needs

    lines = count(expressions.looked())
    return LookTable(
        customer=lines["customer"].astype(np.int32),
        row=lines["row"].astype(np.int32),
        day=lines["day"].astype(np.float64),
        kind=lines["kind"].astype(np.int8),
        until_day=until_day,
    )


def data_hash(purchases: PurchaseTable) -> str:
    """Fingerprint of what was learned from: the same purchases give the same 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for column in (purchases.customer, purchases.row, purchases.day, purchases.order):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:16]
