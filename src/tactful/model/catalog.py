"""The catalogue as columns, for vectorised reads: one row a product."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.products import Product, Store

UNKNOWN_ROW = -1


class CatalogTable(Struct, frozen=True, kw_only=True, dict=True):
    """Products by row, with groups and types as dense codes. Built by `tactful.catalog`; immutable."""

    version: int
    products: tuple[Product, ...]
    row_of: dict[str, int]
    group_of: NDArray[np.int32]
    """Group code per row, int32 [n]."""
    type_of: NDArray[np.int32]
    """Type code per row, int32 [n]; products without a type have a type of their own."""
    groups: tuple[str, ...]
    """Group id by code."""
    types: tuple[str, ...]
    """Product type path by code, ``A > B > C``."""
    type_code: dict[str, int]
    rows_of_group: tuple[tuple[int, ...], ...]
    price: NDArray[np.float64]
    """What it costs now (sale price where there is one), NaN where unknown, float64 [n]."""
    in_stock: NDArray[np.bool_]
    sensitive: NDArray[np.int8]
    """Index into `SENSITIVITIES` per row; 0 is not sensitive."""
    sized: NDArray[np.bool_]
    """Whether it comes in a size that somebody may or may not wear."""
    stores: dict[str, Store]

    def rows(self, product_ids: Iterable[str]) -> NDArray[np.int32]:
        """Rows of the products that we know, int32, in the order given; unknown ids are left out."""
        found = (self.row_of.get(product_id, UNKNOWN_ROW) for product_id in product_ids)
        return np.fromiter((row for row in found if row != UNKNOWN_ROW), dtype=np.int32)

    def known(self, product_ids: Iterable[str]) -> dict[str, int]:
        """Rows of the products that we know, by id, in the order given. Asked once a customer: among all products each question is a walk through memory."""
        row_of = self.row_of
        return {product_id: row for product_id in product_ids if (row := row_of.get(product_id)) is not None}

    @cached_property
    def department_of_type(self) -> tuple[str, ...]:
        """The first step of each type's path, by type code."""
        return tuple(path.split(" > ", 1)[0] for path in self.types)

    @cached_property
    def category_of_type(self) -> NDArray[np.int64]:
        """A number for the first two steps of each type's path, by type code."""
        return np.unique([" > ".join(path.split(" > ")[:2]) for path in self.types], return_inverse=True)[1].astype(np.int64)

    @cached_property
    def restocked(self) -> frozenset[int]:
        """Rows of the products that were out of stock once and came back."""
        return frozenset(row for row, product in enumerate(self.products) if product.restocked_at is not None)

    def product(self, row: int) -> Product:
        """The product in a row."""
        return self.products[row]


def subject_of(type_path: str) -> str:
    """What a type is part of: its path without the last step, where it has three or more.

    >>> subject_of("Pets > Dog > Accessories"), subject_of("Books > Fiction")
    ('Pets > Dog', 'Books > Fiction')
    """
    return type_path.rpartition(" > ")[0] if type_path.count(" > ") > 1 else type_path


def within(type_path: str, subject: str) -> bool:
    """Whether a type is a subject or something below it.

    >>> within("Pets > Dog > Food", "pets > dog"), within("Pets > Dogma", "Pets > Dog")
    (True, False)
    """
    path, subject = type_path.casefold(), subject.strip().casefold()
    return path == subject or path.startswith(f"{subject} > ")


SENSITIVITIES = (
    "none",
    "health",
    "pregnancy_baby",
    "intimacy",
    "belief",
    "money",
    "addiction",
    "grief",
    "minors",
    "ethnicity",
    "weapons",
    "body",
    "unknown",
)
"""Tags of GDPR article 9 and of the customers' own sense of tact; the position is the code in `CatalogTable.sensitive`."""
