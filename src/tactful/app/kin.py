"""Who may be the same person: customers that share an address or a card without being joined.

What they did may keep us silent (already bought, caps, pauses, a no), and is never told.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np
from msgspec.structs import replace

from tactful.app.addresses import KIND_OF, address_of
from tactful.app.facts import CHANNELS, MARKETING, contact_facts, denied_since
from tactful.app.ports import Store
from tactful.app.profiles import load_profile
from tactful.identity import identifier
from tactful.model.customer import Customer
from tactful.model.profile import Consent, Contact, Profile
from tactful.model.tables import History
from tactful.model.verdicts import ContactFacts
from tactful.profile import history_columns

KIN_KINDS = frozenset({"email", "phone", "loyalty_card"})
KIN_AT_MOST = 6
"""More customers than this share an address that is nobody's in particular, such as the shop's own."""


def kin_of(store: Store, customer_id: str, *, now: datetime) -> list[Profile]:
    """Profiles of the customers who may be the same person."""
    found: set[str] = set()
    for tie in store.identities.ties(customer_id):
        if tie.identifier.kind in KIN_KINDS:
            others = {other.customer_id for other in store.identities.tied(tie.identifier)} - {customer_id}
            found |= others if len(others) <= KIN_AT_MOST else set()
    return [load_profile(store, other, now=now) for other in sorted(found)]


def with_kin(customer: Customer, kin: Sequence[Profile]) -> Customer:
    """The customer, and what those who may be the same person bought for themselves."""
    columns = [history_columns(profile, customer.catalog).own() for profile in kin]
    if not any(len(history.rows) for history in columns):
        return customer
    perhaps = History(**{name: np.concatenate([getattr(history, name) for history in columns]) for name in History.__struct_fields__})
    return replace(customer, perhaps=perhaps)


def reached_facts(profile: Profile, kin: Sequence[Profile], *, zones: tuple[str, ...], person: str | None = None, closed: Collection[str] = ()) -> ContactFacts:
    """Facts about one person as a receiver: caps, pauses and a no hold for an address, whoever of them it was that got the message or said it."""
    facts = contact_facts(profile, zones=zones, person=person, closed=closed)
    for channel, kind in KIND_OF.items():
        address = address_of(profile, channel)
        for other in kin if address is not None else ():
            if identifier(kind, address_of(other, channel)) == identifier(kind, address):
                facts = _joined(facts, other, channel, said=profile.consents.get(f"{MARKETING}/{channel}"))
    return facts


def _joined(facts: ContactFacts, other: Profile, channel: str, *, said: Consent | None) -> ContactFacts:
    theirs = contact_facts(other, zones=facts.zones)
    denied = channel not in other.closed_channels and denied_since(other, channel, said)  # A closed address is closed for all who have it already.
    known = {contact.contact_id for contact in facts.contacts}
    added = [contact for contact in theirs.contacts if contact.channel == channel and contact.contact_id not in known]
    return replace(
        facts,
        consented={each: facts.consented[each] and not (each == channel and denied) for each in CHANNELS},
        contacts=tuple(sorted([*facts.contacts, *added], key=_at)),
        paused_until=max((until for until in (facts.paused_until, theirs.paused_until) if until is not None), default=None),
        how_often=(*facts.how_often, *theirs.how_often),
    )


def _at(contact: Contact) -> datetime:
    return contact.at
