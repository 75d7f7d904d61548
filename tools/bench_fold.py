"""Measure the fold: events a second on one core, and how long one event takes, in time of this thread.

`python tools/bench_fold.py` prints a table; the customers are made up, with a fixed seed.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tactful.model.events import Context, Event, MessageAnswered, MessageDelivered, OrderCompleted, OrderLine, ProductsSearched, ProductViewed
from tactful.model.places import cell_of
from tactful.model.profile import Profile
from tactful.profile import decode, encode, fold, fold_all, new_profile

START = datetime(2016, 3, 1, 9, tzinfo=UTC)
ROUNDS = 3
"""Each event is timed so often, and its best counts: what else the machine does is no part of it."""


class Life:
    """Makes up what somebody does, with message ids as real clients send them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made-up customers, no secrets

    def ids(self) -> dict[str, str]:
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


def fold_once(profile: Profile, events: list[Event]) -> list[float]:
    """Seconds of this thread for each of these events, folded one by one as they came."""
    times = []
    for event in events:
        begun = time.thread_time()
        profile = fold(profile, event)
        times.append(time.thread_time() - begun)
    return times


def measure(name: str, story: list[Event], *, last: int) -> str:
    """One line of figures for one customer: all events at once, then the last ones again, one by one."""
    before = fold_all(new_profile("u:ann"), story[:-last])
    begun = time.thread_time()
    profile = fold_all(new_profile("u:ann"), story)
    a_second = len(story) / (time.thread_time() - begun)
    times = sorted(min(runs) for runs in zip(*(fold_once(before, story[-last:]) for _ in range(ROUNDS)), strict=True))
    snapshot = encode(profile)
    begun = time.thread_time()
    for _ in range(200):
        decode(snapshot)
    read = (time.thread_time() - begun) / 200
    middle, slow = (times[int(share * len(times))] * 1e3 for share in (0.5, 0.99))
    size = len(snapshot) / 1024
    return f"{name:>14} {len(story):>8,} {a_second:>10,.0f} {middle:>10.4f} {slow:>10.4f} {times[-1] * 1e3:>10.4f} {read * 1e3:>9.3f} {size:>8.1f}"


if __name__ == "__main__":
    print(f"{'customer':>14} {'events':>8} {'events/s':>10} {'p50 ms':>10} {'p99 ms':>10} {'most ms':>10} {'read ms':>9} {'KiB':>8}")
    print(measure("200 events", list(Life(1).ordinary(200)), last=100))
    print(measure("a year", list(Life(1).heavy(1)), last=286))
    print(measure("ten years", list(Life(1).heavy(10)), last=1144))
    print(measure("ten, much new", list(Life(1).heavy(10, regular=800, new_each_week=6)), last=1144))
