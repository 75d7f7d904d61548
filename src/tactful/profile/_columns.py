"""A profile's purchases as columns over a catalogue."""

import numpy as np

from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.profile import Profile
from tactful.model.tables import DAY_SECONDS, History
from tactful.profile._archive import days_of


def history_columns(profile: Profile, catalog: CatalogTable) -> History:
    """Lay out the purchases of products that the catalogue knows, oldest first. Those whose order is no longer kept come first, at midnight of their day."""
    earlier = _earlier(profile, catalog)
    seconds = [order.at.timestamp() for order in profile.orders]
    lines = [
        (purchase.order - profile.orders_before, row, purchase.gift)
        for product_id, product in profile.products.items()
        if product.purchases and (row := catalog.row_of.get(product_id, UNKNOWN_ROW)) != UNKNOWN_ROW
        for purchase in product.purchases
    ]
    lines.sort()
    rows = np.array([row for _, row, _, _ in earlier] + [row for _, row, _ in lines], np.int32)
    return History(
        rows=rows,
        groups=catalog.group_of[rows],
        types=catalog.type_of[rows],
        at=np.array([at for at, _, _, _ in earlier] + [seconds[order] for order, _, _ in lines], np.float64),
        orders=np.array([order for _, _, _, order in earlier] + [order for order, _, _ in lines], np.int32),
        gift=np.array([gift for _, _, gift, _ in earlier] + [gift for _, _, gift in lines], np.bool_),
    )


def _earlier(profile: Profile, catalog: CatalogTable) -> list[tuple[float, int, bool, int]]:
    """Time, row, gift and order of the purchases whose order is no longer kept; such orders are numbered by day, below zero."""
    found = sorted(
        (day, row, earlier.gift)
        for product_id, earlier in profile.earlier.items()
        if (row := catalog.row_of.get(product_id, UNKNOWN_ROW)) != UNKNOWN_ROW
        for day in days_of(earlier)
    )
    number = {day: n for n, day in enumerate(sorted({day for day, _, _ in found}))}
    return [(day * DAY_SECONDS, row, gift, number[day] - len(number)) for day, row, gift in found]
