"""Orders and their lines."""

from typing import Any

from tactful.ingest.people import is_gift, read_address
from tactful.ingest.values import Unusable, read_id, read_number, read_text
from tactful.model.events import Event, OrderCompleted, OrderLine, OrderRefunded

PRODUCT_KEYS = ("product_id", "productId", "item_id", "sku")
"""Where a product's id is looked for, the first that has one counts."""
MOST_OPTIONS = 20


def product_of(line: dict[str, Any]) -> str | None:
    """The id of the product that a line or an event is about, or None."""
    for key in PRODUCT_KEYS:
        if key in line and (found := read_id(line[key], key)):
            return found
    return None


def required_product(properties: dict[str, Any]) -> str:
    """The product that an event is about. Raises Unusable where it names none."""
    found = product_of(properties)
    if found is None:
        items = properties.get("items")
        found = product_of(items[0]) if isinstance(items, list) and len(items) == 1 and isinstance(items[0], dict) else None
    if found is None:
        raise Unusable("missing_product_id", "the event needs a product_id")
    return found


def required_order(properties: dict[str, Any]) -> str:
    """The id of an order. Raises Unusable where there is none."""
    order_id = read_id(properties.get("order_id", properties.get("orderId", properties.get("transaction_id"))), "order_id")
    if order_id is None:
        raise Unusable("missing_order_id", "an order needs an order_id")
    return order_id


def read_lines(properties: dict[str, Any]) -> tuple[OrderLine, ...]:
    """The lines of an order; none where it lists no products. Raises Unusable with the line's number, counted from 1."""
    products = properties.get("products", properties.get("items"))
    if products is None:
        return ()
    if not isinstance(products, list):
        raise Unusable("bad_products", "products must be a list")
    return tuple(line for number, product in enumerate(products, 1) if (line := read_line(product, number)).quantity > 0)


def read_line(product: Any, number: int) -> OrderLine:
    """One line of an order. A line without a price is accepted."""
    product_id = product_of(product) if isinstance(product, dict) else None
    if product_id is None:
        raise Unusable("missing_product_id", f"line {number} of the order needs a product_id")
    price = read_number(product.get("price"), f"price of line {number}", "bad_price")
    quantity = read_number(product.get("quantity"), f"quantity of line {number}", "bad_quantity")
    if "options" not in product and "recipient_size" not in product:
        return OrderLine(product_id=product_id, quantity=1.0 if quantity is None else quantity, price=price)
    return OrderLine(
        product_id=product_id,
        quantity=1.0 if quantity is None else quantity,
        price=price,
        options=read_options(product.get("options")),
        recipient_size=read_text(product.get("recipient_size"), 100),
    )


def read_options(value: Any) -> dict[str, str] | None:
    """How a product was customised, as text by name.

    >>> read_options({"size": "small", "shots": 2, "extra": {}})
    {'size': 'small', 'shots': '2'}
    """
    if not isinstance(value, dict):
        return None
    pairs = ((key[:100], read_text(chosen, 200)) for key, chosen in list(value.items())[:MOST_OPTIONS])
    return {key: chosen for key, chosen in pairs if chosen is not None} or None


def read_currency(properties: dict[str, Any]) -> str | None:
    """The currency of the prices, by its three letters; None where it is not told.

    >>> read_currency({"currency": "gbp"}), read_currency({"currency": "pounds"})
    ('GBP', None)
    """
    currency = read_text(properties.get("currency"), 10)
    return currency.upper() if currency and len(currency) == 3 and currency.isalpha() else None


def completed(common: dict[str, Any], properties: dict[str, Any]) -> Event:
    """Order Completed."""
    return OrderCompleted(
        **common,
        order_id=required_order(properties),
        lines=read_lines(properties),
        channel=read_text(properties.get("channel"), 100) or "web",
        fulfilment=read_text(properties.get("fulfilment", properties.get("fulfillment")), 100),
        store_code=read_id(properties.get("store_code"), "store_code"),
        currency=read_currency(properties),
        gift=is_gift(properties),
        shipping=read_address(properties.get("shipping")) or read_address(properties.get("shipping_address")),
    )


def refunded(common: dict[str, Any], properties: dict[str, Any]) -> Event:
    """Order Refunded or Order Cancelled: the lines that came back, or all of it where none are listed."""
    return OrderRefunded(**common, order_id=required_order(properties), lines=read_lines(properties))
