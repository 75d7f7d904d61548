"""What keeps a profile small: orders of long ago are laid down as the days on which each product was bought.

A year of weekly shopping stays as it is, so that learning sees every purchase of it.
"""

import zlib
from datetime import timedelta

from tactful.model.profile import Earlier, ProductHistory, Profile
from tactful.model.tables import DAY_SECONDS
from tactful.profile._wants import forget_untouched, keep_latest

ORDERS_KEPT = 64
"""The latest orders stay, however old."""
ORDERS_TO_SPARE = 24
"""So many more may pile up before the oldest are laid down: finding their products means to look through all."""
ORDERS_AT_MOST = 2_000
"""More are laid down, however new: a till used as one customer."""
OLD = timedelta(days=400)
YOUNG = timedelta(days=370)
"""Laid down are orders older than this, once one is older than `OLD`, several at a time."""
NUMBERS_KEPT = 256
"""Orders laid down that are still known by number."""
DAYS_KEPT = 8


def archive_old_orders(profile: Profile) -> None:
    """Lay down the oldest orders as days per product, if there are orders to spare."""
    orders = profile.orders
    spare = len(orders) - ORDERS_KEPT
    if spare < ORDERS_TO_SPARE or (orders[-1].at - orders[0].at <= OLD and len(orders) <= ORDERS_AT_MOST):
        return
    old = next((i for i, order in enumerate(orders) if orders[-1].at - order.at <= YOUNG), len(orders))
    count = min(max(old, len(orders) - ORDERS_AT_MOST), spare)
    days = [int(order.at.timestamp() // DAY_SECONDS) for order in orders[:count]]
    end = profile.orders_before + count
    for product_id in [product_id for product_id, known in profile.products.items() if known.purchases and known.purchases[0].order < end]:
        _lay_down(profile, product_id, days)
    profile.laid_down.update((number_of(order.order_id), day) for order, day in zip(orders, days, strict=False))
    keep_latest(profile.laid_down, NUMBERS_KEPT)
    profile.orders_before = end
    del orders[:count]


def number_of(order_id: str) -> int:
    """The short name under which an order is remembered once its lines are laid down."""
    return zlib.crc32(order_id.encode())


def _lay_down(profile: Profile, product_id: str, days: list[int]) -> None:
    """Take the purchases of the oldest orders, made on these days, out of a product's history and keep their days."""
    history, first = profile.products[product_id], profile.orders_before
    old = sum(bought.order < first + len(days) for bought in history.purchases)
    for bought in history.purchases[:old]:
        profile.earlier[product_id] = _laid_down(profile.earlier.get(product_id), days[bought.order - first], gift=bought.gift)
    profile.products[product_id] = ProductHistory(history.looks, history.purchases[old:])
    forget_untouched(profile, product_id)


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


def take_out(profile: Profile, product_id: str, day: int | None) -> bool:
    """Take a purchase of long ago back, of a day or, where that is not known, the oldest: True where there was one. How many pieces there were is not kept."""
    earlier = profile.earlier.get(product_id)
    if earlier is None or (day is not None and day not in earlier.days):
        return False
    left = tuple(one for one in earlier.days if one != (earlier.days[0] if day is None else day))
    if left:
        profile.earlier[product_id] = Earlier(left, earlier.gift, earlier.before, earlier.first)
    else:
        del profile.earlier[product_id]
    return True
