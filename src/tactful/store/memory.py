"""The reference store: plain dictionaries, for tests of every kind, yours too. What it does is what every store must do."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import count
from typing import TypeVar

from tactful.app.ports import About, ModelRecord
from tactful.model.decisions import Decision, Plan
from tactful.model.events import DeadLetter, Event
from tactful.model.identity import Identifier, Link
from tactful.model.products import Product
from tactful.model.products import Store as Shop

Key = TypeVar("Key")
Value = TypeVar("Value")
Entry = tuple[datetime, int, Event]
"""Event time, order of arrival, event: sorts as the log does."""


class _Journal:
    """Lets one thread write at a time and remembers how to undo it. Readers hold the lock for as long as they read."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._undo: list[Callable[[], object]] | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock:
            if self._undo is not None:
                raise RuntimeError("this thread is in a transaction already, and transactions do not nest")
            self._undo = []
            try:
                yield
            except BaseException:
                for undo in reversed(self._undo):
                    undo()
                raise
            finally:
                self._undo = None

    def put(self, table: dict[Key, Value], key: Key, value: Value) -> None:
        with self.lock:
            undo = self._steps()
            if key in table:
                former = table[key]
                undo.append(lambda: table.__setitem__(key, former))
            else:
                undo.append(lambda: table.__delitem__(key))
            table[key] = value

    def remove(self, table: dict[Key, Value], key: Key) -> None:
        with self.lock:
            undo = self._steps()
            if key in table:
                former = table.pop(key)
                undo.append(lambda: table.__setitem__(key, former))

    def _steps(self) -> list[Callable[[], object]]:
        if self._undo is None:
            raise RuntimeError("writes belong inside `with store.transaction():`")
        return self._undo


class _Events:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._logs: dict[str, list[Entry]] = {}
        self._found: dict[str, tuple[str, Event]] = {}
        self._arrival = count()

    def known(self, message_ids: Sequence[str]) -> set[str]:
        with self._journal.lock:
            return {message_id for message_id in message_ids if message_id in self._found}

    def append(self, customer_id: str, events: Sequence[Event]) -> None:
        for event in events:
            if self.known([event.message_id]):
                raise ValueError(f"the log holds message id {event.message_id} already")
            self._journal.put(self._found, event.message_id, (customer_id, event))
        self._extend(customer_id, [(event.at, next(self._arrival), event) for event in events])

    def read(self, customer_id: str, *, until: datetime | None = None) -> list[Event]:
        with self._journal.lock:
            return [event for at, _, event in self._logs.get(customer_id, ()) if until is None or at <= until]

    def scan(self) -> Iterator[tuple[str, list[Event]]]:
        with self._journal.lock:
            logs = sorted(self._logs.items())
        for customer_id, entries in logs:
            yield customer_id, [event for _, _, event in entries]

    def find(self, message_id: str) -> tuple[str, Event] | None:
        with self._journal.lock:
            return self._found.get(message_id)

    def reassign(self, from_customer: str, to_customer: str) -> None:
        entries = self._logs.get(from_customer, [])
        self._journal.remove(self._logs, from_customer)
        self._extend(to_customer, entries)
        for _, _, event in entries:
            self._journal.put(self._found, event.message_id, (to_customer, event))

    def count(self) -> int:
        with self._journal.lock:
            return len(self._found)

    def customers(self) -> list[str]:
        with self._journal.lock:
            return sorted(self._logs)

    def _extend(self, customer_id: str, entries: list[Entry]) -> None:
        if entries:
            self._journal.put(self._logs, customer_id, sorted([*self._logs.get(customer_id, []), *entries], key=lambda entry: entry[:2]))


class _Profiles:
    def __init__(self, journal: _Journal, events: _Events) -> None:
        self._journal = journal
        self._events = events
        self._snapshots: dict[str, bytes] = {}

    def load(self, customer_id: str) -> bytes | None:
        with self._journal.lock:
            return self._snapshots.get(customer_id)

    def save(self, customer_id: str, snapshot: bytes) -> None:
        self._journal.put(self._snapshots, customer_id, snapshot)

    def drop(self, customer_ids: Sequence[str]) -> None:
        for customer_id in customer_ids:
            self._journal.remove(self._snapshots, customer_id)

    def missing(self) -> list[str]:
        with self._journal.lock:
            return [customer_id for customer_id in self._events.customers() if customer_id not in self._snapshots]


