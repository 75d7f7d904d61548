"""When, where and through which placement somebody can be spoken to."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

OUTREACH = "outreach"
"""The placement of a message; every other placement is a place where the customer already is."""

HORIZON = timedelta(days=7)
"""How far ahead a message is planned."""

PICKUP = "pickup"
"""The fulfilment of what the customer collects."""
STORE = "store"
"""The placement of a customer who wants something in a store."""

LEAST_PROPOSED = 16
"""A source that has more to say proposes so many at least, however few are asked for."""


class Location(Struct, frozen=True, kw_only=True):
    """A point with its accuracy, in degrees and kilometres."""

    lat: float
    lon: float
    accuracyKm: float | None = None


class Moment(Struct, frozen=True, kw_only=True):
    """One chance to say something, and what the page around it is about."""

    now: datetime
    placement: str = "home"
    limit: int = 8
    featured: tuple[int, ...] = ()
    """Catalogue rows the page or cart is about."""
    query: str | None = None
    store_code: str | None = None
    """The store that is meant: named by the caller, or found from where they are."""
    reach: tuple[str, ...] | None = None
    """The stores within reach, the nearest first; None where a store was named, or where it is not known where they are."""
    location: Location | None = None
    timezone: str | None = None
    locale: str | None = None
    country: str | None = None
    """Where they live, ISO 3166 two letters, for what is popular there; never where the connection comes from."""
    fulfilment: str | None = None

    @property
    def interrupts(self) -> bool:
        """Whether speaking now would interrupt somebody who is not here."""
        return self.placement == OUTREACH

    @property
    def enough(self) -> int:
        """Proposals of one source that are enough to choose from.

        On a page policy and variety may refuse every other one, and there are several sources; of a message's the likeliest may all have been bought just now,
        and of what they search for few are called so.
        """
        return max(LEAST_PROPOSED, 2 * self.limit) * (4 if self.query else 2 if self.interrupts else 1)

    @property
    def collects(self) -> bool:
        """Whether what is shown must be had in a store."""
        return self.fulfilment == PICKUP or self.placement == STORE


class Here(Struct, frozen=True, kw_only=True):
    """Where and when the usual is asked for."""

    zone: str = "UTC"
    """Of the place they are in now."""
    home_zone: str = "UTC"
    """For orders that were not placed in a store."""
    kind: str | None = None
    """``store`` or ``web``; None where it does not matter."""
    store_code: str | None = None
    available: Callable[[int], bool] = lambda _row: True
    """Whether the product in a catalogue row can be had here now."""
    refused_at: Callable[[int], datetime | None] = lambda _row: None
    """When they last said no to the product in a catalogue row."""
