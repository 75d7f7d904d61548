"""Products: Google Merchant feeds, as tab-separated text or JSON, and changes to one product."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from tactful.ingest.money import read_money
from tactful.ingest.reports import FeedReport, Problem
from tactful.ingest.values import Unreadable, Unusable, kind_of, read_flag, read_id, read_text, read_time
from tactful.ingest.wire import read_json
from tactful.model.errors import InvalidFeed, InvalidInput
from tactful.model.products import Product

AVAILABILITIES = {
    "instock": "in_stock",
    "limitedavailability": "in_stock",
    "onlineonly": "in_stock",
    "outofstock": "out_of_stock",
    "soldout": "out_of_stock",
    "discontinued": "out_of_stock",
    "preorder": "preorder",
    "presale": "preorder",
    "backorder": "backorder",
}
"""Our spelling by every spelling seen, without case, spaces, and the address that schema.org puts before it."""
TABS = "tab-separated"


def words(limit: int) -> Callable[[Any], str | None]:
    """A reader of text, cut at ``limit`` characters; of a list its first counts."""

    def read(value: Any) -> str | None:
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


def read_products(body: bytes, *, content_type: str | None) -> FeedReport:
    r"""Read a product feed: Merchant TSV, or a JSON array of objects. What cannot be read is reported by line, the rest is kept.

    Raises InvalidFeed where the feed as a whole cannot be read.

    >>> read_products(b"id\ttitle\tprice\nmug\tMug\t9.00 EUR\n", content_type=None).products[0].title
    'Mug'
    """
    tabs = TABS in (content_type or "") or not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{"))
    products, problems = [], []
    for line, attributes in rows(body) if tabs else objects(body):
        try:
            products.append(read_product(attributes))
        except Unreadable as problem:
            problems.append(Problem(line=line, message=str(problem)))
    return FeedReport(products=tuple(products), problems=tuple(problems))


def read_product(attributes: Any) -> Product:
    """One product of its attributes. Raises Unreadable with the attribute that is wrong."""
    if not isinstance(attributes, dict):
        raise Unreadable(f"must be an object, not {kind_of(attributes)}")
    known = {name: value for key, value in attributes.items() if (name := attribute_name(key)) in READERS and value not in (None, "", [])}
    read = {name: read_attribute(name, value) for name, value in known.items()}
    for name in REQUIRED:
        if read.get(name) is None:
            raise Unreadable(f"{name} is missing" + (f" (product {read['id']})" if name != "id" else ""))
    return Product(**{name: value for name, value in read.items() if value is not None})


def read_attribute(name: str, value: Any) -> Any:
    """One attribute. Raises Unreadable naming it."""
    try:
        return READERS[name](value)
    except Unreadable as problem:
        raise Unreadable(f"{name} {problem}") from problem


def attribute_name(name: str) -> str:
    """An attribute in the spelling with underscores.

    >>> attribute_name("g:Image Link")
    'image_link'
    """
    return "_".join(name.strip().lower().removeprefix("g:").split())


def rows(body: bytes) -> Iterator[tuple[int, Any]]:
    """Line number and attributes of every line of a tab-separated feed. A line that has more cells than the header is given without attributes' sense."""
    try:
        lines = body.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        raise InvalidFeed(f"the feed is not UTF-8: byte {problem.start} cannot be read; save it as UTF-8") from problem
    header = [attribute_name(unquoted(cell)) for cell in (lines[0] if lines else "").split("\t")]
    if missing := [name for name in ("id", "title") if name not in header]:
        found = ", ".join(name for name in header if name)[:200] or "nothing"
        raise InvalidFeed(f"the first line must name the columns, separated by tabs; {' and '.join(missing)} missing, found: {found}")
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            cells = [unquoted(cell) for cell in line.split("\t")]
            yield number, dict(zip(header, cells, strict=False)) if len(cells) <= len(header) else cells


def unquoted(cell: str) -> str:
    """A cell without the quotes that spreadsheets put around it."""
    text = cell.strip()
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def objects(body: bytes) -> Iterator[tuple[int, Any]]:
    """Position and attributes of every object of a JSON feed."""
    try:
        value = read_json(body)
    except InvalidInput as problem:
        raise InvalidFeed(problem.message) from problem
    if not isinstance(value, list):
        raise InvalidFeed(f"the feed must be a JSON array of objects, not {kind_of(value)}")
    yield from enumerate(value, 1)


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
