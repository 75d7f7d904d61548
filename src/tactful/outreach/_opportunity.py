"""What a trigger is: it looks at what may be said, and proposes one message or none."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from msgspec import Struct

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.settings import setting

MOST_PRODUCTS = 3
"""In one message."""


class Opportunity(Struct, frozen=True, kw_only=True):
    """One message worth considering."""

    trigger: str
    value: float
    """Expected number of products in it that they want within seven days."""
    earliest: datetime
    deadline: datetime
    later: tuple[datetime, datetime] | None = None
    """A second slot, from its beginning to its deadline, for when the first cannot be had."""
    indices: tuple[int, ...]
    """Which candidates of the shelf it is about, the leading one first."""


class Trigger(Struct, frozen=True, kw_only=True):
    """A reason to write. Discovered: one a file in `tactful.outreach.triggers`; its fields are settings."""

    name: ClassVar[str]

    @abstractmethod
    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Propose a message from the candidates that policy left alive, or None. ``zone`` is the IANA zone they are most likely in."""

    def last_told(self, customer: Customer) -> dict[int, datetime]:
        """When each style was last the subject of such a message, delivered or reserved; by style code."""
        told: dict[int, datetime] = {}
        for contact in customer.profile.contacts:
            if contact.trigger == self.name:
                for group in customer.catalog.group_of[customer.catalog.rows(contact.product_ids)].tolist():
                    told[group] = max(contact.at, told.get(group, contact.at))
        return told


class NewsTrigger(Trigger, frozen=True, kw_only=True):
    """Something happened that they would want to hear of, once: what it is, the source of the same name knows."""

    fresh_hours: Annotated[float, setting("For how long it is still news, in hours.", gt=0)]
    rests_days: Annotated[
        float,
        setting(
            "For so many days after it was told of, nothing else about the same style is told for the same reason.",
            source="none by itself: the same news is told once, and again only after they came back to the thing",
            ge=0,
        ),
    ] = 0.0

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:  # noqa: ARG002 - news has no hour of its own
        """Tell of all that is news and was not told since they last had to do with it."""
        found = shelf.standing(self.name)
        told = self.last_told(customer) if found else {}
        news = [i for i in found if not self._was_told(shelf, i, told, now=now)][:MOST_PRODUCTS]
        if not news:
            return None
        value = float(shelf.score[news].sum())
        return Opportunity(trigger=self.name, value=value, earliest=now, deadline=now + timedelta(hours=self.fresh_hours), indices=tuple(news))

    def _was_told(self, shelf: Shelf, index: int, told: dict[int, datetime], *, now: datetime) -> bool:
        told_at, last_at = told.get(int(shelf.groups[index])), shelf.because[index].last_at
        return told_at is not None and (last_at is None or told_at >= last_at or now - told_at < timedelta(days=self.rests_days))
