from datetime import UTC, datetime, time, timedelta
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.settings import setting
from tactful.outreach._opportunity import Opportunity, Trigger

WEEK = timedelta(days=7)
GRACE = timedelta(hours=4)


class CartWaitingTrigger(Trigger, frozen=True, kw_only=True):
    """Something waits in the basket: a word the same evening, or a week later at the same hour, never sooner, once per basket.

    Source: reminders within an hour lowered purchases and reminders after one to three days raised them (two field experiments with 64,400 customers,
    Li, Luo, Lu and Moriguchi 2021); people come back the same day or exactly a week later.
    """

    name: ClassVar[str] = "cart_waiting"
    least_wait_hours: Annotated[float, setting("Never sooner after the last thing was put in, in hours.", ge=0)] = 5.0
    evening: Annotated[time, setting("A word the same day comes from this hour on, where they are.")] = time(18)
    latest: Annotated[time, setting("No word comes later than this, the same day or a week later.")] = time(20, 30)
    morning: Annotated[time, setting("A word a week later comes no earlier than this.")] = time(9)
    rests_days: Annotated[float, setting("Nothing is reminded of twice within so many days, whatever else was put in since.", ge=0)] = 14.0

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Remind of what is still in the basket and may be shown."""
        waiting = shelf.standing(self.name)
        if not waiting:
            return None
        lines = [customer.profile.cart[customer.catalog.product(row).id].at for row in shelf.rows[waiting].tolist()]
        if self._reminded(customer, shelf, waiting, since=min(lines), now=now):
            return None
        slots = self._slots(max(lines), now=now, zone=ZoneInfo(zone))
        if not slots:
            return None
        earliest, deadline = slots[0]
        return Opportunity(
            trigger=self.name,
            value=float(shelf.score[waiting].sum()),
            earliest=earliest,
            deadline=deadline,
            later=slots[1] if len(slots) > 1 else None,
            indices=tuple(waiting),
        )

    def _reminded(self, customer: Customer, shelf: Shelf, waiting: list[int], *, since: datetime, now: datetime) -> bool:
        """Whether this basket had its word: since its first line, or about one of its things not long ago."""
        told = self.last_told(customer)
        lately = any(now - told[group] < timedelta(days=self.rests_days) for group in shelf.groups[waiting].tolist() if group in told)
        return lately or any(contact.trigger == self.name and contact.at >= since for contact in customer.profile.contacts)

    def _slots(self, put_in_at: datetime, *, now: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        """This evening if there still is one, and the same hour by their clock in a week, or the nearest decent one of that day."""
        local = put_in_at.astimezone(zone)
        evening = max(put_in_at + timedelta(hours=self.least_wait_hours), datetime.combine(local.date(), self.evening, zone).astimezone(UTC))
        latest = datetime.combine(local.date(), self.latest, zone).astimezone(UTC)
        again = datetime.combine(local.date() + WEEK, min(max(local.time(), self.morning), self.latest), zone).astimezone(UTC)
        slots = [(max(evening, now), latest), (max(again, now), again + GRACE)]
        return [(opens, closes) for opens, closes in slots if opens <= closes]
