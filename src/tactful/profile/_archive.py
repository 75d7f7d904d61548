"""What keeps a profile small: orders of long ago are laid down as the days on which each product was bought.

A year of weekly shopping stays as it is, so that learning sees every purchase of it.
"""

from datetime import timedelta

from tactful.model.profile import Earlier, ProductHistory, Profile, Purchase
from tactful.model.tables import DAY_SECONDS

ORDERS_KEPT = 64
"""The latest orders stay, however old."""
ORDERS_AT_MOST = 2_000
"""More are laid down, however new: a till used as one customer."""
OLD = timedelta(days=400)
YOUNG = timedelta(days=370)
"""Laid down are orders older than this, once one is older than `OLD`: several at a time, since all others are renumbered."""
DAYS_KEPT = 8


def archive_old_orders(profile: Profile) -> None:
    """Lay down the oldest orders as days per product, if there are orders to spare."""
    orders = profile.orders
    spare = len(orders) - ORDERS_KEPT
    if spare <= 0 or (orders[-1].at - orders[0].at <= OLD and len(orders) <= ORDERS_AT_MOST):
        return
    old = next((i for i, order in enumerate(orders) if orders[-1].at - order.at <= YOUNG), len(orders))
    count = min(max(old, len(orders) - ORDERS_AT_MOST), spare)
    day = [int(order.at.timestamp() // DAY_SECONDS) for order in orders[:count]]
    for product_id, history in profile.products.items():
        if history.purchases:
            profile.products[product_id] = _without(profile, product_id, history, day=day)
    profile.products = {product_id: history for product_id, history in profile.products.items() if history.looks or history.purchases}
    del orders[:count]


def _without(profile: Profile, product_id: str, history: ProductHistory, *, day: list[int]) -> ProductHistory:
    """The history without its purchases in the oldest orders, which are laid down."""
    count = len(day)
    for purchase in history.purchases:
        if purchase.order < count:
            profile.earlier[product_id] = _laid_down(profile.earlier.get(product_id), day[purchase.order], gift=purchase.gift)
    kept = [Purchase(bought.order - count, bought.quantity, bought.gift, bought.options) for bought in history.purchases if bought.order >= count]
    return ProductHistory(history.looks, kept)


def _laid_down(earlier: Earlier | None, day: int, *, gift: bool) -> Earlier:
    if earlier is None:
        return Earlier((day,), gift)
    if gift and not earlier.gift:
        return earlier  # Theirs since long; a gift of the same adds nothing.
    if earlier.gift and not gift:
        return Earlier((day,))
    if earlier.days[-1] == day:
        return earlier
    days = (*earlier.days, day)
    if len(days) <= DAYS_KEPT:
        return Earlier(days, gift, earlier.before, earlier.first)
    return Earlier(days[1:], gift, earlier.before + 1, earlier.first or days[0])


def days_of(earlier: Earlier) -> list[float]:
    """Every day with such a purchase, ascending; the days before the latest ones spread evenly from the first.

    >>> days_of(Earlier((90, 100), before=3, first=60))
    [60.0, 70.0, 80.0, 90.0, 100.0]
    """
    step = (earlier.days[0] - earlier.first) / max(earlier.before, 1)
    return [*(earlier.first + step * n for n in range(earlier.before)), *map(float, earlier.days)]
