"""Use cases of the person themselves: take away everything that is held about me, and forget me."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from tactful.app.audit import Audit
from tactful.app.describe import describe
from tactful.app.house import House
from tactful.app.ports import Store
from tactful.app.profiles import customers_of, load_profile
from tactful.app.tombstones import Tombstones
from tactful.identity import identifiers_of, is_anonymous
from tactful.model.decisions import Plan
from tactful.model.events import Aliased, DeadLetter, DecisionMade, Event
from tactful.model.identity import Identifier

MODELS = "Models hold counts and weights over all customers and no row of any one; the next training no longer sees who was erased."
ADDRESSES = frozenset({"email", "phone", "loyalty_card"})
LEAST_NEEDLE = 6
"""A shorter word is looked for in a cut dead letter only as a whole value."""


class Erasure(Struct, frozen=True, kw_only=True, rename="camel"):
    """What was erased, as numbers."""

    customers: int
    """The person, and guests who can only be them: orders without account under their address."""
    events: int
    decisions: int
    dead_letters: int
    identifiers: int
    models: str = MODELS


def export(store: Store, house: House, customer: str, *, audit: Audit, now: datetime) -> dict[str, Any]:
    """Everything held about a customer, and who looked at them, as JSON-ready values. What is only likely theirs is not in it. Raises NotFound."""
    customer_id = customers_of(store, customer)
    events = store.events.read(customer_id)
    kept = store.decisions.of(customer_id)
    values = _values(events, _identifiers(store, customer_id, events))
    held = {
        "customerId": customer_id,
        "exportedAt": now,
        "summary": describe(store, house, customer_id, now=now),
        "identities": store.identities.links(customer_id),
        "profile": load_profile(store, customer_id, now=now),
        "events": events,
        "decisions": [decision for decision in kept if not isinstance(decision, Plan)],
        "plans": [decision for decision in kept if isinstance(decision, Plan)],
        "outbox": [letter for event in events if isinstance(event, DecisionMade) and (letter := store.outbox.load(event.message_id)) is not None],
        "deadLetters": [letter for _, letter in _letters(store, values)],
        "looks": [{"at": look.at, "key": look.key, "action": look.action, "outcome": look.outcome} for look in audit.of(customer_id)],
        "models": MODELS,
    }
    return dict(msgspec.to_builtins(held))


def erase(store: Store, tombstones: Tombstones, customer: str, *, now: datetime) -> Erasure:
    """Forget a customer: log, profile, decisions, plans, dead letters, consent and links; a late event does not bring them back. Raises NotFound."""
    with store.transaction():
        customer_id = customers_of(store, customer)
        people = [customer_id, *_guests(store, customer_id)]
        events = [event for person in people for event in store.events.read(person)]
        identifiers = _identifiers(store, customer_id, events, people)
        letters = [number for number, _ in _letters(store, _values(events, identifiers))]
        erasure = Erasure(
            customers=len(people),
            events=len(events),
            decisions=sum(len(store.decisions.of(person)) for person in people),
            dead_letters=len(letters),
            identifiers=len(identifiers),
        )
        store.outbox.drop([event.message_id for event in events if isinstance(event, DecisionMade) and event.channel is not None])
        for person in people:
            store.events.erase(person)
            store.decisions.erase(person)
            store.identities.erase(person)
            store.privacy.refuse(person, refused=False)
        store.profiles.drop(people)
        store.dead_letters.drop(letters)
        tombstones.bury(sorted(identifiers), at=now)
    store.scrub()
    return erasure


def _guests(store: Store, customer_id: str) -> list[str]:
    """Visitors without account who gave an address of the person. Too much is better erased than too little."""
    addresses = [tie.identifier for tie in store.identities.ties(customer_id) if tie.identifier.kind in ADDRESSES]
    found = {tie.customer_id for address in addresses for tie in store.identities.tied(address)}
    return sorted(other for other in found if is_anonymous(other) and other != customer_id)


def _identifiers(store: Store, customer_id: str, events: Iterable[Event], people: Iterable[str] = ()) -> set[Identifier]:
    """Every identifier that is the person's and nobody else's: the shop's tablet stays the shop's."""
    theirs = {None, customer_id, *people}
    linked = {link.identifier for person in theirs if person for link in store.identities.links(person)}
    seen = {identifier for event in events for identifier in identifiers_of(event)}
    return linked | {identifier for identifier in seen if store.identities.owner(identifier) in theirs}


def _values(events: Iterable[Event], identifiers: set[Identifier]) -> frozenset[str]:
    """How the identifiers were written, for finding them in texts that nobody could read."""
    ids = {identifier.value for identifier in identifiers if identifier.kind in ("user_id", "anonymous_id", "loyalty_card")}
    for event in events:
        if event.traits is not None:
            ids |= {value for value in (event.traits.email, event.traits.phone, event.traits.push_token) if value}
        if isinstance(event, Aliased) and Identifier("user_id", event.user_id or "") in identifiers:
            ids.add(event.previous_id)
    return frozenset(value.strip().casefold() for value in ids)


def _letters(store: Store, values: frozenset[str]) -> Iterator[tuple[int, DeadLetter]]:
    """Dead letters that name the person."""
    for number, letter in store.dead_letters.scan():
        if _mentions(letter.body, values):
            yield number, letter


def _mentions(body: str, values: frozenset[str]) -> bool:
    try:
        return any(text in values for text in _scalars(json.loads(body)))
    except (ValueError, RecursionError):  # cut off, or no JSON at all
        text = body.casefold()
        return any(value in text if len(value) >= LEAST_NEEDLE else re.search(rf"\b{re.escape(value)}\b", text) for value in values)


def _scalars(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _scalars(each)
    elif isinstance(value, list):
        for each in value:
            yield from _scalars(each)
    elif value is not None:
        yield str(value).strip().casefold()
