"""A profile's purchases as columns over a catalogue."""

import numpy as np

from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.profile import Profile
from tactful.model.tables import History


def history_columns(profile: Profile, catalog: CatalogTable) -> History:
    """Lay out the purchases of products that the catalogue knows, oldest first."""
    seconds = [order.at.timestamp() for order in profile.orders]
    lines = [
        (purchase.order, row, purchase.gift)
        for product_id, product in profile.products.items()
        if product.purchases and (row := catalog.row_of.get(product_id, UNKNOWN_ROW)) != UNKNOWN_ROW
        for purchase in product.purchases
    ]
    lines.sort()
    orders = np.array([order for order, _, _ in lines], np.int32)
    rows = np.array([row for _, row, _ in lines], np.int32)
    return History(
        rows=rows,
        groups=catalog.group_of[rows],
        types=catalog.type_of[rows],
        at=np.array(seconds, np.float64)[orders] if len(orders) else np.empty(0),
        orders=orders,
        gift=np.array([gift for _, _, gift in lines], np.bool_),
    )
