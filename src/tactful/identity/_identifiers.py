"""Which identifiers an event carries, normalised, without those that name nobody."""

from hashlib import sha256

from tactful.model.events import Event, Traits
from tactful.model.identity import Identifier, IdentifierKind

_NOBODY = frozenset({"null", "undefined", "anonymous", "guest", "n/a", "test"})
"""What clients send when they have no id. Taken for one, it would join strangers into one person."""

_LEAST_PHONE_DIGITS = 6


def identifier(kind: IdentifierKind, value: str | None) -> Identifier | None:
    """Name an identifier: addresses normalised and hashed. None where the value names nobody (``guest``, an all-zero uuid, ...).

    >>> identifier("user_id", "u1")
    Identifier(kind='user_id', value='u1')
    >>> identifier("anonymous_id", "Undefined") is None
    True
    """
    if value is None or _names_nobody(value):
        return None
    if kind == "email":
        return _hashed(kind, value.strip().lower()) if "@" in value else None
    if kind == "phone":
        digits = "".join(filter(str.isdecimal, value))
        return _hashed(kind, digits) if len(digits) >= _LEAST_PHONE_DIGITS and not _names_nobody(digits) else None
    return Identifier(kind, value)


def identifiers_of(event: Event) -> tuple[Identifier, ...]:
    """List what the event says about who it is, strongest first: user id, anonymous id, loyalty card, e-mail, phone."""
    traits = event.traits or Traits()
    named = (
        identifier("user_id", event.user_id),
        identifier("anonymous_id", event.anonymous_id),
        identifier("loyalty_card", traits.loyalty_card),
        identifier("email", traits.email),
        identifier("phone", traits.phone),
    )
    return tuple(found for found in named if found)


def _names_nobody(value: str) -> bool:
    word = value.strip().lower()
    return word in _NOBODY or not word.strip("0-")


def _hashed(kind: IdentifierKind, normalised: str) -> Identifier:
    return Identifier(kind, sha256(normalised.encode()).hexdigest())
