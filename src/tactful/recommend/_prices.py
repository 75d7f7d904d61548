"""What this person saw a product cost: what the price did in between is nobody's bargain."""

from collections.abc import Collection
from datetime import datetime

from tactful.model.products import Product
from tactful.model.profile import Look

LEAST_DROP = 0.10
"""Share of the price seen; less is no news. Source: the commonest threshold of price-drop triggers."""


def lowest_price(looks: Collection[Look], product: Product) -> float | None:
    """Find the lowest price that they saw on a product; None where no price is known. Asked of everything they ever looked at, at every message."""
    currency = product.price.currency if product.price is not None else None
    remembers = bool(product.prices)
    lowest: float | None = None
    for look in looks:
        cost = look.price
        if cost is None or not (look.currency is None or currency is None or look.currency == currency):
            cost = _remembered(product, look.at) if remembers else None
        if cost is not None and (lowest is None or cost < lowest):
            lowest = cost
    return lowest


def lowest_seen(looks: Collection[Look], product: Product) -> tuple[float, Look] | None:
    """Find the lowest price that they saw on a product, and the look at which they did, the latest of several; None where no price is known."""
    seen = [(cost, look) for look in looks if (cost := lowest_price((look,), product)) is not None]
    return min(seen, key=lambda pair: (pair[0], -pair[1].at.timestamp())) if seen else None


def is_drop(price: float, seen: float) -> bool:
    """Tell whether a price is at least a tenth below the one seen; an unknown price (NaN) is none.

    >>> is_drop(90.0, 100.0), is_drop(91.0, 100.0)
    (True, False)
    """
    return price <= seen * (1 - LEAST_DROP)


def _remembered(product: Product, at: datetime) -> float | None:
    return next((point.price for point in reversed(product.prices) if point.at <= at), None)
