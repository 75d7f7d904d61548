"""Separated again, both are to the byte who they would have been from their own events."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from happenings import NOW, story
from tactful.app.engine import Engine
from tactful.model.events import Aliased, Event, Identified
from tactful.model.identity import Identifier
from tactful.store import MemoryStore

PHONE = Identifier("anonymous_id", "phone")


def person(event: Event, *, user_id: str | None, anonymous_id: str | None) -> Event:
    """The same event by one person; an alias of theirs names only themselves."""
    event = replace(event, user_id=user_id, anonymous_id=anonymous_id, traits=None)
    return replace(event, previous_id="undefined") if isinstance(event, Aliased) else event


def engine_with(events: list[Event]) -> Engine:
    engine = Engine(MemoryStore(), new_id=iter(map(str, range(1000))).__next__)
    for event in events:
        engine.record([event], now=NOW)
    return engine


@settings(max_examples=25, deadline=None)
@given(story(8), story(8), st.randoms(use_true_random=False))
def test_two_taken_for_one_are_two_again(on_phone, signed_in, random):
    phone = [person(event, user_id=None, anonymous_id="phone") for event in on_phone]
    taken = {event.message_id for event in phone}
    ann = [person(event, user_id="ann", anonymous_id=None) for event in signed_in if event.message_id not in taken]
    link = Identified(message_id="link", at=NOW.replace(hour=4), user_id="ann", anonymous_id="phone")
    together = [*phone, *ann, link]
    random.shuffle(together)
    engine = engine_with(together)
    engine.unmerge("ann", PHONE, now=NOW)
    assert snapshot(engine, "a:phone") == snapshot(engine_with([event for event in together if event.user_id is None]), "a:phone")
    assert snapshot(engine, "u:ann") == snapshot(engine_with([event for event in together if event.user_id]), "u:ann")
    engine.record([replace(link, message_id="the same again")], now=NOW)
    assert engine.store.identities.owner(PHONE) == "a:phone"


def snapshot(engine: Engine, customer_id: str) -> bytes | None:
    return engine.store.profiles.load(customer_id)


@settings(max_examples=25, deadline=None)
@given(story(8), story(8).filter(bool))
def test_two_accounts_that_an_alias_joined_are_two_again(anns, bobs):
    ann = [person(event, user_id="ann", anonymous_id="phone") for event in anns]
    taken = {event.message_id for event in ann}
    bob = [person(event, user_id="bob", anonymous_id="laptop") for event in bobs if event.message_id not in taken]
    assume(bob)
    alias = Aliased(message_id="alias", at=NOW, user_id="ann", previous_id="bob")
    engine = engine_with([*ann, *bob, alias])
    engine.unmerge("ann", Identifier("user_id", "bob"), now=NOW)
    assert snapshot(engine, "u:bob") == snapshot(engine_with(bob), "u:bob")
    assert snapshot(engine, "u:ann") == snapshot(engine_with([*ann, alias]), "u:ann")
