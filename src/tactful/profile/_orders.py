"""What was bought, on any channel, and what was sent back."""

from tactful.model.events import OrderCompleted, OrderRefunded
from tactful.model.profile import Order, ProductHistory, Profile, Purchase
from tactful.profile._handlers import folds
from tactful.profile._wants import history_of, look


@folds(OrderCompleted)
def _bought(profile: Profile, event: OrderCompleted) -> None:
    if event.order_id in [order.order_id for order in profile.orders]:  # a list: three times as fast as any(), and this runs once an order
        return  # A till or a second system reports the same order again under another message id: it was one order.
    if not profile.orders or profile.orders[-1].at.date() != event.at.date():
        profile.order_days += 1
    index = len(profile.orders)
    profile.orders.append(Order(event.order_id, event.message_id, event.at, event.channel, event.gift, event.store_code, event.fulfilment))
    for line in event.lines:
        for_another = event.gift or line.recipient_size is not None
        history_of(profile, line.product_id).purchases.append(Purchase(index, line.quantity, for_another, line.options))
        profile.cart.pop(line.product_id, None)


@folds(OrderRefunded)
def _returned(profile: Profile, event: OrderRefunded) -> None:
    index = next((i for i, order in enumerate(profile.orders) if order.order_id == event.order_id), None)
    if index is None:
        return
    returned = {line.product_id: line.quantity for line in event.lines}
    if not returned:
        profile.refunded_orders.append(event.order_id)
    for product_id, history in profile.products.items():
        if returned and product_id not in returned:
            continue
        if _take_back(history, index, quantity=returned.get(product_id)):
            look(profile, product_id, "return", event=event)


def _take_back(history: ProductHistory, order: int, *, quantity: float | None) -> bool:
    """Remove a returned line, or lessen it where only some pieces came back. True where anything was returned."""
    kept = []
    found = False
    for purchase in history.purchases:
        if purchase.order != order:
            kept.append(purchase)
            continue
        found = True
        if quantity is not None and purchase.quantity > quantity:
            kept.append(Purchase(order, purchase.quantity - quantity, purchase.gift, purchase.options))
    history.purchases[:] = kept
    return found
