"""Scenarios in this process: a fresh engine for each, copied from one that has learnt the shop's history."""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import msgspec

from tactful.app.engine import DecideRequest, Engine, ModerateRequest
from tactful.ingest import patch_product, read_batch, read_history, read_products
from tactful.model.errors import InvalidInput
from tactful.model.events import DeadLetter
from tactful.rehearse.answers import Json
from tactful.rehearse.shop import read_shop
from tactful.senders import Letterhead, open_sender
from tactful.wiring import open_engine


def _wire(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


class EngineStage:
    """One scenario's own engine."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.engine = open_engine(directory)
        self.sender = open_sender(f"file:{directory / 'outbox'}", Letterhead())

    def send(self, message: Json, *, now: datetime) -> None:
        """Read and record one message as the ingest endpoint would."""
        arrivals = read_batch(msgspec.json.encode({"batch": [message]}), kind="batch", received_at=now, correct_skew=True)
        for arrival in arrivals:
            if isinstance(arrival, DeadLetter):
                raise InvalidInput(f"{message['messageId']} is not understood: {arrival.message}")
        self.engine.record(arrivals, now=now)

    def change_product(self, product: Json, *, now: datetime) -> None:
        """Patch a known product, or put a new one."""
        changes = {name: value for name, value in product.items() if name != "id"}
        if self.engine.store.catalog.product(product["id"]) is not None:
            self.engine.change_product(product["id"], lambda known: patch_product(known, changes), now=now)
            return
        report = read_products(msgspec.json.encode([product]), content_type="application/json")
        if report.problems:
            raise InvalidInput(f"product {product['id']}: {report.problems[0].message}")
        self.engine.put_products(report.products, now=now)

    def decide(self, request: Json, *, now: datetime) -> Json:
        """Decide as the endpoint would."""
        return dict(_wire(self.engine.decide(msgspec.convert(request, DecideRequest), now=now)))

    def plan(self, user: str, *, dry_run: bool, now: datetime) -> Json:
        """Plan for one customer."""
        return dict(_wire(next(iter(self.engine.plan([user], now=now, dry_run=dry_run)))))

    def run(self, *, now: datetime) -> Json:
        """Send what is due to a folder that is thrown away with the stage."""
        return dict(_wire(self.engine.send([self.sender], now=now)))

    def customer(self, user: str, *, now: datetime) -> Json:
        """What is known of one customer."""
        return dict(_wire(self.engine.customer(user, now=now)))

    def moderate(self, request: Json, *, now: datetime) -> Json:  # noqa: ARG002 - a text is judged the same at any time
        """Judge as the endpoint would."""
        return dict(_wire(self.engine.moderate(msgspec.convert(request, ModerateRequest))))

    def knows_event(self, message_id: str) -> bool:
        """Whether this engine's log holds the event."""
        return self.engine.store.events.find(message_id) is not None

    def close(self) -> None:
        """Close the engine and forget its files."""
        self.engine.store.close()
        shutil.rmtree(self.directory)


class InProcess:
    """Stages in this process. A shop is read and trained once for each day that scenarios play on, on what had happened by then."""

    def __init__(self) -> None:
        self.scratch = TemporaryDirectory(prefix="tactful-rehearse-")
        self.templates: dict[tuple[Path, datetime], Path] = {}
        self.numbers = count()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.scratch.cleanup()

    def stage(self, shop: Path, *, now: datetime) -> EngineStage:
        """An engine of its own that knows the shop as of the night before ``now``."""
        night = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        key = (shop.resolve(), night)
        if key not in self.templates:
            self.templates[key] = self._template(shop, night)
        return EngineStage(Path(shutil.copytree(self.templates[key], self._folder())))

    def _folder(self) -> Path:
        return Path(self.scratch.name) / str(next(self.numbers))

    def _template(self, shop: Path, night: datetime) -> Path:
        read, folder = read_shop(shop), self._folder()
        engine = open_engine(folder)
        try:
            _fill(engine, read.history(), night)
            engine.put_products(read.products)
            engine.put_stores(read.stores)
            if engine.store.events.count():
                engine.train(now=night)
        finally:
            engine.store.close()
        return folder


def _fill(engine: Engine, history: Iterable[bytes], night: datetime) -> None:
    arrivals = (arrival for arrival in read_history(history, received_at=night) if isinstance(arrival, DeadLetter) or arrival.at < night)
    engine.import_history(arrivals, now=night)
