"""The shop a scenario plays in: a folder with products.tsv and, where there are any, stores.json and history.ndjson.gz."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from tactful.ingest import read_products, read_stores
from tactful.model.errors import InvalidInput
from tactful.model.products import Product, Store

PRODUCTS, STORES, HISTORY = "products.tsv", "stores.json", "history.ndjson.gz"
TABS = "text/tab-separated-values"


class ShopFolder(Struct, frozen=True, kw_only=True):
    """Where a shop's files lie, and what is in the small ones."""

    folder: Path
    products: tuple[Product, ...]
    stores: tuple[Store, ...]

    def history(self) -> Iterator[bytes]:
        """The shop's past, one message a line."""
        file = self.folder / HISTORY
        if file.exists():
            with gzip.open(file, "rb") as lines:
                yield from lines


def read_shop(folder: Path) -> ShopFolder:
    """Read a shop's feeds. Raises InvalidInput with the file and line of the first thing that cannot be read."""
    feed = read_products((folder / PRODUCTS).read_bytes(), content_type=TABS)
    stores = read_stores((folder / STORES).read_bytes()) if (folder / STORES).exists() else None
    for name, report in ((PRODUCTS, feed), (STORES, stores)):
        if report is not None and report.problems:
            raise InvalidInput(f"{folder / name}: line {report.problems[0].line}: {report.problems[0].message}")
    return ShopFolder(folder=folder, products=feed.products, stores=stores.stores if stores else ())
