"""However events arrive, profiles are what the log says, on every store."""

import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from happenings import NOW, story
from tactful.app.ports import Store
from tactful.app.profiles import load_profile, rebuild
from tactful.app.record import import_history, record
from tactful.model.events import Event
from tactful.profile import encode
from tactful.store import MemoryStore, SqliteStore

FOREVER = NOW.replace(year=9000)


def batches(events: list[Event], cuts: list[int]) -> list[list[Event]]:
    edges = [0, *sorted(cut % (len(events) + 1) for cut in cuts), len(events)]
    return [events[start:end] for start, end in pairwise(edges)]


def snapshots(store: Store) -> dict[str, bytes | None]:
    return {customer: store.profiles.load(customer) for customer, _ in store.events.scan()}


def state(store: Store) -> tuple[object, ...]:
    links = [store.identities.links(customer) for customer in snapshots(store)]
    return list(store.events.scan()), snapshots(store), links, store.dead_letters.count()


def as_the_log_says(store: Store) -> bool:
    return snapshots(store) == {customer: rebuild(store, customer) for customer, _ in store.events.scan()}


@settings(max_examples=60, deadline=None)
@given(story(14), st.lists(st.integers(0, 14), max_size=4))
def test_snapshots_are_what_the_log_says_however_it_was_cut(events, cuts):
    one_by_one, at_once = MemoryStore(), MemoryStore()
    record(at_once, events, now=NOW)
    for event in events:
        record(one_by_one, [event], now=NOW)
    with tempfile.TemporaryDirectory() as directory:
        sqlite = SqliteStore(Path(directory, "tactful.sqlite3"))
        for batch in batches(events, cuts):
            record(sqlite, batch, now=NOW)
            assert as_the_log_says(sqlite)
        assert as_the_log_says(at_once)
        assert state(sqlite) == state(one_by_one) == state(at_once)
        sqlite.close()


@settings(max_examples=40, deadline=None)
@given(story(14), st.data())
def test_the_order_of_arrival_does_not_matter_for_a_signed_in_customer(events, data):
    """Events of one person, no two at the same time, shuffled: the profile is the same to the byte."""
    mine = list({event.at: with_user(event) for event in events}.values())
    in_order, shuffled = MemoryStore(), MemoryStore()
    record(in_order, sorted(mine, key=lambda event: event.at), now=NOW)
    for event in data.draw(st.permutations(mine)):
        record(shuffled, [event], now=NOW)
    assert snapshots(shuffled) == snapshots(in_order)


@settings(max_examples=40, deadline=None)
@given(story(14), story(6))
def test_an_import_is_what_recording_would_have_been(before, history):
    history = [event for event in history if event.message_id not in {former.message_id for former in before}]
    recorded, imported = MemoryStore(), MemoryStore()
    for store in (recorded, imported):
        record(store, before, now=NOW)
    record(recorded, history, now=NOW)
    import_history(imported, [*history, *before], now=NOW)
    assert state(imported)[:3] == state(recorded)[:3]


@settings(max_examples=40, deadline=None)
@given(story(14))
def test_a_profile_as_of_a_time_is_that_of_the_log_up_to_then(events):
    store, until_now = MemoryStore(), MemoryStore()
    mine = [with_user(event) for event in events]
    middle = sorted(event.at for event in mine)[len(mine) // 2] if mine else NOW
    record(store, mine, now=NOW)
    record(until_now, [event for event in mine if event.at <= middle], now=NOW)
    as_of = encode(load_profile(store, "u:zoe", now=middle))
    assert as_of == encode(load_profile(until_now, "u:zoe", now=FOREVER))


def with_user(event: Event) -> Event:
    """The same event by somebody who is always signed in, without other ids."""
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    return type(event)(**(fields | {"user_id": "zoe", "anonymous_id": None, "traits": None}))
