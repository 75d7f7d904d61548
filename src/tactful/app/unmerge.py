"""Use case: two people were taken for one. Separate them again, each with their own events and nothing of the other's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from tactful.app.ports import Store
from tactful.app.profiles import customers_of, rebuild
from tactful.identity import customer_id_of, separate
from tactful.model.errors import InvalidInput, NotFound
from tactful.model.events import DecisionMade
from tactful.model.identity import Identifier, Link, Tie
from tactful.profile import decode, refuses


def unmerge(store: Store, customer: str, identifier: Identifier, *, now: datetime) -> dict[str, Any]:
    """Separate an identifier from a customer: events, decisions and identifiers go back to whom they would belong without it. Raises NotFound, InvalidInput.

    It is remembered: the two are joined again only by an identify or alias of later that names both.
    """
    with store.transaction():
        customer_id = customers_of(store, customer)
        if customer_id_of(identifier) == customer_id:
            raise InvalidInput(f"{identifier.value[:80]!r} is what this customer began with: separate the other identifiers from it instead")
        events = store.events.read(customer_id)
        separation = separate(events, identifier, customer_id, cut_at=store.identities.cut_at)
        if not separation.moved and store.identities.owner(identifier) != customer_id:
            raise NotFound(f"{identifier.value[:80]!r} does not belong to {customer_id[:80]!r}: see identities of GET /v1/customers/{{id}}")
        store.identities.cut(identifier, customer_id, at=now)
        apart = sorted({customer_id_of(identifier), *separation.moved.values()})
        for other in apart:
            moved = [message_id for message_id, to_customer in separation.moved.items() if to_customer == other]
            store.events.move(moved, other)
            store.decisions.move([event.message_id for event in events if isinstance(event, DecisionMade) and event.message_id in set(moved)], other)
        _point(store, customer_id, identifier, separation.links)
        _tie(store, customer_id, separation.ties, apart)
        for each in (customer_id, *apart):
            refold(store, each)
    return {"customerId": customer_id, "separated": apart, "events": len(separation.moved)}


def _point(store: Store, customer_id: str, identifier: Identifier, links: tuple[Link, ...]) -> None:
    """Let the identifiers that pointed to the customer point to whom they belong now."""
    goes_to = {link.identifier: link.customer_id for link in links}
    goes_to.setdefault(identifier, customer_id_of(identifier))
    if goes_to[identifier] == customer_id:
        goes_to[identifier] = customer_id_of(identifier)
    for link in store.identities.links(customer_id):
        if (other := goes_to.get(link.identifier, customer_id)) != customer_id:
            store.identities.link(replace(link, customer_id=other))


def _tie(store: Store, customer_id: str, ties: tuple[Tie, ...], apart: Iterable[str]) -> None:
    """Give everybody the edges of their own events, no surer than they were."""
    known = {tie.identifier: tie.confidence for tie in store.identities.ties(customer_id)}
    store.identities.untie(customer_id)
    touched = {customer_id, *apart}
    store.identities.tie([replace(tie, confidence=known.get(tie.identifier, tie.confidence)) for tie in ties if tie.customer_id in touched])


def refold(store: Store, customer_id: str) -> None:
    """Fold a customer's profile again; one without events has none."""
    store.profiles.drop([customer_id])
    snapshot = rebuild(store, customer_id) if store.events.read(customer_id) else None
    if snapshot is not None:
        store.profiles.save(customer_id, snapshot)
    store.privacy.refuse(customer_id, refused=snapshot is not None and refuses(decode(snapshot)))
