from datetime import datetime, timedelta
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.outreach._opportunity import Opportunity, Trigger

LEAST_SILENCE = timedelta(days=180)
LEAST_IGNORED = 8
"""Messages since their own last move."""
OPEN_FOR = timedelta(days=7)
VALUE = 0.01


class StillWelcomeTrigger(Trigger):
    """After a long rest from somebody who never answered: one honest question a year, whether they want to hear from us at all. It sells nothing."""

    name: ClassVar[str] = "still_welcome"

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Ask when we have been silent for half a year, and before that unanswered for long."""
        last_own_at = customer.profile.last_own_at
        ignored = [contact.at for contact in customer.profile.contacts if not contact.owed and (last_own_at is None or contact.at > last_own_at)]
        if len(ignored) < LEAST_IGNORED:
            return None
        earliest = max(now, max(ignored) + LEAST_SILENCE)
        return Opportunity(trigger=self.name, value=VALUE, earliest=earliest, deadline=earliest + OPEN_FOR, indices=())
