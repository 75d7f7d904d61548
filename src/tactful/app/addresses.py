"""Addresses that are closed: to everybody who has them. A bounce says nothing about a person, and a no at one mailbox is meant for that mailbox."""

from collections.abc import Iterator

from tactful.app.ports import Store
from tactful.identity import identifier
from tactful.model.identity import Identifier
from tactful.model.outbox import ClosedAddress
from tactful.model.profile import Profile

MARKETING = "marketing"
REOPENS = "unsubscribed"
"""Only this ends by a later yes; where nobody is there, or somebody complained, no yes helps."""


def addresses_of(profile: Profile) -> Iterator[tuple[str, Identifier]]:
    """Each channel with the address that it would use."""
    for channel, address in (("email", identifier("email", profile.email)), ("sms", identifier("phone", profile.phone))):
        if address is not None:
            yield channel, address


def note_closed(store: Store, profile: Profile) -> None:
    """Remember which addresses a profile says are closed, for all others who have them."""
    for channel, address in addresses_of(profile) if profile.closed_channels else ():
        why = profile.closed_channels.get(channel)
        said = profile.consents.get(f"{MARKETING}/{channel}")
        at = said.at if why == REOPENS and said is not None else profile.last_at
        if why is not None and at is not None:
            store.outbox.close_address(address, ClosedAddress(why=why, at=at))


def closed_for(store: Store, profile: Profile) -> frozenset[str]:
    """Channels whose address is closed, whoever it was that closed it; a later yes of their own opens it for them where somebody unsubscribed."""
    return frozenset(channel for channel, address in addresses_of(profile) if _is_closed(store.outbox.closed(address), profile, channel))


def _is_closed(closed: ClosedAddress | None, profile: Profile, channel: str) -> bool:
    said = profile.consents.get(f"{MARKETING}/{channel}")
    return closed is not None and not (closed.why == REOPENS and said is not None and said.granted and said.at > closed.at)
