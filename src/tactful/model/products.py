"""What a shop sells and where: products under Google Merchant attribute names, and stores."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct


class Money(Struct, frozen=True):
    """An amount in a currency.

    >>> Money(Decimal("15.00"), "EUR")
    Money(amount=Decimal('15.00'), currency='EUR')
    """

    amount: Decimal
    currency: str
    """ISO 4217, upper case."""


class PricePoint(Struct, frozen=True, array_like=True):
    """What a product cost from a time on, in the currency of its price."""

    at: datetime
    price: float


class Product(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sellable variant. Its style is ``item_group_id``, or its own id where it has none."""

    id: str
    title: str
    price: Money | None = None
    item_group_id: str | None = None
    description: str | None = None
    link: str | None = None
    image_link: str | None = None
    availability: str = "in_stock"
    """``in_stock``, ``out_of_stock``, ``preorder`` or ``backorder``."""
    sale_price: Money | None = None
    brand: str | None = None
    product_type: str | None = None
    """A path, ``A > B > C``."""
    google_product_category: str | None = None
    gtin: str | None = None
    color: str | None = None
    size: str | None = None
    gender: str | None = None
    age_group: str | None = None
    adult: bool = False
    sensitivity: str | None = None
    """The merchant's own word on it: a tag of `tactful.catalog`, or ``none`` to overrule the classifier."""
    release_date: datetime | None = None
    since: datetime | None = None
    """When we first heard of it; None where it was there when the catalogue began. Kept by us, never read from a feed."""
    restocked_at: datetime | None = None
    """When it last came back from being out of stock. Kept by us."""
    prices: tuple[PricePoint, ...] = ()
    """What it cost, oldest first. Kept by us."""

    @property
    def group(self) -> str:
        """The style this product is a variant of."""
        return self.item_group_id or self.id


def spoken_title(product: Product) -> str:
    """Say what a product is called, without its colour and size.

    >>> spoken_title(Product(id="p", title="Alder tote, Tan, One", color="Tan", size="One"))
    'Alder tote'
    """
    title = product.title
    for detail in (product.size, product.color):
        if detail:
            title = title.removesuffix(f", {detail}")
    return title


class Store(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place where products can be bought or picked up."""

    store_code: str
    name: str
    lat: float
    lon: float
    country: str
    timezone: str
    postal_code: str | None = None
    inventory: frozenset[str] = frozenset()
    """Ids of the products in stock there."""
