"""Un-merging: who would each event belong to, had two never been joined? Told by going through the events again."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from tactful.identity._resolve import Resolution, resolve
from tactful.model.events import Event
from tactful.model.identity import Identifier, Link, Tie

Cut = tuple[Identifier, str]
_FOREVER = datetime.max.replace(tzinfo=UTC)


class Separation(Struct, frozen=True, kw_only=True):
    """What becomes of one customer's events and identifiers when an identifier is separated from them."""

    moved: dict[str, str]
    """Message id to the customer it goes to; those that stay are not in it."""
    links: tuple[Link, ...]
    """Where the identifiers of all of them point then."""
    ties: tuple[Tie, ...]


class _Replay:
    """The graph of one replay: nobody is known at the start."""

    def __init__(self, cut_at: Callable[[Identifier, str], datetime | None], apart: Cut | None) -> None:
        self._cut_at, self._apart = cut_at, apart
        self.links: dict[Identifier, Link] = {}
        self.edges: dict[Cut, Tie] = {}
        self.customer: dict[str, str] = {}

    def owner(self, identifier: Identifier) -> str | None:
        link = self.links.get(identifier)
        return link.customer_id if link else None

    def tied(self, identifier: Identifier) -> Sequence[Tie]:
        return [tie for tie in self.edges.values() if tie.identifier == identifier]

    def ties(self, customer_id: str) -> Sequence[Tie]:
        return [tie for tie in self.edges.values() if tie.customer_id == customer_id]

    def cut_at(self, identifier: Identifier, customer_id: str) -> datetime | None:
        return _FOREVER if (identifier, customer_id) == self._apart else self._cut_at(identifier, customer_id)

    def take(self, event: Event, resolution: Resolution) -> None:
        for from_customer, into in resolution.merges:
            self._merge(from_customer, into)
        for link in resolution.links:
            self.links[link.identifier] = link
        for tie in resolution.ties:
            self.edges.setdefault((tie.identifier, tie.customer_id), tie)
        for identifier in resolution.unlinked:
            self.links.pop(identifier, None)
        self.customer[event.message_id] = resolution.customer_id

    def _merge(self, from_customer: str, into: str) -> None:
        self.customer = {message_id: into if customer == from_customer else customer for message_id, customer in self.customer.items()}
        self.links = {found: replace(link, customer_id=into) if link.customer_id == from_customer else link for found, link in self.links.items()}
        for (identifier, customer), tie in list(self.edges.items()):
            if customer == from_customer:
                del self.edges[identifier, customer]
                self.edges.setdefault((identifier, into), replace(tie, customer_id=into))


def separate(events: Sequence[Event], identifier: Identifier, customer_id: str, *, cut_at: Callable[[Identifier, str], datetime | None]) -> Separation:
    """Go through a customer's events as if the identifier had never been joined to them. ``events`` in the order of the log."""
    joined, apart = _replay(events, cut_at, None), _replay(events, cut_at, (identifier, customer_id))
    moved = {
        message_id: customer
        for message_id, customer in apart.customer.items()
        if customer != customer_id and (customer != joined.customer[message_id] or customer == _home(identifier, apart))
    }
    return Separation(moved=moved, links=tuple(apart.links.values()), ties=tuple(apart.edges.values()))


def _home(identifier: Identifier, replay: _Replay) -> str | None:
    return replay.owner(identifier)


def _replay(events: Sequence[Event], cut_at: Callable[[Identifier, str], datetime | None], apart: Cut | None) -> _Replay:
    replay = _Replay(cut_at, apart)
    for event in events:
        resolution = resolve(event, replay)
        if resolution is not None:
            replay.take(event, resolution)
    return replay
