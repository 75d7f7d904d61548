"""What reading a feed found."""

from msgspec import Struct

from tactful.model.products import Product, Store


class Problem(Struct, frozen=True, kw_only=True):
    """One line or object of a feed that was left out, and why."""

    line: int
    """Line of a delimited or XML feed, counted from 1 with the header; position in a list in JSON, counted from 1."""
    message: str


class FeedReport(Struct, frozen=True, kw_only=True):
    """Products that could be read, and what could not."""

    products: tuple[Product, ...]
    problems: tuple[Problem, ...]
    unread: frozenset[str] = frozenset()
    """Ids of products that the feed lists but that could not be read."""


class StoreReport(Struct, frozen=True, kw_only=True):
    """Stores that could be read, and what could not."""

    stores: tuple[Store, ...]
    problems: tuple[Problem, ...]
