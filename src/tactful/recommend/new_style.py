"""What is new from a brand they keep buying."""

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
"""Days on which they bought the brand for themselves."""
MOST_NEW = 0.2
"""Where more of the catalogue than this is new, a feed was loaded, and nothing is news."""
WANTED = 0.2
"""About one in five looks forward to it: a stated prior."""
EVIDENCE_KEPT = 3


class NewStyle(UnlearnedSource):
    """Propose styles that appeared in the last two weeks, of a brand and department bought on three days or more. For a message only."""

    name: ClassVar[str] = "new_style"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True

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
        loved = _loved(customer) if fresh else {}
        proposals = []
        for row in fresh:
            orders = loved.get(_brand(row, catalog), [])
            seen = any(catalog.product(variant).id in profile.products for variant in catalog.rows_of_group[catalog.group_of[row]])
            if len(orders) >= LEAST_DAYS and not seen:
                evidence = tuple(Evidence(message_id=profile.orders[i].event_id, at=profile.orders[i].at) for i in orders[: -EVIDENCE_KEPT - 1 : -1])
                proposals.append((row, WANTED, Because(code=self.name, evidence=evidence, last_at=evidence[0].at, times=len(orders))))
        return Candidates.of(proposals)


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
