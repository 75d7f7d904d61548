"""What a policy is: it sees what a shop would see of one customer, and says what to send and what to show."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct


class Seen(Struct, frozen=True, kw_only=True):
    """One event as the shop's own tracking would report it: Segment's names, and days instead of dates."""

    day: float
    event: str
    properties: Mapping[str, Any] = {}
    style: int | None = None
    """The style it is about, where it is about one: for policies that need no catalogue."""
    anonymous: bool = False
    """Whether they were not signed in."""
    at_till: bool = False
    context: Mapping[str, Any] = {}


class Send(Struct, frozen=True, kw_only=True):
    """One message that a policy wants sent."""

    day: float
    styles: tuple[int, ...]
    trigger: str
    channel: str = "email"
    reference: str = ""
    """The policy's own name for it."""


class Policy(Protocol):
    """One customer's policy. A new one is made for every life."""

    plans_after_visits: bool
    """Whether it wants to plan at the end of each visit, besides its regular turns."""
    days_between_plans: float

    def saw(self, seen: Seen) -> None:
        """Hear of an event."""
        ...

    def plan(self, day: float) -> Sequence[Send]:
        """Say what to send from now on; each is asked about again before it goes."""
        ...

    def due(self, send: Send, day: float) -> Send | None:
        """The message as it should go now that its time has come; one of a later day is asked about again then; None: not at all."""
        ...

    def shelf(self, day: float) -> Sequence[int]:
        """The styles on the home page of somebody who is here."""
        ...
