"""What this person saw a product cost: what the price did in between is nobody's bargain."""

from collections.abc import Collection
from datetime import datetime

from tactful.model.products import Product
from tactful.model.profile import Look

LEAST_DROP = 0.10
"""Share of the price seen; less is no news. Source: the commonest threshold of price-drop triggers."""


def lowest_seen(looks: Collection[Look], product: Product) -> tuple[float, Look] | None:
    """Find the lowest price that they saw on a product, and the look at which they did; None where no price is known."""
    if not product.prices and all(look.price is None for look in looks):
        return None
    seen = [(cost, look) for look in looks if (cost := _price_at(look, product)) is not None]
    return min(seen, key=lambda pair: (pair[0], -pair[1].at.timestamp())) if seen else None


def is_drop(price: float, seen: float) -> bool:
    """Tell whether a price is at least a tenth below the one seen; an unknown price (NaN) is none.

    >>> is_drop(90.0, 100.0), is_drop(91.0, 100.0)
    (True, False)
    """
    return price <= seen * (1 - LEAST_DROP)


def _price_at(look: Look, product: Product) -> float | None:
    """What it cost when they looked: as the page said in the currency of the price, else as we remember."""
    comparable = look.currency is None or product.price is None or look.currency == product.price.currency
    return look.price if look.price is not None and comparable else _remembered(product, look.at)


def _remembered(product: Product, at: datetime) -> float | None:
    return next((point.price for point in reversed(product.prices) if point.at <= at), None)
