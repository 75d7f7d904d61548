"""All keys that open this server: those of its key file, and those that are managed in the store, which may change while it runs."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from tactful.app.keys import digest_of
from tactful.app.ports import AccessKeys
from tactful.http.keys import DEV_NAME, FILE_NAME, Keys
from tactful.http.limits import Ticks
from tactful.model.access import AccessKey, Role
from tactful.model.errors import NotReady

log = logging.getLogger("tactful.http")
LOOK_EVERY_SECONDS = 1.0
"""How long a key that was made, rotated or revoked elsewhere may go unnoticed."""


class Caller(Struct, frozen=True, kw_only=True):
    """Who calls: the key's kind and name."""

    role: Role
    name: str
    origins: tuple[str, ...] = ()
    """The pages that the key serves; none: it is bound to no page."""


class Keyring:
    """Tells whose a key is. Everything is in memory; once a second the store is asked whether it has changed."""

    def __init__(self, keys: Keys, managed: AccessKeys, *, clock: Callable[[], datetime], ticks: Ticks = time.monotonic) -> None:
        self._managed, self._clock, self._ticks = managed, clock, ticks
        name = DEV_NAME if keys.dev else FILE_NAME
        own = {digest_of(key): role for key, role in ((keys.write, "write"), (keys.secret, "secret")) if key is not None}
        self._own: dict[str, Caller] = {digest: Caller(role=role, name=name) for digest, role in own.items()}  # type: ignore[arg-type]
        self._found: dict[str, AccessKey] = {}
        self._version: int | None = None
        self._next_look = float("-inf")

    def due(self) -> bool:
        """Whether it is time to look; true once a second, for whoever asks first."""
        now = self._ticks()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY_SECONDS
        return True

    def look(self) -> None:
        """Read the managed keys again where they have changed. While the store cannot be read, those known last go on."""
        try:
            version = self._managed.version()
            if version != self._version:
                self._found = {key.digest: key for key in self._managed.load()}
                self._version = version
        except Exception as problem:  # noqa: BLE001 - whatever it is, it must not turn away those whose keys are known
            log.warning("the keys cannot be read again, those known last go on: %s", problem)

    def caller(self, secret: str | None, role: Role) -> Caller | None:
        """Who has a key of this kind; None: nobody. Raises NotReady where the managed keys could never be read.

        Hashes are compared, so the time that takes tells nothing about a key.
        """
        if not secret:
            return None
        digest = digest_of(secret)
        found = self._own.get(digest) or self._open(digest)
        if found is None and self._version is None:
            raise NotReady("the keys cannot be read: try again in a moment")
        return found if found is not None and found.role == role else None

    def serves(self, origin: str) -> bool:
        """Whether some write key may be used from a page."""
        if any(caller.role == "write" for caller in self._own.values()):
            return True
        now = self._clock()
        return any(key.role == "write" and key.opens(now) and (not key.origins or origin in key.origins) for key in self._found.values())

    def _open(self, digest: str) -> Caller | None:
        key = self._found.get(digest)
        return Caller(role=key.role, name=key.name, origins=key.origins) if key is not None and key.opens(self._clock()) else None
