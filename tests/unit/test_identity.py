"""Whose event is this? Told as stories: what happened before, what happens now, and what follows."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from tactful.identity import customer_id_of, founder_of, identifiers_of, resolve
from tactful.model.events import Aliased, Identified, MessageAnswered, PageViewed, Tracked, Traits
from tactful.model.identity import Identifier, Link, Tie

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Known:
    """A graph of what is known, whom it was seen with, and what was separated."""

    def __init__(self, owners=(), ties=(), cuts=()):
        self.owners, self.edges, self.cuts = dict(owners), list(ties), dict(cuts)

    def owner(self, identifier):
        return self.owners.get(identifier)

    def tied(self, identifier):
        return [tie for tie in self.edges if tie.identifier == identifier]

    def ties(self, customer_id):
        return [tie for tie in self.edges if tie.customer_id == customer_id]

    def cut_at(self, identifier, customer_id):
        return self.cuts.get((identifier, customer_id))


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
        "a:laptop",
        [device("laptop")],
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
    "an alias of the shop's own joins two accounts": (alias("bob"), {user("ann"): "u:ann", user("bob"): "u:bob"}, "u:ann", [], [("u:bob", "u:ann")]),
    "an alias takes no device from another account": (alias("tablet"), {user("ann"): "u:ann", device("tablet"): "u:bob"}, "u:ann", [], []),
    "an alias from the device itself": (alias("phone", anonymous_id="phone"), {device("phone"): "a:phone"}, "u:ann", [user("ann")], [("a:phone", "u:ann")]),
    "an alias of nobody in particular": (alias("undefined"), {user("ann"): "u:ann"}, "u:ann", [], []),
    "an alias without userId joins nothing": (alias("phone", None, "tablet"), {device("phone"): "a:phone"}, "a:tablet", [device("tablet")], []),
    "a guest's device is a device": (event("guest", "phone"), {}, "a:phone", [device("phone")], []),
}


@pytest.mark.parametrize(("happens", "before", "customer_id", "linked", "merged"), STORIES.values(), ids=STORIES.keys())
def test_whose_event_it_is(happens, before, customer_id, linked, merged):
    resolution = resolve(happens, Known(before))
    assert resolution is not None
    assert resolution.customer_id == customer_id
    assert resolution.links == tuple(Link(identifier=identifier, customer_id=customer_id, since=NOON, event_id="m1") for identifier in linked)
    assert resolution.merges == tuple(merged)


NOBODY = [
    "",
    " ",
    "null",
    "Undefined",
    "0",
    "000",
    "ANONYMOUS",
    "guest ",
    "n/a",
    "00000000-0000-0000-0000-000000000000",
    "-",
    "-1",
    "unknown",
    "(not set)",
]


@pytest.mark.parametrize("value", NOBODY)
def test_values_that_name_nobody(value):
    nobody = event(value, value, email=value, phone=value, loyalty_card=value)
    assert identifiers_of(nobody) == ()
    assert resolve(nobody, Known()) is None


def test_an_event_without_ids_is_nobodys():
    assert resolve(event(), Known()) is None
    assert resolve(Identified(message_id="m1", at=NOON, traits=Traits(first_name="Ann")), Known()) is None


def test_addresses_are_normalised_and_hashed():
    said = event("ann", "phone", email=" Ann@Customers.example ", phone="+44 (20) 7946-0000", loyalty_card="77001")
    assert identifiers_of(said) == (
        user("ann"),
        device("phone"),
        card("77001"),
        Identifier("email", hashed("ann@customers.example")),
        Identifier("phone", hashed("442079460000")),
    )


@pytest.mark.parametrize(
    "traits",
    [
        {"email": "none"},
        {"phone": "112"},
        {"phone": "+000 000 000"},
        {"phone": "unknown"},
        {"email": "Test@test.example"},
        {"phone": "1234567890"},
        {"loyalty_card": "999999"},
    ],
)
def test_what_is_no_address_identifies_nobody(traits):
    assert identifiers_of(event(**traits)) == ()


@pytest.mark.parametrize("founder", [user("ann:b"), device("x:y"), card("77:001"), email("ann@customers.example")])
def test_customer_ids_tell_their_founder(founder):
    assert founder_of(customer_id_of(founder)) == founder


@pytest.mark.parametrize("text", ["", "ann", "x:ann", "k:shoe_size:42", "k:email"])
def test_other_texts_are_no_customer_ids(text):
    assert founder_of(text) is None


def tie(identifier, customer_id, confidence=1.0, since=NOON):
    return Tie(identifier=identifier, customer_id=customer_id, since=since, event_id="m0", confidence=confidence)


def told(happens, graph, *, vouched=True):
    """Whose it is, what is linked, merged and tied with which confidence, and what stops linking."""
    resolution = resolve(happens, graph, vouched=vouched)
    assert resolution is not None
    linked = {link.identifier: link.customer_id for link in resolution.links}
    return resolution.customer_id, linked, dict(resolution.merges), {each.identifier: each.confidence for each in resolution.ties}, set(resolution.unlinked)


def test_a_public_key_registers_a_fresh_card_but_claims_no_history():
    claim = event("evil", loyalty_card="77001")
    fresh, used = Known({user("evil"): "u:evil"}), Known({user("evil"): "u:evil", card("77001"): "k:loyalty_card:77001"})
    assert told(claim, fresh, vouched=False)[1:3] == ({card("77001"): "u:evil"}, {})
    assert told(claim, used, vouched=False)[1:4] == ({}, {}, {card("77001"): 0.95})
    assert told(claim, used)[2] == {"k:loyalty_card:77001": "u:evil"}


def test_a_card_that_a_second_account_claims_speaks_for_neither_until_the_shop_says():
    graph = Known({user("bob"): "u:bob", card("77001"): "u:ann"}, [tie(card("77001"), "u:ann", 0.995)])
    claim = event("bob", loyalty_card="77001")
    assert told(claim, graph, vouched=False)[4] == {card("77001")}
    assert told(claim, graph)[1] == {card("77001"): "u:bob"}
    proven = Known({user("bob"): "u:bob", card("77001"): "u:ann"}, [tie(card("77001"), "u:ann")])
    assert told(claim, proven, vouched=False)[1:] == ({}, {}, {card("77001"): 0.9}, set())


def test_an_address_claimed_with_a_public_key_brings_no_purchases():
    graph = Known({user("evil"): "u:evil", email("ann@customers.example"): "u:evil"}, [tie(email("ann@customers.example"), "u:evil", 0.95)])
    guest_order = event(None, None, email="ann@customers.example")
    assert told(guest_order, graph)[0] == f"k:email:{hashed('ann@customers.example')}"
    bounced = MessageAnswered(message_id="m1", at=NOON, channel="email", answer="bounced", traits=Traits(email="ann@customers.example"))
    assert told(bounced, graph)[0] == "u:evil"


def test_what_the_shop_proves_later_brings_along_what_waited():
    address = email("ann@customers.example")
    waiting = f"k:email:{address.value}"
    graph = Known({user("ann"): "u:ann", address: "u:ann"}, [tie(address, "u:ann", 0.95), tie(address, waiting)])
    assert told(event("ann", email="ann@customers.example"), graph, vouched=False)[2] == {}
    assert told(event("ann", email="ann@customers.example"), graph)[2] == {waiting: "u:ann"}


def test_an_alias_from_a_public_key_joins_no_accounts():
    graph = Known({user("ann"): "u:ann", user("bob"): "u:bob"})
    assert told(alias("bob"), graph, vouched=False)[1:3] == ({}, {})


def test_the_shops_tablet_is_nobodys():
    seen = [tie(device("tablet"), f"u:{name}") for name in ("ann", "bob", "cem")]
    graph = Known({device("tablet"): "u:cem", user("dee"): "u:dee"}, seen)
    assert told(event("dee", "tablet"), graph)[:2] == ("u:dee", {device("tablet"): "a:tablet"})
    later = Known({device("tablet"): "a:tablet", user("eve"): "u:eve"}, [*seen, tie(device("tablet"), "u:dee", 0.9)])
    assert told(event("eve", "tablet"), later)[:3] == ("u:eve", {}, {})


def test_the_cashiers_card_stops_linking():
    seen = [tie(card("77001"), f"u:{name}") for name in ("ann", "bob", "cem")]
    graph = Known({card("77001"): "u:ann", user("dee"): "u:dee"}, seen)
    assert told(event("dee", loyalty_card="77001"), graph)[4] == {card("77001")}


def test_a_sixth_address_is_no_sign_of_who_they_are():
    graph = Known({user("ann"): "u:ann"}, [tie(email(f"{n}@customers.example"), "u:ann") for n in range(5)])
    assert told(event("ann", email="6@customers.example"), graph)[1:4] == ({}, {}, {email("6@customers.example"): 0.9})


def test_signing_out_leaves_the_device_to_itself():
    out = Tracked(message_id="m1", at=NOON, user_id="ann", anonymous_id="tablet", name="Signed Out")
    graph = Known({user("ann"): "u:ann", device("tablet"): "u:ann"})
    assert told(out, graph)[:2] == ("u:ann", {device("tablet"): "a:tablet"})


def test_a_late_event_takes_no_device_back():
    graph = Known({user("ann"): "u:ann", device("tablet"): "u:bob"}, [tie(device("tablet"), "u:bob", since=NOON + timedelta(hours=1))])
    assert told(event("ann", "tablet"), graph)[:2] == ("u:ann", {})


def test_what_was_separated_stays_so_until_somebody_says_otherwise():
    owners, cut = {user("ann"): "u:ann", device("phone"): "a:phone"}, (device("phone"), "u:ann")
    apart = Known(owners, cuts={cut: NOON - timedelta(hours=1)})
    assert told(event("ann", "phone"), apart)[1:3] == ({}, {})
    said = Identified(message_id="m1", at=NOON, user_id="ann", anonymous_id="phone")
    assert told(said, apart)[2] == {"a:phone": "u:ann"}
    assert told(said, Known(owners, cuts={cut: NOON + timedelta(hours=1)}))[2] == {}


def app(value):
    return Identifier("push_token", hashed(value))


def seen_with(identifier, customer_id, at):
    return Tie(identifier=identifier, customer_id=customer_id, since=at, event_id="m0", confidence=0.95)


def links_of(event, graph):
    return {link.identifier: link.customer_id for link in resolve(event, graph).links}


def test_an_app_is_whose_it_was_last_and_joins_nobody():
    ann = Known({user("bob"): "u:bob", app("t1"): "u:ann"}, [seen_with(app("t1"), "u:ann", NOON - timedelta(days=3))])
    found = resolve(event("bob", push_token="t1"), ann)
    assert (found.customer_id, found.merges) == ("u:bob", ())
    assert {link.identifier: link.customer_id for link in found.links} == {app("t1"): "u:bob"}


def test_an_event_that_comes_late_takes_no_app_back():
    graph = Known({user("bob"): "u:bob", app("t1"): "u:ann"}, [seen_with(app("t1"), "u:ann", NOON + timedelta(days=3))])
    assert links_of(event("bob", push_token="t1"), graph) == {}


def test_an_app_alone_is_nobody():
    assert resolve(event(None, None, push_token="t1"), Known({app("t1"): "u:ann"})) is None


def test_who_signs_out_leaves_the_app_to_nobody():
    out = Tracked(message_id="m1", at=NOON, user_id="ann", name="Signed Out", traits=Traits(push_token="t1"))
    assert resolve(out, Known({user("ann"): "u:ann", app("t1"): "u:ann"})).unlinked == (app("t1"),)
