from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from tactful.model.candidates import Because, Shelf
from tactful.model.customer import Customer
from tactful.model.settings import setting
from tactful.outreach._opportunity import MOST_PRODUCTS, Opportunity, Trigger
from tactful.outreach._shopping import shopping_again


class DueAgainTrigger(Trigger, frozen=True, kw_only=True):
    """Something they buy again and again is nearly used up. Several due things make one message, and each is mentioned once a purchase.

    It comes before they shop next, and not when they have just gone past the thing. Source: reminders before .6 of the usual gap come too early, and a word is
    welcome from .9 of it on; that it is over at 2.5 is assumed.
    """

    name: ClassVar[str] = "due_again"
    lead: Annotated[float, setting("Share of the usual gap after which a word is welcome.", ge=0)] = 0.9
    late: Annotated[float, setting("Share of it after which nothing is running out any more: they stopped, or bought elsewhere.", gt=0)] = 2.5
    after_shopping: Annotated[
        float,
        setting(
            "Share of their usual days between shopping that must be over since they last shopped, and three days at most.",
            source="who was here yesterday has just gone past it; a real grocer's year neither gains nor loses by it (`tactful bench reminders`)",
            ge=0,
            le=1,
        ),
    ] = 0.5
    most_spread: Annotated[
        float,
        setting(
            "What is bought less regularly than this has no day on which it runs out: standard deviation of the logarithm of the days between.",
            source="simulated grocers: much is bought elsewhere unseen, and reminders of irregular things come early (docs/simulator.md)",
            gt=0,
        ),
    ] = 0.7

    def propose(self, customer: Customer, shelf: Shelf, *, now: datetime, zone: str) -> Opportunity | None:
        """Lead with the likeliest product that has a rhythm; take along others due at the same time."""
        found = shelf.standing(self.name)
        told = self.last_told(customer) if found else {}
        first = max(now, shopping_again(customer.history.at, share=self.after_shopping) or now) if found else now
        windows = {i: window for i in found if (window := self._window(shelf.because[i], told_at=told.get(int(shelf.groups[i])), first=first))}
        if not windows:
            return None
        lead = next(iter(windows))
        earliest, deadline = windows[lead]
        together = [i for i, (opens, closes) in windows.items() if opens <= earliest <= closes][:MOST_PRODUCTS]
        return Opportunity(trigger=self.name, value=float(shelf.score[together].sum()), earliest=earliest, deadline=deadline, indices=tuple(together))

    def _window(self, because: Because, *, told_at: datetime | None, first: datetime) -> tuple[datetime, datetime] | None:
        if because.every_days is None or because.last_at is None or because.spread > self.most_spread:
            return None
        if told_at is not None and told_at >= because.last_at:
            return None
        opens = max(first, *(since + timedelta(days=self.lead * days) for since, days in because.rhythms))
        closes = min(since + timedelta(days=self.late * days) for since, days in because.rhythms)
        return (opens, closes) if opens <= closes else None
