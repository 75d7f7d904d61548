"""Products: Google Merchant feeds as tab-separated text, XML or JSON, Shopify exports, schema.org descriptions, and changes to one product."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from tactful.ingest.money import read_money
from tactful.ingest.reports import FeedReport, Problem
from tactful.ingest.schema_org import is_linked, linked_products, page_products
from tactful.ingest.shopify import is_shopify, shopify_objects, shopify_rows
from tactful.ingest.values import Unreadable, Unusable, kind_of, read_flag, read_id, read_text, read_time
from tactful.ingest.wire import read_json
from tactful.ingest.xml_feeds import xml_items
from tactful.model.errors import InvalidFeed, InvalidInput
from tactful.model.products import Product

AVAILABILITIES = {
    "instock": "in_stock",
    "limitedavailability": "in_stock",
    "onlineonly": "in_stock",
    "instoreonly": "in_stock",
    "madetoorder": "in_stock",
    "reserved": "out_of_stock",
    "outofstock": "out_of_stock",
    "soldout": "out_of_stock",
    "discontinued": "out_of_stock",
    "preorder": "preorder",
    "presale": "preorder",
    "backorder": "backorder",
}
"""Our spelling by every spelling seen, without case, spaces, and the address that schema.org puts before it."""
AVAILABLE = frozenset(AVAILABILITIES.values())
TABS = "tab-separated"
PAGE = re.compile(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype html|html|script)\b", re.IGNORECASE | re.DOTALL)


def words(limit: int) -> Callable[[Any], str | None]:
    """A reader of text, cut at ``limit`` characters; of a list its first counts."""

    def read(value: Any) -> str | None:
        if type(value) is str:  # nearly always
            return value.strip().replace("\x00", "")[:limit] or None
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict | list | bool):
            raise Unreadable(f"must be text, not {kind_of(first)}")
        return read_text(first, limit)

    return read


def identifier(value: Any) -> str | None:
    """An id as text."""
    try:
        return read_id(value, "it")
    except Unusable as problem:
        raise Unreadable(f"is unusable: {problem.message}") from problem


def availability(value: Any) -> str:
    """Whether it can be bought, in our spelling.

    >>> availability("https://schema.org/InStock"), availability("out of stock")
    ('in_stock', 'out_of_stock')
    """
    if isinstance(value, str) and value in AVAILABLE:
        return value
    spelling = str(value).strip().rstrip("/").rpartition("/")[2].lower().replace(" ", "").replace("_", "").replace("-", "")
    if spelling not in AVAILABILITIES:
        raise Unreadable(f"must be in_stock, out_of_stock, preorder or backorder, not {str(value)[:40]!r}")
    return AVAILABILITIES[spelling]


def flag(value: Any) -> bool:
    """Yes or no."""
    if (answer := read_flag(value)) is None:
        raise Unreadable(f"must be yes or no, not {str(value)[:40]!r}")
    return answer


def day(value: Any) -> datetime:
    """A date or a point in time."""
    if (at := read_time(value)) is None:
        raise Unreadable(f"must be a date like 2026-03-01, not {str(value)[:40]!r}")
    return at


READERS: dict[str, Callable[[Any], Any]] = {
    "id": identifier,
    "title": words(500),
    "price": read_money,
    "item_group_id": identifier,
    "description": words(5000),
    "link": words(2000),
    "image_link": words(2000),
    "availability": availability,
    "sale_price": read_money,
    "brand": words(200),
    "product_type": words(750),
    "google_product_category": words(750),
    "gtin": words(50),
    "color": words(100),
    "size": words(100),
    "gender": words(50),
    "age_group": words(50),
    "adult": flag,
    "sensitivity": words(50),
    "release_date": day,
}
"""How each attribute of a product is read; each raises Unreadable with what is wrong."""
REQUIRED = ("id", "title", "price")
NOTHING: tuple[Any, ...] = (None, "", [])


def read_products(body: bytes, *, content_type: str | None, currency: str | None = None) -> FeedReport:
    r"""Read a product feed: Merchant TSV or XML, a JSON array of objects, Shopify's CSV or JSON, schema.org JSON-LD or a page with it.

    They are told apart by what is in them. What cannot be read is reported by line, the rest is kept. ``currency``: of a feed that names none, as Shopify's.

    Raises InvalidFeed where the feed as a whole cannot be read.

    >>> read_products(b"id\ttitle\tprice\nmug\tMug\t9.00 EUR\n", content_type=None).products[0].title
    'Mug'
    """
    products, problems, unread = [], [], set()
    for line, attributes in entries(body, content_type or "", currency):
        try:
            products.append(read_product(attributes))
        except Unreadable as problem:
            problems.append(Problem(line=line, message=str(problem)))
            unread.add(named_in(attributes))
    return FeedReport(products=tuple(products), problems=tuple(problems), unread=frozenset(unread) - {""})


def named_in(attributes: Any) -> str:
    """The id of a product that could not be read; empty where that is what is wrong."""
    given = next((value for name, value in attributes.items() if attribute_name(name) == "id"), "") if isinstance(attributes, dict) else ""
    return str(given).strip()


def entries(body: bytes, content_type: str, currency: str | None, *, columns: tuple[str, ...] = ("id", "title")) -> Iterator[tuple[int, Any]]:
    """Line and attributes of whatever the feed lists, in its format; what cannot be taken apart is Unreadable. ``columns``: that a table must have."""
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if TABS in content_type:
        return rows(body, columns)
    if start.startswith(b"<"):
        return page_products(body, currency=currency) if PAGE.match(start) else xml_items(body)
    if start.startswith((b"{", b"[")):
        return objects(body, currency)
    if is_shopify(start.partition(b"\n")[0].decode("utf-8", "replace")):
        return shopify_rows(body, currency=needed(currency))
    return rows(body, columns)


def needed(currency: str | None) -> str:
    """The currency of a feed that names none. Raises InvalidFeed where nobody told it."""
    if currency is None or not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise InvalidFeed("a Shopify export names no currency; say which: --currency EUR on the command line, currency=EUR in the query")
    return currency.upper()


def objects(body: bytes, currency: str | None = None) -> Iterator[tuple[int, Any]]:
    """Position and attributes of every object of a JSON feed: an array, Shopify's ``products``, or JSON-LD. Raises InvalidFeed where it is none of them."""
    try:
        value = read_json(body)
    except InvalidInput as problem:
        raise InvalidFeed(problem.message) from problem
    if is_linked(value):
        return linked_products(value, currency=currency)
    if isinstance(value, list):
        return iter(enumerate(value, 1))
    products = value.get("products") if isinstance(value, dict) else None
    if not isinstance(products, list):
        raise InvalidFeed('the feed must be a JSON array of objects, {"products": [...]} as Shopify gives it, or JSON-LD')
    return shopify_objects(products, currency=needed(currency))


