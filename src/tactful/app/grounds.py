"""What a silence rests on: the messages that it counts, the event that said no, or what was said already."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.profile import Contact, Profile
from tactful.model.verdicts import ContactFacts

MOST = 8
"""Messages told of, the latest last."""
COUNTING = frozenset({"frequency_cap", "too_soon", "asked_less_often"})
Grounds = dict[str, Any]


def grounds_of(code: str, channel: str, *, facts: ContactFacts, profile: Profile) -> Grounds:
    """What a rule about interrupting went by, so that its silence can be checked."""
    if code in COUNTING:
        return {"messages": messages(facts.contacts)}
    if code == "never_responds":
        return {"messages": messages(facts.unanswered)}
    if code == "paused_by_customer":
        return {"events": _pauses(profile)}
    if code == "no_consent":
        said = profile.consents.get(f"marketing/{channel}") or profile.consents.get("marketing/*")
        return {"events": [said.event_id]} if said is not None else {"said": "nothing yet"}
    return {"closed": profile.closed_channels[channel]} if code == "unreachable" and channel in profile.closed_channels else {}


def messages(contacts: Sequence[Contact]) -> list[Grounds]:
    """Messages as one tells of them."""
    return [{"message_id": one.contact_id, "at": one.at, "channel": one.channel, "trigger": one.trigger, "reserved": one.reserved} for one in contacts[-MOST:]]


def told_of(customer: Customer, shelf: Shelf) -> list[Contact]:
    """Messages, delivered or reserved, about what could be said now: there is something that they may want, and they have been told of it."""
    standing = shelf.groups[shelf.alive]
    if not len(standing):
        return []
    catalog = customer.catalog
    return [one for one in customer.profile.contacts if one.product_ids and np.isin(catalog.group_of[catalog.rows(one.product_ids)], standing).any()]


def _pauses(profile: Profile) -> list[str]:
    general = [said.event_id for said in profile.dismissals if said.reason == "too_often" and said.product_id is None and said.category is None]
    return ([profile.pause_event_id] if profile.pause_event_id else []) + general[-1:]
