"""What every handler needs: the engine, the keys, the clock and the counters."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram

from tactful.app.engine import Engine, Receipt
from tactful.http.intake import Intake
from tactful.http.keyring import Keyring
from tactful.http.keys import Keys
from tactful.http.limits import Limits
from tactful.wiring import Postroom

Clock = Callable[[], datetime]
"""Tells the time, in UTC."""
LATENCIES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
"""Upper bounds of the latency histogram, in seconds."""


class Counters:
    """What happened since the start, for Prometheus. Each app has its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("tactful_requests", "Requests by route and status.", ("route", "status"), registry=self.registry)
        self.events = Counter("tactful_events", "Events received, by what became of them.", ("outcome",), registry=self.registry)
        self.decisions = Histogram("tactful_decision_seconds", "Time to decide.", registry=self.registry, buckets=LATENCIES)

    def received(self, receipt: Receipt) -> None:
        """Count a batch."""
        self.events.labels("accepted").inc(receipt.accepted)
        self.events.labels("duplicate").inc(receipt.duplicates)
        self.events.labels("dead").inc(receipt.dead)
        self.events.labels("erased").inc(receipt.erased)
        self.events.labels("unkept").inc(receipt.unkept)


class Edge:
    """Everything behind the handlers."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock, *, postroom: Postroom, limits: Limits, scripts: Path | None = None) -> None:
        self.engine = engine
        self.intake = Intake(engine)
        self.postroom = postroom
        self.keys = keys
        self.keyring = Keyring(keys, engine.store.keys, clock=clock, ticks=limits.ticks)
        self.clock = clock
        self.limits = limits
        self.scripts = scripts
        """Folder into which npm installed Segment's browser library, for pages that use its snippet."""
        self.counters = Counters()
