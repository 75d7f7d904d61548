from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.settings import setting
from tactful.outreach._opportunity import Opportunity, Trigger

VALUE = 0.01


class StillWelcomeTrigger(Trigger, frozen=True, kw_only=True):
    """After a long rest from somebody who never answered: one honest question a year, whether they want to hear from us at all. It sells nothing.

    Source: after eight unanswered letters fewer than one in thirty opens the next (15 million mailings); half a year of our own silence is assumed.
    """

    name: ClassVar[str] = "still_welcome"
    least_silence_days: Annotated[float, setting("Our own silence before the question, in days.", ge=30)] = 180.0
    least_ignored: Annotated[int, setting("Messages without an answer before it.", ge=1)] = 8
    open_days: Annotated[float, setting("For how long the question may still go, in days.", gt=0)] = 7.0

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Ask when we have been silent for half a year, and before that unanswered for long."""
        last_own_at = customer.profile.last_own_at
        ignored = [contact.at for contact in customer.profile.contacts if not contact.owed and (last_own_at is None or contact.at > last_own_at)]
        if len(ignored) < self.least_ignored:
            return None
        earliest = max(now, max(ignored) + timedelta(days=self.least_silence_days))
        return Opportunity(trigger=self.name, value=VALUE, earliest=earliest, deadline=earliest + timedelta(days=self.open_days), indices=())
