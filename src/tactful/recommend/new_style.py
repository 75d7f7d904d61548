"""What is new from a brand, or of a kind, that they keep buying."""

from datetime import timedelta
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS
from tactful.recommend._unlearned import UnlearnedSource

NEWS = timedelta(days=14)
LEAST_DAYS = 3
"""Days on which they bought the brand, or the kind, for themselves."""
LEAST_STYLES = 3
"""Different styles of a kind that they bought: who keeps to one coffee is not waiting for another."""
MOST_NEW = 0.2
"""Where more of the catalogue than this is new, a feed was loaded, and nothing is news."""
WANTED = 0.2
"""About one in five looks forward to it: a stated prior."""
WANTED_OF_KIND = 0.15
"""Of another brand, somewhat fewer: a stated prior."""
EVIDENCE_KEPT = 3


class NewStyle(UnlearnedSource):
    """Propose styles that appeared in the last two weeks and are of a brand or a type that they keep buying. For a message only.

    A brand counts with its department, from three days of purchases on; a type where three different styles of it were bought, too.
    """

    name: ClassVar[str] = "new_style"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    unprompted: ClassVar[bool] = True

    def bind(self, catalog: CatalogTable) -> None:
        """Find the styles whose every variant appeared after the catalogue began."""
        self._arrived = [rows[0] for rows in catalog.rows_of_group if all(catalog.product(row).since is not None for row in rows)]
        self._news_at_all = len(self._arrived) <= MOST_NEW * len(catalog.rows_of_group)

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Add new styles that arrived; drop those that turn out to have a variant that did not."""
        arrived, known = list(self._arrived), int(catalog.group_of[:first].max(initial=-1))
        for row in range(first, len(catalog.products)):
            group, lead = int(catalog.group_of[row]), catalog.rows_of_group[catalog.group_of[row]][0]
            if catalog.product(row).since is None and lead in arrived:
                arrived.remove(lead)
            elif catalog.product(row).since is not None and group > known and lead == row:
                arrived.append(row)
        self._arrived = arrived
        self._news_at_all = len(arrived) <= MOST_NEW * len(catalog.rows_of_group)

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose once per style; whether it was told before is the trigger's business."""
        catalog, profile = customer.catalog, customer.profile
        fresh = [row for row in self._arrived if timedelta(0) <= moment.now - (catalog.product(row).since or moment.now) <= NEWS] if self._news_at_all else []
        brands, kinds = (_loved(customer), _collected(customer)) if fresh else ({}, {})
        proposals = []
        for row in fresh:
            seen = any(catalog.product(variant).id in profile.products for variant in catalog.rows_of_group[catalog.group_of[row]])
            of_brand, of_kind = brands.get(_brand(row, catalog), []), kinds.get(int(catalog.type_of[row]), [])
            if not seen and _lately(of_brand):
                proposals.append((row, WANTED, _because(customer, of_brand)))
            elif not seen and _lately(of_kind):
                proposals.append((row, WANTED_OF_KIND, _because(customer, of_kind, anchor=row)))
        return Candidates.of(proposals)


def _lately(orders: list[int]) -> bool:
    """Whether they bought often enough, the last time so lately that the order is still kept."""
    return len(orders) >= LEAST_DAYS and orders[-1] >= 0


def _because(customer: Customer, orders: list[int], *, anchor: int | None = None) -> Because:
    """``anchor`` is the new style itself where it is of a kind they keep buying, and not of a brand."""
    latest = [customer.profile.orders[i] for i in orders[: -EVIDENCE_KEPT - 1 : -1] if i >= 0]
    evidence = tuple(Evidence(message_id=order.event_id, at=order.at) for order in latest)
    return Because(code=NewStyle.name, evidence=evidence, last_at=evidence[0].at, times=len(orders), anchor=anchor)


def _brand(row: int, catalog: CatalogTable) -> tuple[str, str]:
    product = catalog.product(row)
    return product.brand or "", (product.product_type or "").split(" > ", 1)[0]


def _loved(customer: Customer) -> dict[tuple[str, str], list[int]]:
    """The orders in which they bought each brand for themselves, one a day, per department; products without a brand are nobody's."""
    own = customer.history.own()
    days: dict[tuple[str, str], dict[int, int]] = {}
    for row, order, day in zip(own.rows.tolist(), own.orders.tolist(), np.floor(own.at / DAY_SECONDS).tolist(), strict=True):
        brand = _brand(row, customer.catalog)
        if brand[0] and not customer.catalog.sensitive[row]:
            days.setdefault(brand, {})[day] = order
    return {brand: list(orders.values()) for brand, orders in days.items()}


def _collected(customer: Customer) -> dict[int, list[int]]:
    """By type code the orders, one a day, of types of which they bought several different styles for themselves."""
    own = customer.history.own()
    days: dict[int, dict[int, int]] = {}
    styles: dict[int, set[int]] = {}
    bought = zip(own.rows.tolist(), own.types.tolist(), own.groups.tolist(), own.orders.tolist(), np.floor(own.at / DAY_SECONDS).tolist(), strict=True)
    for row, kind, group, order, day in bought:
        if not customer.catalog.sensitive[row]:
            days.setdefault(kind, {})[day] = order
            styles.setdefault(kind, set()).add(group)
    return {kind: list(orders.values()) for kind, orders in days.items() if len(styles[kind]) >= LEAST_STYLES}
