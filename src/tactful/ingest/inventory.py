"""What is in stock in which store: Google's local inventory feed, tab-separated, as XML or as a JSON array."""

from typing import Any

from msgspec import Struct

from tactful.ingest.products import attribute_name, availability, entries, identifier
from tactful.ingest.reports import Problem
from tactful.ingest.values import Unreadable, Unusable, kind_of, read_number

SHOWN_ONLY = ("on_display_to_order", "ondisplaytoorder")


class StockLine(Struct, frozen=True, kw_only=True):
    """One product in one store."""

    line: int
    store_code: str
    product_id: str
    in_stock: bool
    """Whether somebody who comes can take it away."""


class InventoryReport(Struct, frozen=True, kw_only=True):
    """Lines that could be read, and what could not."""

    lines: tuple[StockLine, ...]
    problems: tuple[Problem, ...]


def read_inventory(body: bytes, *, content_type: str | None = None) -> InventoryReport:
    r"""Read a local inventory feed; what cannot be read is reported by line, the rest is kept. Raises InvalidFeed where the whole is unusable.

    >>> read_inventory(b"store_code\tid\tquantity\nsoho\tmug\t3\n").lines[0].in_stock
    True
    """
    lines, problems = [], []
    for number, attributes in entries(body, content_type or "", None, columns=("store_code", "id")):
        try:
            lines.append(read_line(number, attributes))
        except Unreadable as problem:
            problems.append(Problem(line=number, message=str(problem)))
    return InventoryReport(lines=tuple(lines), problems=tuple(problems))


def read_line(line: int, attributes: Any) -> StockLine:
    """One line. Raises Unreadable with what is wrong."""
    if isinstance(attributes, Unreadable):
        raise attributes
    if not isinstance(attributes, dict):
        raise Unreadable(f"must be an object, not {kind_of(attributes)}")
    told = {attribute_name(name): value for name, value in attributes.items() if value not in (None, "")}
    if missing := [name for name in ("store_code", "id") if identifier(told.get(name)) is None]:
        raise Unreadable(f"{' and '.join(missing)} missing")
    return StockLine(line=line, store_code=str(identifier(told["store_code"])), product_id=str(identifier(told["id"])), in_stock=stocked(told))


def stocked(told: dict[str, Any]) -> bool:
    """Whether it lies in the store to be taken away: by its availability, and not where its quantity is zero. Raises Unreadable."""
    try:
        quantity = read_number(told.get("quantity"), "quantity", "")
    except Unusable as problem:
        raise Unreadable(problem.message) from problem
    given = told.get("availability")
    if given is None and quantity is None:
        raise Unreadable("availability is missing, and so is quantity")
    if quantity == 0:
        return False
    if given is None or str(given).strip().lower().replace(" ", "_") in SHOWN_ONLY:
        return given is None
    try:
        return availability(given) == "in_stock"
    except Unreadable as problem:
        raise Unreadable(f"availability {problem}") from problem
