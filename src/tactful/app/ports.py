"""What the use cases need of a store. Adapters live in `tactful.store`; one contract suite runs over all of them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from tactful.model.access import AccessKey, Look
from tactful.model.decisions import Decision, Plan
from tactful.model.errors import NotReady
from tactful.model.events import DeadLetter, Event
from tactful.model.identity import Identifier, Link, Tie
from tactful.model.lines import Columns, Tables
from tactful.model.outbox import ClosedAddress, Handover, Letter, Reservation
from tactful.model.products import Product
from tactful.model.products import Store as Shop

if TYPE_CHECKING:
    import ibis

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

    def customers(self, *, until: datetime | None = None) -> dict[str, int]:
        """Number of events by customer, of everybody with any, ascending; with ``until`` only of those at or before it."""
        ...

    def find(self, message_id: str) -> tuple[str, Event] | None:
        """The event with this id and its customer, or None."""
        ...

    def reassign(self, from_customer: str, to_customer: str) -> None:
        """Give all events of one customer to another; times and arrival order stay."""
        ...

    def move(self, message_ids: Sequence[str], to_customer: str) -> None:
        """Give some events to a customer; times and arrival order stay. Unknown ids are fine."""
        ...

    def erase(self, customer_id: str) -> None:
        """Forget all events of one customer, for good."""
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

    def unlink(self, identifier: Identifier) -> None:
        """Point an identifier to nobody."""
        ...

    def reassign(self, from_customer: str, to_customer: str) -> None:
        """Point all identifiers of one customer to another, and give their ties to them."""
        ...

    def tie(self, ties: Sequence[Tie]) -> None:
        """Keep edges; of two between the same identifier and customer the first stays, with the surer confidence."""
        ...

    def tied(self, identifier: Identifier) -> list[Tie]:
        """All edges of one identifier, by customer."""
        ...

    def ties(self, customer_id: str) -> list[Tie]:
        """All edges of one customer, by kind and value."""
        ...

    def untie(self, customer_id: str) -> None:
        """Forget all edges of one customer."""
        ...

    def cut(self, identifier: Identifier, customer_id: str, *, at: datetime) -> None:
        """Remember that an identifier was separated from a customer."""
        ...

    def cut_at(self, identifier: Identifier, customer_id: str) -> datetime | None:
        """When an identifier was separated from a customer, or None."""
        ...

    def mend(self, identifier: Identifier, customer_id: str) -> None:
        """Forget that an identifier was separated from a customer."""
        ...

    def erase(self, customer_id: str) -> None:
        """Forget links, edges and separations of one customer."""
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

    def put_since(self, version: int, *, most: int) -> list[Product] | None:
        """The products that were put since the catalogue had a version, in the order of first insertion; None where they are more, or where any was deleted."""
        ...

    def delete_products(self, product_ids: Sequence[str]) -> None:
        """Forget products; ids that are not known are no matter."""
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

    def of(self, customer_id: str) -> list[Decision | Plan]:
        """All decisions and plans about one customer, by decision id."""
        ...

    def reassign(self, from_customer: str, to_customer: str) -> None:
        """Give all decisions about one customer to another."""
        ...

    def move(self, decision_ids: Sequence[str], to_customer: str) -> None:
        """Give some decisions to a customer. Unknown ids are fine."""
        ...

    def erase(self, customer_id: str) -> None:
        """Forget all decisions about one customer."""
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

    def version(self) -> int:
        """A number that grows whenever artefacts are replaced; 0 before the first."""
        ...

    def save(self, records: Sequence[ModelRecord]) -> None:
        """Replace the artefacts of these names together."""
        ...

    def load(self) -> list[ModelRecord]:
        """The latest artefacts by name."""
        ...


class Outbox(Protocol):
    """Messages that are reserved, on their way, or over."""

    def put(self, reservation: Reservation) -> None:
        """Keep a message under its message id, replacing what was known of it."""
        ...

    def load(self, message_id: str) -> Reservation | None:
        """One message, or None."""
        ...

    def due(self, now: datetime) -> list[str]:
        """Ids of the messages whose next time has come, the longest waiting first; of equals by id."""
        ...

    def drop(self, message_ids: Sequence[str]) -> None:
        """Forget messages; unknown ids are fine."""
        ...

    def close_address(self, address: Identifier, closed: ClosedAddress) -> None:
        """Remember that an address takes no more messages, replacing what was known. It is a hash, and stays when its owner is erased."""
        ...

    def closed(self, address: Identifier) -> ClosedAddress | None:
        """Why an address takes no messages, or None."""
        ...


class DeadLetters(Protocol):
    """Events that could not be understood."""

    def add(self, letters: Sequence[DeadLetter]) -> None:
        """Keep them."""
        ...

    def latest(self, limit: int) -> list[DeadLetter]:
        """The newest first."""
        ...

    def scan(self) -> Iterator[tuple[int, DeadLetter]]:
        """All of them with their numbers, the oldest first."""
        ...

    def drop(self, numbers: Sequence[int]) -> None:
        """Forget some; unknown numbers are fine."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...


