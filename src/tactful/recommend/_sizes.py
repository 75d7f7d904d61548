"""Which size somebody wears: the decayed mode of their own purchases, per department and kind of size; of a child's, those of the last months."""

from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.products import Product
from tactful.model.tables import DAY_SECONDS

FORGET = 0.8
"""Each earlier purchase counts .8 of the next: people change."""
GROWS = frozenset({"newborn", "infant", "toddler", "kids"})
"""Age groups of the feed that a size lasts for a while only."""
OUTGROWN_DAYS = 270.0
"""A child's size is about six centimetres, which is a year of growing; it is bought with some room and not on the last day."""
SIZE = "size"
"""Key of the preference that states one."""
SizeKind = tuple[str, bool]


def size_kind(product: Product) -> SizeKind:
    """Name the system a size belongs to: department, and whether it is a number.

    >>> size_kind(Product(id="p", title="Boots", product_type="Shoes > Boots", size="39"))
    ('Shoes', True)
    """
    return _kind(product.product_type or "", product.size or "")


@lru_cache(maxsize=4096)
def _kind(product_type: str, size: str) -> SizeKind:
    """The same of what the feed says; asked of every sized purchase at every decision."""
    return product_type.split(" > ", 1)[0], size.strip()[:1].isdigit()


def sizes_of(customer: Customer, *, now: datetime) -> dict[SizeKind, str]:
    """Find the size they wear, per kind of size: what they stated, else what they buy for themselves. What is private tells nothing."""
    votes: dict[SizeKind, dict[str, float]] = {}
    own = customer.history.own()
    told = customer.catalog.sized[own.rows] & (customer.catalog.sensitive[own.rows] == 0)
    for row, days_ago in zip(own.rows[told].tolist(), ((now.timestamp() - own.at[told]) / DAY_SECONDS).tolist(), strict=True):
        product = customer.catalog.product(row)
        if product.age_group in GROWS and days_ago > OUTGROWN_DAYS:
            continue
        counted = votes.setdefault(size_kind(product), {})
        for size in counted:
            counted[size] *= FORGET
        counted[product.size or ""] = counted.get(product.size or "", 0.0) + 1.0
    return {kind: max(counted, key=lambda size: counted[size]) for kind, counted in votes.items()} | _stated_sizes(customer)


def _stated_sizes(customer: Customer) -> dict[SizeKind, str]:
    """Sizes they stated, as ``DEPARTMENT:SIZE`` or as ``SIZE`` for every department: they outrank what they bought. Later ones count."""
    sizes: dict[SizeKind, str] = {}
    for stated in customer.profile.preferences:
        if stated.key == SIZE:
            department, separator, size = stated.value.rpartition(":")
            size = size.strip()
            departments = {department.strip()} if separator else {path.split(" > ", 1)[0] for path in customer.catalog.types}
            sizes |= {(name, size[:1].isdigit()): size for name in departments}
    return sizes


def wears(row: int, sizes: dict[SizeKind, str], catalog: CatalogTable) -> bool:
    """Whether a product is in their size, or has none, or theirs is not known."""
    if not sizes or not catalog.sized[row]:
        return True
    product = catalog.product(row)
    return sizes.get(size_kind(product), product.size) == product.size


def fitting_variants(rows: NDArray[np.int32], sizes: dict[SizeKind, str], catalog: CatalogTable) -> NDArray[np.int32]:
    """The variants of the same styles that fit, int32 [n]; most products come in no size and are in stock, and are looked at all at once."""
    unsure = np.flatnonzero(~catalog.in_stock[rows] | (catalog.sized[rows] & bool(sizes)))
    if not len(unsure):
        return rows
    fitting = rows.copy()
    fitting[unsure] = [fitting_variant(row, sizes, catalog) for row in rows[unsure].tolist()]
    return fitting


def fitting_variant(row: int, sizes: dict[SizeKind, str], catalog: CatalogTable) -> int:
    """The variant of the same style that fits, of the same colour and in stock where there is one; the product itself where none fits."""
    if wears(row, sizes, catalog) and catalog.in_stock[row]:
        return row
    color = catalog.product(row).color
    variants = [other for other in catalog.rows_of_group[catalog.group_of[row]] if wears(other, sizes, catalog)]
    if not variants:
        return row
    best = min(variants, key=lambda other: (not catalog.in_stock[other], catalog.product(other).color != color))
    return best if catalog.in_stock[best] or not wears(row, sizes, catalog) else row
