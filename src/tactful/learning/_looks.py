import numpy as np
from numpy.typing import NDArray

from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.profile import Profile
from tactful.model.tables import DAY_SECONDS, LOOK_KINDS, LookTable

_KIND = {kind: code for code, kind in enumerate(LOOK_KINDS)}


class LookTableBuilder:
    """Collects everybody's signs of interest into columns, one customer after another, in the order of the purchase table."""

    def __init__(self, catalog: CatalogTable) -> None:
        self._catalog = catalog
        self._customers = 0
        self._parts: list[NDArray[np.float64]] = []

    def add(self, profile: Profile) -> None:
        """Add one customer."""
        looks = sorted(
            (look.at.timestamp() / DAY_SECONDS, row, _KIND[look.kind])
            for product_id, product in profile.products.items()
            if product.looks and (row := self._catalog.row_of.get(product_id, UNKNOWN_ROW)) != UNKNOWN_ROW
            for look in product.looks
            if not look.brief
        )
        if looks:
            self._parts.append(np.column_stack([np.full(len(looks), self._customers), np.array(looks, np.float64)]))
        self._customers += 1

    def build(self, *, until_day: float) -> LookTable:
        """Lay out the table up to ``until_day`` (days since 1970-01-01)."""
        columns = np.concatenate(self._parts) if self._parts else np.empty((0, 4))
        return LookTable(
            customer=columns[:, 0].astype(np.int32),
            day=columns[:, 1],
            row=columns[:, 2].astype(np.int32),
            kind=columns[:, 3].astype(np.int8),
            until_day=until_day,
        )