class Privacy(Protocol):
    """Who refuses, who was erased, and who asked."""

    def refuse(self, customer_id: str, *, refused: bool) -> None:
        """Remember, or forget, that a customer refuses to be personalized."""
        ...

    def anyone_refuses(self) -> bool:
        """Whether there is anybody who refuses."""
        ...

    def refuses(self, customer_id: str) -> bool:
        """Whether a customer refuses to be personalized."""
        ...

    def bury(self, marks: Sequence[str], *, at: datetime) -> None:
        """Keep the marks of erased identifiers."""
        ...

    def buried_at(self, mark: str) -> datetime | None:
        """When the identifier of a mark was erased, or None."""
        ...

    def unearth(self, marks: Sequence[str]) -> None:
        """Forget marks; unknown ones are fine."""
        ...

    def count(self) -> int:
        """Number of marks."""
        ...

    def save_request(self, request_id: str, body: bytes) -> None:
        """Keep a data subject's request, replacing the former."""
        ...

    def load_request(self, request_id: str) -> bytes | None:
        """A data subject's request, or None."""
        ...


class AccessKeys(Protocol):
    """Keys that a shop hands out, as hashes."""

    def version(self) -> int:
        """A number that grows with every change; 0 before the first."""
        ...

    def save(self, keys: Sequence[AccessKey]) -> None:
        """Keep keys, replacing those of the same digest."""
        ...

    def load(self) -> list[AccessKey]:
        """All keys, those that ended too, by digest."""
        ...


class Audit(Protocol):
    """Who looked at whom. Append-only: nothing in it is ever changed or removed."""

    def add(self, look: Look) -> None:
        """Note one look."""
        ...

    def latest(self, limit: int) -> list[Look]:
        """The newest first."""
        ...

    def of(self, whom: str) -> list[Look]:
        """All looks at somebody, the oldest first."""
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
    def outbox(self) -> Outbox: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def privacy(self) -> Privacy: ...
    @property
    def keys(self) -> AccessKeys: ...
    @property
    def audit(self) -> Audit: ...

    def transaction(self, *, durable: bool = True, about: About | None = None) -> AbstractContextManager[None]:
        """All writes inside happen or none. Durable: on disk when the block ends. Not re-entrant.

        One writer at a time, across threads and processes; where the block says whom it is about, a store may let blocks about others run beside it.
        Raises Collision, there or inside, where somebody whom it did not name is being worked on.
        """
        ...

    def scrub(self) -> None:
        """Make sure that what was erased is in no file any more. Outside a transaction."""
        ...

    def close(self) -> None:
        """Release the database."""
        ...


class Training(Protocol):
    """One training under way: what it has laid out, the engine that counts it, and what is finished. All of it ends with the training."""

    @property
    def now(self) -> datetime:
        """The end of the window that is learned from; of a training that is gone on with, the one it began with."""
        ...

    def holds(self, shard: str) -> bool:
        """Whether the lines of a shard are laid out, as a whole."""
        ...

    def lay_out(self, shard: str, tables: Tables) -> None:
        """Keep the lines of a shard, all of its tables or none."""
        ...

    def count(self, expression: "ibis.Table") -> Columns:
        """What an expression says of all lines laid out. Raises NotReady where lines were taken away meanwhile."""
        ...

    def finished(self, name: str) -> bytes | None:
        """What was kept under a name, by this training before it was interrupted too; or None."""
        ...

    def finish(self, name: str, blob: bytes) -> None:
        """Keep what is finished."""
        ...

    def forget(self) -> None:
        """Forget everything: the training is over."""
        ...


class Workbench(Protocol):
    """Where training works. Adapters live in `tactful.workbench`."""

    def begin(self, state: Callable[[datetime], str], *, now: datetime, resume_within: timedelta) -> AbstractContextManager[Training]:
        """Begin a training, or go on with an interrupted one; ``state`` tells the fingerprint of what there is to learn from up to a time.

        Gone on with is one whose window ended now, or so long before, where the fingerprint of its window is still the same. Raises NotReady while another one
        is under way.
        """
        ...

    def clear(self) -> None:
        """Take away every line about anybody, so that none outlives an erasure."""
        ...


class Sender(Protocol):
    """Brings messages to people. Adapters live in `tactful.senders`, one kind a file."""

    @property
    def name(self) -> str:
        """Under which it is asked about a message later."""
        ...

    @property
    def channels(self) -> frozenset[str]:
        """What it carries."""
        ...

    def send(self, letter: Letter) -> Handover:
        """Hand over one message. Never raises for what the world does."""
        ...

    def handed_over(self, message_id: str) -> bool | None:
        """Whether a message left with this sender, asked after a crash. None: it cannot tell."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
