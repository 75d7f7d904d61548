"""Which size somebody wears: the decayed mode of their own purchases, per department and kind of size."""

from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.products import Product

WITHOUT_SIZE = frozenset({"", "one", "one size", "os"})
FORGET = 0.8
"""Each earlier purchase counts .8 of the next: people change."""
SizeKind = tuple[str, bool]


def size_kind(product: Product) -> SizeKind | None:
    """Name the system a size belongs to: department, and whether it is a number. None for products without sizes.

    >>> size_kind(Product(id="p", title="Boots", product_type="Shoes > Boots", size="39"))
    ('Shoes', True)
    """
    size = (product.size or "").strip().lower()
    if size in WITHOUT_SIZE:
        return None
    return (product.product_type or "").split(" > ", 1)[0], size[:1].isdigit()


def sizes_of(customer: Customer) -> dict[SizeKind, str]:
    """Find the size they buy for themselves, per kind of size."""
    votes: dict[SizeKind, dict[str, float]] = {}
    for row in customer.history.own().rows.tolist():
        product = customer.catalog.product(row)
        if product.size is None:
            continue
        kind = size_kind(product)
        if kind is not None:
            counted = votes.setdefault(kind, {})
            for size in counted:
                counted[size] *= FORGET
            counted[product.size] = counted.get(product.size, 0.0) + 1.0
    return {kind: max(counted, key=lambda size: counted[size]) for kind, counted in votes.items()}


def wears(row: int, sizes: dict[SizeKind, str], catalog: CatalogTable) -> bool:
    """Whether a product is in their size, or has none, or theirs is not known."""
    if not sizes:
        return True
    product = catalog.product(row)
    kind = size_kind(product)
    return kind is None or kind not in sizes or sizes[kind] == product.size


def fitting_variant(row: int, sizes: dict[SizeKind, str], catalog: CatalogTable) -> int:
    """The variant of the same style that fits, of the same colour and in stock where there is one; the product itself where none fits."""
    if wears(row, sizes, catalog) and catalog.in_stock[row]:
        return row
    color = catalog.product(row).color
    variants = [other for other in catalog.rows_of_group[catalog.group_of[row]] if wears(other, sizes, catalog)]
    variants.sort(key=lambda other: (not catalog.in_stock[other], catalog.product(other).color != color))
    return variants[0] if variants and (catalog.in_stock[variants[0]] or not wears(row, sizes, catalog)) else row
