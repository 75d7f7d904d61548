"""How fast events become a profile: events a second on one core, and how long one event takes, in time of this thread; and how large the profile gets.

The customers are made up, with a fixed seed.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.model.events import Context, Event, MessageAnswered, MessageDelivered, OrderCompleted, OrderLine, ProductsSearched, ProductViewed
from tactful.model.places import cell_of
from tactful.model.profile import Profile
from tactful.profile import decode, encode, fold, fold_all, new_profile

START = datetime(2016, 3, 1, 9, tzinfo=UTC)
P99_MS, MOST_KIB = 0.2, 64.0
READS = 200
ROUNDS = 3
"""Each event is timed so often, and its best counts: what else the machine does is no part of it."""


class Life:
    """Makes up what somebody does, with message ids as real clients send them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made-up customers, no secrets

    def ids(self) -> dict[str, Any]:
        """Whose event it is, and its own id."""
        return {"message_id": str(UUID(int=self.random.getrandbits(128), version=4)), "user_id": "ann"}

    def look(self, product_id: str, at: datetime) -> Event:
        """A look at a product, somewhere near London."""
        return ProductViewed(**self.ids(), at=at, product_id=product_id, price=3.5, context=Context(timezone="Europe/London", cell=cell_of(51.5, -0.1)))

    def basket(self, products: list[str], at: datetime) -> Event:
        """An order at the till."""
        lines = tuple(OrderLine(product_id=product_id, price=2.5) for product_id in products)
        return OrderCompleted(**self.ids(), at=at, order_id=f"till-{at:%Y%m%d%H}", lines=lines, channel="pos", store_code="london-soho")

    def ordinary(self, count: int) -> Iterator[Event]:
        """A customer of so many events: three looks, then an order of three."""
        for n in range(count):
            at = START + timedelta(days=n)
            known = [f"product-{self.random.randrange(60):05}" for _ in range(3)]
            yield self.look(known[0], at) if n % 4 else self.basket(known, at)

    def heavy(self, years: int = 10, *, regular: int = 400, new_each_week: int = 2) -> Iterator[Event]:
        """Somebody who buys thirty things a week for years, looks and searches, and hears from the shop every second week."""
        for week in range(52 * years):
            at = START + timedelta(weeks=week)
            for n in range(8):
                yield self.look(f"product-{self.random.randrange(5_000):05}", at + timedelta(hours=n))
            yield ProductsSearched(**self.ids(), at=at + timedelta(hours=8), query=f"something nice number {self.random.randrange(900)}")
            usual = [f"product-{int(regular * self.random.random() ** 2):05}" for _ in range(30 - new_each_week)]
            yield self.basket([*usual, *(f"product-{10_000 + week * new_each_week + n}" for n in range(new_each_week))], at + timedelta(days=1))
            if week % 2:
                told = MessageDelivered(
                    **self.ids(),
                    at=at + timedelta(days=3),
                    channel="email",
                    contact_id=self.ids()["message_id"],
                    trigger="due_again",
                    product_ids=tuple(usual[:3]),
                )
                yield told
                yield MessageAnswered(**self.ids(), at=at + timedelta(days=3, hours=1), channel="email", contact_id=told.contact_id, answer="opened")


class Folded(Struct, frozen=True, kw_only=True):
    """One customer's figures. Times in milliseconds, of this thread."""

    events: int
    a_second: float
    p50: float
    p99: float
    most: float
    read: float
    """To read the profile back from its snapshot."""
    kib: float


def run(console: Console, setting: Setting) -> int:
    """Fold four customers and print what it takes; 0 where one event and one profile stay below what was promised."""
    last = 286 if setting.quick else 1144
    found = {
        "200 events": measure(list(Life(1).ordinary(200)), last=100),
        "a year": measure(list(Life(1).heavy(1)), last=286),
        "ten years": measure(list(Life(1).heavy(10)), last=last),
        "ten years, much new": measure(list(Life(1).heavy(10, regular=800, new_each_week=6)), last=last),
    }
    table = Table("customer", "events", "events a second", "p50 ms", "p99 ms", "most ms", "read ms", "KiB")
    for name, one in found.items():
        times = (f"{each:.3f}" for each in (one.p50, one.p99, one.most, one.read))
        table.add_row(name, f"{one.events:,}", f"{one.a_second:,.0f}", *times, f"{one.kib:.1f}")
    console.print(table)
    reached = all(one.p99 <= P99_MS and one.kib <= MOST_KIB for one in found.values())
    console.print(f"{'reached' if reached else 'falls short'}: p99 of one event {P99_MS} ms, profile {MOST_KIB:.0f} KiB")
    return 0 if reached else 1


def measure(story: list[Event], *, last: int) -> Folded:
    """Fold one customer's events all at once, then the last ones again, one by one."""
    before = fold_all(new_profile("u:ann"), story[:-last])
    begun = time.thread_time()
    profile = fold_all(new_profile("u:ann"), story)
    a_second = len(story) / (time.thread_time() - begun)
    times = sorted(min(runs) * 1e3 for runs in zip(*(fold_once(before, story[-last:]) for _ in range(ROUNDS)), strict=True))
    snapshot = encode(profile)
    begun = time.thread_time()
    for _ in range(READS):
        decode(snapshot)
    read = (time.thread_time() - begun) / READS * 1e3
    p50, p99 = (times[int(share * len(times))] for share in (0.5, 0.99))
    return Folded(events=len(story), a_second=a_second, p50=p50, p99=p99, most=times[-1], read=read, kib=len(snapshot) / 1024)


def fold_once(profile: Profile, events: list[Event]) -> list[float]:
    """Seconds of this thread for each of these events, folded one by one as they came."""
    times = []
    for event in events:
        begun = time.thread_time()
        profile = fold(profile, event)
        times.append(time.thread_time() - begun)
    return times
