"""What a trigger is: it looks at what may be said, and proposes one message or none."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer


class Opportunity(Struct, frozen=True, kw_only=True):
    """One message worth considering."""

    trigger: str
    value: float
    """Expected number of products in it that they want within seven days."""
    earliest: datetime
    deadline: datetime
    indices: tuple[int, ...]
    """Which candidates of the shelf it is about, the leading one first."""


class Trigger(ABC):
    """A reason to write. Discovered: one a file in `tactful.outreach.triggers`."""

    name: ClassVar[str]

    @abstractmethod
    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Propose a message from the candidates that policy left alive, or None. ``zone`` is the IANA zone they are most likely in."""
