"""Commands for what a person may ask of a shop: export, erase."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Now, Store, at_work, clock
from tactful.cli._screen import builtins, note, show

Customer = Annotated[str, typer.Argument(help="A userId, an anonymousId or a customer id.")]


def export(
    customer: Customer,
    *,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page to read, too.")] = None,
    now: Now = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show everything held about one customer: events, profile, decisions, plans, consents, identities and dead letters."""
    from tactful.console import render_export

    with at_work(data, store) as work:
        held = work.export(customer, now=clock(now))
    if html is not None:
        html.write_text(render_export(held), encoding="utf-8")
        note(f"written to {html}")
    show(held, outline(builtins(held)), as_json=as_json)


def erase(
    customer: Customer,
    *,
    now: Now = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Forget one customer for good: log, profile, decisions, dead letters, consent and links. An event that arrives late does not bring them back."""
    with at_work(data, store) as work:
        erasure = work.erase(customer, now=clock(now))
    told = builtins(erasure)
    show(erasure, [f"erased: {told['events']} events, {told['decisions']} decisions, {told['deadLetters']} dead letters", told["models"]], as_json=as_json)


def outline(value: Any, indent: str = "") -> Iterator[str]:
    """Lines that a person can read of JSON-ready values.

    >>> list(outline({"a": [1, {"b": None}]}))
    ['a:', '  1', '  b: –']
    """
    pairs = value.items() if isinstance(value, dict) else (("", each) for each in value)
    for key, each in pairs:
        label = f"{indent}{key}: " if key else indent
        if isinstance(each, dict | list) and each:
            if key:
                yield f"{indent}{key}:"
            yield from outline(each, indent + "  " if key else indent)
        else:
            yield label + ("–" if each in (None, [], {}) else str(each))
