"""Keys that a shop hands out, and what is noted when one of them looks at a customer."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Role = Literal["write", "secret"]
"""A *write* key is public and may send events; a *secret* key may do everything."""


class AccessKey(Struct, frozen=True, kw_only=True):
    """A key that is managed here, without the key itself. Two of one name: the older one was rotated and ends."""

    digest: str
    """SHA-256 of the key, in hex."""
    name: str
    role: Role
    origins: tuple[str, ...] = ()
    """The pages that a write key serves, such as ``https://shop.example``; none: it is bound to no page."""
    created_at: datetime
    ends_at: datetime | None = None
    """When it stops to open anything; None: nobody said."""
    revoked: bool = False
    """It opens nothing any more, whatever a server takes the time to be."""

    def opens(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return not self.revoked and (self.ends_at is None or now < self.ends_at)


class Look(Struct, frozen=True, kw_only=True, rename="camel"):
    """Somebody with a secret key looked at a customer."""

    at: datetime
    key: str
    """The key's name."""
    action: str
    """Such as ``profile`` or ``export``."""
    whom: str | None
    """A keyed hash of the customer id; None: of nobody in particular."""
    outcome: str
    """``ok``, or the code of the error that was answered."""
