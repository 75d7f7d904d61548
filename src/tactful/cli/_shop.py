"""Commands that fill a shop: init, import, train."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Now, Store, at_work, clock, engine
from tactful.cli._screen import note_problems, progress, show
from tactful.cli._sources import content_type, kind_of, lines_of, read_all
from tactful.model.errors import InvalidInput

if TYPE_CHECKING:
    from tactful.app.engine import Engine
    from tactful.model.events import DeadLetter, Event

Imported = dict[str, str | int]


def init(*, data: Data = DEFAULT_DATA, store: Store = None, as_json: Json = False) -> None:
    """Create the data directory, its database, its keys, and a policy to start from: everything as shipped, with what it means."""
    from tactful.http import new_keys
    from tactful.wiring import start_policy

    engine(data, store).store.close()
    data.mkdir(parents=True, exist_ok=True)  # with --store the database is elsewhere, the keys are not
    keys = new_keys(data)
    policy = start_policy(data)
    lines = [
        f"{data} is ready. Its keys are in {data / 'keys.json'}; keep the secret one secret.",
        f"  write key   {keys.write}",
        f"  secret key  {keys.secret}",
        f"Its policy is {policy}: all that may be set, with the defaults and their sources.",
        "Next: tactful import products.tsv, tactful import events.ndjson, tactful train, tactful serve.",
    ]
    show({"data": str(data), "writeKey": keys.write, "secretKey": keys.secret, "policy": str(policy)}, lines, as_json=as_json)


def import_source(
    source: Annotated[
        Path, typer.Argument(help="Events (.ndjson), products (.tsv, .xml, .json, .html, Shopify .csv), stores (.json), stock in stores (.tsv); each also .gz.")
    ],
    *,
    currency: Annotated[str | None, typer.Option(help="Currency of a Shopify export, which names none, like EUR.")] = None,
    full: Annotated[bool, typer.Option("--full", help="These products are all that is sold; what is left out is no longer for sale.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Change only what the products' lines name.")] = False,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> int:
    """Import events, products, stores or their stock from a file. Interrupted, it may simply be run again."""
    kind = kind_of(source)
    if (full or partial) and (kind != "products" or full == partial):
        raise InvalidInput("--full and --partial are for products, and exclude each other")
    with at_work(data, store) as work:
        if kind == "products":
            done, problems = _change_products(work, source, currency) if partial else _import_products(work, source, currency, full=full)
        else:
            done, problems = IMPORTS[kind](work, source)
    note_problems(problems)
    counts = ", ".join(f"{count} {word}" for word, count in done.items())
    show({"kind": kind, **done, "problems": problems}, [f"{source}: {counts}"], as_json=as_json)
    return 1 if problems and not any(done.get(word) for word in ("accepted", "already known")) else 0


def _import_events(work: "Engine", source: Path) -> tuple[Imported, list[str]]:
    from tactful.ingest import read_history

    problems: list[str] = []
    now = datetime.now(UTC)
    with progress(f"importing {source.name}", total=source.stat().st_size, in_bytes=True) as advance:
        lines = _Numbered(lines_of(source, progress=advance))
        arrivals = _watch(read_history(lines, received_at=now), lines, problems)
        receipt = work.import_history(arrivals, now=now)
    return {"accepted": receipt.accepted, "already known": receipt.duplicates, "not understood": receipt.dead}, problems


class _Numbered:
    """Lines that remember which of them was handed out last."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.lines = lines
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self.lines:
            self.number += 1
            yield line


def _watch(arrivals: "Iterable[Event | DeadLetter]", lines: _Numbered, problems: list[str]) -> "Iterator[Event | DeadLetter]":
    from tactful.model.events import DeadLetter

    for arrival in arrivals:
        if isinstance(arrival, DeadLetter):
            problems.append(f"line {lines.number}: {arrival.message}")
        yield arrival


def _import_products(work: "Engine", source: Path, currency: str | None, *, full: bool) -> tuple[Imported, list[str]]:
    from tactful.ingest import read_products

    report = read_products(read_all(source), content_type=content_type(source), currency=currency)
    done: Imported = {"accepted": len(report.products), "not understood": len(report.problems)}
    if full:
        done["no longer sold"] = work.put_full_feed(report.products, unread=report.unread, now=datetime.now(UTC))
    else:
        work.put_products(report.products, now=datetime.now(UTC))
    return done, _by_line([(problem.line, problem.message) for problem in report.problems])


def _change_products(work: "Engine", source: Path, currency: str | None) -> tuple[Imported, list[str]]:
    from tactful.ingest import read_changes

    report = read_changes(read_all(source), content_type=content_type(source), currency=currency)
    unknown = work.change_products([(change.product_id, change.values) for change in report.changes], now=datetime.now(UTC))
    lost = [(each.line, f"there is no product {each.product_id!r}; import it first") for each in report.changes if each.product_id in unknown]
    problems = _by_line([*((problem.line, problem.message) for problem in report.problems), *lost])
    return {"accepted": len(report.changes) - len(lost), "not understood": len(problems)}, problems


def _import_inventory(work: "Engine", source: Path) -> tuple[Imported, list[str]]:
    from tactful.ingest import read_inventory

    report = read_inventory(read_all(source), content_type=content_type(source))
    unknown = work.put_inventory([(line.store_code, line.product_id, line.in_stock) for line in report.lines])
    lost = [(each.line, f"there is no store {each.store_code!r}; import it first") for each in report.lines if each.store_code in unknown]
    problems = _by_line([*((problem.line, problem.message) for problem in report.problems), *lost])
    return {"accepted": len(report.lines) - len(lost), "not understood": len(problems)}, problems


def _by_line(problems: list[tuple[int, str]]) -> list[str]:
    return [f"line {line}: {message}" for line, message in sorted(problems)]


def _import_stores(work: "Engine", source: Path) -> tuple[Imported, list[str]]:
    from tactful.ingest import read_stores

    report = read_stores(read_all(source))
    work.put_stores(report.stores)
    return {"accepted": len(report.stores), "not understood": len(report.problems)}, [f"store {p.line}: {p.message}" for p in report.problems]


IMPORTS = {"events": _import_events, "stores": _import_stores, "inventory": _import_inventory}


def train(*, now: Now = None, data: Data = DEFAULT_DATA, store: Store = None, as_json: Json = False) -> None:
    """Learn every model from the log, and put them to use. Interrupted, run it again: for a day it goes on where it was; with --now it begins anew."""
    from tactful.app.train import RESUMED_WITHIN

    with at_work(data, store) as work:
        if work.store.events.count() == 0:
            raise InvalidInput("there are no events to learn from; import some first: tactful import events.ndjson")
        with progress("training", total=None) as advance:
            models = work.train(now=clock(now), resume_within=RESUMED_WITHIN if now is None else timedelta(0), progress=advance)
    lines = [f"{name}: {', '.join(f'{key} {value}' for key, value in facts.items()) or 'nothing to learn'}" for name, facts in models.items()]
    show(models, lines, as_json=as_json)
