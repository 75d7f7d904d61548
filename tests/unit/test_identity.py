"""Whose event is this? Told as stories: what happened before, what happens now, and what follows."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from tactful.identity import customer_id_of, founder_of, identifiers_of, resolve
from tactful.model.events import Aliased, Identified, PageViewed, Traits
from tactful.model.identity import Identifier, Link

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def hashed(value: str) -> str:
    return sha256(value.encode()).hexdigest()


def user(value: str) -> Identifier:
    return Identifier("user_id", value)


def device(value: str) -> Identifier:
    return Identifier("anonymous_id", value)


def card(value: str) -> Identifier:
    return Identifier("loyalty_card", value)


def email(value: str) -> Identifier:
    return Identifier("email", hashed(value))


def event(user_id=None, anonymous_id=None, **traits):
    return PageViewed(message_id="m1", at=NOON, user_id=user_id, anonymous_id=anonymous_id, traits=Traits(**traits) if traits else None)


def alias(previous_id, user_id="ann", anonymous_id=None):
    return Aliased(message_id="m1", at=NOON, user_id=user_id, anonymous_id=anonymous_id, previous_id=previous_id)


# what the event says, who was known before, whose it is, what is linked, who is merged into whom
STORIES = {
    "somebody new signs in": (event("ann"), {}, "u:ann", [user("ann")], []),
    "somebody known comes back": (event("ann"), {user("ann"): "u:ann"}, "u:ann", [], []),
    "a new visitor": (event(None, "phone"), {}, "a:phone", [device("phone")], []),
    "the visitor comes back": (event(None, "phone"), {device("phone"): "a:phone"}, "a:phone", [], []),
    "browses anonymously, then signs up": (event("ann", "phone"), {device("phone"): "a:phone"}, "u:ann", [user("ann")], [("a:phone", "u:ann")]),
    "browses anonymously, then signs in": (
        event("ann", "phone"),
        {device("phone"): "a:phone", user("ann"): "u:ann"},
        "u:ann",
        [],
        [("a:phone", "u:ann")],
    ),
    "signs in on a new device": (event("ann", "phone"), {user("ann"): "u:ann"}, "u:ann", [device("phone")], []),
    "signed in, the session goes on without userId": (event(None, "phone"), {device("phone"): "u:ann"}, "u:ann", [], []),
    "shared tablet: the second account signs in": (
        event("bob", "tablet"),
        {device("tablet"): "u:ann", user("ann"): "u:ann"},
        "u:bob",
        [user("bob"), device("tablet")],
        [],
    ),
    "shared tablet: the first signs in again": (
        event("ann", "tablet"),
        {device("tablet"): "u:bob", user("ann"): "u:ann", user("bob"): "u:bob"},
        "u:ann",
        [device("tablet")],
        [],
    ),
    "a till scans the card of somebody known": (event(None, "till", loyalty_card="77001"), {card("77001"): "u:ann"}, "u:ann", [], []),
    "a till scans a card that is known, but the till is too": (
        event(None, "till", loyalty_card="77001"),
        {card("77001"): "u:ann", device("till"): "a:till"},
        "u:ann",
        [],
        [],
    ),
    "a browser sends somebody's e-mail without signing in: the device stays a stranger": (
        event(None, "laptop", email="ann@customers.example"),
        {email("ann@customers.example"): "u:ann"},
        "u:ann",
        [],
        [],
    ),
    "the card outranks the e-mail": (
        event(None, None, loyalty_card="77001", email="bob@customers.example"),
        {card("77001"): "u:ann", email("bob@customers.example"): "u:bob"},
        "u:ann",
        [],
        [],
    ),
    "the e-mail decides where the card is new, and the card is not handed over": (
        event(None, None, loyalty_card="77001", email="bob@customers.example"),
        {email("bob@customers.example"): "u:bob"},
        "u:bob",
        [],
        [],
    ),
    "a device leaves an unknown e-mail: it stays a device": (event(None, "phone", email="ann@customers.example"), {}, "a:phone", [device("phone")], []),
    "a card alone founds a customer": (event(loyalty_card="77001"), {}, "k:loyalty_card:77001", [card("77001")], []),
    "the card comes back": (event(loyalty_card="77001"), {card("77001"): "k:loyalty_card:77001"}, "k:loyalty_card:77001", [], []),
    "signing up with an unknown e-mail links it": (event("ann", email="ann@customers.example"), {}, "u:ann", [user("ann"), email("ann@customers.example")], []),
    "signing up with a card that has a history brings it along": (
        event("ann", loyalty_card="77001"),
        {card("77001"): "k:loyalty_card:77001"},
        "u:ann",
        [user("ann")],
        [("k:loyalty_card:77001", "u:ann")],
    ),
    "device and card of one stranger are merged once": (
        event("ann", "phone", loyalty_card="77001"),
        {card("77001"): "a:phone", device("phone"): "a:phone"},
        "u:ann",
        [user("ann")],
        [("a:phone", "u:ann")],
    ),
    "an address that another account has stays there": (
        event("bob", email="ann@customers.example"),
        {user("bob"): "u:bob", email("ann@customers.example"): "u:ann"},
        "u:bob",
        [],
        [],
    ),
    "an alias brings an anonymous past along": (alias("phone"), {user("ann"): "u:ann", device("phone"): "a:phone"}, "u:ann", [], [("a:phone", "u:ann")]),
    "an alias may come before what it speaks of": (alias("phone"), {user("ann"): "u:ann"}, "u:ann", [device("phone")], []),
    "an alias never joins two accounts": (alias("bob"), {user("ann"): "u:ann", user("bob"): "u:bob"}, "u:ann", [], []),
    "an alias takes no device from another account": (alias("tablet"), {user("ann"): "u:ann", device("tablet"): "u:bob"}, "u:ann", [], []),
    "an alias from the device itself": (alias("phone", anonymous_id="phone"), {device("phone"): "a:phone"}, "u:ann", [user("ann")], [("a:phone", "u:ann")]),
    "an alias of nobody in particular": (alias("undefined"), {user("ann"): "u:ann"}, "u:ann", [], []),
    "an alias without userId joins nothing": (alias("phone", None, "tablet"), {device("phone"): "a:phone"}, "a:tablet", [device("tablet")], []),
    "a guest's device is a device": (event("guest", "phone"), {}, "a:phone", [device("phone")], []),
}


@pytest.mark.parametrize(("happens", "before", "customer_id", "linked", "merged"), STORIES.values(), ids=STORIES.keys())
def test_whose_event_it_is(happens, before, customer_id, linked, merged):
    resolution = resolve(happens, before.get)
    assert resolution is not None
    assert resolution.customer_id == customer_id
    assert resolution.links == tuple(Link(identifier=identifier, customer_id=customer_id, since=NOON, event_id="m1") for identifier in linked)
    assert resolution.merges == tuple(merged)


NOBODY = ["", " ", "null", "Undefined", "0", "000", "ANONYMOUS", "guest ", "n/a", "Test", "00000000-0000-0000-0000-000000000000"]


@pytest.mark.parametrize("value", NOBODY)
def test_values_that_name_nobody(value):
    nobody = event(value, value, email=value, phone=value, loyalty_card=value)
    assert identifiers_of(nobody) == ()
    assert resolve(nobody, {}.get) is None


def test_an_event_without_ids_is_nobodys():
    assert resolve(event(), {}.get) is None
    assert resolve(Identified(message_id="m1", at=NOON, traits=Traits(first_name="Ann")), {}.get) is None


def test_addresses_are_normalised_and_hashed():
    said = event("ann", "phone", email=" Ann@Customers.example ", phone="+44 (20) 7946-0000", loyalty_card="77001")
    assert identifiers_of(said) == (
        user("ann"),
        device("phone"),
        card("77001"),
        Identifier("email", hashed("ann@customers.example")),
        Identifier("phone", hashed("442079460000")),
    )


@pytest.mark.parametrize("traits", [{"email": "none"}, {"phone": "112"}, {"phone": "+000 000 000"}, {"phone": "unknown"}])
def test_what_is_no_address_identifies_nobody(traits):
    assert identifiers_of(event(**traits)) == ()


@pytest.mark.parametrize("founder", [user("ann:b"), device("x:y"), card("77:001"), email("ann@customers.example")])
def test_customer_ids_tell_their_founder(founder):
    assert founder_of(customer_id_of(founder)) == founder


@pytest.mark.parametrize("text", ["", "ann", "x:ann", "k:shoe_size:42", "k:email"])
def test_other_texts_are_no_customer_ids(text):
    assert founder_of(text) is None
