"""What recording does to the log, the identities and the profiles."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tactful.app import record as recording
from tactful.app.engine import Receipt
from tactful.app.ports import Store
from tactful.app.profiles import customers_of, load_profile, rebuild
from tactful.app.record import import_history, record
from tactful.model.errors import NotFound
from tactful.model.events import DeadLetter, Event, PageViewed, ProductViewed, Traits
from tactful.model.identity import Identifier
from tactful.profile import decode
from tactful.store import MemoryStore, SqliteStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path) -> Iterator[Store]:
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "tactful.sqlite3")
    yield store
    store.close()


def view(message_id: str, *, user: str | None = None, device: str | None = None, hours: float = 0, traits: Traits | None = None) -> Event:
    at = NOW + timedelta(hours=hours)
    return ProductViewed(message_id=message_id, at=at, user_id=user, anonymous_id=device, product_id="camera", traits=traits)


def looks(store: Store, customer_id: str) -> list[str]:
    snapshot = store.profiles.load(customer_id)
    assert snapshot == rebuild(store, customer_id)
    return [look.event_id for history in decode(snapshot).products.values() for look in history.looks]


def letter() -> DeadLetter:
    return DeadLetter(received_at=NOW, code="no_type", message="send a type", body="{}")


def test_a_batch_is_in_the_log_and_in_the_profile(store):
    receipt = record(store, [view("m1", user="ann"), view("m2", user="bob"), view("m3", user="ann")], now=NOW)
    assert receipt == Receipt(accepted=3)
    assert looks(store, "u:ann") == ["m1", "m3"]
    assert looks(store, "u:bob") == ["m2"]


def test_the_same_event_three_times_counts_once(store):
    assert record(store, [view("m1", user="ann"), view("m1", user="ann")], now=NOW) == Receipt(accepted=1, duplicates=1)
    assert record(store, [view("m1", user="ann")], now=NOW) == Receipt(duplicates=1)
    assert looks(store, "u:ann") == ["m1"]


def test_an_empty_batch_is_fine(store):
    assert record(store, [], now=NOW) == Receipt()


def test_late_events_take_their_place(store):
    record(store, [view("m3", user="ann", hours=3)], now=NOW)
    record(store, [view("m2", user="ann", hours=2), view("m4", user="ann", hours=4)], now=NOW)
    record(store, [view("m1", user="ann", hours=1)], now=NOW)
    assert looks(store, "u:ann") == ["m1", "m2", "m3", "m4"]


def test_dead_letters_do_not_stop_the_batch(store):
    receipt = record(store, [letter(), view("m1", user="ann"), view("m2", user="guest")], now=NOW)
    assert receipt == Receipt(accepted=1, dead=2)
    nobody, unclear = store.dead_letters.latest(5)
    assert unclear == letter()
    assert (nobody.code, nobody.received_at) == ("no_identity", NOW)
    assert msgspec.json.decode(nobody.body)["message_id"] == "m2"


def test_a_dead_letter_keeps_4096_characters(store):
    record(store, [PageViewed(message_id="m1", at=NOW, name="x" * 10_000)], now=NOW)
    assert len(store.dead_letters.latest(1)[0].body) == 4096


def test_signing_in_brings_the_anonymous_past_along(store):
    record(store, [view("m1", device="phone"), view("m2", device="phone", hours=2)], now=NOW)
    record(store, [view("m3", user="ann", device="phone", hours=1)], now=NOW)
    assert looks(store, "u:ann") == ["m1", "m3", "m2"]
    assert store.events.read("a:phone") == []
    assert store.profiles.load("a:phone") is None
    assert store.identities.owner(Identifier("anonymous_id", "phone")) == "u:ann"


def test_a_merge_in_the_middle_of_a_batch_holds_for_what_follows(store):
    batch = [view("m1", device="phone"), view("m2", user="ann", device="phone"), view("m3", device="phone"), view("m4", user="bob")]
    assert record(store, batch, now=NOW) == Receipt(accepted=4)
    assert looks(store, "u:ann") == ["m1", "m2", "m3"]
    assert [customer for customer, _ in store.events.scan()] == ["u:ann", "u:bob"]
    assert store.profiles.missing() == []


def test_two_people_on_one_tablet_stay_two(store):
    record(store, [view("m1", user="ann", device="tablet"), view("m2", user="bob", device="tablet"), view("m3", device="tablet")], now=NOW)
    assert looks(store, "u:ann") == ["m1"]
    assert looks(store, "u:bob") == ["m2", "m3"]


def test_a_till_finds_the_customer_by_card(store):
    card = Traits(loyalty_card="77001")
    record(store, [view("m1", user="ann", traits=card), view("m2", device="till", traits=card), view("m3", device="till")], now=NOW)
    assert looks(store, "u:ann") == ["m1", "m2"]
    assert looks(store, "a:till") == ["m3"]


def test_an_import_is_what_recording_would_have_been(store, monkeypatch):
    monkeypatch.setattr(recording, "ARRIVALS_A_CHUNK", 4)
    monkeypatch.setattr(recording, "PROFILES_A_CHUNK", 2)
    people = ["ann", "bob", "cem", "dee", "eve"]
    history = [view(f"m{n}", user=people[n % 5], device=f"phone-{n % 3}", hours=-n) for n in range(23)]
    reference = MemoryStore()
    record(reference, history, now=NOW)
    told: list[int] = []
    receipt = import_history(store, iter([*history, letter(), history[0]]), now=NOW, progress=told.append)
    assert receipt == Receipt(accepted=23, duplicates=1, dead=1)
    assert told == [4, 4, 4, 4, 4, 4, 1, 2, 2, 1]
    assert list(store.events.scan()) == list(reference.events.scan())
    assert [store.profiles.load(f"u:{name}") for name in people] == [reference.profiles.load(f"u:{name}") for name in people]


def test_an_interrupted_import_is_simply_run_again(store, monkeypatch):
    monkeypatch.setattr(recording, "ARRIVALS_A_CHUNK", 3)
    history = [view(f"m{n}", user="ann", hours=n) for n in range(10)]

    def interrupted() -> Iterator[Event]:
        yield from history[:7]
        raise KeyboardInterrupt

    record(store, [view("m-before", user="ann", hours=-1)], now=NOW)
    with pytest.raises(KeyboardInterrupt):
        import_history(store, interrupted(), now=NOW)
    assert store.events.count() == 7
    assert store.profiles.missing() == ["u:ann"]
    assert load_profile(store, "u:ann", now=NOW + timedelta(days=1)).events == 7
    assert import_history(store, history, now=NOW) == Receipt(accepted=4, duplicates=6)
    assert looks(store, "u:ann") == ["m-before", *(f"m{n}" for n in range(10))]


def test_recording_between_import_and_fold_is_complete(store):
    import_history(store, [view("m1", user="ann")], now=NOW)
    with store.transaction():
        store.profiles.drop(["u:ann"])
    record(store, [view("m2", user="ann", hours=1)], now=NOW)
    assert looks(store, "u:ann") == ["m1", "m2"]


def test_a_profile_as_of_earlier(store):
    record(store, [view("m1", user="ann", hours=-2), view("m2", user="ann", hours=-1), view("m3", user="ann")], now=NOW)
    assert load_profile(store, "u:ann", now=NOW).events == 3
    assert load_profile(store, "u:ann", now=NOW - timedelta(hours=1)).events == 2
    assert load_profile(store, "u:ann", now=NOW - timedelta(days=1)).events == 0
    assert load_profile(store, "u:nobody", now=NOW).events == 0


def test_a_missing_profile_is_folded_but_not_written(store):
    record(store, [view("m1", user="ann"), view("m2", user="ann", hours=1)], now=NOW)
    with store.transaction():
        store.profiles.drop(["u:ann"])
    assert load_profile(store, "u:ann", now=NOW).events == 1
    assert store.profiles.load("u:ann") is None


def test_customers_are_found_by_any_of_their_names(store):
    record(store, [view("m1", device="phone"), view("m2", user="ann", device="phone"), view("m3", device="laptop")], now=NOW)
    record(store, [view("m4", traits=Traits(loyalty_card="77001"))], now=NOW)
    assert [customers_of(store, name) for name in ("ann", "phone", "u:ann", "a:phone")] == ["u:ann"] * 4
    assert [customers_of(store, name) for name in ("laptop", "a:laptop", "k:loyalty_card:77001")] == ["a:laptop", "a:laptop", "k:loyalty_card:77001"]


@pytest.mark.parametrize("name", ["nobody", "u:nobody", "", "x" * 10_000])
def test_an_unknown_customer_is_one_clear_line(store, name):
    with pytest.raises(NotFound, match=r"no customer .*: give a userId") as error:
        customers_of(store, name)
    assert len(error.value.message) < 250
    assert "\n" not in error.value.message
