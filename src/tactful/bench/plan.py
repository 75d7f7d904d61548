"""How long a week of outreach takes to plan: a generated shop in an SQLite file, and customers of whom one in ten has two hundred events.

Each plan reads its customer from the file, judges everything that could be said, and is kept. Nothing is reserved.
"""

import gc
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tactful.app.engine import Engine
from tactful.bench import Setting
from tactful.bench._cost import measured
from tactful.model.events import ConsentUpdated, Event, Identified, OrderCompleted, OrderLine, ProductViewed, Traits
from tactful.model.products import Money, Product
from tactful.wiring import open_engine

SEED = 8321
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
EVENTS = (200, 50, 50, 50, 10, 10, 10, 10, 10, 10)
"""Of ten customers, one after the other."""
CONSENT = 0.6
"""Share of customers who agreed to e-mail."""
CORES = 2
PROMISED_MS, PROMISED_SECONDS, PROMISED_GROWTH_MIB = 2.0, 120.0, 20.0
PROMISED_FOR = 100_000
"""Customers."""


class Sizes(Struct, frozen=True, kw_only=True):
    """How large the shop is."""

    products: int = 20_000
    customers: int = 10_000


class Planned(Struct, frozen=True, kw_only=True):
    """What planning for some customers cost."""

    plans: int
    seconds: float
    """Of processor time."""
    p50_ms: float
    p99_ms: float
    peak_mib: float
    """Most memory above what was in use before the first plan."""
    messages: int

    @property
    def a_second(self) -> float:
        """Plans a second on one core."""
        return self.plans / self.seconds


def run(console: Console, setting: Setting) -> int:
    """Plan for customers of two hundred events alone, for all, and for all twice; 1 where it is slower than promised, or memory grows."""
    sizes = Sizes(products=1_000, customers=200) if setting.quick else Sizes()
    with TemporaryDirectory(prefix="tactful-bench-") as directory:
        make(Path(directory), sizes)
        everybody = [f"u{n}" for n in range(sizes.customers)]
        regulars = [f"u{n}" for n in range(sizes.customers) if EVENTS[n % len(EVENTS)] == max(EVENTS)]
        measurements = [plan_for(Path(directory), users) for users in (regulars, everybody, everybody * 2)]
    return report(console, measurements)


def report(console: Console, measurements: Sequence[Planned]) -> int:
    """Print what was measured of the regulars, of all and of all twice; 0 where every promise is kept."""
    regulars, once, twice = measurements
    table = Table("plans", "a second and core", "p50 ms", "p99 ms", "memory MiB", "messages")
    for name, one in (("for customers of 200 events", regulars), ("for all", once), ("for all, twice", twice)):
        figures = (f"{one.a_second:,.0f}", f"{one.p50_ms:.2f}", f"{one.p99_ms:.2f}", f"{one.peak_mib:.0f}", f"{one.messages:,}")
        table.add_row(f"{one.plans:,} {name}", *figures)
    console.print(table)
    projected = PROMISED_FOR / once.a_second / CORES
    grown = twice.peak_mib - once.peak_mib
    promises = (
        (f"one plan below {PROMISED_MS:g} ms at the median", once.p50_ms < PROMISED_MS),
        (f"{PROMISED_FOR:,} customers on {CORES} cores in {projected:.0f} s, below {PROMISED_SECONDS:g}", projected < PROMISED_SECONDS),
        (f"twice the plans take {grown:.0f} MiB more, below {PROMISED_GROWTH_MIB:g}", grown < PROMISED_GROWTH_MIB),
    )
    for promise, kept in promises:
        console.print(f"{'reached' if kept else 'missed'}: {promise}")
    return 0 if all(kept for _, kept in promises) else 1


def plan_for(directory: Path, users: Sequence[str]) -> Planned:
    """Plan for some customers with an engine of its own, as each worker process does."""
    engine = open_engine(directory)
    with closing(engine.store):
        engine.prepare()
        gc.collect()
        (took, messages), cost = measured(lambda: _plans(engine, users))
    p50, p99 = (float(np.quantile(took, share)) * 1000 for share in (0.5, 0.99))
    return Planned(plans=len(users), seconds=float(took.sum()), p50_ms=p50, p99_ms=p99, peak_mib=cost.peak_mib, messages=messages)


def _plans(engine: Engine, users: Sequence[str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], int]:
    """Seconds of processor time of each plan, and how many of them are messages."""
    took, messages = np.zeros(len(users)), 0
    plans = engine.plan(users, now=NOW)
    for n in range(len(users)):
        begun = time.process_time()
        plan = next(plans)
        took[n] = time.process_time() - begun
        messages += plan.message is not None
    return took, messages


def make(directory: Path, sizes: Sizes) -> None:
    """Fill a data directory with the shop and its log, and learn from it."""
    engine = open_engine(directory)
    with closing(engine.store):
        engine.put_products([_product(n) for n in range(sizes.products)])
        engine.import_history(_events(sizes), now=NOW)
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


def _events(sizes: Sizes) -> Iterator[Event]:
    """What everybody did in the last year: they look three times, then buy four things, of which most run out at a pace of their own."""
    chance = random.Random(SEED)  # noqa: S311 - made-up customers
    for customer in range(sizes.customers):
        user, events = f"u{customer}", EVENTS[customer % len(EVENTS)]
        began = NOW - timedelta(days=365)
        yield Identified(message_id=f"t{customer}", user_id=user, at=began, traits=Traits(email=f"{user}@example.com"))
        if chance.random() < CONSENT:
            yield ConsentUpdated(message_id=f"c{customer}", user_id=user, at=began, purpose="marketing", channel="email", granted=True)
        own = {int(sizes.products * chance.random() ** 3): chance.randrange(1, 8) for _ in range(2 + events // 5)}
        for n in range(events):
            at = NOW - timedelta(days=365 * (1 - n / events), minutes=chance.random() * 600 + 1)
            if n % 4:
                yield ProductViewed(message_id=f"m{customer}-{n}", user_id=user, at=at, product_id=f"p{int(sizes.products * chance.random() ** 2)}")
            else:
                used_up = [product for product, every in own.items() if n // 4 % every == 0]
                lines = tuple(OrderLine(product_id=f"p{product}") for product in used_up[:6])
                yield OrderCompleted(message_id=f"m{customer}-{n}", user_id=user, at=at, order_id=f"o{customer}-{n}", lines=lines)
