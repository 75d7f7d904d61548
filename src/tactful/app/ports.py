"""What the use cases need of a store. Adapters live in `tactful.store`; one contract suite runs over all of them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from tactful.model.decisions import Decision, Plan
from tactful.model.errors import NotReady
from tactful.model.events import DeadLetter, Event
from tactful.model.identity import Identifier, Link
from tactful.model.products import Product
from tactful.model.products import Store as Shop

About = Collection[Identifier | str]
"""Whom a transaction is about: identifiers, customer ids, or any other name of what must not be worked on twice at once."""


class Collision(NotReady):
    """Another writer was quicker with the same people. Nothing was changed, and the whole block may be done again."""


class EventLog(Protocol):
    """The append-only truth. Order within a customer: event time, then order of arrival."""

    def known(self, message_ids: Sequence[str]) -> set[str]:
        """Those of the ids that the log already holds, for any customer."""
        ...

    def append(self, customer_id: str, events: Sequence[Event]) -> None:
        """Append events of one customer. Their message ids must be new."""
        ...

    def read(self, customer_id: str, *, until: datetime | None = None) -> list[Event]:
        """All events of one customer in order; with ``until`` only those at or before it."""
        ...

    def scan(self) -> Iterator[tuple[str, list[Event]]]:
        """The whole log, one customer at a time by ascending customer id, events in order."""
        ...

    def customers(self) -> list[str]:
        """Every customer with events, ascending."""
        ...

    def find(self, message_id: str) -> tuple[str, Event] | None:
        """The event with this id and its customer, or None."""
        ...

    def reassign(self, from_customer: str, to_customer: str) -> None:
        """Give all events of one customer to another; times and arrival order stay."""
        ...

    def count(self) -> int:
        """Number of events."""
        ...


class Profiles(Protocol):
    """Snapshots of folds, as bytes. A missing snapshot means: fold from the log."""

    def load(self, customer_id: str) -> bytes | None:
        """The snapshot, or None."""
        ...

    def save(self, customer_id: str, snapshot: bytes) -> None:
        """Keep a snapshot, replacing the former."""
        ...

    def drop(self, customer_ids: Sequence[str]) -> None:
        """Forget snapshots; unknown ids are fine."""
        ...

    def missing(self) -> list[str]:
        """Customers with events but without a snapshot, ascending."""
        ...


class Identities(Protocol):
    """Who an identifier belongs to."""

    def owner(self, identifier: Identifier) -> str | None:
        """The customer an identifier points to now, or None."""
        ...

    def link(self, link: Link) -> None:
        """Point an identifier to a customer, replacing where it pointed before."""
        ...

    def links(self, customer_id: str) -> list[Link]:
        """All links of one customer, by kind and value."""
        ...

    def reassign(self, from_customer: str, to_customer: str) -> None:
        """Point all identifiers of one customer to another."""
        ...

    def user_ids(self) -> Iterator[str]:
        """Every known userId, ascending."""
        ...


class Catalog(Protocol):
    """Products and stores."""

    def version(self) -> int:
        """A number that grows with every change; 0 when empty."""
        ...

    def put_products(self, products: Sequence[Product]) -> None:
        """Insert or replace by id."""
        ...

    def product(self, product_id: str) -> Product | None:
        """One product, or None."""
        ...

    def products(self) -> list[Product]:
        """All products in the order of first insertion."""
        ...

    def put_stores(self, stores: Sequence[Shop]) -> None:
        """Insert or replace by store code."""
        ...

    def stores(self) -> list[Shop]:
        """All stores by store code."""
        ...


class Decisions(Protocol):
    """What was decided, in full, so that it can be explained later."""

    def save(self, customer_id: str | None, decision: Decision | Plan) -> None:
        """Keep a decision or a plan under its decision id."""
        ...

    def load(self, decision_id: str) -> Decision | Plan | None:
        """A past decision or plan, or None."""
        ...


class ModelRecord(Struct, frozen=True, kw_only=True):
    """One trained artefact."""

    name: str
    version: str
    trained_at: datetime
    blob: bytes
    facts: dict[str, str | int | float]
    """Window, metrics and data hash, for people to read."""


class Models(Protocol):
    """Trained artefacts, the latest by name."""

    def save(self, records: Sequence[ModelRecord]) -> None:
        """Replace the artefacts of these names together."""
        ...

    def load(self) -> list[ModelRecord]:
        """The latest artefacts by name."""
        ...


class DeadLetters(Protocol):
    """Events that could not be understood."""

    def add(self, letters: Sequence[DeadLetter]) -> None:
        """Keep them."""
        ...

    def latest(self, limit: int) -> list[DeadLetter]:
        """The newest first."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...


class Store(Protocol):
    """All ports over one database. Writes outside a transaction are an error of the caller."""

    @property
    def events(self) -> EventLog: ...
    @property
    def profiles(self) -> Profiles: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def models(self) -> Models: ...
    @property
    def dead_letters(self) -> DeadLetters: ...

    def transaction(self, *, durable: bool = True, about: About | None = None) -> AbstractContextManager[None]:
        """All writes inside happen or none. Durable: on disk when the block ends. Not re-entrant.

        One writer at a time, across threads and processes; where the block says whom it is about, a store may let blocks about others run beside it.
        Raises Collision, there or inside, where somebody whom it did not name is being worked on.
        """
        ...

    def close(self) -> None:
        """Release the database."""
        ...
