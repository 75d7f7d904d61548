"""Messages on their way: what is reserved, what is handed to a sender, and what became of it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from tactful.model.decisions import Message
from tactful.model.events import Channel

State = Literal["reserved", "sending", "retry", "sent", "dropped"]
Outcome = Literal["sent", "dropped", "put_off", "retry", "waiting"]
Fate = Literal["sent", "later", "refused", "unknown", "down"]


class Reservation(Struct, frozen=True, kw_only=True):
    """One message in the outbox: reserved, being sent, to be tried again, sent, or dropped with a code."""

    user_id: str
    message: Message
    state: State = "reserved"
    next_at: datetime | None
    """When it is looked at next: its time, its next try, or the end of the time a sender has for it. None: it is over."""
    attempts: int = 0
    code: str | None = None
    """Why it was dropped, or put off last."""
    sender: str | None = None
    """Who was given it last."""
    confirmed: bool = True
    """Where it was sent: whether the sender said so. False after a crash between handing over and hearing back: it is not sent twice."""
    detail: str | None = None
    """What the sender said, where it did not take the message."""

    @property
    def deadline(self) -> datetime:
        """After this it is not worth saying any more."""
        return self.message.deadline or self.message.send_at


class ClosedAddress(Struct, frozen=True, kw_only=True):
    """Why an address takes no more messages, and since when."""

    why: str
    """``bounced``, ``unsubscribed`` or ``complained``."""
    at: datetime


class Letter(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a sender is given: one message to one address."""

    message_id: str
    user_id: str
    at: datetime
    channel: Channel
    to: str
    """The address: e-mail, phone, or for a notification the token of the app."""
    trigger: str
    subject: str
    text: str
    html: str
    product_ids: tuple[str, ...]
    locale: str = "en"
    unsubscribe_url: str | None = None
    """One POST to it ends this channel; a GET asks first."""
    preferences_url: str | None = None
    """The customer's own page: why this was written, and where they answer back."""


class Handover(Struct, frozen=True, kw_only=True):
    """What a sender answers."""

    fate: Fate
    """``later``: not now, try again. ``refused``: never. ``unknown``: it may have gone out. ``down``: nothing can be sent at the moment."""
    detail: str | None = None
    closes_address: bool = False
    """Where it was refused: nobody is there."""


class Standing(Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of a message until now."""

    state: State
    code: str | None = None
    """Why it was dropped, or put off last."""
    text: str | None = None
    """The code in words."""
    next_at: datetime | None = None
    """When it is looked at next; None: it is over."""
    attempts: int = 0
    sender: str | None = None
    confirmed: bool = True
    """Where it was sent: whether the sender said so."""
    detail: str | None = None
    """What the sender said, where it did not take it."""


class Dispatched(Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of one message that was due."""

    message_id: str
    user_id: str
    state: Outcome
    """``put_off``: a rule says later. ``retry``: the sender does. ``waiting``: no sender carries its channel."""
    trigger: str
    channel: str
    code: str | None = None
    text: str | None = None
    """The code in words, or what the sender said."""
    next_at: datetime | None = None
    product_ids: tuple[str, ...] = ()


class Dispatch(Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of everything that was due."""

    at: datetime
    messages: tuple[Dispatched, ...] = ()
    stopped: str | None = None
    """Why it ended early, where it did: a sender is down. What is left stays due."""

    def count(self, state: Outcome) -> int:
        """How many messages ended so."""
        return sum(message.state == state for message in self.messages)
