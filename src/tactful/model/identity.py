"""Identifiers of people, and how they hang together."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

IdentifierKind = Literal["user_id", "anonymous_id", "email", "phone", "loyalty_card", "push_token"]


class Identifier(Struct, frozen=True, order=True):
    """One identifier. ``email``, ``phone`` and ``push_token`` values are SHA-256 of the normalised address, never the address.

    A ``push_token`` names an app on a phone: it points to who used it last, and joins nobody.
    """

    kind: IdentifierKind
    value: str


class Link(Struct, frozen=True, kw_only=True):
    """An edge of the identity graph: this identifier belongs to that customer since then, because of that event."""

    identifier: Identifier
    customer_id: str
    since: datetime
    event_id: str


class Tie(Struct, frozen=True, kw_only=True):
    """An edge that was seen, certain or not: this identifier came with that customer.

    Certain edges join. Uncertain ones may keep us silent, and never tell anybody anything.
    """

    identifier: Identifier
    customer_id: str
    since: datetime
    event_id: str
    confidence: float = 1.0
    """1: certain; from 0.9 on likely."""
