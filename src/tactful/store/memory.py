"""The reference store: plain dictionaries, for tests of every kind, yours too. What it does is what every store must do."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import count
from typing import TypeVar

import msgspec

from tactful.app.ports import About, ModelRecord
from tactful.model.access import AccessKey, Look
from tactful.model.decisions import Decision, Plan
from tactful.model.events import DeadLetter, Event
from tactful.model.identity import Identifier, Link, Tie
from tactful.model.outbox import ClosedAddress, Reservation
from tactful.model.products import Product
from tactful.model.products import Store as Shop

Key = TypeVar("Key")
Value = TypeVar("Value")
Entry = tuple[datetime, int, Event]
"""Event time, order of arrival, event: sorts as the log does."""


def _place(entry: Entry) -> tuple[datetime, int]:
    """Where it belongs in a log."""
    return entry[:2]


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

    def drop(self, table: dict[Key, Value], keys: Iterable[Key]) -> None:
        """Remove several at once; undone, the table is in its former order."""
        with self.lock:
            former = dict(table)

            def undo() -> None:
                table.clear()
                table.update(former)

            self._steps().append(undo)
            for key in keys:
                table.pop(key, None)

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

    def move(self, message_ids: Sequence[str], to_customer: str) -> None:
        for from_customer in sorted({self._found[message_id][0] for message_id in message_ids if message_id in self._found}):
            entries = self._logs[from_customer]
            moved = [entry for entry in entries if entry[2].message_id in set(message_ids)]
            self._replace(from_customer, [entry for entry in entries if entry not in moved])
            self._extend(to_customer, moved)
            for _, _, event in moved:
                self._journal.put(self._found, event.message_id, (to_customer, event))

    def erase(self, customer_id: str) -> None:
        for _, _, event in self._logs.get(customer_id, []):
            self._journal.remove(self._found, event.message_id)
        self._journal.remove(self._logs, customer_id)

    def _replace(self, customer_id: str, entries: list[Entry]) -> None:
        if entries:
            self._journal.put(self._logs, customer_id, entries)
        else:
            self._journal.remove(self._logs, customer_id)

    def count(self) -> int:
        with self._journal.lock:
            return len(self._found)

    def customers(self, *, until: datetime | None = None) -> dict[str, int]:
        with self._journal.lock:
            counts = {customer_id: sum(until is None or entry[0] <= until for entry in entries) for customer_id, entries in sorted(self._logs.items())}
        return {customer_id: number for customer_id, number in counts.items() if number}

    def _extend(self, customer_id: str, entries: list[Entry]) -> None:
        """Put entries where they belong: nearly always behind all others, which need no sorting again then."""
        if entries:
            known, news = self._logs.get(customer_id, []), sorted(entries, key=_place)
            behind = not known or _place(known[-1]) < _place(news[0])
            self._journal.put(self._logs, customer_id, [*known, *news] if behind else sorted([*known, *news], key=_place))


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
        self._ties: dict[tuple[Identifier, str], Tie] = {}
        self._tied: dict[Identifier | str, tuple[tuple[Identifier, str], ...]] = {}
        """Keys of ties by identifier and by customer id, so that nobody's are looked for among everybody's."""
        self._cuts: dict[tuple[Identifier, str], datetime] = {}

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
        if from_customer != to_customer:
            for tie in self.ties(from_customer):
                if (tie.identifier, to_customer) not in self._ties:
                    self._keep(msgspec.structs.replace(tie, customer_id=to_customer))
            self.untie(from_customer)

    def unlink(self, identifier: Identifier) -> None:
        self._journal.remove(self._links, identifier)

    def tie(self, ties: Sequence[Tie]) -> None:
        for tie in ties:
            known = self._ties.get((tie.identifier, tie.customer_id))
            kept = msgspec.structs.replace(known, confidence=max(known.confidence, tie.confidence)) if known else tie
            self._keep(kept)

    def _keep(self, tie: Tie) -> None:
        key = (tie.identifier, tie.customer_id)
        if key not in self._ties:
            for end in key:
                self._journal.put(self._tied, end, (*self._tied.get(end, ()), key))
        self._journal.put(self._ties, key, tie)

    def tied(self, identifier: Identifier) -> list[Tie]:
        with self._journal.lock:
            return sorted((self._ties[key] for key in self._tied.get(identifier, ())), key=lambda tie: tie.customer_id)

    def ties(self, customer_id: str) -> list[Tie]:
        with self._journal.lock:
            return sorted((self._ties[key] for key in self._tied.get(customer_id, ())), key=lambda tie: tie.identifier)

    def untie(self, customer_id: str) -> None:
        for tie in self.ties(customer_id):
            key = (tie.identifier, customer_id)
            self._journal.remove(self._ties, key)
            for end in key:
                self._journal.put(self._tied, end, tuple(other for other in self._tied[end] if other != key))

    def cut(self, identifier: Identifier, customer_id: str, *, at: datetime) -> None:
        self._journal.put(self._cuts, (identifier, customer_id), at)

    def cut_at(self, identifier: Identifier, customer_id: str) -> datetime | None:
        with self._journal.lock:
            return self._cuts.get((identifier, customer_id))

    def mend(self, identifier: Identifier, customer_id: str) -> None:
        self._journal.remove(self._cuts, (identifier, customer_id))

    def erase(self, customer_id: str) -> None:
        for link in self.links(customer_id):
            self.unlink(link.identifier)
        self.untie(customer_id)
        for identifier, customer in list(self._cuts):
            if customer == customer_id:
                self.mend(identifier, customer)

    def user_ids(self) -> Iterator[str]:
        with self._journal.lock:
            return iter(sorted(identifier.value for identifier in self._links if identifier.kind == "user_id"))


class _Catalog:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._products: dict[str, Product] = {}
        self._stores: dict[str, Shop] = {}
        self._put_in: dict[str, int] = {}
        """By product id: the version in which it was last put."""
        self._version = {"version": 0, "deleted": 0}

    def version(self) -> int:
        with self._journal.lock:
            return self._version["version"]

    def put_products(self, products: Sequence[Product]) -> None:
        for product in products:
            self._journal.put(self._products, product.id, product)
            self._journal.put(self._put_in, product.id, self.version() + 1)
        self._changed(bool(products))

    def product(self, product_id: str) -> Product | None:
        with self._journal.lock:
            return self._products.get(product_id)

    def products(self) -> list[Product]:
        with self._journal.lock:
            return list(self._products.values())

    def put_since(self, version: int, *, most: int) -> list[Product] | None:
        with self._journal.lock:
            put = [product for product in self._products.values() if self._put_in[product.id] > version]
            return None if len(put) > most or self._version["deleted"] > version else put

    def delete_products(self, product_ids: Sequence[str]) -> None:
        if product_ids:
            self._journal.put(self._version, "deleted", self.version() + 1)
        self._journal.drop(self._products, product_ids)
        self._changed(bool(product_ids))

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

    def of(self, customer_id: str) -> list[Decision | Plan]:
        with self._journal.lock:
            return [decision for _, (customer, decision) in sorted(self._kept.items()) if customer == customer_id]

    def reassign(self, from_customer: str, to_customer: str) -> None:
        self.move([decision.decision_id for decision in self.of(from_customer)], to_customer)

    def move(self, decision_ids: Sequence[str], to_customer: str) -> None:
        for decision_id in decision_ids:
            if (decision := self.load(decision_id)) is not None:
                self.save(to_customer, decision)

    def erase(self, customer_id: str) -> None:
        for decision in self.of(customer_id):
            self._journal.remove(self._kept, decision.decision_id)


class _Models:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._records: dict[str, ModelRecord] = {}
        self._version = {"version": 0}

    def version(self) -> int:
        with self._journal.lock:
            return self._version["version"]

    def save(self, records: Sequence[ModelRecord]) -> None:
        for record in records:
            self._journal.put(self._records, record.name, record)
        self._journal.put(self._version, "version", self.version() + 1)

    def load(self) -> list[ModelRecord]:
        with self._journal.lock:
            return [self._records[name] for name in sorted(self._records)]


class _Outbox:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._messages: dict[str, Reservation] = {}
        self._waiting: dict[str, datetime] = {}
        """When each message that is not over is next looked at."""
        self._closed: dict[Identifier, ClosedAddress] = {}

    def put(self, reservation: Reservation) -> None:
        self._journal.put(self._messages, reservation.message.message_id, reservation)
        if reservation.next_at is None:
            self._journal.remove(self._waiting, reservation.message.message_id)
        else:
            self._journal.put(self._waiting, reservation.message.message_id, reservation.next_at)

    def load(self, message_id: str) -> Reservation | None:
        with self._journal.lock:
            return self._messages.get(message_id)

    def due(self, now: datetime) -> list[str]:
        with self._journal.lock:
            due = [(next_at, message_id) for message_id, next_at in self._waiting.items() if next_at <= now]
        return [message_id for _, message_id in sorted(due)]

    def drop(self, message_ids: Sequence[str]) -> None:
        for message_id in message_ids:
            self._journal.remove(self._messages, message_id)
            self._journal.remove(self._waiting, message_id)

    def close_address(self, address: Identifier, closed: ClosedAddress) -> None:
        self._journal.put(self._closed, address, closed)

    def closed(self, address: Identifier) -> ClosedAddress | None:
        with self._journal.lock:
            return self._closed.get(address)


class _DeadLetters:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._letters: dict[int, DeadLetter] = {}
        self._numbers = count()

    def add(self, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            self._journal.put(self._letters, next(self._numbers), letter)

    def scan(self) -> Iterator[tuple[int, DeadLetter]]:
        with self._journal.lock:
            return iter(list(self._letters.items()))

    def drop(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._journal.remove(self._letters, number)

    def latest(self, limit: int) -> list[DeadLetter]:
        with self._journal.lock:
            return [self._letters[number] for number in sorted(self._letters, reverse=True)][:limit]

    def count(self) -> int:
        with self._journal.lock:
            return len(self._letters)


class _Privacy:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._refusals: dict[str, None] = {}
        self._marks: dict[str, datetime] = {}
        self._requests: dict[str, bytes] = {}

    def refuse(self, customer_id: str, *, refused: bool) -> None:
        if refused:
            self._journal.put(self._refusals, customer_id, None)
        else:
            self._journal.remove(self._refusals, customer_id)

    def anyone_refuses(self) -> bool:
        with self._journal.lock:
            return bool(self._refusals)

    def refuses(self, customer_id: str) -> bool:
        with self._journal.lock:
            return customer_id in self._refusals

    def bury(self, marks: Sequence[str], *, at: datetime) -> None:
        for mark in marks:
            self._journal.put(self._marks, mark, at)

    def buried_at(self, mark: str) -> datetime | None:
        with self._journal.lock:
            return self._marks.get(mark)

    def unearth(self, marks: Sequence[str]) -> None:
        for mark in marks:
            self._journal.remove(self._marks, mark)

    def count(self) -> int:
        with self._journal.lock:
            return len(self._marks)

    def save_request(self, request_id: str, body: bytes) -> None:
        self._journal.put(self._requests, request_id, body)

    def load_request(self, request_id: str) -> bytes | None:
        with self._journal.lock:
            return self._requests.get(request_id)


class _Keys:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._kept: dict[str, AccessKey] = {}
        self._version = {"version": 0}

    def version(self) -> int:
        with self._journal.lock:
            return self._version["version"]

    def save(self, keys: Sequence[AccessKey]) -> None:
        for key in keys:
            self._journal.put(self._kept, key.digest, key)
        self._journal.put(self._version, "version", self.version() + 1)

    def load(self) -> list[AccessKey]:
        with self._journal.lock:
            return [self._kept[digest] for digest in sorted(self._kept)]


class _Audit:
    def __init__(self, journal: _Journal) -> None:
        self._journal = journal
        self._looks: dict[int, Look] = {}

    def add(self, look: Look) -> None:
        self._journal.put(self._looks, len(self._looks), look)

    def latest(self, limit: int) -> list[Look]:
        with self._journal.lock:
            return [self._looks[number] for number in sorted(self._looks, reverse=True)][:limit]

    def of(self, whom: str) -> list[Look]:
        with self._journal.lock:
            return [look for look in self._looks.values() if look.whom == whom]


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
        self.outbox = _Outbox(self._journal)
        self.dead_letters = _DeadLetters(self._journal)
        self.privacy = _Privacy(self._journal)
        self.keys = _Keys(self._journal)
        self.audit = _Audit(self._journal)

    def transaction(self, *, durable: bool = True, about: About | None = None) -> AbstractContextManager[None]:
        """All writes inside happen or none. Durable is as durable as memory is."""
        return self._journal.transaction()

    def scrub(self) -> None:
        """Nothing erased is left anywhere."""

    def close(self) -> None:
        """Nothing to release."""
