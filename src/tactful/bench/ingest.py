"""How many events a server takes from 64 clients at once, each batch on disk before it is answered, and whether its memory stays flat.

In the same run: the same events inserted straight into SQLite, in batches of the same size, each synced; and an endpoint that does nothing.
"""

import itertools
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._load import Load, load, serving

SEED = 8321
HEADERS = {"Authorization": "Bearer dev-secret", "Content-Type": "application/json"}
WRITTEN = 1000
"""Batches that are written beforehand."""
ID, AT = b"the-id", b"the-time"
SHARE_OF_RAW, CACHE_MB, GROWTH = 0.2, 67.1, 0.1
TABLE = """
CREATE TABLE events (seq INTEGER PRIMARY KEY, customer TEXT NOT NULL, at INTEGER NOT NULL, message_id TEXT NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX events_by_customer ON events (customer, at);
CREATE UNIQUE INDEX events_by_message ON events (message_id);
"""


class Sizes(Struct, frozen=True, kw_only=True):
    """How hard, and how long."""

    clients: int = 64
    customers: int = 20_000
    batch: int = 50
    seconds: float = 120.0
    """Of the batches; single events, the raw inserts and the bare endpoint get a sixth of it each."""


class Measured(Struct, frozen=True, kw_only=True):
    """One run's figures."""

    batch: int
    batches: Load
    singles: Load
    bare: Load
    """The same batches, and nobody works for them."""
    raw_a_second: float
    """Events a second straight into SQLite."""

    @property
    def share_of_raw(self) -> float:
        """Events a second through the server over those straight into SQLite."""
        return self.batches.a_second * self.batch / self.raw_a_second

    @property
    def rise_mb(self) -> float:
        """Memory in the last quarter less memory in the first seconds."""
        quarter = max(1, len(self.batches.memory_mb) // 4)
        return median(self.batches.memory_mb[-quarter:]) - self.batches.memory_mb[0]

    @property
    def allowed_mb(self) -> float:
        """What memory may rise by however long the run is: the database's cache of pages, 64 MiB, and a tenth of what there was."""
        return CACHE_MB + GROWTH * self.batches.memory_mb[0]


def run(console: Console, setting: Setting) -> int:
    """Two minutes of batches, and the yardsticks; 1 where it is slower than promised or its memory grows."""
    return report(console, measure(Sizes(customers=500, seconds=6.0) if setting.quick else Sizes()))


def report(console: Console, found: Measured) -> int:
    """Print everything; 0 where every promise is kept."""
    table = Table("what", "events/s", "requests/s", "server's ms a request", "p50 ms", "p99 ms", "memory MB, start to end")
    for name, one, size in (
        (f"batches of {found.batch}", found.batches, found.batch),
        ("single events", found.singles, 1),
        (f"bare endpoint, batches of {found.batch}", found.bare, 0),
    ):
        events = f"{one.a_second * size:,.0f}" if size else "-"
        memory = f"{one.memory_mb[0]:,.0f} to {one.memory_mb[-1]:,.0f}" if size else "-"
        table.add_row(name, events, f"{one.a_second:,.0f}", f"{one.cpu_ms:.2f}", f"{one.p50_ms:.1f}", f"{one.p99_ms:.1f}", memory)
    table.add_row(f"raw SQLite, batches of {found.batch}", f"{found.raw_a_second:,.0f}", "-", "-", "-", "-", "-")
    console.print(table)
    console.print(f"requests over those of the bare endpoint: {found.batches.a_second / found.bare.a_second:.2f}")
    promises = (
        (f"{found.share_of_raw:.2f} of raw inserts, at least {SHARE_OF_RAW:g}", found.share_of_raw >= SHARE_OF_RAW),
        (f"memory rose by {found.rise_mb:.0f} MB, at most {found.allowed_mb:.0f}: the database's cache, and a tenth", found.rise_mb <= found.allowed_mb),
    )
    for promise, kept in promises:
        console.print(f"{'reached' if kept else 'missed'}: {promise}")
    return 0 if all(kept for _, kept in promises) else 1


def measure(sizes: Sizes) -> Measured:
    """Ask a server over a new database, then the yardsticks, one after the other."""
    brief = sizes.seconds / 6
    with TemporaryDirectory(prefix="tactful-bench-") as directory:
        raw = _raw(Path(directory) / "before.sqlite3", sizes, seconds=brief / 2)
        with serving("tactful", "serve", "--dev", "--data", str(Path(directory) / "data")) as server:
            ask = partial(load, server, path="/v1/batch", headers=HEADERS, clients=sizes.clients)
            ask(_bodies(sizes, "warm"), seconds=min(3.0, brief))
            batches = ask(_bodies(sizes, "batch"), seconds=sizes.seconds)
            singles = ask(_bodies(sizes, "single", size=1), seconds=brief)
        raw = (raw + _raw(Path(directory) / "after.sqlite3", sizes, seconds=brief / 2)) / 2  # others may be busy on the machine, now or then
    with serving("uvicorn", "tactful.bench._bare:app", "--log-level", "warning") as server:
        bare = load(server, _bodies(sizes, "bare"), path="/", headers=HEADERS, clients=sizes.clients, seconds=brief)
    return Measured(batch=sizes.batch, batches=batches, singles=singles, bare=bare, raw_a_second=raw)


def _bodies(sizes: Sizes, name: str, *, size: int | None = None) -> Callable[[int], Iterator[bytes]]:
    """Batches without end, for each client. They are written beforehand, and then only get other ids and times: a client should cost as little as it can."""
    chance = random.Random(SEED)  # noqa: S311 - made-up customers
    written = [_batch(chance, sizes, size or sizes.batch) for _ in range(WRITTEN)]

    def of_client(client: int) -> Iterator[bytes]:
        for number in itertools.count(client * WRITTEN // sizes.clients):
            at = datetime.now(UTC).isoformat().encode()
            yield written[number % WRITTEN].replace(ID, f"{name}-{client}-{number}".encode()).replace(AT, at)

    return of_client


def _batch(chance: random.Random, sizes: Sizes, size: int) -> bytes:
    """A few people, most of whom look."""
    people = [chance.randrange(sizes.customers) for _ in range(4)]
    batch = [_event(f"{ID.decode()}-{number}", f"u{chance.choice(people)}", chance) for number in range(size)]
    return json.dumps({"batch": batch, "sentAt": AT.decode()}).encode()


def _event(message_id: str, user: str, chance: random.Random) -> dict[str, object]:
    product = f"p{int(5000 * chance.random() ** 2)}"
    common: dict[str, object] = {
        "type": "track",
        "messageId": message_id,
        "userId": user,
        "anonymousId": f"d-{user}",
        "timestamp": AT.decode(),
        "context": {"locale": "en-GB"},
    }
    if chance.random() < 0.05:
        lines = [{"product_id": product, "price": 9.5, "quantity": 1}]
        return common | {"event": "Order Completed", "properties": {"order_id": message_id, "currency": "EUR", "products": lines}}
    return common | {"event": "Product Viewed", "properties": {"product_id": product, "price": 9.5, "currency": "EUR"}}


def _raw(path: Path, sizes: Sizes, *, seconds: float) -> float:
    """Rows a second of one writer that does nothing but insert: a transaction a batch, on disk when it ends."""
    chance = random.Random(SEED)  # noqa: S311 - made-up customers
    body = bytes(180)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384;" + TABLE)
        began, done = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            rows = [(f"u:u{chance.randrange(sizes.customers)}", done + n, f"m{chance.random()}", body) for n in range(sizes.batch)]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO events (customer, at, message_id, body) VALUES (?, ?, ?, ?)", rows)
            connection.execute("COMMIT")
            done += len(rows)
        return done / (time.monotonic() - began)
