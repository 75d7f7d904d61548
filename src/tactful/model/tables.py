"""Columns over many customers, for learning; and over one customer, for deciding."""

from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable

DAY_SECONDS = 86_400.0


def first_of_each(grouped: NDArray[Any]) -> NDArray[np.bool_]:
    """Where each run of equal things begins, bool [n]; some time is saved against `numpy.diff`, and this runs a dozen times at every decision.

    >>> first_of_each(np.array([4, 4, 7])).tolist(), first_of_each(np.array([])).tolist()
    ([True, False, True], [])
    """
    first = np.ones(len(grouped), np.bool_)
    np.not_equal(grouped[1:], grouped[:-1], out=first[1:])
    return first


def runs(ascending: NDArray[np.int32], wanted: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the run of each wanted key begins and ends among ascending keys; empty where it does not occur.

    >>> [edge.tolist() for edge in runs(np.array([4, 4, 7], np.int32), np.array([4, 5]))]
    [[0, 2], [2, 2]]
    """
    return ascending.searchsorted(wanted), ascending.searchsorted(wanted, side="right")


class History(Struct, frozen=True, kw_only=True, dict=True):
    """One customer's purchases of products we know, one row an order line, oldest first. Columns of equal length m."""

    rows: NDArray[np.int32]
    """Catalogue row per line."""
    groups: NDArray[np.int32]
    types: NDArray[np.int32]
    at: NDArray[np.float64]
    """Epoch seconds."""
    orders: NDArray[np.int32]
    """Index into `Profile.orders`; below zero where the order is no longer kept, numbered by day."""
    gift: NDArray[np.bool_]
    """Bought for somebody else: never evidence of what this customer wants."""

    def own(self) -> "History":
        """Without gifts."""
        return self._own

    @cached_property
    def by_group(self) -> NDArray[np.intp]:
        """The lines in order of their groups, those of one group oldest first."""
        return np.argsort(self.groups, kind="stable")

    @cached_property
    def by_type(self) -> NDArray[np.intp]:
        """The same by type."""
        return np.argsort(self.types, kind="stable")

    @cached_property
    def _own(self) -> "History":
        if not self.gift.any():
            return self
        keep = ~self.gift
        return History(
            rows=self.rows[keep],
            groups=self.groups[keep],
            types=self.types[keep],
            at=self.at[keep],
            orders=self.orders[keep],
            gift=self.gift[keep],
        )


class PurchaseTable(Struct, frozen=True, kw_only=True):
    """Own purchases of everybody, one row an order line, sorted by customer, then time. Columns of equal length n."""

    customer: NDArray[np.int32]
    """Index into ``customers``."""
    row: NDArray[np.int32]
    day: NDArray[np.float64]
    """Days since 1970-01-01 UTC, with their fraction."""
    order: NDArray[np.int32]
    """Running number of the order over all customers."""
    customers: tuple[str, ...]
    country: tuple[str, ...]
    """Per customer, ISO 3166, empty where unknown."""
    until_day: float
    """End of the window, exclusive."""
    catalog: CatalogTable

    def before(self, day: float) -> "PurchaseTable":
        """The table as it was on a day."""
        keep = self.day < day
        return PurchaseTable(
            customer=self.customer[keep],
            row=self.row[keep],
            day=self.day[keep],
            order=self.order[keep],
            customers=self.customers,
            country=self.country,
            until_day=day,
            catalog=self.catalog,
        )


class LookTable(Struct, frozen=True, kw_only=True):
    """Everybody's signs of interest, one row a sign, sorted by customer, then time. Columns of equal length n."""

    customer: NDArray[np.int32]
    """As in the `PurchaseTable` of the same customers."""
    row: NDArray[np.int32]
    day: NDArray[np.float64]
    """Days since 1970-01-01 UTC, with their fraction."""
    kind: NDArray[np.int8]
    """Index into `LOOK_KINDS`."""
    until_day: float
    """End of the window, exclusive."""

    def before(self, day: float) -> "LookTable":
        """The table as it was on a day."""
        keep = self.day < day
        return LookTable(customer=self.customer[keep], row=self.row[keep], day=self.day[keep], kind=self.kind[keep], until_day=day)


LOOK_KINDS = ("view", "click", "cart", "wish", "ask", "uncart", "unwish", "return")
"""As in `Look.kind`."""