def read_product(attributes: Any) -> Product:
    """One product of its attributes. Raises Unreadable with the attribute that is wrong."""
    if isinstance(attributes, Unreadable):
        raise attributes
    if not isinstance(attributes, dict):
        raise Unreadable(f"must be an object, not {kind_of(attributes)}")
    read = {}
    for key, value in attributes.items():
        name = attribute_name(key)
        if name in READERS and value not in NOTHING and (found := read_attribute(name, value)) is not None:
            read[name] = found
    for name in REQUIRED:
        if name not in read:
            raise Unreadable(f"{name} is missing" + (f" (product {read['id']})" if name != "id" else ""))
    return Product(**read)


def read_attribute(name: str, value: Any) -> Any:
    """One attribute. Raises Unreadable naming it."""
    try:
        return READERS[name](value)
    except Unreadable as problem:
        raise Unreadable(f"{name} {problem}") from problem


@lru_cache(maxsize=1024)
def attribute_name(name: str) -> str:
    """An attribute in the spelling with underscores.

    >>> attribute_name("g:Image Link")
    'image_link'
    """
    return "_".join(name.strip().lower().removeprefix("g:").split())


def rows(body: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, Any]]:
    """Line number and attributes of every line of a tab-separated feed. A line that has more cells than the header is given without attributes' sense."""
    try:
        lines = body.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        raise InvalidFeed(f"the feed is not UTF-8: byte {problem.start} cannot be read; save it as UTF-8") from problem
    header = [attribute_name(unquoted(cell)) for cell in (lines[0] if lines else "").split("\t")]
    if missing := [name for name in columns if name not in header]:
        found = ", ".join(name for name in header if name)[:200] or "nothing"
        raise InvalidFeed(f"the first line must name the columns, separated by tabs; {' and '.join(missing)} missing, found: {found}")
    read = READERS.keys() | set(columns) | {"quantity"}
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            cells = line.split("\t")
            if len(cells) > len(header):
                yield number, cells
                continue
            yield number, {name: text for name, cell in zip(header, cells, strict=False) if name in read and (text := unquoted(cell))}


def unquoted(cell: str) -> str:
    """A cell without the quotes that spreadsheets put around it."""
    text = cell.strip()
    return text[1:-1].replace('""', '"') if text[:1] == '"' == text[-1:] and len(text) > 1 else text


def patch_product(product: Product, changes: dict[str, Any]) -> Product:
    """A product with some attributes changed; null clears one. Raises InvalidInput naming what is unknown or wrong.

    >>> patch_product(Product(id="mug", title="Mug"), {"availability": "out of stock"}).availability
    'out_of_stock'
    """
    if not isinstance(changes, dict):
        raise InvalidInput(f"the change must be a JSON object of attributes, not {kind_of(changes)}")
    named = {attribute_name(key): value for key, value in changes.items()}
    if unknown := sorted(set(named) - set(READERS)):
        raise InvalidInput(f"unknown attributes: {', '.join(unknown)[:200]}; known are {', '.join(READERS)}")
    cleared = Product(id=product.id, title="")
    try:
        read = {name: getattr(cleared, name) if value is None else read_attribute(name, value) for name, value in named.items()}
    except Unreadable as problem:
        raise InvalidInput(str(problem)) from problem
    if read.get("id", product.id) != product.id:
        raise InvalidInput("a product's id cannot be changed; put a new product instead")
    if not read.get("title", product.title):
        raise InvalidInput("a product needs a title")
    return replace(product, **read)
