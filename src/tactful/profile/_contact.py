"""What we sent, what came back, and whether we may."""

import msgspec

from tactful.model.events import ConsentUpdated, DecisionMade, MessageAnswered, MessageDelivered, MessageDropped, MessagePutOff, Unsubscribed
from tactful.model.profile import Contact, Profile, Response
from tactful.profile._consent import MARKETING, answer
from tactful.profile._handlers import folds

CONTACTS_KEPT = 64
RESPONSES_KEPT = 64
GRAVITY = ("bounced", "unsubscribed", "complained")
"""Why a channel is closed, the gravest last: a new address opens the first again, a new yes the second, nothing the third."""


@folds(MessageDelivered)
def _delivered(profile: Profile, event: MessageDelivered) -> None:
    planned = _contact(profile, event.contact_id)
    trigger, product_ids = event.trigger, event.product_ids
    if planned is not None:
        profile.contacts.remove(planned)
        trigger, product_ids = trigger or planned.trigger, product_ids or planned.product_ids
    profile.contacts.append(Contact(event.at, event.channel, event.contact_id, trigger, False, product_ids, event.transactional))
    del profile.contacts[:-CONTACTS_KEPT]


@folds(DecisionMade)
def _decided(profile: Profile, event: DecisionMade) -> None:
    if event.channel is not None and event.send_at is not None and _contact(profile, event.message_id) is None:
        profile.contacts.append(Contact(event.send_at, event.channel, event.message_id, event.trigger, True, event.product_ids))
        del profile.contacts[:-CONTACTS_KEPT]


@folds(MessagePutOff)
def _put_off(profile: Profile, event: MessagePutOff) -> None:
    reserved = _contact(profile, event.contact_id)
    if reserved is not None and reserved.reserved:
        profile.contacts[profile.contacts.index(reserved)] = msgspec.structs.replace(reserved, at=event.until)


@folds(MessageDropped)
def _dropped(profile: Profile, event: MessageDropped) -> None:
    profile.contacts[:] = [contact for contact in profile.contacts if not (contact.reserved and contact.contact_id == event.contact_id)]


def _contact(profile: Profile, contact_id: str) -> Contact | None:
    """One message counts once, whether it is reserved or delivered."""
    return next((contact for contact in profile.contacts if contact.contact_id == contact_id), None)


@folds(MessageAnswered)
def _answered(profile: Profile, event: MessageAnswered) -> None:
    profile.responses.append(Response(event.at, event.channel, event.answer))
    del profile.responses[:-RESPONSES_KEPT]
    if event.answer in GRAVITY and not event.passing:
        _close(profile, event.channel, event.answer)


@folds(Unsubscribed)
def _unsubscribed(profile: Profile, event: Unsubscribed) -> None:
    _close(profile, event.channel, "unsubscribed")
    answer(profile, event, f"{MARKETING}/{event.channel}", granted=False)


@folds(ConsentUpdated)
def _consented(profile: Profile, event: ConsentUpdated) -> None:
    answer(profile, event, f"{event.purpose}/{event.channel or '*'}", granted=event.granted)
    agreed = event.granted and event.purpose == MARKETING
    if agreed and event.channel is not None and profile.closed_channels.get(event.channel) == "unsubscribed":
        del profile.closed_channels[event.channel]


def _close(profile: Profile, channel: str, why: str) -> None:
    """Close a channel; a graver reason that it was closed for stays."""
    profile.closed_channels[channel] = max(why, profile.closed_channels.get(channel, why), key=GRAVITY.index)
