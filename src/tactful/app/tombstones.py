"""Erased stays erased: what arrives late about somebody who was erased is let go, and nothing of it is kept.

What is remembered of them is a hash of each identifier under a key that is not in the database.
"""

from datetime import datetime
from hashlib import sha256
from hmac import new as hmac

from tactful.app.ports import Store
from tactful.identity import identifiers_of
from tactful.model.events import Event, Identified
from tactful.model.identity import Identifier


def keyed_hash(key: bytes, kind: str, value: str) -> str:
    """What stands for a value where the value itself may not be kept: HMAC-SHA-256, in hex."""
    return hmac(key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), sha256).hexdigest()


class Tombstones:
    """The erased of one store, under one key."""

    def __init__(self, store: Store, key: bytes) -> None:
        self._privacy = store.privacy
        self._key = key

    def mark(self, identifier: Identifier) -> str:
        """What is kept of an erased identifier."""
        return keyed_hash(self._key, identifier.kind, identifier.value)

    def bury(self, identifiers: list[Identifier], *, at: datetime) -> None:
        """Remember that these were erased."""
        self._privacy.bury([self.mark(identifier) for identifier in identifiers], at=at)

    def stand(self) -> bool:
        """Whether anybody was ever erased."""
        return self._privacy.count() > 0

    def bar(self, event: Event) -> bool:
        """Whether the event is about somebody erased. Who signs up anew, by an identify that happens after the erasure, is somebody new, and welcome.

        A userId outranks what else the event names: an erased person's device may be somebody else's by now.
        """
        named = identifiers_of(event)
        judged = named[:1] if named and named[0].kind == "user_id" else named
        times = [at for identifier in judged if (at := self._privacy.buried_at(self.mark(identifier))) is not None]
        if not times:
            return False
        if isinstance(event, Identified) and event.at > max(times):
            self._privacy.unearth([self.mark(identifier) for identifier in named])
            return False
        return True
