"""How long a decision takes over HTTP: a real server on this machine's loopback, a generated shop, and customers of two hundred events.

An empty endpoint of the same server is measured in the same run, and the same shop with a tenth of the products.
"""

import http.client
import json
import random
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.model.errors import NotReady
from tactful.model.events import Event, OrderCompleted, OrderLine, ProductViewed
from tactful.model.products import Money, Product
from tactful.wiring import open_engine

SEED = 8321
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
P99_MS, SHARE_OF_EMPTY, TENFOLD_COSTS = 10.0, 0.25, 1.5
STARTS_WITHIN_SECONDS = 120.0
HEADERS = {"Authorization": "Bearer dev-secret", "Content-Type": "application/json", "Tactful-Now": NOW.isoformat()}


class Sizes(Struct, frozen=True, kw_only=True):
    """How large the shop is, and how long it is measured."""

    products: int = 100_000
    customers: int = 50_000
    regulars: int = 500
    """Of the customers; each has 200 events, the others have two."""
    requests: int = 2_000
    warm_up: int = 200


class Measured(Struct, frozen=True, kw_only=True):
    """One server's figures."""

    products: int
    p50_ms: float
    p99_ms: float
    a_second: float
    """Decisions, one after the other."""
    empty_a_second: float
    peak_mb: int

    @property
    def share_of_empty(self) -> float:
        """Decisions a second over empty answers a second."""
        return self.a_second / self.empty_a_second


def run(console: Console, setting: Setting) -> int:
    """Measure with a tenth of the products, then with all; 1 where decisions are slower than promised."""
    sizes = Sizes(products=2_000, customers=500, regulars=50, requests=200, warm_up=20) if setting.quick else Sizes()
    tenth = measure(sizes, products=sizes.products // 10)
    full = measure(sizes, products=sizes.products)
    return report(console, tenth, full)


def report(console: Console, tenth: Measured, full: Measured) -> int:
    """Print both; 0 where every promise is kept."""
    table = Table("products", "p50 ms", "p99 ms", "decisions/s", "empty/s", "share of empty", "peak MB")
    for one in (tenth, full):
        figures = (f"{one.p50_ms:.2f}", f"{one.p99_ms:.2f}", f"{one.a_second:,.0f}", f"{one.empty_a_second:,.0f}", f"{one.share_of_empty:.2f}")
        table.add_row(f"{one.products:,}", *figures, f"{one.peak_mb:,}")
    console.print(table)
    costs = full.p50_ms / tenth.p50_ms
    promises = (
        (f"p99 below {P99_MS:g} ms", full.p99_ms < P99_MS),
        (f"at least {SHARE_OF_EMPTY:g} of an empty endpoint", full.share_of_empty >= SHARE_OF_EMPTY),
        (f"ten times the products cost {costs:.2f} times as much, below {TENFOLD_COSTS:g}", costs < TENFOLD_COSTS),
    )
    for promise, kept in promises:
        console.print(f"{'reached' if kept else 'missed'}: {promise}")
    return 0 if all(kept for _, kept in promises) else 1


def measure(sizes: Sizes, *, products: int) -> Measured:
    """Make the shop, learn from its log, serve it, and ask."""
    with TemporaryDirectory(prefix="tactful-bench-") as directory:
        _make(Path(directory), sizes, products)
        with _server(Path(directory)) as connection:
            chance = random.Random(SEED)  # noqa: S311 - which customer asks next is no secret
            bodies = [json.dumps({"userId": f"u{chance.randrange(sizes.regulars)}"}) for _ in range(sizes.requests + sizes.warm_up)]
            took = np.array([_ask(connection, "POST", "/v1/decide", body) for body in bodies])[sizes.warm_up :]
            empty = np.array([_ask(connection, "GET", "/healthz") for _ in bodies])[sizes.warm_up :]
    p50, p99 = (float(np.quantile(took, share)) * 1000 for share in (0.5, 0.99))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)
    return Measured(products=products, p50_ms=p50, p99_ms=p99, a_second=1 / float(took.mean()), empty_a_second=1 / float(empty.mean()), peak_mb=round(peak))


def _make(directory: Path, sizes: Sizes, products: int) -> None:
    engine = open_engine(directory)
    with closing(engine.store):
        engine.put_products([_product(n) for n in range(products)])
        engine.import_history(_events(sizes, products), now=NOW)
        engine.train(now=NOW)


def _product(n: int) -> Product:
    department, kind = n % 12, n % 360
    return Product(
        id=f"p{n}",
        title=f"Thing {n} of kind {kind}",
        product_type=f"Department {department} > Aisle {kind % 60} > Kind {kind}",
        brand=f"Brand {n % 900}",
        price=Money(amount=Decimal(1 + n % 97), currency="EUR"),
    )


def _events(sizes: Sizes, products: int) -> Iterator[Event]:
    """What everybody did in the last year: regulars look and buy what they bought before, often enough; the others come once."""
    chance = random.Random(SEED)  # noqa: S311 - made-up customers
    for customer in range(sizes.customers):
        regular = customer < sizes.regulars
        own = [int(products * chance.random() ** 3) for _ in range(40 if regular else 2)]
        for n in range(200 if regular else 2):
            visit, place = divmod(n, 4)  # regulars order, then look at three things; the last time just now
            at = NOW - timedelta(days=365 * (1 - (visit + 1) / 50) if regular else chance.random() * 365, minutes=5 - place)
            who = {"message_id": f"m{customer}-{n}", "user_id": f"u{customer}", "at": at}
            if n % 4:
                yield ProductViewed(**who, product_id=f"p{int(products * chance.random() ** 2)}")  # type: ignore[arg-type]  # one dict of several types
            else:
                lines = tuple(OrderLine(product_id=f"p{chance.choice(own)}") for _ in range(4))
                yield OrderCompleted(**who, order_id=f"o{customer}-{n}", lines=lines)  # type: ignore[arg-type]  # one dict of several types


@contextmanager
def _server(directory: Path) -> Iterator[http.client.HTTPConnection]:
    """A server of its own process over a directory, and one connection to it that stays open."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tactful", "serve", "--dev", "--port", str(port), "--data", str(directory)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTS_WITHIN_SECONDS)
    try:
        _wait(connection)
        yield connection
    finally:
        connection.close()
        process.terminate()
        process.wait()


def _wait(connection: http.client.HTTPConnection) -> None:
    """Try until it answers. Raises NotReady."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            _ask(connection, "GET", "/healthz")
        except OSError:
            connection.close()
            time.sleep(0.1)
        else:
            return
    raise NotReady("the server to be measured did not start; see what it said above")


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> float:
    """Seconds until the whole answer is here. Raises NotReady where it is not 200."""
    begun = time.perf_counter()
    connection.request(method, path, body, HEADERS)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise NotReady(f"{path} answered {answer.status}: {said[:200]!r}")
    return time.perf_counter() - begun
