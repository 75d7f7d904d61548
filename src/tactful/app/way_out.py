"""Use case: end a channel from the link in a message. One tap, at once, and again does no harm."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from tactful.app.addresses import note_closed
from tactful.app.facts import contact_facts
from tactful.app.house import House
from tactful.app.ports import Store
from tactful.app.profiles import load_profile, rebuild
from tactful.model.errors import NotFound
from tactful.model.events import Channel, DecisionMade, Unsubscribed
from tactful.profile import decode
from tactful.words import Words


def unsubscribe(store: Store, message_id: str, *, now: datetime, new_id: Callable[[], str]) -> Channel:
    """End the channel that a message came through, for whoever got it; returns the channel. Raises NotFound."""
    with store.transaction():
        customer_id, channel = receiver_of(store, message_id)
        consented = contact_facts(load_profile(store, customer_id, now=now), zones=("UTC",)).consented
        if consented[channel]:
            reservation = store.outbox.load(message_id)
            user_id = reservation.user_id if reservation is not None else None
            store.events.append(customer_id, [Unsubscribed(message_id=new_id(), at=now, user_id=user_id, channel=channel)])
            snapshot = rebuild(store, customer_id)
            store.profiles.save(customer_id, snapshot)
            note_closed(store, decode(snapshot))
    return channel


def words_of(store: Store, house: House, message_id: str, *, now: datetime) -> tuple[Channel, Words]:
    """The channel that a message came through, and in whose words to speak to who got it. Raises NotFound."""
    customer_id, channel = receiver_of(store, message_id)
    return channel, house.words_for(load_profile(store, customer_id, now=now))


def receiver_of(store: Store, message_id: str) -> tuple[str, Channel]:
    """Who got a message, and through what. Raises NotFound."""
    found = store.events.find(message_id)
    if found is None or not isinstance(found[1], DecisionMade) or found[1].channel is None:
        raise NotFound("this link leads to no message that is known here")
    reservation = store.outbox.load(message_id)
    return found[0], msgspec.convert(reservation.message.channel, Channel) if reservation is not None else found[1].channel
