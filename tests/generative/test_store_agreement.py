"""Whatever is done to the stores, in whatever order, they agree."""

import tempfile
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from happenings import NOW, happenings, moments
from postgres_server import TOGETHER, fresh_store
from tactful.app.ports import Store
from tactful.model.decisions import Message
from tactful.model.identity import Identifier, Link, Tie
from tactful.model.outbox import Reservation
from tactful.store import MemoryStore, SqliteStore

CUSTOMERS = ["u:ann", "u:bob", "a:phone", "k:email:ψ"]
IDENTIFIERS = [Identifier("user_id", "ann"), Identifier("user_id", "ψ"), Identifier("anonymous_id", "phone"), Identifier("email", "ann")]
MESSAGES = ["m1", "m2", "m\x003"]
MESSAGE = Message(message_id="", trigger="due_again", channel="email", send_at=NOW, items=(), subject="Beans", text="Again?")
customers = st.sampled_from(CUSTOMERS)
identifiers = st.sampled_from(IDENTIFIERS)


class Changed(Exception):
    """Somebody changed their mind in the middle of a transaction."""


operations = st.one_of(
    st.tuples(st.just("append"), customers, st.lists(happenings, min_size=1, max_size=3)),
    st.tuples(st.just("move"), customers, customers),
    st.tuples(st.just("save"), customers, st.binary(max_size=3)),
    st.tuples(st.just("drop"), customers, customers),
    st.tuples(st.just("link"), customers, identifiers),
    st.tuples(st.just("tie"), customers, identifiers, st.sampled_from([0.9, 0.95, 1.0])),
    st.tuples(st.just("cut"), customers, identifiers),
    st.tuples(st.just("mend"), customers, identifiers),
    st.tuples(st.just("unlink"), identifiers),
    st.tuples(st.just("look"), customers, identifiers),
    st.tuples(st.just("look"), customers, identifiers),
    st.tuples(st.just("reserve"), st.sampled_from(MESSAGES), st.one_of(st.none(), moments)),
    st.tuples(st.just("forget"), st.sampled_from(MESSAGES)),
)


def apply(store: Store, operation: tuple) -> object:
    """Do it; what was seen, where it only looks."""
    match operation:
        case ("look", customer, identifier):
            who, links = store.identities, store.identities.links(customer)
            seen = (who.owner(identifier), who.tied(identifier), who.ties(customer), who.cut_at(identifier, customer), links)
            return seen, store.profiles.load(customer), store.events.read(customer), sorted(store.events.known(["m1", "m2", "m3"]))
        case ("append", customer, events):
            known = store.events.known([event.message_id for event in events])
            store.events.append(customer, [event for event in events if event.message_id not in known])
        case ("move", from_customer, into):
            store.events.reassign(from_customer, into)
            store.identities.reassign(from_customer, into)
        case ("save", customer, snapshot):
            store.profiles.save(customer, snapshot)
        case ("drop", *dropped):
            store.profiles.drop(dropped)
        case ("reserve", message_id, next_at):
            store.outbox.put(Reservation(user_id="ann", message=msgspec.structs.replace(MESSAGE, message_id=message_id), next_at=next_at))
        case ("forget", message_id):
            store.outbox.drop([message_id])
        case ("link", customer, identifier):
            store.identities.link(Link(identifier=identifier, customer_id=customer, since=NOW, event_id=customer))
        case _:
            relate(store, operation)
    return None


def relate(store: Store, operation: tuple) -> None:
    """Change who may be whom."""
    match operation:
        case ("tie", customer, identifier, confidence):
            store.identities.tie([Tie(identifier=identifier, customer_id=customer, since=NOW, event_id=customer, confidence=confidence)])
        case ("cut", customer, identifier):
            store.identities.cut(identifier, customer, at=NOW)
        case ("mend", customer, identifier):
            store.identities.mend(identifier, customer)
        case ("unlink", identifier):
            store.identities.unlink(identifier)


class ThreeStores(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.closing = ExitStack()
        directory = self.closing.enter_context(tempfile.TemporaryDirectory())
        sqlite = self.closing.enter_context(closing(SqliteStore(Path(directory, "tactful.sqlite3"))))
        self.stores = (MemoryStore(), sqlite, self.closing.enter_context(fresh_store()))

    @rule(work=st.lists(operations, min_size=1, max_size=8), about=st.none() | st.lists(customers | identifiers, max_size=3), fails=st.booleans())
    def transact(self, work, about, fails):
        seen = [[] for _ in self.stores]
        for store, looks in zip(self.stores, seen, strict=True):
            with suppress(Changed), store.transaction(durable=False, about=about):
                looks.extend(apply(store, operation) for operation in work)
                if fails:
                    raise Changed
        assert seen[1:] == [seen[0]] * 2

    @rule(customer=customers, until=moments)
    def read_until(self, customer, until):
        memory, *others = (store.events.read(customer, until=until) for store in self.stores)
        assert others == [memory, memory]

    @invariant()
    def they_agree(self):
        memory, *others = (self.told_by(store) for store in self.stores)
        assert others == [memory, memory]

    def told_by(self, store: Store) -> list[object]:
        return [
            list(store.events.scan()),
            store.events.count(),
            store.profiles.missing(),
            list(store.identities.user_ids()),
            store.outbox.due(NOW),
            [store.outbox.load(message_id) for message_id in MESSAGES],
            [store.identities.owner(identifier) for identifier in IDENTIFIERS],
            [(store.events.read(customer), store.profiles.load(customer), store.identities.links(customer)) for customer in CUSTOMERS],
        ]

    def teardown(self):
        self.closing.close()


TestThreeStores = TOGETHER(ThreeStores.TestCase)
TestThreeStores.settings = settings(max_examples=25, stateful_step_count=10, deadline=None)
