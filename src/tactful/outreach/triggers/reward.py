from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.settings import setting
from tactful.outreach._opportunity import NewsTrigger, Opportunity


class RewardTrigger(NewsTrigger, frozen=True, kw_only=True):
    """The shop gave them something off: told once a reward, and never after it expired.

    Source: assumed: within two weeks of being given, where it does not expire before.
    """

    name: ClassVar[str] = "reward"
    fresh_hours: Annotated[float, setting("For how long it is still news, in hours.", gt=0)] = 336.0

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Tell of what is new, while the first of the rewards lasts."""
        told = NewsTrigger.propose(self, customer, shelf, now=now, zone=zone)
        if told is None:
            return None
        ends = [expires_at for index in told.indices if (expires_at := shelf.because[index].expires_at) is not None]
        return msgspec.structs.replace(told, deadline=min(told.deadline, *ends))
