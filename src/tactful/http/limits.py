"""How many requests a key or an address may make: token buckets, one a name, kept in this process."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from msgspec import Struct

from tactful.model.errors import TooManyRequests

Ticks = Callable[[], float]
"""Counts seconds from anywhere, and never backwards."""
MOST_NAMES = 100_000
"""Of how many names the buckets are remembered; the one not seen for longest is forgotten, and begins anew with a full bucket."""


class Rate(Struct, frozen=True):
    """So many requests a second in the long run, and so many at once."""

    per_second: float
    burst: float


class Buckets:
    """One bucket a name: a request takes one token, and tokens come back at a steady rate. Thread-safe."""

    def __init__(self, rate: Rate, *, ticks: Ticks, most: int = MOST_NAMES) -> None:
        self.rate = rate
        self._ticks = ticks
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str) -> None:
        """Take a token. Raises TooManyRequests, with the whole seconds after which there is one again."""
        with self._lock:
            now = self._ticks()
            tokens, since = self._left.pop(name, (self.rate.burst, now))
            tokens = min(self.rate.burst, tokens + (now - since) * self.rate.per_second)
            enough = tokens >= 1
            self._left[name] = (tokens - enough, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        if not enough:
            wait = math.ceil((1 - tokens) / self.rate.per_second)
            raise TooManyRequests(f"too many requests at once; try again in {wait} s", retry_after=wait)

    def __len__(self) -> int:
        return len(self._left)


class Limits:
    """The limits of one server. The holder of a secret key is the shop itself, and is not limited."""

    KEY = Rate(10_000, 40_000)
    """A write key, whoever uses it: it is public."""
    ADDRESS = Rate(5_000, 20_000)
    """An address without the secret key, whatever it asks for. Wide, since behind a proxy a whole shop has one address."""

    def __init__(self, *, key: Rate = KEY, address: Rate = ADDRESS, ticks: Ticks = time.monotonic) -> None:
        self.ticks = ticks
        self.keys = Buckets(key, ticks=ticks)
        self.addresses = Buckets(address, ticks=ticks)
