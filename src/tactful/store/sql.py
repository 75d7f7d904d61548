"""All ports over a SQL database, and the default: one SQLite file in WAL mode, no server.

The statements are in ``statements.sql``, the tables in ``migrations``, a folder for each kind of database.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tactful.app.ports import About, ModelRecord
from tactful.model.access import AccessKey, Look
from tactful.model.decisions import Decision, Plan
from tactful.model.events import DeadLetter, Event
from tactful.model.identity import Identifier, Link, Tie
from tactful.model.outbox import ClosedAddress, Reservation
from tactful.model.products import Product
from tactful.model.products import Store as Shop
from tactful.store._database import Database, Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_END_OF_TIME = 2**63 - 1

_encode = msgspec.msgpack.Encoder().encode
_event = msgspec.msgpack.Decoder[Event](Event).decode
_product = msgspec.msgpack.Decoder(Product).decode
_shop = msgspec.msgpack.Decoder(Shop).decode
_model = msgspec.msgpack.Decoder(ModelRecord).decode
_reservation = msgspec.msgpack.Decoder(Reservation).decode
_key = msgspec.msgpack.Decoder(AccessKey).decode
_letter = msgspec.msgpack.Decoder(DeadLetter).decode
_decisions: dict[str, msgspec.msgpack.Decoder[Decision] | msgspec.msgpack.Decoder[Plan]] = {
    "decision": msgspec.msgpack.Decoder(Decision),
    "plan": msgspec.msgpack.Decoder(Plan),
}


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _last(until: datetime | None) -> int:
    return _END_OF_TIME if until is None else _micros(until)


def _time(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


def _tie(row: Row) -> Tie:
    kind, value, customer, since, event_id, confidence = row
    return Tie(identifier=Identifier(kind, value), customer_id=customer, since=_time(since), event_id=event_id, confidence=confidence)


def _look(row: Row) -> Look:
    at, key, action, whom, outcome = row
    return Look(at=_time(at), key=key, action=action, whom=whom, outcome=outcome)


class _SqlDatabase(Protocol):
    """Named statements over connections of one kind. Reads of the thread that holds the transaction see its writes; all others see what was committed."""

    def transaction(self, *, durable: bool, about: About | None) -> AbstractContextManager[None]: ...
    def write(self, name: str, parameters: Row | dict[str, Any] = ()) -> None: ...
    def write_many(self, name: str, rows: Iterable[Row]) -> None: ...
    def row(self, name: str, parameters: Row = ()) -> Row | None: ...
    def rows(self, name: str, parameters: Row = ()) -> list[Row]: ...
    def number(self, name: str) -> int: ...
    def stream(self, name: str, parameters: Row = ()) -> Iterator[Row]: ...
    def found(self, name: str, keys: Sequence[str]) -> set[str]: ...
    def scrub(self) -> None: ...
    def close(self) -> None: ...


class SqlEvents:
    """The log."""

    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def known(self, message_ids: Sequence[str]) -> set[str]:
        return self._database.found("known_event", message_ids)

    def append(self, customer_id: str, events: Sequence[Event]) -> None:
        self._database.write_many("append_event", ((customer_id, _micros(event.at), event.message_id, _encode(event)) for event in events))

    def read(self, customer_id: str, *, until: datetime | None = None) -> list[Event]:
        return [_event(body) for (body,) in self._database.rows("read_events", (customer_id, _last(until)))]

    def scan(self) -> Iterator[tuple[str, list[Event]]]:
        for customer_id, rows in groupby(self._database.stream("scan_events"), key=itemgetter(0)):
            yield customer_id, [_event(body) for _, body in rows]

    def customers(self, *, until: datetime | None = None) -> dict[str, int]:
        return dict(self._database.rows("customers", (_last(until),)))

    def find(self, message_id: str) -> tuple[str, Event] | None:
        row = self._database.row("find_event", (message_id,))
        return (row[0], _event(row[1])) if row else None

    def reassign(self, from_customer: str, to_customer: str) -> None:
        self._database.write("reassign_events", {"from": from_customer, "into": to_customer})

    def move(self, message_ids: Sequence[str], to_customer: str) -> None:
        self._database.write_many("move_event", ((to_customer, message_id) for message_id in message_ids))

    def erase(self, customer_id: str) -> None:
        self._database.write("erase_events", (customer_id,))

    def count(self) -> int:
        return self._database.number("count_events")


class SqlProfiles:
    """Snapshots."""

    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def load(self, customer_id: str) -> bytes | None:
        row = self._database.row("load_profile", (customer_id,))
        return row[0] if row else None

    def save(self, customer_id: str, snapshot: bytes) -> None:
        self._database.write("save_profile", (customer_id, snapshot))

    def drop(self, customer_ids: Sequence[str]) -> None:
        self._database.write_many("drop_profile", ((customer_id,) for customer_id in customer_ids))

    def missing(self) -> list[str]:
        return [customer_id for (customer_id,) in self._database.rows("missing_profiles")]


class _Identities:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def owner(self, identifier: Identifier) -> str | None:
        row = self._database.row("owner_of_identifier", (identifier.kind, identifier.value))
        return row[0] if row else None

    def link(self, link: Link) -> None:
        row = (link.identifier.kind, link.identifier.value, link.customer_id, _micros(link.since), link.event_id)
        self._database.write("link_identifier", row)

    def links(self, customer_id: str) -> list[Link]:
        return [
            Link(identifier=Identifier(kind, value), customer_id=customer, since=_EPOCH + since * _MICROSECOND, event_id=event_id)
            for kind, value, customer, since, event_id in self._database.rows("links_of_customer", (customer_id,))
        ]

    def reassign(self, from_customer: str, to_customer: str) -> None:
        self._database.write("reassign_identifiers", {"from": from_customer, "into": to_customer})
        if from_customer != to_customer:
            self._database.write("copy_ties", {"from": from_customer, "into": to_customer})
            self._database.write("forget_ties", (from_customer,))

    def unlink(self, identifier: Identifier) -> None:
        self._database.write("unlink_identifier", (identifier.kind, identifier.value))

    def tie(self, ties: Sequence[Tie]) -> None:
        rows = ((tie.identifier.kind, tie.identifier.value, tie.customer_id, _micros(tie.since), tie.event_id, tie.confidence) for tie in ties)
        self._database.write_many("tie_identifier", rows)

    def tied(self, identifier: Identifier) -> list[Tie]:
        return [_tie(row) for row in self._database.rows("ties_of_identifier", (identifier.kind, identifier.value))]

    def ties(self, customer_id: str) -> list[Tie]:
        return [_tie(row) for row in self._database.rows("ties_of_customer", (customer_id,))]

    def untie(self, customer_id: str) -> None:
        self._database.write("forget_ties", (customer_id,))

    def cut(self, identifier: Identifier, customer_id: str, *, at: datetime) -> None:
        self._database.write("cut_identifier", (identifier.kind, identifier.value, customer_id, _micros(at)))

    def cut_at(self, identifier: Identifier, customer_id: str) -> datetime | None:
        row = self._database.row("cut_at", (identifier.kind, identifier.value, customer_id))
        return _time(row[0]) if row else None

    def mend(self, identifier: Identifier, customer_id: str) -> None:
        self._database.write("mend_identifier", (identifier.kind, identifier.value, customer_id))

    def erase(self, customer_id: str) -> None:
        for statement in ("forget_links", "forget_ties", "forget_cuts"):
            self._database.write(statement, (customer_id,))

    def user_ids(self) -> Iterator[str]:
        return (user_id for (user_id,) in self._database.stream("user_ids"))


class _Catalog:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def version(self) -> int:
        return self._database.number("catalog_version")

    def put_products(self, products: Sequence[Product]) -> None:
        version = self.version() + 1
        self._put("put_product", [(product.id, _encode(product), version) for product in products])

    def delete_products(self, product_ids: Sequence[str]) -> None:
        if product_ids:
            self._database.write("catalog_loses")
        self._put("delete_product", [(product_id,) for product_id in product_ids])

    def put_since(self, version: int, *, most: int) -> list[Product] | None:
        put = self._database.rows("products_put_since", (version, most + 1))
        if len(put) > most or self._database.number("products_deleted") > version:
            return None
        return [_product(body) for _, body in sorted(put)]

    def product(self, product_id: str) -> Product | None:
        row = self._database.row("product", (product_id,))
        return _product(row[0]) if row else None

    def products(self) -> list[Product]:
        return [_product(body) for (body,) in self._database.rows("products")]

    def put_stores(self, stores: Sequence[Shop]) -> None:
        self._put("put_store", [(store.store_code, _encode(store)) for store in stores])

    def stores(self) -> list[Shop]:
        return [_shop(body) for (body,) in self._database.rows("stores")]

    def _put(self, statement: str, rows: Sequence[Row]) -> None:
        if rows:
            self._database.write_many(statement, rows)
            self._database.write("catalog_changed")


class _Decisions:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def save(self, customer_id: str | None, decision: Decision | Plan) -> None:
        kind = "plan" if isinstance(decision, Plan) else "decision"
        self._database.write("save_decision", (decision.decision_id, customer_id, kind, _encode(decision)))

    def load(self, decision_id: str) -> Decision | Plan | None:
        row = self._database.row("load_decision", (decision_id,))
        return _decisions[row[0]].decode(row[1]) if row else None

    def of(self, customer_id: str) -> list[Decision | Plan]:
        return [_decisions[kind].decode(body) for kind, body in self._database.rows("decisions_of", (customer_id,))]

    def reassign(self, from_customer: str, to_customer: str) -> None:
        self._database.write("reassign_decisions", {"from": from_customer, "into": to_customer})

    def move(self, decision_ids: Sequence[str], to_customer: str) -> None:
        self._database.write_many("move_decision", ((to_customer, decision_id) for decision_id in decision_ids))

    def erase(self, customer_id: str) -> None:
        self._database.write("erase_decisions", (customer_id,))


class _Models:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def save(self, records: Sequence[ModelRecord]) -> None:
        self._database.write_many("save_model", ((record.name, _encode(record)) for record in records))
        self._database.write("models_changed")

    def version(self) -> int:
        return self._database.number("models_version")

    def load(self) -> list[ModelRecord]:
        return [_model(body) for (body,) in self._database.rows("load_models")]


class _Outbox:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def put(self, reservation: Reservation) -> None:
        next_at = None if reservation.next_at is None else _micros(reservation.next_at)
        self._database.write("put_reservation", (reservation.message.message_id, next_at, _encode(reservation)))

    def load(self, message_id: str) -> Reservation | None:
        row = self._database.row("load_reservation", (message_id,))
        return _reservation(row[0]) if row else None

    def due(self, now: datetime) -> list[str]:
        return [message_id for (message_id,) in self._database.rows("due_reservations", (_micros(now),))]

    def drop(self, message_ids: Sequence[str]) -> None:
        self._database.write_many("drop_reservation", ((message_id,) for message_id in message_ids))

    def close_address(self, address: Identifier, closed: ClosedAddress) -> None:
        self._database.write("close_address", (address.kind, address.value, closed.why, _micros(closed.at)))

    def closed(self, address: Identifier) -> ClosedAddress | None:
        row = self._database.row("closed_address", (address.kind, address.value))
        return ClosedAddress(why=row[0], at=_EPOCH + row[1] * _MICROSECOND) if row else None


class _DeadLetters:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def add(self, letters: Sequence[DeadLetter]) -> None:
        self._database.write_many("add_dead_letter", ((_encode(letter),) for letter in letters))

    def latest(self, limit: int) -> list[DeadLetter]:
        return [_letter(body) for (body,) in self._database.rows("latest_dead_letters", (limit,))]

    def scan(self) -> Iterator[tuple[int, DeadLetter]]:
        for number, body in self._database.stream("scan_dead_letters"):
            yield number, _letter(body)

    def drop(self, numbers: Sequence[int]) -> None:
        self._database.write_many("drop_dead_letter", ((number,) for number in numbers))

    def count(self) -> int:
        return self._database.number("count_dead_letters")


class _Privacy:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def refuse(self, customer_id: str, *, refused: bool) -> None:
        self._database.write("refuse" if refused else "allow", (customer_id,))

    def anyone_refuses(self) -> bool:
        return self._database.row("anyone_refuses") is not None

    def refuses(self, customer_id: str) -> bool:
        return self._database.row("refuses", (customer_id,)) is not None

    def bury(self, marks: Sequence[str], *, at: datetime) -> None:
        self._database.write_many("bury", ((mark, _micros(at)) for mark in marks))

    def buried_at(self, mark: str) -> datetime | None:
        row = self._database.row("buried_at", (mark,))
        return _time(row[0]) if row else None

    def unearth(self, marks: Sequence[str]) -> None:
        self._database.write_many("unearth", ((mark,) for mark in marks))

    def count(self) -> int:
        return self._database.number("count_tombstones")

    def save_request(self, request_id: str, body: bytes) -> None:
        self._database.write("save_request", (request_id, body))

    def load_request(self, request_id: str) -> bytes | None:
        row = self._database.row("load_request", (request_id,))
        return row[0] if row else None


class _Keys:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def version(self) -> int:
        return self._database.number("keys_version")

    def save(self, keys: Sequence[AccessKey]) -> None:
        self._database.write_many("save_key", ((key.digest, _encode(key)) for key in keys))
        self._database.write("keys_changed")

    def load(self) -> list[AccessKey]:
        return [_key(body) for (body,) in self._database.rows("load_keys")]


class _Audit:
    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database

    def add(self, look: Look) -> None:
        self._database.write("add_look", (_micros(look.at), look.key, look.action, look.whom, look.outcome))

    def latest(self, limit: int) -> list[Look]:
        return [_look(row) for row in self._database.rows("latest_looks", (limit,))]

    def of(self, whom: str) -> list[Look]:
        return [_look(row) for row in self._database.rows("looks_at", (whom,))]


class SqlStore:
    """All ports over one database of any kind."""

    def __init__(self, database: _SqlDatabase) -> None:
        self._database = database
        self.events = SqlEvents(database)
        self.profiles = SqlProfiles(database)
        self.identities = _Identities(database)
        self.catalog = _Catalog(database)
        self.decisions = _Decisions(database)
        self.models = _Models(database)
        self.outbox = _Outbox(database)
        self.dead_letters = _DeadLetters(database)
        self.privacy = _Privacy(database)
        self.keys = _Keys(database)
        self.audit = _Audit(database)

    def transaction(self, *, durable: bool = True, about: About | None = None) -> AbstractContextManager[None]:
        """All writes inside happen or none. Durable ones are on disk when the block ends; others may be lost with the machine, never in part."""
        return self._database.transaction(durable=durable, about=about)

    def scrub(self) -> None:
        """Make sure that what was erased is in no file any more."""
        self._database.scrub()

    def close(self) -> None:
        """Release the database."""
        self._database.close()


class SqliteStore(SqlStore):
    """All ports over one SQLite file, made when missing. Raises NotReady where the file cannot be opened, is no database, or is too new."""

    def __init__(self, path: Path) -> None:
        super().__init__(Database(path))
