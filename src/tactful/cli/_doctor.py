"""The command that says whether everything is in place, and what to do where it is not."""

import itertools
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tactful.cli._options import DEFAULT_DATA, Config, Data, Json, engine, policy_in
from tactful.cli._options import Store as StoreUrl
from tactful.cli._screen import show
from tactful.model.errors import TactfulError

if TYPE_CHECKING:
    from tactful.app.ports import Store

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1 << 30
MOST_DEAD_SHARE = 0.01
OLDEST_MODEL = timedelta(days=30)
LEAST_COVERAGE = 0.9
SAMPLED_CUSTOMERS = 2000


class Check(NamedTuple):
    """What one look found: fine, or what to do."""

    name: str
    ok: bool
    message: str


def doctor(*, config: Config = None, data: Data = DEFAULT_DATA, store: StoreUrl = None, as_json: Json = False) -> int:
    """Check that everything is in place; one line a check. Exits 1 when something falls short."""
    checks = [_python(), _directory(data), _policy(data, config), _disk(data)]
    if all(check.ok for check in checks[:3]):
        checks += [_senders(data, config), *_database(data, store, config)]
    lines = [f"{'ok' if check.ok else 'to do':<6} {check.name:<13} {check.message}" for check in checks]
    show([check._asdict() for check in checks], lines, as_json=as_json)
    return 0 if all(check.ok for check in checks) else 1


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info[:2] >= OLDEST_PYTHON
    return Check("python", fine, version if fine else f"{version} is too old; install Python 3.11 or newer")


def _directory(data: Path) -> Check:
    if not data.is_dir():
        return Check("data", False, f"{data} does not exist; run: tactful init --data {data}")
    if not os.access(data, os.W_OK | os.X_OK):
        return Check("data", False, f"{data} cannot be written to; run: chmod u+rwx {data}")
    return Check("data", True, f"{data} can be written to")


def _policy(data: Path, config: Path | None) -> Check:
    try:
        policy = policy_in(data, config)
    except TactfulError as error:
        return Check("policy", False, error.message)
    settings = list(policy.settings())
    changed = sum(setting.source == "file" for setting in settings)
    return Check("policy", True, f"{changed} of {len(settings)} settings from {policy.file}" if policy.file else f"{len(settings)} settings as shipped")


def _senders(data: Path, config: Path | None) -> Check:
    from tactful.wiring import postroom_of

    try:
        mail = postroom_of(policy_in(data, config), data)
        with mail.opened():
            said = [f"{route.channel} through {route.address.partition(':')[0]}" for route in mail.routes]
    except TactfulError as error:
        return Check("senders", False, error.message)
    return Check("senders", True, "; ".join([*said, "all else into outbox/ in the data"]))


def _disk(data: Path) -> Check:
    place = next(parent for parent in (data.absolute(), *data.absolute().parents) if parent.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB free"
    return Check("disk", free >= LEAST_FREE_BYTES, said if free >= LEAST_FREE_BYTES else f"{said}; make room for at least 1 GB")


def _database(data: Path, url: str | None, config: Path | None) -> list[Check]:
    try:
        store = engine(data, url, config).store
    except TactfulError as error:
        return [Check("database", False, error.message)]
    try:
        return [Check("database", True, "opens"), *(look(store) for look in LOOKS)]
    finally:
        store.close()


def _events(store: "Store") -> Check:
    count = store.events.count()
    return Check("events", count > 0, f"{count}" if count else "none yet; run: tactful import events.ndjson")


def _dead_letters(store: "Store") -> Check:
    dead, events = store.dead_letters.count(), store.events.count()
    if dead <= MOST_DEAD_SHARE * (events + dead):
        return Check("dead letters", True, f"{dead}")
    latest = store.dead_letters.latest(1)[0]
    return Check("dead letters", False, f"{dead} of {events + dead} events were not understood; correct the sender. The latest: {latest.message}")


def _products(store: "Store") -> Check:
    count = len(store.catalog.products())
    return Check("products", count > 0, f"{count}" if count else "none yet; run: tactful import products.tsv")


def _models(store: "Store") -> Check:
    records = store.models.load()
    if not records:
        return Check("models", False, "none trained yet; run: tactful train")
    age = datetime.now(UTC) - min(record.trained_at for record in records)
    said = f"{len(records)} trained, the oldest {max(0, age.days)} days ago"
    return Check("models", age <= OLDEST_MODEL, said if age <= OLDEST_MODEL else f"{said}; run: tactful train")


def _coverage(store: "Store") -> Check:
    known = {product.id for product in store.catalog.products()}
    named: set[str] = set()
    for _customer, events in itertools.islice(store.events.scan(), SAMPLED_CUSTOMERS):
        for event in events:
            named.update(line.product_id for line in getattr(event, "lines", ()))
            if (product_id := getattr(event, "product_id", None)) is not None:
                named.add(product_id)
    if not named:
        return Check("coverage", True, "no event names a product yet")
    share = len(named & known) / len(named)
    said = f"{share:.0%} of the products in events are in the catalogue"
    example = min(named - known, default="")
    return Check("coverage", share >= LEAST_COVERAGE, said if share >= LEAST_COVERAGE else f"{said}; import the rest, for example {example}")


LOOKS: tuple[Callable[["Store"], Check], ...] = (_events, _dead_letters, _products, _models, _coverage)
