"""What kind of file somebody wants to import."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, cast

import msgspec

from tactful.model.errors import InvalidInput

Kind = Literal["events", "products", "stores", "inventory"]
TABS = "text/tab-separated-values"
JSON = "application/json"
STOCK = re.compile(rb"\bstore[_ ]code\b", re.IGNORECASE)
"""What a local inventory feed has and a product feed has not."""
BEGINNING = 16 * 1024
"""Bytes."""


def _inner_suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return suffixes[-2] if suffixes[-1:] == [".gz"] and len(suffixes) > 1 else "".join(suffixes[-1:])


def content_type(path: Path) -> str:
    """The content type of a product feed, by its name; empty where what is in it tells.

    >>> content_type(Path("feed.tsv.gz"))
    'text/tab-separated-values'
    """
    suffix = _inner_suffix(path)
    return JSON if suffix == ".json" else TABS if suffix in (".tsv", ".txt") else ""


def read_all(path: Path) -> bytes:
    """The whole file, unpacked where it is gzip. Raises InvalidInput where it is not what its name says."""
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{path} is no complete gzip file: {error}") from None


def kind_of(path: Path) -> Kind:
    """Events, products, stores or their inventory, by the name and by how it begins. Raises InvalidInput where it is none of them."""
    if not path.exists():
        raise InvalidInput(f"{path} does not exist; give a file of events (.ndjson), products (.tsv, .json), stores (.json) or stock (.tsv)")
    if path.is_dir():
        raise InvalidInput(f"{path} is a directory; import its files one by one, products and stores first")
    suffix = _inner_suffix(path)
    if suffix in (".ndjson", ".jsonl"):
        return "events"
    if suffix in (".tsv", ".txt") or (suffix == ".csv" and _is_feed(read_all(path).partition(b"\n")[0])):
        return "inventory" if STOCK.search(read_all(path)[:BEGINNING].partition(b"\n")[0]) else "products"
    if suffix in (".xml", ".rss", ".atom"):
        return "inventory" if STOCK.search(read_all(path)[:BEGINNING]) else "products"
    if suffix in (".jsonld", ".html", ".htm"):
        return "products"
    if suffix == ".csv":
        raise InvalidInput(f"{path} has no tabs in its first line; a product feed is tab-separated, with Google Merchant attribute names, or Shopify's CSV")
    if suffix == ".json":
        return _kind_of_json(path)
    raise InvalidInput(
        f"cannot tell what {path} holds; name it .ndjson (events), .tsv, .csv or .xml (products) or .json (products, stores), each also with .gz"
    )


def _is_feed(header: bytes) -> bool:
    from tactful.ingest import is_shopify

    return b"\t" in header or is_shopify(header.decode("utf-8-sig", "replace"))


def _kind_of_json(path: Path) -> Kind:
    try:
        rows = msgspec.json.decode(read_all(path))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not valid JSON: {error}") from None
    first = rows[0] if isinstance(rows, list) and rows else rows
    if not isinstance(first, dict):
        first = {}
    if "store_code" in first and "id" in first:
        return "inventory"
    if "store_code" in first:
        return "stores"
    if first.keys() & {"products", "title", "id", "@context", "@graph", "@type"}:
        return "products"
    raise InvalidInput(f"{path} must be an array of stores (with store_code) or of products (with id and title); events go one a line in .ndjson")


def lines_of(path: Path, *, progress: Callable[[int], None]) -> Iterator[bytes]:
    """The lines of a plain or gzip file; tells progress in bytes of the file as it lies on disk."""
    with path.open("rb") as raw:
        source = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if path.suffix.lower() == ".gz" else raw
        told = 0
        try:
            for number, line in enumerate(source):
                if number % 1000 == 0:
                    progress(raw.tell() - told)
                    told = raw.tell()
                yield line
        except (EOFError, gzip.BadGzipFile) as error:
            raise InvalidInput(f"{path} is no complete gzip file: {error}; what came before is kept, so import it again when it is mended") from None
        progress(raw.tell() - told)
