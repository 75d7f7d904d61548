"""What every store promises, run over all of them."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from postgres_server import TOGETHER, fresh_store
from tactful.app.ports import ModelRecord, Store
from tactful.model.access import AccessKey, Look
from tactful.model.candidates import Evidence
from tactful.model.decisions import Decision, Item, Message, Plan, Reason, Silence
from tactful.model.events import Context, DeadLetter, Event, OrderCompleted, OrderLine, ProductViewed, Tracked
from tactful.model.identity import Identifier, Link, Tie
from tactful.model.outbox import ClosedAddress, Reservation
from tactful.model.products import Money, Product
from tactful.model.products import Store as Shop
from tactful.store import MemoryStore, SqliteStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def view(message_id: str, *, minutes: int = 0) -> Event:
    return ProductViewed(message_id=message_id, at=NOON + timedelta(minutes=minutes), user_id="ann", product_id="camera")


def ids(events: list[Event]) -> list[str]:
    return [event.message_id for event in events]


def link(kind, value: str, customer_id: str) -> Link:
    return Link(identifier=Identifier(kind, value), customer_id=customer_id, since=NOON, event_id="m1")


def letter(code: str) -> DeadLetter:
    return DeadLetter(received_at=NOON, code=code, message="what is wrong", body="{}")


def reservation(message_id: str, minutes: int | None) -> Reservation:
    message = Message(message_id=message_id, trigger="due_again", channel="email", send_at=NOON, items=(), subject="Beans", text="Again?")
    return Reservation(user_id="ann", message=message, next_at=None if minutes is None else NOON + timedelta(minutes=minutes))


class StoreContract:
    @pytest.fixture
    def store(self, tmp_path) -> Iterator[Store]:
        raise NotImplementedError("each store's own tests open theirs here")

    def append(self, store: Store, customer_id: str, *events: Event) -> None:
        with store.transaction():
            store.events.append(customer_id, events)

    def test_events_come_back_as_they_were(self, store):
        order = OrderCompleted(
            message_id="m1",
            at=NOON + timedelta(microseconds=1),
            order_id="o1",
            lines=(OrderLine(product_id="coffee", price=3.2, options={"milk": "oat"}),),
            context=Context(timezone="Europe/London", cell="gcpvh"),
        )
        custom = Tracked(message_id="m\x002", at=NOON, name="Sang", properties={"song": "Ψ", "bars": [1, 2.5, None, {"loud": True}]})
        self.append(store, "u:ann", order, custom)
        assert store.events.read("u:ann") == [custom, order]

    def test_order_is_event_time_then_arrival(self, store):
        self.append(store, "u:ann", view("second"), view("fourth", minutes=1))
        self.append(store, "u:ann", view("third"), view("first", minutes=-1))
        assert ids(store.events.read("u:ann")) == ["first", "second", "third", "fourth"]

    def test_until_is_inclusive(self, store):
        self.append(store, "u:ann", view("before", minutes=-1), view("at"), view("after", minutes=1))
        assert ids(store.events.read("u:ann", until=NOON)) == ["before", "at"]

    def test_nobody_has_no_events(self, store):
        assert store.events.read("u:nobody") == []
        assert store.events.find("m1") is None
        assert store.events.count() == 0

    def test_known_ids_of_any_customer(self, store):
        self.append(store, "u:ann", view("m1"))
        self.append(store, "u:bob", view("m\x002"))
        assert store.events.known(["m1", "m\x002", "m3"]) == {"m1", "m\x002"}
        assert store.events.known([]) == set()

    def test_a_message_id_cannot_come_twice(self, store):
        self.append(store, "u:ann", view("m1"))
        with pytest.raises(Exception, match=r"m1|message_id"):
            self.append(store, "u:bob", view("m1"))
        assert store.events.count() == 1

    def test_find_tells_the_customer(self, store):
        self.append(store, "u:ann", view("m1"))
        assert store.events.find("m1") == ("u:ann", view("m1"))

    def test_scan_goes_by_customer(self, store):
        self.append(store, "u:bob", view("b1", minutes=1))
        self.append(store, "a:x", view("x1"))
        self.append(store, "u:bob", view("b2"))
        assert [(customer, ids(events)) for customer, events in store.events.scan()] == [("a:x", ["x1"]), ("u:bob", ["b2", "b1"])]
        assert list(store.events.customers().items()) == [("a:x", 1), ("u:bob", 2)]
        assert store.events.customers(until=NOON) == {"a:x": 1, "u:bob": 1}
        assert store.events.customers(until=NOON - timedelta(minutes=1)) == {}

    def test_scan_sees_one_moment(self, store):
        self.append(store, "u:ann", view("m1"))
        self.append(store, "u:bob", view("m2"))
        scan = store.events.scan()
        first = next(scan)
        self.append(store, "u:zoe", view("m3"))
        assert [first[0], *(customer for customer, _ in scan)] == ["u:ann", "u:bob"]

    def test_reassigned_events_keep_time_and_arrival(self, store):
        self.append(store, "a:x", view("anonymous, first to arrive"))
        self.append(store, "u:ann", view("signed in"))
        with store.transaction():
            store.events.reassign("a:x", "u:ann")
            store.events.reassign("a:unknown", "u:ann")
        assert ids(store.events.read("u:ann")) == ["anonymous, first to arrive", "signed in"]
        assert store.events.read("a:x") == []
        assert store.events.find("anonymous, first to arrive") == ("u:ann", view("anonymous, first to arrive"))
        assert [customer for customer, _ in store.events.scan()] == list(store.events.customers()) == ["u:ann"]

    def test_moved_events_keep_time_and_arrival(self, store):
        self.append(store, "u:ann", view("m1"), view("m2"), view("m3", minutes=-1))
        with store.transaction():
            store.events.move(["m2", "m3", "unknown"], "a:x")
        assert ids(store.events.read("u:ann")) == ["m1"]
        assert ids(store.events.read("a:x")) == ["m3", "m2"]
        assert store.events.find("m2") == ("a:x", view("m2"))

    def test_erased_events_are_gone(self, store):
        self.append(store, "u:ann", view("m1"))
        self.append(store, "u:bob", view("m2"))
        with store.transaction():
            store.events.erase("u:ann")
            store.events.erase("u:unknown")
        assert store.events.customers() == {"u:bob": 1}
        assert (store.events.find("m1"), store.events.known(["m1"]), store.events.count()) == (None, set(), 1)

    def test_edges_keep_the_first_word_and_the_surer_one(self, store):
        def tie(customer_id: str, confidence: float, event_id: str = "m1") -> Tie:
            return Tie(identifier=Identifier("email", "x"), customer_id=customer_id, since=NOON, event_id=event_id, confidence=confidence)

        with store.transaction():
            store.identities.tie([tie("u:bob", 0.95), tie("u:ann", 0.9), tie("u:ann", 0.95, "m2"), tie("u:ann", 0.9, "m3")])
        assert store.identities.tied(Identifier("email", "x")) == [tie("u:ann", 0.95), tie("u:bob", 0.95)]
        with store.transaction():
            store.identities.reassign("u:bob", "u:ann")
            store.identities.reassign("u:ann", "u:ann")
        assert store.identities.ties("u:ann") == [tie("u:ann", 0.95)]
        assert store.identities.ties("u:bob") == []
        with store.transaction():
            store.identities.untie("u:ann")
        assert store.identities.tied(Identifier("email", "x")) == []

    def test_separations_are_remembered_and_mended(self, store):
        phone = Identifier("anonymous_id", "x")
        with store.transaction():
            store.identities.cut(phone, "u:ann", at=NOON - timedelta(hours=1))
            store.identities.cut(phone, "u:ann", at=NOON)
        assert store.identities.cut_at(phone, "u:ann") == NOON
        assert store.identities.cut_at(phone, "u:bob") is None
        with store.transaction():
            store.identities.mend(phone, "u:ann")
        assert store.identities.cut_at(phone, "u:ann") is None

    def test_an_erased_customer_has_no_identifiers(self, store):
        phone = Identifier("anonymous_id", "x")
        with store.transaction():
            store.identities.link(link("anonymous_id", "x", "u:ann"))
            store.identities.link(link("anonymous_id", "y", "u:bob"))
            store.identities.tie([Tie(identifier=phone, customer_id="u:ann", since=NOON, event_id="m1")])
            store.identities.cut(phone, "u:ann", at=NOON)
            store.identities.erase("u:ann")
            store.identities.unlink(Identifier("anonymous_id", "y"))
        assert (store.identities.owner(phone), store.identities.ties("u:ann"), store.identities.cut_at(phone, "u:ann")) == (None, [], None)
        assert store.identities.links("u:bob") == []

    def test_decisions_of_one_customer(self, store):
        def plan(number: str) -> Plan:
            return Plan(user_id="ann", decision_id=number, at=NOON)

        with store.transaction():
            for number, customer in (("d1", "u:ann"), ("d2", "a:x"), ("d3", "a:x"), ("d4", "u:bob")):
                store.decisions.save(customer, plan(number))
            store.decisions.reassign("a:x", "u:ann")
            store.decisions.move(["d3", "unknown"], "a:y")
            store.decisions.erase("u:bob")
        assert store.decisions.of("u:ann") == [plan("d1"), plan("d2")]
        assert store.decisions.of("a:y") == [plan("d3")]
        assert store.decisions.load("d4") is None

    def test_dead_letters_are_found_and_dropped(self, store):
        with store.transaction():
            store.dead_letters.add([letter("one"), letter("two"), letter("three")])
        numbers = [number for number, dead in store.dead_letters.scan() if dead.code != "two"]
        with store.transaction():
            store.dead_letters.drop([*numbers, 10_000])
            store.dead_letters.add([letter("four")])
        assert [dead.code for dead in store.dead_letters.latest(5)] == ["four", "two"]

    def test_who_refuses_who_was_erased_and_who_asked(self, store):
        assert not store.privacy.anyone_refuses()
        with store.transaction():
            store.privacy.refuse("u:ann", refused=True)
            store.privacy.refuse("u:ann", refused=True)
            store.privacy.refuse("u:bob", refused=True)
            store.privacy.refuse("u:bob", refused=False)
            store.privacy.bury(["a", "b"], at=NOON - timedelta(hours=1))
            store.privacy.bury(["a"], at=NOON)
            store.privacy.unearth(["b", "c"])
            store.privacy.save_request("r1", b"one")
            store.privacy.save_request("r1", b"two")
        assert store.privacy.anyone_refuses()
        assert (store.privacy.refuses("u:ann"), store.privacy.refuses("u:bob")) == (True, False)
        assert (store.privacy.buried_at("a"), store.privacy.buried_at("b"), store.privacy.count()) == (NOON, None, 1)
        assert (store.privacy.load_request("r1"), store.privacy.load_request("r2")) == (b"two", None)
        store.scrub()

    def test_profiles_are_kept_replaced_and_dropped(self, store):
        with store.transaction():
            store.profiles.save("u:ann", b"one")
            store.profiles.save("u:ann", b"two")
            store.profiles.save("u:bob", b"three")
        assert store.profiles.load("u:ann") == b"two"
        with store.transaction():
            store.profiles.drop(["u:ann", "u:unknown"])
        assert store.profiles.load("u:ann") is None
        assert store.profiles.load("u:bob") == b"three"

    def test_missing_profiles(self, store):
        for customer in ("u:zoe", "u:ann", "u:bob"):
            self.append(store, customer, view(customer))
        with store.transaction():
            store.profiles.save("u:bob", b"")
            store.profiles.save("u:without-events", b"")
        assert store.profiles.missing() == ["u:ann", "u:zoe"]

    def test_identifiers_point_to_customers(self, store):
        with store.transaction():
            store.identities.link(link("anonymous_id", "x", "a:x"))
            store.identities.link(link("user_id", "ann", "u:ann"))
            store.identities.link(link("user_id", "x", "u:x"))
            store.identities.link(link("anonymous_id", "x", "u:ann"))
        assert store.identities.owner(Identifier("anonymous_id", "x")) == "u:ann"
        assert store.identities.owner(Identifier("user_id", "x")) == "u:x"
        assert store.identities.owner(Identifier("email", "x")) is None
        assert store.identities.links("u:ann") == [link("anonymous_id", "x", "u:ann"), link("user_id", "ann", "u:ann")]
        assert store.identities.links("a:x") == []
        assert list(store.identities.user_ids()) == ["ann", "x"]

    def test_reassigned_identifiers_remember_since_when(self, store):
        with store.transaction():
            store.identities.link(link("anonymous_id", "x", "a:x"))
            store.identities.reassign("a:x", "u:ann")
        assert store.identities.links("u:ann") == [link("anonymous_id", "x", "u:ann")]

    def test_user_ids_can_be_walked_while_writing(self, store):
        with store.transaction():
            for name in ("ann", "bob"):
                store.identities.link(link("user_id", name, f"u:{name}"))
        for name in store.identities.user_ids():
            with store.transaction():
                store.profiles.save(f"u:{name}", b"planned")
        assert store.profiles.load("u:bob") == b"planned"

    def test_products_keep_their_first_place(self, store):
        camera = Product(id="camera", title="Camera", price=Money(Decimal("15.10"), "EUR"), release_date=NOON)
        case = Product(id="case", title="Case")
        with store.transaction():
            store.catalog.put_products([camera, case])
        with store.transaction():
            store.catalog.put_products([Product(id="camera", title="Camera II")])
        assert [product.title for product in store.catalog.products()] == ["Camera II", "Case"]
        assert store.catalog.product("case") == case
        assert store.catalog.product("unknown") is None

    def test_a_deleted_product_is_forgotten_and_an_error_brings_it_back_to_its_place(self, store):
        with store.transaction():
            store.catalog.put_products([Product(id=name, title=name) for name in ("a", "b", "c")])
            version = store.catalog.version()

        def fail_after_deleting():
            with store.transaction():
                store.catalog.delete_products(["b", "unknown"])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_after_deleting()
        assert [product.id for product in store.catalog.products()] == ["a", "b", "c"]
        with store.transaction():
            store.catalog.delete_products(["b", "unknown"])
        assert [product.id for product in store.catalog.products()] == ["a", "c"]
        assert store.catalog.product("b") is None
        assert store.catalog.version() > version

    def test_money_and_stores_come_back_exactly(self, store):
        camera = Product(id="camera", title="Camera", price=Money(Decimal("15.10"), "EUR"), release_date=NOON)
        soho = Shop(store_code="soho", name="Soho", lat=51.5, lon=-0.13, country="GB", timezone="Europe/London", inventory=frozenset({"camera", "case"}))
        berlin = Shop(store_code="berlin", name="Berlin", lat=52.5, lon=13.4, country="DE", timezone="Europe/Berlin")
        with store.transaction():
            store.catalog.put_products([camera])
            store.catalog.put_stores([soho, berlin])
        assert store.catalog.product("camera") == camera
        assert store.catalog.stores() == [berlin, soho]

    def test_what_was_put_since_a_version_is_told_where_it_is_little_and_nothing_is_gone(self, store):
        def put(*names: str) -> int:
            with store.transaction():
                store.catalog.put_products([Product(id=name, title=f"{name} of {store.catalog.version()}") for name in names])
            return store.catalog.version()

        first, second = put("c", "b", "a"), put("b", "d")
        third = put("d", "c")
        assert [product.title for product in store.catalog.put_since(first, most=3)] == ["c of 2", "b of 1", "d of 2"]
        assert [product.id for product in store.catalog.put_since(second, most=3)] == ["c", "d"]
        assert store.catalog.put_since(third, most=3) == []
        assert store.catalog.put_since(first, most=2) is None
        with store.transaction():
            store.catalog.put_stores([Shop(store_code="s", name="S", lat=0, lon=0, country="GB", timezone="Europe/London")])
        assert store.catalog.put_since(third, most=3) == []
        with store.transaction():
            store.catalog.delete_products(["a"])
        assert store.catalog.put_since(third, most=3) is None
        assert store.catalog.put_since(store.catalog.version(), most=3) == []

    def test_catalog_version_grows_with_every_change(self, store):
        seen = [store.catalog.version()]
        with store.transaction():
            store.catalog.put_products([])
            seen.append(store.catalog.version())
            store.catalog.put_products([Product(id="a", title="A")])
            seen.append(store.catalog.version())
            store.catalog.put_stores([Shop(store_code="s", name="S", lat=0, lon=0, country="GB", timezone="Europe/London")])
            seen.append(store.catalog.version())
        assert seen[0] == seen[1] == 0
        assert seen[1] < seen[2] < seen[3]

    def test_decisions_and_plans_come_back_as_what_they_were(self, store):
        item = Item(
            product_id="case",
            group_id="case",
            score=0.31,
            reason=Reason(code="completes", text="Fits.", source="observed_here", evidence=(Evidence(message_id="m1", at=NOON),)),
        )
        decision = Decision(decision_id="d1", at=NOON, customer_id="u:ann", placement="home", items=(item,))
        quiet = Decision(decision_id="d2", at=NOON, customer_id=None, placement="home", silence=Silence(code="unknown_customer", text="-", facts={"n": 1}))
        message = Message(message_id="d3", trigger="due_again", channel="email", send_at=NOON, items=(item,), subject="Beans", text="Again?")
        plan = Plan(user_id="ann", decision_id="d3", at=NOON, message=message)
        with store.transaction():
            store.decisions.save("u:ann", decision)
            store.decisions.save(None, quiet)
            store.decisions.save("u:ann", plan)
        assert [store.decisions.load(decision_id) for decision_id in ("d1", "d2", "d3", "d4")] == [decision, quiet, plan, None]

    def test_models_are_replaced_by_name(self, store):
        def model(name: str, version: str) -> ModelRecord:
            return ModelRecord(name=name, version=version, trained_at=NOON, blob=b"\x00\xff", facts={"auc": 0.8, "rows": 3, "window": "a year"})

        seen = [store.models.version()]
        for models in ([model("due", "1"), model("complements", "1")], [model("due", "2")]):
            with store.transaction():
                store.models.save(models)
            seen.append(store.models.version())
        assert seen[0] == 0
        assert seen[0] < seen[1] < seen[2]
        assert store.models.load() == [model("complements", "1"), model("due", "2")]

    def test_keys_are_replaced_by_their_hash_and_every_change_is_noticed(self, store):
        def key(digest: str, name: str, **more) -> AccessKey:
            return AccessKey(digest=digest, name=name, role="write", created_at=NOON, **more)

        seen = [store.keys.version()]
        ended = key("b", "web shop", origins=("https://shop.example",), ends_at=NOON + timedelta(microseconds=1))
        for keys in ([key("b", "web shop"), key("a", "till")], [ended]):
            with store.transaction(about=["access keys"]):
                store.keys.save(keys)
            seen.append(store.keys.version())
        assert seen[0] == 0
        assert seen[0] < seen[1] < seen[2]
        assert store.keys.load() == [key("a", "till"), ended]

    def test_looks_are_told_by_whom_and_newest_first(self, store):
        def look(action: str, whom: str | None) -> Look:
            return Look(at=NOON + timedelta(microseconds=1), key="till", action=action, whom=whom, outcome="ok")

        looks = [look("profile", "ann"), look("dead_letters", None), look("export", "ann"), look("profile", "bob")]
        for each in looks:
            with store.transaction(about=()):
                store.audit.add(each)
        assert store.audit.latest(3) == looks[:0:-1]
        assert store.audit.of("ann") == [looks[0], looks[2]]
        assert store.audit.of("zoe") == []

    def test_the_outbox_gives_what_is_due_the_longest_waiting_first(self, store):
        with store.transaction():
            for message_id, minutes in (("later", 1), ("b", 0), ("a", 0), ("first", -5), ("over", None)):
                store.outbox.put(reservation(message_id, minutes))
        assert store.outbox.due(NOON) == ["first", "a", "b"]
        assert store.outbox.load("later") == reservation("later", 1)
        with store.transaction():
            store.outbox.put(reservation("first", None))
            store.outbox.put(reservation("over", -9))
            store.outbox.drop(["a", "unknown"])
        assert store.outbox.due(NOON) == ["over", "b"]
        assert store.outbox.load("first") == reservation("first", None)
        assert store.outbox.load("a") is None

    def test_closed_addresses_are_remembered_and_replaced(self, store):
        mailbox = Identifier("email", "a hash")
        with store.transaction():
            store.outbox.close_address(mailbox, ClosedAddress(why="unsubscribed", at=NOON))
            store.outbox.close_address(mailbox, ClosedAddress(why="bounced", at=NOON + timedelta(microseconds=1)))
        assert store.outbox.closed(mailbox) == ClosedAddress(why="bounced", at=NOON + timedelta(microseconds=1))
        assert store.outbox.closed(Identifier("phone", "a hash")) is None

    def test_dead_letters_newest_first(self, store):
        with store.transaction():
            store.dead_letters.add([letter("one"), letter("two")])
        with store.transaction():
            store.dead_letters.add([letter("three")])
            store.dead_letters.add([])
        assert [dead.code for dead in store.dead_letters.latest(2)] == ["three", "two"]
        assert store.dead_letters.latest(1) == [letter("three")]
        assert store.dead_letters.count() == 3

    def test_a_transaction_sees_its_own_writes(self, store):
        with store.transaction():
            store.events.append("u:ann", [view("m1")])
            assert ids(store.events.read("u:ann")) == ["m1"]
            assert [customer for customer, _ in store.events.scan()] == ["u:ann"]
            assert store.events.known(["m1"]) == {"m1"}

    @pytest.mark.parametrize("durable", [True, False])
    def test_an_error_undoes_everything(self, store, durable):
        def fill(version: str) -> None:
            store.events.append("u:ann", [view(f"m{version}")])
            store.events.reassign("a:x", "u:ann")
            store.profiles.save("u:ann", version.encode())
            store.profiles.drop(["u:bob"])
            store.identities.link(link("user_id", "ann", f"u:{version}"))
            store.identities.reassign("a:x", "u:ann")
            store.catalog.put_products([Product(id="camera", title=version), Product(id=version, title="new")])
            store.catalog.put_stores([Shop(store_code="s", name=version, lat=0, lon=0, country="GB", timezone="Europe/London")])
            store.decisions.save(None, Plan(user_id=version, decision_id="d1", at=NOON))
            store.models.save([ModelRecord(name="due", version=version, trained_at=NOON, blob=b"", facts={})])
            store.outbox.drop(["d0"])
            store.outbox.put(reservation("d1", int(version)))
            store.dead_letters.add([letter(version)])
            store.keys.save([AccessKey(digest="a", name=version, role="write", created_at=NOON)])
            store.audit.add(Look(at=NOON, key=version, action="profile", whom=None, outcome="ok"))

        with store.transaction(durable=durable):
            store.events.append("a:x", [view("x")])
            store.profiles.save("u:bob", b"bob")
            fill("1")
            store.events.append("a:x", [view("y")])
            store.identities.link(link("anonymous_id", "x", "a:x"))
        before = everything(store)
        with suppress(ZeroDivisionError), store.transaction(durable=durable):
            fill("2")
            raise ZeroDivisionError
        assert everything(store) == before
        with store.transaction(durable=durable):
            fill("2")
        assert everything(store) != before

    def test_writing_outside_a_transaction_is_refused(self, store):
        with pytest.raises(RuntimeError, match=r"store\.transaction"):
            store.profiles.save("u:ann", b"")
        with pytest.raises(RuntimeError, match=r"store\.transaction"):
            store.events.append("u:ann", [view("m1")])
        assert store.events.count() == 0

    def test_transactions_do_not_nest(self, store):
        with pytest.raises(RuntimeError, match="nest"), store.transaction(), store.transaction():
            pass
        self.append(store, "u:ann", view("m1"))

    def test_writers_take_turns_across_threads(self, store):
        def count_up() -> None:
            for _ in range(20):
                with store.transaction(durable=False):
                    former = int(store.profiles.load("u:ann") or b"0")
                    store.profiles.save("u:ann", str(former + 1).encode())

        threads = [threading.Thread(target=count_up) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.profiles.load("u:ann") == b"80"

    def test_readers_never_see_half_a_transaction(self, store):
        seen: list[bool] = []
        written = threading.Event()

        def look() -> None:
            while not written.is_set():
                seen.append(len(store.events.read("u:ann")) % 2 == 0)

        reader = threading.Thread(target=look)
        reader.start()
        for number in range(30):
            with store.transaction(durable=False):
                store.events.append("u:ann", [view(f"{number}a")])
                store.events.append("u:ann", [view(f"{number}b")])
        written.set()
        reader.join()
        assert all(seen)
        assert len(store.events.read("u:ann")) == 60


def everything(store: Store) -> tuple[object, ...]:
    """All that a store would tell, for comparison."""
    customers = ["u:ann", "u:bob", "a:x", "u:1", "u:2"]
    return (
        list(store.events.scan()),
        store.events.count(),
        [store.events.find(message_id) for message_id in ("m1", "m2", "x", "y")],
        [(store.profiles.load(customer), store.identities.links(customer)) for customer in customers],
        store.profiles.missing(),
        store.catalog.version(),
        store.catalog.products(),
        store.catalog.stores(),
        store.decisions.load("d1"),
        store.models.load(),
        store.models.version(),
        store.outbox.load("d1"),
        store.dead_letters.latest(10),
        store.keys.load(),
        store.keys.version(),
        store.audit.latest(10),
    )


@TOGETHER
class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self):
        with fresh_store() as store:
            yield store


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return MemoryStore()


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        store = SqliteStore(tmp_path / "tactful.sqlite3")
        yield store
        store.close()

    def test_what_was_written_is_there_when_opened_again(self, store, tmp_path):
        self.append(store, "u:ann", view("m1"))
        with store.transaction(durable=False):
            store.profiles.save("u:ann", b"ann")
        before = everything(store)
        store.close()
        reopened = SqliteStore(tmp_path / "tactful.sqlite3")
        assert everything(reopened) == before
        reopened.close()
