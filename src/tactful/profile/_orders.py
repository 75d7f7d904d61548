"""What was bought, on any channel, and what was sent back."""

import math

from tactful.model.events import OrderCompleted, OrderRefunded
from tactful.model.profile import Order, Profile, Purchase, Returned
from tactful.profile._archive import archive_old_orders
from tactful.profile._handlers import folds
from tactful.profile._wants import history_of, keep_latest, look

RETURNS_KEPT = 100


@folds(OrderCompleted)
def _bought(profile: Profile, event: OrderCompleted) -> None:
    if event.order_id in [order.order_id for order in profile.orders]:  # a list: three times as fast as any(), and this runs once an order
        return  # A till or a second system reports the same order again under another message id: it was one order.
    index = len(profile.orders)
    profile.orders.append(
        Order(event.order_id, event.message_id, event.at, event.channel, event.gift, event.store_code, event.fulfilment, _elsewhere(profile, event))
    )
    for line in event.lines:
        for_another = event.gift or line.recipient_size is not None
        history_of(profile, line.product_id).purchases.append(Purchase(index, line.quantity, for_another, line.options))
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
    if index is None:
        return
    pieces: dict[str, float] = {}
    for line in event.lines:
        pieces[line.product_id] = pieces.get(line.product_id, 0.0) + line.quantity
    for product_id in [product_id for product_id, history in profile.products.items() if any(bought.order == index for bought in history.purchases)]:
        if _take_back(history_of(profile, product_id).purchases, index, pieces=pieces.get(product_id, 0.0) if pieces else math.inf):
            look(profile, product_id, "return", event=event)
            profile.returned.pop(product_id, None)
            profile.returned[product_id] = Returned(event.at, event.message_id)
    keep_latest(profile.returned, RETURNS_KEPT)


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
