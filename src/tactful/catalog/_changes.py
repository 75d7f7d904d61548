import math
from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from tactful.catalog._table import SELLABLE, price_of
from tactful.model.products import PricePoint, Product

PRICES_KEPT = 24


def follow(former: Product | None, product: Product, *, at: datetime | None) -> Product:
    """Carry a product's past over to what a feed says now: since when it is sold, when it came back, what it cost.

    Without a time the change is taken as old: nothing new happened that anybody would want to hear of.
    """
    if former is None:
        return msgspec.structs.replace(product, since=at, restocked_at=None, prices=_priced((), product, at))
    came_back = former.availability not in SELLABLE and product.availability in SELLABLE
    return msgspec.structs.replace(
        product,
        since=former.since,
        restocked_at=at if came_back and at is not None else former.restocked_at,
        prices=_priced(former.prices, product, at),
    )


def withdrawn(former: Mapping[str, Product], still: Collection[str]) -> list[Product]:
    """The products that are for sale no longer, since a list of all that is sold leaves them out; out of stock, and otherwise as they were."""
    gone = (product for product in former.values() if product.id not in still and product.availability in SELLABLE)
    return [msgspec.structs.replace(product, availability="out_of_stock") for product in gone]


def _priced(prices: tuple[PricePoint, ...], product: Product, at: datetime | None) -> tuple[PricePoint, ...]:
    price = price_of(product)
    if at is None or math.isnan(price) or (prices and prices[-1].price == price):
        return prices
    return (*prices, PricePoint(at, price))[-PRICES_KEPT:]
