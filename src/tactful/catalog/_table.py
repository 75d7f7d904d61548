from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tactful.catalog._sensitivity import sensitivity_of
from tactful.model.catalog import SENSITIVITIES, CatalogTable
from tactful.model.products import Product, Store

SEPARATOR = " > "
WITHOUT_SIZE = frozenset({"", "one", "one size", "os"})
READ_BY_OTHERS = ("group", "product_type", "size", "release_date", "since")
"""What components lay out of a product besides its row: where it changes, all is laid out anew."""
SELLABLE = ("in_stock", "preorder", "backorder")


def department_of(product_type: str) -> str:
    """Name the first step of a type path.

    >>> department_of("Food > Coffee > Beans")
    'Food'
    """
    return product_type.split(SEPARATOR, 1)[0]


def parent_of(product_type: str) -> str:
    """Name the type path without its last step; a path of one step is its own parent.

    >>> parent_of("Pets > Dog > Food")
    'Pets > Dog'
    """
    head, separator, _ = product_type.rpartition(SEPARATOR)
    return head if separator else product_type


def build_table(products: Sequence[Product], stores: Iterable[Store], *, version: int) -> CatalogTable:
    """Lay out the catalogue as columns, one row a product in the order given."""
    groups, group_of = _codes([product.group for product in products])
    types, type_of = _codes([product.product_type or f"({product.group})" for product in products])
    members: list[list[int]] = [[] for _ in groups]
    for row, code in enumerate(group_of.tolist()):
        members[code].append(row)
    return CatalogTable(
        version=version,
        products=tuple(products),
        row_of={product.id: row for row, product in enumerate(products)},
        group_of=group_of,
        type_of=type_of,
        groups=groups,
        types=types,
        type_code={name: code for code, name in enumerate(types)},
        rows_of_group=tuple(tuple(rows) for rows in members),
        price=np.array([price_of(product) for product in products], np.float64),
        in_stock=np.array([product.availability in SELLABLE for product in products], np.bool_),
        sensitive=np.array([_sensitivity_code(product) for product in products], np.int8),
        sized=np.array([is_sized(product) for product in products], np.bool_),
        stores={store.store_code: store for store in stores},
    )


def extend_table(table: CatalogTable, product: Product, *, version: int) -> CatalogTable:
    """Add a new product behind the others; rows, styles and types of these stay as they are. The same as laying all of them out."""
    row, kind = len(table.products), product.product_type or f"({product.group})"
    type_code = table.type_code if kind in table.type_code else table.type_code | {kind: len(table.types)}
    group = _code_of(product.group, table)
    variants = table.rows_of_group[group] if group < len(table.groups) else ()
    return msgspec.structs.replace(
        table,
        version=version,
        products=(*table.products, product),
        row_of=table.row_of | {product.id: row},
        group_of=np.append(table.group_of, np.int32(group)),
        type_of=np.append(table.type_of, np.int32(type_code[kind])),
        groups=table.groups if variants else (*table.groups, product.group),
        types=table.types if type_code is table.type_code else (*table.types, kind),
        type_code=type_code,
        rows_of_group=(*table.rows_of_group[:group], (*variants, row), *table.rows_of_group[group + 1 :]),
        price=np.append(table.price, price_of(product)),
        in_stock=np.append(table.in_stock, product.availability in SELLABLE),
        sensitive=np.append(table.sensitive, np.int8(_sensitivity_code(product))),
        sized=np.append(table.sized, is_sized(product)),
    )


def _code_of(group: str, table: CatalogTable) -> int:
    """The code of a style, or the one that a new style gets."""
    return table.groups.index(group) if group in table.groups else len(table.groups)


def patch_table(table: CatalogTable, *changed: Product, version: int) -> CatalogTable | None:
    """Change some products without laying out the others again; None where more changed of one than what a row holds, or it is new."""
    price, in_stock, products = table.price.copy(), table.in_stock.copy(), list(table.products)
    for product in changed:
        row = table.row_of.get(product.id)
        if row is None or not _fits_row(product, row, table):
            return None
        price[row] = price_of(product)
        in_stock[row] = product.availability in SELLABLE
        products[row] = product
    return msgspec.structs.replace(table, version=version, products=tuple(products), price=price, in_stock=in_stock)


def _fits_row(product: Product, row: int, table: CatalogTable) -> bool:
    """Whether no more changed of a product than what its row holds."""
    former = table.products[row]
    return all(getattr(former, name) == getattr(product, name) for name in READ_BY_OTHERS) and bool(table.sensitive[row] == _sensitivity_code(product))


def reworded(former: CatalogTable, table: CatalogTable, product_ids: Iterable[str]) -> dict[int, Product]:
    """What some products were, by row, where they say another title or brand than in a former table of the same rows; what is new says nothing else."""
    rows = {former.row_of[product_id] for product_id in product_ids if product_id in former.row_of}
    return {row: former.products[row] for row in sorted(rows) if _words(former.products[row]) != _words(table.products[row])}


def _words(product: Product) -> tuple[str | None, ...]:
    """What components read as words: where it changes, those that do read it again."""
    return product.title, product.brand


def price_of(product: Product) -> float:
    """What a product costs now; NaN where the feed gave no price."""
    money = product.sale_price or product.price
    return float("nan") if money is None else float(money.amount)


def is_sized(product: Product) -> bool:
    """Whether a product comes in a size; "One" is none."""
    return (product.size or "").strip().lower() not in WITHOUT_SIZE


def _sensitivity_code(product: Product) -> int:
    tag = sensitivity_of(product)
    return SENSITIVITIES.index(tag) if tag in SENSITIVITIES else SENSITIVITIES.index("unknown")


def _codes(names: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    code: dict[str, int] = {}
    codes = np.fromiter((code.setdefault(name, len(code)) for name in names), np.int32, count=len(names))
    return tuple(code), codes
