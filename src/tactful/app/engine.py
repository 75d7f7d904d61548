"""Everything the edges may ask of Tactful, one method a use case."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tactful.app import answer_back, customer_page, decide, describe, keys, moderate, opendsr, plan, send, subject, train, unmerge, way_out
from tactful.app import record as recording
from tactful.app.answer_back import Answer
from tactful.app.audit import Audit
from tactful.app.customer_page import CustomerPage
from tactful.app.house import House
from tactful.app.keys import NewKey
from tactful.app.opendsr import RequestStatus, SubjectRequest
from tactful.app.policy import Policy
from tactful.app.ports import Sender, Store, Workbench
from tactful.app.record import Batch, Progress, Receipt
from tactful.app.requests import DecideContext, DecideRequest, ModerateRequest
from tactful.app.send import Clock, LinksOf, no_links
from tactful.app.subject import Erasure
from tactful.app.tombstones import Tombstones
from tactful.app.turns import Together
from tactful.app.visits import Visits, consented
from tactful.model.access import Role
from tactful.model.decisions import Decision, Plan
from tactful.model.errors import InvalidInput, NotFound, NotReady
from tactful.model.events import Channel, DeadLetter, Event
from tactful.model.identity import Identifier
from tactful.model.moderation import Judgement
from tactful.model.outbox import Dispatch, Standing
from tactful.model.products import Product
from tactful.model.products import Store as Shop
from tactful.words import Phrasebook, Words

__all__ = ["Batch", "DecideContext", "DecideRequest", "Engine", "Erasure", "ModerateRequest", "Progress", "Receipt"]


class Engine:
    """The use cases over one store. Thread-safe: writers take turns."""

    def __init__(
        self,
        store: Store,
        *,
        new_id: Callable[[], str],
        policy: Policy | None = None,
        words: Phrasebook | None = None,
        erasure_key: bytes = b"",
        workbench: Workbench | None = None,
    ) -> None:
        self.store = store
        self._workbench = workbench
        self.new_id = new_id
        self._tombstones = Tombstones(store, erasure_key)
        self._visits = Visits()
        self._house = House(store, policy=policy, words=words)
        self._together = Together(store)
        self.audit = Audit(store, erasure_key, self._together)

    @property
    def policy(self) -> Policy:
        """The settings that hold here."""
        return self._house.policy

    def prepare(self) -> None:
        """Lay out the catalogue and the models now, so that the first decision need not wait for it."""
        self._house.now()

    def check(self) -> None:
        """Make sure that the store can be read, and written where it could not be the last time. Raises NotReady."""
        self.store.catalog.version()
        self._together.check()

    def record(self, arrivals: Sequence[Event | DeadLetter], *, now: datetime, vouched: bool = True) -> Receipt:
        """Append a batch and update the profiles it touches, in one durable transaction, which batches that come in together share.

        ``vouched``: the shop itself tells it, not a public key.
        """
        outcome = self.record_each([Batch(arrivals, now, vouched=vouched)])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def record_each(self, batches: Sequence[Batch]) -> list[Receipt | Exception]:
        """Record several batches, each for itself; what became of each. One that fails has not happened, and keeps none of the others from it."""
        return recording.record_each(self.store, batches, together=self._together, visits=self._visits, erased=self._tombstones)

    def import_history(self, arrivals: Iterable[Event | DeadLetter], *, now: datetime, progress: Progress | None = None) -> Receipt:
        """Append any number of events in large transactions, then fold the profiles they touched. Interrupted, it may simply be run again."""
        return recording.import_history(self.store, consented(arrivals), now=now, progress=progress, erased=self._tombstones)

    def put_products(self, products: Sequence[Product], *, now: datetime | None = None) -> None:
        """Insert or replace products. ``now``: since when this is so; without it, it has long been so, and nothing of it is news."""
        self._house.put_products(products, now=now)

    def change_product(self, product_id: str, change: Callable[[Product], Product], *, now: datetime | None = None) -> Product:
        """Change one product by a pure function, alone; two changes at once both count. Raises NotFound."""
        return self._house.change_product(product_id, change, now=now)

    def put_full_feed(self, products: Sequence[Product], *, unread: frozenset[str] = frozenset(), now: datetime | None = None) -> int:
        """Insert or replace products, and take off sale whatever else is known, but for ``unread`` ids; how many those are. They are not forgotten.

        Raises InvalidInput where there are no products: such a feed is more likely broken than true.
        """
        if not products:
            raise InvalidInput("a full feed without a single product would take everything off sale; nothing was changed")
        return self._house.put_products(products, now=now, all_but=unread)

    def change_products(self, changes: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime | None = None) -> set[str]:
        """Change the named attributes of many products, all together; the ids that are not known."""
        return self._house.change_products(changes, now=now)

    def delete_product(self, product_id: str) -> None:
        """Forget one product, for one that should never have been there. Raises NotFound."""
        self._house.delete_product(product_id)

    def put_inventory(self, stock: Iterable[tuple[str, str, bool]]) -> set[str]:
        """Say what lies in which store: store code, product id, whether it can be taken away; the codes that are not known."""
        return self._house.put_inventory(stock)

    def put_stores(self, stores: Sequence[Shop]) -> None:
        """Insert or replace stores."""
        self._house.put_stores(stores)

    def decide(self, request: DecideRequest, *, now: datetime, device_only: bool = False) -> Decision:
        """Decide what to show one customer here and now; the decision is logged. ``device_only``: know only what was done under the anonymousId itself."""
        visit = self._visits.of(request.user_id, request.anonymous_id, now=now)
        return decide.decide(self.store, self._house, request, now=now, new_id=self.new_id, device_only=device_only, visit=visit)

    def preview(self, request: DecideRequest, *, now: datetime) -> Decision:
        """Decide as `decide` would, for somebody who only looks; nothing is logged."""
        return decide.decide(self.store, self._house, request, now=now, new_id=self.new_id, keep=False)

    def plan(self, user_ids: Iterable[str], *, now: datetime, dry_run: bool = True, round_id: UUID | None = None) -> Iterator[Plan]:
        """Decide for each customer which one message to send within seven days, or why none. Not dry: the message is reserved, once a customer and round."""
        return plan.plan_all(self.store, self._house, user_ids, now=now, dry_run=dry_run, new_id=self.new_id, round_id=round_id)

    def send(self, senders: Sequence[Sender], *, now: datetime, clock: Clock | None = None, links: LinksOf = no_links) -> Dispatch:
        """Send what is due in the outbox, once, after asking everything again; or drop it with its reason.

        ``links`` gives a message its links; ``clock`` tells the time while a long run goes on, without it, it stays ``now``.
        """
        return send.send_due(self.store, self._house, now=now, senders=senders, links=links, new_id=self.new_id, clock=clock)

    def unsubscribe(self, message_id: str, *, now: datetime) -> Channel:
        """End the channel that a message came through, for whoever got it; again does no harm. Raises NotFound."""
        return way_out.unsubscribe(self.store, message_id, now=now, new_id=self.new_id)

    def way_out(self, message_id: str, *, now: datetime) -> tuple[Channel, Words]:
        """The channel that a message came through, and the words in which to speak to who got it. Raises NotFound."""
        return way_out.words_of(self.store, self._house, message_id, now=now)

    def customer_page(self, message_id: str, *, now: datetime) -> CustomerPage:
        """Why somebody was written to, and how what they answered stands. Raises NotFound."""
        return customer_page.customer_page(self.store, self._house, message_id, now=now)

    def answer_back(self, message_id: str, answer: Answer, *, now: datetime) -> None:
        """Record what whoever got a message answers to it. Raises NotFound, and InvalidInput where it is no answer to this message."""
        answer_back.answer_back(self.store, self._house, message_id, answer=answer, now=now, new_id=self.new_id)

    def speak(self, *wishes: str) -> Words:
        """The words of the first language that is spoken here; else the shop's own."""
        return self._house.phrasebook.speak(*wishes, self._house.own_words.locale)

    def moderate(self, request: ModerateRequest) -> Judgement:
        """Judge what a customer wants on a product. Raises InvalidInput."""
        return moderate.moderate(request, self.speak(*filter(None, [request.locale])))

    def customer(self, customer: str, *, now: datetime) -> dict[str, Any]:
        """Everything known of a customer (userId, anonymousId or customer id), readable, as JSON-ready values. Raises NotFound."""
        return describe.describe(self.store, self._house, customer, now=now)

    def export(self, customer: str, *, now: datetime) -> dict[str, Any]:
        """Everything held about a customer, as JSON-ready values. Raises NotFound."""
        return subject.export(self.store, self._house, customer, audit=self.audit, now=now)

    def erase(self, customer: str, *, now: datetime) -> Erasure:
        """Forget a customer for good; a late event does not bring them back. Raises NotFound."""
        erasure = subject.erase(self.store, self._tombstones, customer, now=now)
        self._clear_workbench()
        return erasure

    def submit(self, request: SubjectRequest, *, now: datetime) -> RequestStatus:
        """Do what a data subject's request asks. Raises InvalidInput."""
        status = opendsr.submit(self.store, self._tombstones, request, now=now)
        if status.subject_request_type == opendsr.ERASURE:
            self._clear_workbench()
        return status

    def request_status(self, request_id: str) -> RequestStatus:
        """What became of a data subject's request. Raises NotFound."""
        return opendsr.status_of(self.store, request_id)

    def unmerge(self, customer: str, identifier: Identifier, *, now: datetime) -> dict[str, Any]:
        """Separate an identifier from a customer again; both profiles are those of their own events. Raises NotFound and InvalidInput."""
        return unmerge.unmerge(self.store, customer, identifier, now=now)

    def add_key(self, name: str, *, role: Role, origins: Sequence[str] = (), now: datetime) -> NewKey:
        """Make a key; this is the only time that it is told. Raises InvalidInput."""
        return keys.add_key(self.store, name, role=role, origins=origins, now=now)

    def rotate_key(self, name: str, *, grace: timedelta = keys.GRACE, now: datetime) -> NewKey:
        """Make another key of the same name; the old one opens for ``grace`` longer. Raises NotFound."""
        return keys.rotate_key(self.store, name, grace=grace, now=now)

    def revoke_key(self, name: str, *, now: datetime) -> int:
        """End every key of a name now; how many there were. Raises NotFound."""
        return keys.revoke_key(self.store, name, now=now)

    def decision(self, decision_id: str) -> Decision | Plan:
        """A past decision in full. Raises NotFound."""
        found = self.store.decisions.load(decision_id)
        if found is None:
            raise NotFound(f"no decision {decision_id[:80]!r}: give the decisionId of a decision or a plan")
        return found

    def standing(self, decision_id: str) -> Standing | None:
        """What became of a planned message until now; None where none was reserved."""
        return send.standing_of(self.store, self._house, decision_id)

    def train(self, *, now: datetime, resume_within: timedelta = timedelta(0), progress: Progress | None = None) -> dict[str, dict[str, str | int | float]]:
        """Learn every model from the log up to ``now`` and put them to use; facts by model name.

        A training that was interrupted is gone on with where its window ended now, or ``resume_within`` before, and the log up to then is still the same.
        Raises NotReady.
        """
        if self._workbench is None:
            raise NotReady("this engine was opened without a workbench, so it cannot train: open it by tactful.wiring.open_engine")
        return train.train(self.store, self._house, self._workbench, now=now, resume_within=resume_within, progress=progress or _in_silence)

    def _clear_workbench(self) -> None:
        """An interrupted training must not keep what was just erased."""
        if self._workbench is not None:
            self._workbench.clear()


def _in_silence(_: int) -> None:
    """Tell nobody."""
