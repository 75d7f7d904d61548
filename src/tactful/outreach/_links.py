"""The way out of a message: a short token that names the message, signed, so that a link works without login or cookie for as long as the log is kept."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

MAC_BYTES = 10
"""80 bits: one guess in 10^24 is right, and a link of 36 characters still fits into a line."""
_UUID, _TEXT = b"\x00", b"\x01"


def way_out_token(message_id: str, key: bytes) -> str:
    """Name a message in a link that nobody else can make.

    >>> token = way_out_token("6f1c1d0e-0000-4000-8000-000000000001", b"key")
    >>> len(token), read_way_out(token, b"key")
    (36, '6f1c1d0e-0000-4000-8000-000000000001')
    """
    named = _packed(message_id)
    return urlsafe_b64encode(_mac(named, key) + named).decode().rstrip("=")


def read_way_out(token: str, key: bytes) -> str | None:
    """The message that a token names; None where it is not ours.

    >>> read_way_out("nonsense", b"key") is None
    True
    """
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mac, named = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not named or not hmac.compare_digest(mac, _mac(named, key)):
        return None
    return str(UUID(bytes=named[1:])) if named[:1] == _UUID else named[1:].decode()


def _packed(message_id: str) -> bytes:
    try:
        packed = UUID(message_id)
    except ValueError:
        packed = None
    return _UUID + packed.bytes if packed is not None and str(packed) == message_id else _TEXT + message_id.encode()


def _mac(named: bytes, key: bytes) -> bytes:
    return hmac.digest(key, named, sha256)[:MAC_BYTES]
