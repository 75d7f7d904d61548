"""A profile's purchases as columns over a catalogue."""

from collections.abc import Iterator, Mapping

import numpy as np

from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.profile import Profile
from tactful.model.tables import DAY_SECONDS, History
from tactful.profile._archive import days_of

_ROW_BITS = 31
_ROW_MASK = (1 << _ROW_BITS) - 1


def history_columns(profile: Profile, catalog: CatalogTable, rows_of: Mapping[str, int] | None = None) -> History:
    """Lay out the purchases of products that the catalogue knows, oldest first. Those whose order is no longer kept come first, at midnight of their day.

    ``rows_of``: the profile's products that the catalogue knows, where the caller has asked it already.
    """
    earlier = _earlier(profile, catalog)
    products, first = profile.products, profile.orders_before
    known = catalog.known(products) if rows_of is None else rows_of
    lines = [
        (purchase.order - first << _ROW_BITS | row) << 1 | purchase.gift for product_id, row in known.items() for purchase in products[product_id].purchases
    ]
    line = np.sort(np.array(lines, np.int64))  # one number a line: three times as fast as sorting tuples, and this runs at every decision
    order = line >> _ROW_BITS + 1
    seconds = np.array([order.at.timestamp() for order in profile.orders], np.float64)
    rows = np.concatenate([np.array([row for _, row, _, _ in earlier], np.int32), (line >> 1 & _ROW_MASK).astype(np.int32)])
    return History(
        rows=rows,
        groups=catalog.group_of[rows],
        types=catalog.type_of[rows],
        at=np.concatenate([np.array([at for at, _, _, _ in earlier], np.float64), seconds[order]]),
        orders=np.concatenate([np.array([number for _, _, _, number in earlier], np.int32), order.astype(np.int32)]),
        gift=np.concatenate([np.array([gift for _, _, gift, _ in earlier], np.bool_), (line & 1).astype(np.bool_)]),
    )


def purchase_lines(profile: Profile) -> Iterator[tuple[str, float, int, bool, bool]]:
    """Every purchase, whatever the catalogue: product id, epoch seconds, place among `Profile.orders`, whether that order is kept, whether it was a gift.

    Those whose order is no longer kept are at midnight of their day, with the place 0; in no order.
    """
    seconds, first = [order.at.timestamp() for order in profile.orders], profile.orders_before
    for product_id, product in profile.products.items():
        for purchase in product.purchases:
            yield product_id, seconds[purchase.order - first], purchase.order - first, True, purchase.gift
    for product_id, earlier in profile.earlier.items():
        for day in days_of(earlier):
            yield product_id, day * DAY_SECONDS, 0, False, earlier.gift


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
