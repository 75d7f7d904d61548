import zlib
from collections.abc import Iterable
from copy import copy

import msgspec

from tactful.model.events import Event
from tactful.model.profile import Profile
from tactful.profile import _contact, _orders, _person, _rewards, _stated, _wants
from tactful.profile._handlers import handler_of

__all__ = ["decode", "encode", "fold", "fold_all", "new_profile"]

_ROOMS = (_contact, _orders, _person, _rewards, _stated, _wants)
"""Imported so that their handlers are registered."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Profile)
LARGE = 48_000
"""Bytes from which on a snapshot is compressed: only those of heavy customers of many years are."""
COMPRESSED = b"\x78"
"""First byte of a compressed snapshot; a plain one is a map and begins otherwise."""
_SHARED = tuple(field.name for field in msgspec.structs.fields(Profile) if field.default_factory is not msgspec.NODEFAULT)
"""Lists and dicts of a profile, which the fold writes into. What lies in them is never changed in place."""


def new_profile(customer_id: str) -> Profile:
    """Start the profile of a customer of whom nothing is known.

    >>> new_profile("u:ann").events
    0
    """
    return Profile(customer_id=customer_id)


def encode(profile: Profile) -> bytes:
    """Turn a profile into its snapshot. Equal histories give equal bytes."""
    snapshot = _ENCODER.encode(profile)
    return snapshot if len(snapshot) < LARGE else zlib.compress(snapshot, 1)


def decode(snapshot: bytes) -> Profile:
    """Turn a snapshot back into a profile."""
    return _DECODER.decode(zlib.decompress(snapshot) if snapshot[:1] == COMPRESSED else snapshot)


def fold(profile: Profile, event: Event) -> Profile:
    """Return the profile with one more event; the given profile is left as it was.

    The event must not be older than ``profile.last_at``: late events are folded again from the log, in order.
    """
    return fold_all(profile, (event,))


def fold_all(profile: Profile, events: Iterable[Event]) -> Profile:
    """Return the profile with more events, which must come in the order of the log. The given profile is left as it was."""
    folded = copy(profile)
    for name in _SHARED:
        setattr(folded, name, getattr(folded, name).copy())
    for event in events:
        _person.arrive(folded, event)
        handler = handler_of(event)
        if handler is not None:
            handler(folded, event)
    return folded
