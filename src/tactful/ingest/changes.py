"""Partial feeds: some attributes of many products, as Google's supplemental feeds give them."""

from typing import Any

from msgspec import Struct

from tactful.ingest.products import READERS, attribute_name, entries, identifier, read_attribute
from tactful.ingest.reports import Problem
from tactful.ingest.values import Unreadable, kind_of
from tactful.model.products import Product

CLEARED = Product(id="", title="")
"""What an attribute is that nobody names."""


class Change(Struct, frozen=True, kw_only=True):
    """What one line says of one product; what it does not name stays as it is."""

    line: int
    product_id: str
    values: dict[str, Any]
    """By attribute, read."""


class ChangesReport(Struct, frozen=True, kw_only=True):
    """Changes that could be read, and what could not."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def read_changes(body: bytes, *, content_type: str | None = None, currency: str | None = None) -> ChangesReport:
    r"""Read a partial feed in any form but Shopify's. An empty cell says nothing; ``null`` in JSON clears. What cannot be read is reported by line.

    Raises InvalidFeed where the feed as a whole cannot be read.

    >>> read_changes(b"id\tprice\tbrand\nmug\t9.00 EUR\t\n").changes[0].values
    {'price': Money(amount=Decimal('9.00'), currency='EUR')}
    """
    changes, problems = [], []
    for line, attributes in entries(body, content_type or "", currency, columns=("id",)):
        try:
            changes.append(read_change(line, attributes))
        except Unreadable as problem:
            problems.append(Problem(line=line, message=str(problem)))
    return ChangesReport(changes=tuple(changes), problems=tuple(problems))


def read_change(line: int, attributes: Any) -> Change:
    """One line. Raises Unreadable with what is wrong."""
    if isinstance(attributes, Unreadable):
        raise attributes
    if not isinstance(attributes, dict):
        raise Unreadable(f"must be an object, not {kind_of(attributes)}")
    named = {name: value for key, value in attributes.items() if (name := attribute_name(key)) in READERS and value not in ("", [])}
    product_id = identifier(named.pop("id", None))
    if product_id is None:
        raise Unreadable("id is missing")
    values = {name: getattr(CLEARED, name) if value is None else read_attribute(name, value) for name, value in named.items()}
    if values.get("title", "one") in (None, ""):
        raise Unreadable(f"title cannot be cleared (product {product_id})")
    if not values:
        raise Unreadable(f"nothing is changed (product {product_id})")
    return Change(line=line, product_id=product_id, values=values)
