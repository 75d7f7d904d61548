"""Links in a message: a short token that names the message, signed, so that a link works without login or cookie for as long as the log is kept."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

WAY_OUT, CUSTOMER_PAGE = "u", "me"
"""Where a link leads: to the end of a channel, or to the customer's page. A token for one is none for the other."""
MAC_BYTES = 10
"""80 bits: one guess in 10^24 is right, and a link of 36 characters still fits into a line."""
_UUID, _TEXT = b"\x00", b"\x01"
_SIGNED_FOR = {WAY_OUT: b"", CUSTOMER_PAGE: b"me"}
"""Goes before what is signed; nothing that is signed begins with a letter."""


def link_token(message_id: str, key: bytes, *, leads_to: str) -> str:
    """Name a message in a link that nobody else can make.

    >>> token = link_token("6f1c1d0e-0000-4000-8000-000000000001", b"key", leads_to=CUSTOMER_PAGE)
    >>> len(token), read_link(token, b"key", leads_to=CUSTOMER_PAGE), read_link(token, b"key", leads_to=WAY_OUT)
    (36, '6f1c1d0e-0000-4000-8000-000000000001', None)
    """
    named = _packed(message_id)
    return urlsafe_b64encode(_mac(named, key, leads_to) + named).decode().rstrip("=")


def read_link(token: str, key: bytes, *, leads_to: str) -> str | None:
    """The message that a token names; None where it is not ours, or leads elsewhere.

    >>> read_link("nonsense", b"key", leads_to=WAY_OUT) is None
    True
    """
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mac, named = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not named or not hmac.compare_digest(mac, _mac(named, key, leads_to)):
        return None
    return str(UUID(bytes=named[1:])) if named[:1] == _UUID else named[1:].decode()


def _packed(message_id: str) -> bytes:
    try:
        packed = UUID(message_id)
    except ValueError:
        packed = None
    return _UUID + packed.bytes if packed is not None and str(packed) == message_id else _TEXT + message_id.encode()


def _mac(named: bytes, key: bytes, leads_to: str) -> bytes:
    return hmac.digest(key, _SIGNED_FOR[leads_to] + named, sha256)[:MAC_BYTES]
