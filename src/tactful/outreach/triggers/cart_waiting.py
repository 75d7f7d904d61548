from datetime import UTC, datetime, time, timedelta
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

import numpy as np

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
    latest: Annotated[time, setting("A word the same day comes no later than this.")] = time(20, 30)

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Remind of what is still in the basket and may be shown."""
        waiting = np.flatnonzero(shelf.alive & (shelf.source == self.name)).tolist()
        if not waiting:
            return None
        put_in_at = max(line.at for line in customer.profile.cart.values())
        if any(contact.trigger == self.name and contact.at >= put_in_at for contact in customer.profile.contacts):
            return None
        slot = self._slot(put_in_at, now=now, zone=ZoneInfo(zone))
        if slot is None:
            return None
        earliest, deadline = slot
        return Opportunity(trigger=self.name, value=float(shelf.score[waiting].sum()), earliest=earliest, deadline=deadline, indices=tuple(waiting))

    def _slot(self, put_in_at: datetime, *, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """This evening if there still is one, else the same hour in a week; None when both have passed."""
        day = put_in_at.astimezone(zone).date()
        evening = max(put_in_at + timedelta(hours=self.least_wait_hours), datetime.combine(day, self.evening, zone).astimezone(UTC))
        latest = datetime.combine(day, self.latest, zone).astimezone(UTC)
        if max(evening, now) <= latest:
            return max(evening, now), latest
        again = put_in_at + WEEK
        return (max(again, now), again + GRACE) if now <= again + GRACE else None
