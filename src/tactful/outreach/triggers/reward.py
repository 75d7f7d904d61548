from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.outreach._opportunity import NewsTrigger, Opportunity


class RewardTrigger(NewsTrigger):
    """The shop gave them something off: told once a reward, and never after it expired."""

    name: ClassVar[str] = "reward"
    fresh: ClassVar[timedelta] = timedelta(days=14)

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Tell of what is new, while the first of the rewards lasts."""
        told = super().propose(customer, shelf, now=now, zone=zone)
        if told is None:
            return None
        ends = [expires_at for index in told.indices if (expires_at := shelf.because[index].expires_at) is not None]
        return msgspec.structs.replace(told, deadline=min(told.deadline, *ends))
