"""Use cases of keys: make, rotate and revoke them. A key is told once, when it is made; what is kept is its hash."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from tactful.app.ports import Store
from tactful.model.access import AccessKey, Role
from tactful.model.errors import InvalidInput, NotFound

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _-]{0,62}[A-Za-z0-9])?")
"""No dot: what Tactful itself names so, such as ``keys.json``, is never somebody's key."""
GRACE = timedelta(hours=24)
"""How long a key that was rotated still opens, unless somebody says otherwise: time to bring the new one to every server."""
MOST_KEYS = 1000
"""Keys of one shop, those that ended too: every server holds all of them in memory."""
DEFAULT_PORTS = {"http": 80, "https": 443}


class NewKey(Struct, frozen=True, kw_only=True):
    """A key that was just made: the only time that it is told."""

    secret: str
    key: AccessKey


def digest_of(secret: str) -> str:
    """What is kept of a key. A plain hash is enough: a key has 256 random bits, and no list of words holds it."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def origin_of(url: str) -> str | None:
    """The origin of a page as browsers write it, or None where it is none.

    >>> origin_of("https://Shop.example:443/a?b"), origin_of("http://localhost:3000"), origin_of("null")
    ('https://shop.example', 'http://localhost:3000', None)
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, DEFAULT_PORTS[parts.scheme]) else "")


def add_key(store: Store, name: str, *, role: Role, origins: Sequence[str], now: datetime) -> NewKey:
    """Make a key. Raises InvalidInput for a name that is taken or cannot be one, and for origins that are none."""
    if not NAME.fullmatch(name):
        raise InvalidInput(f"{name[:80]!r} cannot name a key: use up to 64 letters, digits, spaces, - and _, like 'web shop'")
    if origins and role != "write":
        raise InvalidInput("a secret key belongs into no page; give origins to a write key")
    with store.transaction(about=[_LOCK]):
        if _open(store, name, now):
            raise InvalidInput(f"there is a key named {name!r}; rotate or revoke that one, or choose another name")
        if len(store.keys.load()) >= MOST_KEYS:
            raise InvalidInput(f"there are {MOST_KEYS} keys, those that ended too; at most so many are kept")
        new = _new(name, role=role, origins=tuple(sorted({_origin(each) for each in origins})), now=now)
        store.keys.save([new.key])
    return new


def rotate_key(store: Store, name: str, *, grace: timedelta, now: datetime) -> NewKey:
    """Make another key of the same name, kind and origins; the old one opens for ``grace`` longer. Raises NotFound."""
    with store.transaction(about=[_LOCK]):
        old = _known(store, name, now)
        new = _new(name, role=old[-1].role, origins=old[-1].origins, now=now)
        store.keys.save([*(_ended(key, at=now + grace) for key in old), new.key])
    return new


def revoke_key(store: Store, name: str, *, now: datetime) -> int:
    """End every key of a name now; how many there were. Raises NotFound."""
    with store.transaction(about=[_LOCK]):
        old = _known(store, name, now)
        store.keys.save([msgspec.structs.replace(_ended(key, at=now), revoked=True) for key in old])
    return len(old)


_LOCK = "access keys"
"""No customer's id: those begin with their kind and a colon."""


def _new(name: str, *, role: Role, origins: tuple[str, ...], now: datetime) -> NewKey:
    secret = f"tactful_{role}_{secrets.token_urlsafe(32)}"
    return NewKey(secret=secret, key=AccessKey(digest=digest_of(secret), name=name, role=role, origins=origins, created_at=now))


def _open(store: Store, name: str, now: datetime) -> list[AccessKey]:
    return sorted((key for key in store.keys.load() if key.name == name and key.opens(now)), key=lambda key: key.created_at)


def _known(store: Store, name: str, now: datetime) -> list[AccessKey]:
    found = _open(store, name, now)
    if not found:
        names = sorted({key.name for key in store.keys.load() if key.opens(now)})
        raise NotFound(f"no key named {name[:80]!r} opens anything; there are: {', '.join(names) or 'none'}")
    return found


def _ended(key: AccessKey, *, at: datetime) -> AccessKey:
    return msgspec.structs.replace(key, ends_at=min(at, key.ends_at or at))


def _origin(url: str) -> str:
    origin = origin_of(url)
    if origin is None or urlsplit(url).path not in ("", "/"):
        raise InvalidInput(f"{url[:80]!r} is no origin; write it like https://shop.example, with the port where it is unusual")
    return origin
