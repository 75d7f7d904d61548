"""Everything the edges may ask of Tactful, one method a use case."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from tactful.app import record as recording
from tactful.app.ports import Store
from tactful.app.record import Progress, Receipt
from tactful.model.decisions import Decision, Plan
from tactful.model.events import DeadLetter, Event
from tactful.model.moment import Location
from tactful.model.products import Product
from tactful.model.products import Store as Shop

__all__ = ["DecideContext", "DecideRequest", "Engine", "Progress", "Receipt"]


class DecideContext(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the page around a decision knows. Everything is optional."""

    product_id: str | None = None
    product_ids: tuple[str, ...] = ()
    query: str | None = None
    store_code: str | None = None
    location: Location | None = None
    timezone: str | None = None
    locale: str | None = None
    currency: str | None = None
    fulfilment: str | None = None


class DecideRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """One pull decision. ``user_id`` or ``anonymous_id`` is required; ``limit`` is 1 to 100."""

    user_id: str | None = None
    anonymous_id: str | None = None
    placement: str = "home"
    limit: int = 8
    explain: bool = False
    context: DecideContext = DecideContext()


class Engine:
    """The use cases over one store. Thread-safe: writers take turns."""

    def __init__(self, store: Store, *, new_id: Callable[[], str]) -> None:
        self.store = store
        self.new_id = new_id

    def record(self, arrivals: Sequence[Event | DeadLetter], *, now: datetime) -> Receipt:
        """Append a batch and update the profiles it touches, in one durable transaction."""
        return recording.record(self.store, arrivals, now=now)

    def import_history(self, arrivals: Iterable[Event | DeadLetter], *, now: datetime, progress: Progress | None = None) -> Receipt:
        """Append any number of events in large transactions, then fold the profiles they touched. Interrupted, it may simply be run again."""
        return recording.import_history(self.store, arrivals, now=now, progress=progress)

    def put_products(self, products: Sequence[Product]) -> None:
        """Insert or replace products."""
        raise NotImplementedError

    def put_stores(self, stores: Sequence[Shop]) -> None:
        """Insert or replace stores."""
        raise NotImplementedError

    def decide(self, request: DecideRequest, *, now: datetime) -> Decision:
        """Decide what to show one customer here and now; the decision is logged."""
        raise NotImplementedError

    def plan(self, user_ids: Iterable[str], *, now: datetime, dry_run: bool = True) -> Iterator[Plan]:
        """Decide for each customer which one message to send within seven days, or why none. Not dry: the message is reserved."""
        raise NotImplementedError

    def customer(self, customer: str, *, now: datetime) -> dict[str, Any]:
        """Everything known of a customer (userId, anonymousId or customer id), readable, as JSON-ready values. Raises NotFound."""
        raise NotImplementedError

    def decision(self, decision_id: str) -> Decision | Plan:
        """A past decision in full. Raises NotFound."""
        raise NotImplementedError

    def train(self, *, now: datetime, progress: Progress | None = None) -> dict[str, dict[str, str | int | float]]:
        """Learn every model from the log up to ``now`` and put them to use; facts by model name."""
        raise NotImplementedError
