"""Addresses that are closed: to everybody who has them. A bounce says nothing about a person, and a no at one mailbox is meant for that mailbox."""

from collections.abc import Iterator

from tactful.app.ports import Store
from tactful.identity import identifier
from tactful.model.identity import Identifier, IdentifierKind
from tactful.model.outbox import ClosedAddress
from tactful.model.profile import Profile

MARKETING = "marketing"
KIND_OF: dict[str, IdentifierKind] = {"email": "email", "sms": "phone", "push": "push_token"}
"""Channel to the kind of address it writes to."""
REOPENS = "unsubscribed"
"""Only this ends by a later yes; where nobody is there, or somebody complained, no yes helps."""


def addresses_of(profile: Profile) -> Iterator[tuple[str, Identifier]]:
    """Each channel with the address that it would use."""
    for channel, kind in KIND_OF.items():
        address = identifier(kind, address_of(profile, channel))
        if address is not None:
            yield channel, address


def address_of(profile: Profile, channel: str) -> str | None:
    """Where a channel reaches somebody."""
    return {"email": profile.email, "sms": profile.phone, "push": profile.push_token}.get(channel)


def note_closed(store: Store, profile: Profile) -> None:
    """Remember which addresses a profile says are closed, for all others who have them."""
    for channel, address in addresses_of(profile) if profile.closed_channels else ():
        why = profile.closed_channels.get(channel)
        said = profile.consents.get(f"{MARKETING}/{channel}")
        at = said.at if why == REOPENS and said is not None else profile.last_at
        if why is not None and at is not None:
            store.outbox.close_address(address, ClosedAddress(why=why, at=at))


def closed_for(store: Store, profile: Profile) -> frozenset[str]:
    """Channels whose address is closed, whoever it was that closed it; a later yes of their own opens it for them where somebody unsubscribed.

    An app that somebody else used since, or that they signed out of, is closed to them too: its screen is not theirs.
    """
    return frozenset(
        channel
        for channel, address in addresses_of(profile)
        if _is_closed(store.outbox.closed(address), profile, channel)
        or (address.kind == "push_token" and store.identities.owner(address) != profile.customer_id)
    )


def _is_closed(closed: ClosedAddress | None, profile: Profile, channel: str) -> bool:
    said = profile.consents.get(f"{MARKETING}/{channel}")
    return closed is not None and not (closed.why == REOPENS and said is not None and said.granted and said.at > closed.at)
