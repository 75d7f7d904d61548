"""Decisions, plans and everything in them, in the form in which they go over the wire."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from tactful.model.candidates import Evidence


class Reason(Struct, frozen=True, kw_only=True, rename="camel"):
    """Why we say it: a code, a sentence, and the events that carry it."""

    code: str
    text: str
    source: str
    evidence: tuple[Evidence, ...] = ()


class Item(Struct, frozen=True, kw_only=True, rename="camel"):
    """One product in a decision."""

    product_id: str
    group_id: str
    score: float
    """Calibrated probability of being wanted within seven days, 0 to 1."""
    reason: Reason


class Withheld(Struct, frozen=True, kw_only=True, rename="camel"):
    """A product that was not shown, by which rule, and the facts the rule used."""

    product_id: str
    code: str
    text: str
    facts: dict[str, Any] = {}


class Silence(Struct, frozen=True, kw_only=True, rename="camel"):
    """Why nothing is said. ``until`` is when it may be asked again, where that is known."""

    code: str
    text: str
    until: datetime | None = None
    facts: dict[str, Any] = {}


class Usual(Struct, frozen=True, kw_only=True, rename="camel"):
    """What they always have here."""

    product_id: str
    options: dict[str, str]
    confidence: float
    """How likely it is that they choose exactly this, 0 to 1."""
    prefill: bool = False
    """Clear enough to be filled in beforehand; else it is offered for one tap."""


class StoreChoice(Struct, frozen=True, kw_only=True, rename="camel"):
    """The store that is meant."""

    store_code: str


class Decision(Struct, frozen=True, kw_only=True, rename="camel"):
    """Items with reasons, or silence with a reason."""

    decision_id: str
    at: datetime
    customer_id: str | None
    placement: str
    items: tuple[Item, ...] = ()
    silence: Silence | None = None
    usual: Usual | None = None
    store: StoreChoice | None = None
    offer: None = None
    withheld: tuple[Withheld, ...] | None = None
    contributions: dict[str, dict[str, float]] | None = None
    """Where a ranker has put the items in order: what each source alone says of each product, 0 to 1; the item's score is what they make together."""


class Message(Struct, frozen=True, kw_only=True, rename="camel"):
    """One message to one person, planned."""

    message_id: str
    trigger: str
    channel: str
    send_at: datetime
    items: tuple[Item, ...]
    subject: str
    text: str
    locale: str = "en"
    """In whose words it is written."""
    deadline: datetime | None = None
    """After this it is not worth saying any more."""


class Bid(Struct, frozen=True, kw_only=True, rename="camel"):
    """What one message at one time was judged to be worth, in the shop's currency."""

    trigger: str
    channel: str
    send_at: datetime
    value: float
    """Margin that it brings and that would not come without it."""
    attention: float
    """Cost of their attention; grows with fatigue, and recovers."""
    risk: float
    """What would be lost with them, times how likely that is."""

    @property
    def worth(self) -> float:
        """What is left; below zero, silence is worth more."""
        return self.value - self.attention - self.risk


class Plan(Struct, frozen=True, kw_only=True, rename="camel"):
    """A message, or silence with a reason. ``withheld`` tells what was not said, and why."""

    user_id: str
    decision_id: str
    at: datetime
    message: Message | None = None
    silence: Silence | None = None
    bids: tuple[Bid, ...] = ()
    """What each possible message was worth at its best time, the best first; silence is worth nothing and costs nothing."""
    propensity: float = 1.0
    """How likely the lot was to give this time; 1 where there was none to draw."""
    withheld: tuple[Withheld, ...] | None = None
