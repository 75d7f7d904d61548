"""Pages as text: the engine is asked, templates say it."""

import re
from datetime import datetime
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct

from tactful.app.engine import DecideRequest, Engine
from tactful.model.decisions import Decision, Plan
from tactful.model.errors import NotFound

STYLE = files("tactful.console").joinpath("templates/style.css").read_text(encoding="utf-8")
SHOWN_AT = "home"
"""The placement that the console asks about."""
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


class Lookup(Struct, frozen=True, kw_only=True):
    """What one looked up."""

    known: dict[str, Any]
    decision: Decision
    plan: Plan | None
    titles: dict[str, str]
    """Titles of the products that the page names, by id."""


def render_page(engine: Engine, *, customer: str, now: datetime) -> str:
    """The console as HTML; with a customer, what we know of them, would show, would say, and withhold."""
    found = look_up(engine, customer, now) if customer else None
    return TEMPLATES.get_template("console.html").render(customer=customer, now=now, found=found)


def look_up(engine: Engine, customer: str, now: datetime) -> Lookup | None:
    """Ask the engine about one customer; None where nobody is known under this id."""
    try:
        known = engine.customer(customer, now=now)
    except NotFound:
        return None
    user_id, anonymous_id = ids_of(engine, known, customer)
    decision = engine.preview(DecideRequest(user_id=user_id, anonymous_id=anonymous_id, placement=SHOWN_AT, explain=True), now=now)
    plan = next(iter(engine.plan([user_id], now=now, dry_run=True)), None) if user_id else None
    return Lookup(known=known, decision=decision, plan=plan, titles=titles(engine, decision, plan))


def ids_of(engine: Engine, known: dict[str, Any], customer: str) -> tuple[str | None, str | None]:
    """A userId of a customer, or else an anonymousId; what was typed where neither is linked."""
    links = engine.store.identities.links(str(known.get("customerId", "")))
    by_kind = {link.identifier.kind: link.identifier.value for link in reversed(links)}
    typed = {link.identifier.kind for link in links if link.identifier.value == customer}
    if "anonymous_id" in typed and "user_id" not in by_kind:
        return None, customer
    if "user_id" in typed or not by_kind.keys() & {"user_id", "anonymous_id"}:
        return customer, None
    return (by_kind["user_id"], None) if "user_id" in by_kind else (None, by_kind["anonymous_id"])


def titles(engine: Engine, decision: Decision, plan: Plan | None) -> dict[str, str]:
    """Titles of the products that are named."""
    items = [*decision.items, *(plan.message.items if plan and plan.message else ())]
    withheld = [*(decision.withheld or ()), *((plan.withheld if plan else None) or ())]
    named = {each.product_id for each in items} | {each.product_id for each in withheld}
    products = (engine.store.catalog.product(product_id) for product_id in sorted(named))
    return {product.id: product.title for product in products if product}


def render_reference(schema: dict[str, Any]) -> str:
    """The API's own description as one HTML page."""
    operations = [
        {"method": method.upper(), "path": path, **operation} for path, methods in schema.get("paths", {}).items() for method, operation in methods.items()
    ]
    return TEMPLATES.get_template("reference.html").render(info=schema["info"], operations=operations)


def humanised(name: object) -> str:
    """A key of JSON as words.

    >>> humanised("lastOwnAt"), humanised("order_days")
    ('Last own at', 'Order days')
    """
    return WORD_START.sub(" ", str(name)).lower().capitalize()


def readable(value: Any) -> str:
    """One value as text.

    >>> readable(None), readable(True), readable(0.30000000000000004), readable(["a", "b"])
    ('–', 'yes', '0.3', 'a, b')
    >>> readable("2026-03-02T18:10:00Z")
    '2 March 2026, 18:10 UTC'
    """
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(readable(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{humanised(key).lower()} {readable(each)}" for key, each in value.items())
    return spoken(value) if isinstance(value, datetime) or TIMESTAMP.fullmatch(str(value)) else str(value)


def spoken(at: datetime | str) -> str:
    """A point in time for people.

    >>> spoken("2026-03-02T18:10:00+00:00")
    '2 March 2026, 18:10 UTC'
    """
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.day} {moment:%B %Y, %H:%M} {moment.tzname() or ''}".strip()


def chance(score: float) -> str:
    """A probability in words.

    >>> chance(0.313), chance(0.002)
    ('about 31 in 100', 'less than 1 in 100')
    """
    return f"about {score * 100:.0f} in 100" if score >= 0.01 else "less than 1 in 100"


def is_table(value: Any) -> bool:
    """Whether a value reads best as a table: a list of objects."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, dict) for each in value)


def columns(rows: list[dict[str, Any]]) -> list[str]:
    """Keys of a list of objects, in the order in which they first appear."""
    return list(dict.fromkeys(key for row in rows for key in row))


TEMPLATES = Environment(loader=PackageLoader("tactful.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
TEMPLATES.filters |= {"humanised": humanised, "readable": readable, "spoken": spoken, "chance": chance, "columns": columns}
TEMPLATES.tests["table"] = is_table
TEMPLATES.globals["style"] = STYLE
