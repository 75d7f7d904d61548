"""Which identifiers an event carries, normalised, without those that name nobody."""

from hashlib import sha256

from tactful.model.events import Event, Traits
from tactful.model.identity import Identifier, IdentifierKind

_NOBODY = frozenset(
    {"null", "nil", "none", "nan", "undefined", "unknown", "anonymous", "anon", "guest", "empty", "false", "true", "n/a", "-1"}
    | {"not set", "(not set)", "(none)", "[object object]"}
)
"""What clients send when they have no id. Taken for one, it would join strangers into one person."""
_NO_MAILBOX = frozenset({"test", "null", "none", "unknown", "undefined", "anonymous", "guest", "na", "n/a", "nobody", "noreply", "no-reply", "noemail"})
"""Before the ``@``: what is typed where an address is demanded, and nobody's mailbox."""
_TYPED_THROUGH = ("0123456789", "1234567890", "123456789", "12345678", "1234567", "123456")
_PADDING = "0-. _:{}()/"

_LEAST_PHONE_DIGITS = 6


def identifier(kind: IdentifierKind, value: str | None) -> Identifier | None:
    """Name an identifier: addresses normalised and hashed. None where the value names nobody (``guest``, an all-zero uuid, ``test@…``, ``123456``).

    >>> identifier("user_id", "u1")
    Identifier(kind='user_id', value='u1')
    >>> identifier("anonymous_id", "Undefined") is None
    True
    """
    if value is None or _names_nobody(value):
        return None
    match kind:
        case "email":
            address = value.strip().lower()
            return _hashed(kind, address) if "@" in address and address.partition("@")[0] not in _NO_MAILBOX else None
        case "phone":
            digits = "".join(filter(str.isdecimal, value))
            return _hashed(kind, digits) if len(digits) >= _LEAST_PHONE_DIGITS and not _made_up(digits) else None
        case "push_token":
            return _hashed(kind, value.strip())
        case "loyalty_card":
            return None if _made_up(value.strip()) else Identifier(kind, value)
        case _:
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
    return word in _NOBODY or not word.strip(_PADDING) or (len(word) >= len("ffffffff") and not word.strip("f-"))


def _made_up(number: str) -> bool:
    """One digit over and over, or the row of keys."""
    return number in _TYPED_THROUGH or (len(number) >= _LEAST_PHONE_DIGITS and len(set(number)) == 1)


def _hashed(kind: IdentifierKind, normalised: str) -> Identifier:
    return Identifier(kind, sha256(normalised.encode()).hexdigest())
