"""How long a decision takes over HTTP: a real server on this machine's loopback, a generated shop, and customers of two hundred events.

An empty endpoint of the same server is measured in the same run, and the same shop with a tenth of the products. Beside the times that a client meets stands
the processor time of the server, which does not depend on who else is busy on the machine: one core can answer no more often than that allows.
"""

import http.client
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._load import Server, serving
from tactful.model.errors import NotReady
from tactful.model.events import Event, OrderCompleted, OrderLine, ProductViewed
from tactful.model.products import Money, Product
from tactful.wiring import open_engine

SEED = 8321
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
P99_MS, SHARE_OF_EMPTY, TENFOLD_COSTS = 10.0, 0.25, 1.5
HEADERS = {"Authorization": "Bearer dev-secret", "Content-Type": "application/json", "Tactful-Now": NOW.isoformat()}


class Sizes(Struct, frozen=True, kw_only=True):
    """How large the shop is, and how long it is measured."""

    products: int = 100_000
    customers: int = 50_000
    regulars: int = 500
    """Of the customers; each has 200 events, the others have two."""
    requests: int = 2_000
    warm_up: int = 200


class Answers(Struct, frozen=True, kw_only=True):
    """How one endpoint answered one request after the other."""

    seconds: tuple[float, ...]
    cpu_ms: float
    """Processor time of the server an answer; nan where the system does not tell."""

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / sum(self.seconds)

    def quantile_ms(self, share: float) -> float:
        """So many of the answers took no longer."""
        return float(np.quantile(self.seconds, share)) * 1000


class Measured(Struct, frozen=True, kw_only=True):
    """One server's figures."""

    products: int
    decisions: Answers
    empty: Answers
    peak_mb: int

    @property
    def share_of_empty(self) -> float:
        """Decisions a second over empty answers a second."""
        return self.decisions.a_second / self.empty.a_second


def run(console: Console, setting: Setting) -> int:
    """Measure with a tenth of the products, then with all; 1 where decisions are slower than promised."""
    sizes = Sizes(products=2_000, customers=500, regulars=50, requests=200, warm_up=20) if setting.quick else Sizes()
    tenth = measure(sizes, products=sizes.products // 10)
    full = measure(sizes, products=sizes.products)
    return report(console, tenth, full)


def report(console: Console, tenth: Measured, full: Measured) -> int:
    """Print both; 0 where every promise is kept."""
    table = Table("products", "p50 ms", "p99 ms", "cpu ms", "decisions/s", "empty/s", "empty cpu ms", "share of empty", "peak MB")
    for one in (tenth, full):
        took, empty = one.decisions, one.empty
        times = (f"{took.quantile_ms(0.5):.2f}", f"{took.quantile_ms(0.99):.2f}", f"{took.cpu_ms:.2f}", f"{took.a_second:,.0f}")
        table.add_row(f"{one.products:,}", *times, f"{empty.a_second:,.0f}", f"{empty.cpu_ms:.2f}", f"{one.share_of_empty:.2f}", f"{one.peak_mb:,}")
    console.print(table)
    costs = full.decisions.quantile_ms(0.5) / tenth.decisions.quantile_ms(0.5)
    promises = (
        (f"p99 below {P99_MS:g} ms", full.decisions.quantile_ms(0.99) < P99_MS),
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
        with serving("tactful", "serve", "--dev", "--data", directory) as server:
            chance = random.Random(SEED)  # noqa: S311 - which customer asks next is no secret
            bodies = [json.dumps({"userId": f"u{chance.randrange(sizes.regulars)}"}) for _ in range(sizes.requests + sizes.warm_up)]
            with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
                decisions = _answers(server, bodies, lambda body: _ask(connection, "POST", "/v1/decide", body), warm_up=sizes.warm_up)
                empty = _answers(server, bodies, lambda _: _ask(connection, "GET", "/healthz"), warm_up=sizes.warm_up)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)
    return Measured(products=products, decisions=decisions, empty=empty, peak_mb=round(peak))


def _answers(server: Server, bodies: list[str], ask: Callable[[str], float], *, warm_up: int) -> Answers:
    for body in bodies[:warm_up]:
        ask(body)
    began = server.cpu_seconds()
    seconds = tuple(ask(body) for body in bodies[warm_up:])
    return Answers(seconds=seconds, cpu_ms=(server.cpu_seconds() - began) / len(seconds) * 1000)


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


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> float:
    """Seconds until the whole answer is here. Raises NotReady where it is not 200."""
    begun = time.perf_counter()
    connection.request(method, path, body, HEADERS)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise NotReady(f"{path} answered {answer.status}: {said[:200]!r}")
    return time.perf_counter() - begun