class _Identities:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._links: dict[Identifier, Link] = {}

    def owner(self, identifier: Identifier) -> str | None:
        with self._journal.lock:
            link = self._links.get(identifier)
            return link.customer_id if link else None

    def link(self, link: Link) -> None:
        self._journal.put(self._links, link.identifier, link)

    def links(self, customer_id: str) -> list[Link]:
        with self._journal.lock:
            return sorted((link for link in self._links.values() if link.customer_id == customer_id), key=lambda link: link.identifier)

    def reassign(self, from_customer: str, to_customer: str) -> None:
        for link in self.links(from_customer):
            self.link(Link(identifier=link.identifier, customer_id=to_customer, since=link.since, event_id=link.event_id))

    def user_ids(self) -> Iterator[str]:
        with self._journal.lock:
            return iter(sorted(identifier.value for identifier in self._links if identifier.kind == "user_id"))


class _Catalog:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._products: dict[str, Product] = {}
        self._stores: dict[str, Shop] = {}
        self._version = {"version": 0}

    def version(self) -> int:
        with self._journal.lock:
            return self._version["version"]

    def put_products(self, products: Sequence[Product]) -> None:
        for product in products:
            self._journal.put(self._products, product.id, product)
        self._changed(bool(products))

    def product(self, product_id: str) -> Product | None:
        with self._journal.lock:
            return self._products.get(product_id)

    def products(self) -> list[Product]:
        with self._journal.lock:
            return list(self._products.values())

    def put_stores(self, stores: Sequence[Shop]) -> None:
        for store in stores:
            self._journal.put(self._stores, store.store_code, store)
        self._changed(bool(stores))

    def stores(self) -> list[Shop]:
        with self._journal.lock:
            return [self._stores[code] for code in sorted(self._stores)]

    def _changed(self, changed: bool) -> None:
        if changed:
            self._journal.put(self._version, "version", self.version() + 1)


class _Decisions:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._kept: dict[str, tuple[str | None, Decision | Plan]] = {}

    def save(self, customer_id: str | None, decision: Decision | Plan) -> None:
        self._journal.put(self._kept, decision.decision_id, (customer_id, decision))

    def load(self, decision_id: str) -> Decision | Plan | None:
        with self._journal.lock:
            _, decision = self._kept.get(decision_id, (None, None))
            return decision


class _Models:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._records: dict[str, ModelRecord] = {}

    def save(self, records: Sequence[ModelRecord]) -> None:
        for record in records:
            self._journal.put(self._records, record.name, record)

    def load(self) -> list[ModelRecord]:
        with self._journal.lock:
            return [self._records[name] for name in sorted(self._records)]


class _DeadLetters:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._letters: dict[int, DeadLetter] = {}

    def add(self, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            self._journal.put(self._letters, len(self._letters), letter)

    def latest(self, limit: int) -> list[DeadLetter]:
        with self._journal.lock:
            return list(reversed(self._letters.values()))[:limit]

    def count(self) -> int:
        with self._journal.lock:
            return len(self._letters)


class MemoryStore:
    """All ports over dictionaries. Nothing survives the process."""

    def __init__(self) -> None:
        self._journal = _Journal()
        self.events = _Events(self._journal)
        self.profiles = _Profiles(self._journal, self.events)
        self.identities = _Identities(self._journal)
        self.catalog = _Catalog(self._journal)
        self.decisions = _Decisions(self._journal)
        self.models = _Models(self._journal)
        self.dead_letters = _DeadLetters(self._journal)

    def transaction(self, *, durable: bool = True, about: About | None = None) -> AbstractContextManager[None]:
        """All writes inside happen or none. Durable is as durable as memory is."""
        return self._journal.transaction()

    def close(self) -> None:
        """Nothing to release."""
