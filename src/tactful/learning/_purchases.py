import hashlib

import numpy as np
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.tables import DAY_SECONDS, History, PurchaseTable


class PurchaseTableBuilder:
    """Collects everybody's own purchases into columns, one customer after another."""

    def __init__(self, catalog: CatalogTable) -> None:
        self._catalog = catalog
        self._customers: list[str] = []
        self._countries: list[str] = []
        self._orders = 0
        self._parts: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]] = []

    def add(self, customer_id: str, history: History, *, country: str) -> None:
        """Add one customer. Gifts are left out: they tell nothing of what people buy for themselves."""
        own = history.own()
        number = np.full(len(own.rows), len(self._customers), np.int32)
        first = min(int(history.orders[0]), 0) if len(history.orders) else 0
        self._parts.append((number, own.rows, own.at / DAY_SECONDS, own.orders + np.int32(self._orders - first)))
        self._orders += int(history.orders[-1]) + 1 - first if len(history.orders) else 0
        self._customers.append(customer_id)
        self._countries.append(country)

    def build(self, *, until_day: float) -> PurchaseTable:
        """Lay out the table up to ``until_day`` (days since 1970-01-01), or up to the newest purchase: a log that ended is learned from as of its end."""
        customer, row, day, order = (np.concatenate(columns) for columns in zip(*self._parts, strict=True))
        return PurchaseTable(
            customer=customer,
            row=row,
            day=day,
            order=order,
            customers=tuple(self._customers),
            country=tuple(self._countries),
            until_day=min(until_day, float(np.nextafter(day.max(), np.inf))) if len(day) else until_day,
            catalog=self._catalog,
        )


def data_hash(purchases: PurchaseTable) -> str:
    """Fingerprint of what was learned from: the same purchases give the same 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for column in (purchases.customer, purchases.row, purchases.day, purchases.order):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:16]
