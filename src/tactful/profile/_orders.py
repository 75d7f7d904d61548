"""What was bought, on any channel, and what was sent back."""

import math

from tactful.model.events import OrderCompleted, OrderRefunded
from tactful.model.profile import Order, ProductHistory, Profile, Purchase, Returned
from tactful.profile._archive import NUMBERS_KEPT, archive_old_orders, number_of, take_out
from tactful.profile._handlers import folds
from tactful.profile._wants import history_of, keep_latest, look

RETURNS_KEPT = 100


@folds(OrderCompleted)
def _bought(profile: Profile, event: OrderCompleted) -> None:
    if event.order_id in [order.order_id for order in profile.orders]:  # a list: three times as fast as any(), and this runs once an order
        return  # A till or a second system reports the same order again under another message id: it was one order.
    number = profile.orders_before + len(profile.orders)
    profile.orders.append(
        Order(
            event.order_id,
            event.message_id,
            event.at,
            event.channel,
            event.gift,
            event.store_code,
            event.fulfilment,
            _elsewhere(profile, event),
            event.currency,
        )
    )
    products = profile.products
    for line in event.lines:
        for_another = event.gift or line.recipient_size is not None
        purchase = Purchase(number, line.quantity, for_another, line.options)
        known = products.get(line.product_id)
        products[line.product_id] = ProductHistory([], [purchase]) if known is None else ProductHistory(known.looks, [*known.purchases, purchase])
        profile.cart.pop(line.product_id, None)
    archive_old_orders(profile)


def _elsewhere(profile: Profile, event: OrderCompleted) -> str | None:
    """Whether an order goes to another place than the one they stated. Only that it does is kept, not where: that is somebody else's address."""
    stated, shipped = profile.address, event.shipping
    if stated is None or shipped is None:
        return None
    if stated.country and shipped.country and stated.country != shipped.country:
        return "country"
    codes = [code.replace(" ", "").upper() for code in (stated.postal_code, shipped.postal_code) if code]
    return "postal_code" if len(set(codes)) == 2 else None


@folds(OrderRefunded)
def _sent_back(profile: Profile, event: OrderRefunded) -> None:
    index = next((i for i, order in enumerate(profile.orders) if order.order_id == event.order_id), None)
    for product_id in _from_long_ago(profile, event) if index is None else _from_order(profile, event, profile.orders_before + index):
        look(profile, product_id, "return", event=event)
        profile.returned.pop(product_id, None)
        profile.returned[product_id] = Returned(event.at, event.message_id)
    keep_latest(profile.returned, RETURNS_KEPT)


def _from_order(profile: Profile, event: OrderRefunded, number: int) -> list[str]:
    """Take back what was returned of an order that is kept; the products."""
    pieces: dict[str, float] = {}
    for line in event.lines:
        pieces[line.product_id] = pieces.get(line.product_id, 0.0) + line.quantity
    bought = [product_id for product_id, history in profile.products.items() if any(one.order == number for one in history.purchases)]
    wanted = [product_id for product_id in bought if not pieces or product_id in pieces]
    return [product_id for product_id in wanted if _take_back(history_of(profile, product_id).purchases, number, pieces=pieces.get(product_id, math.inf))]


def _from_long_ago(profile: Profile, event: OrderRefunded) -> list[str]:
    """Take back what was returned of an order of long ago; the products. An order too old to be known by number is believed where it names its lines."""
    day = profile.laid_down.get(number_of(event.order_id))
    if day is None and len(profile.laid_down) < NUMBERS_KEPT:
        return []
    named = dict.fromkeys(line.product_id for line in event.lines)
    wanted = list(named) or [product_id for product_id, earlier in profile.earlier.items() if day in earlier.days]
    return [product_id for product_id in wanted if take_out(profile, product_id, day)]


def _take_back(purchases: list[Purchase], order: int, *, pieces: float) -> bool:
    """Remove what was returned, line by line, and lessen the line of which only some pieces came back. True where anything was returned."""
    kept = []
    found = False
    for purchase in purchases:
        if purchase.order != order or pieces <= 0:
            kept.append(purchase)
            continue
        found = True
        if purchase.quantity > pieces:
            kept.append(Purchase(order, purchase.quantity - pieces, purchase.gift, purchase.options))
        pieces -= purchase.quantity
    purchases[:] = kept
    return found
