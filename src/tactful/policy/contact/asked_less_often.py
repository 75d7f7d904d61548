from datetime import timedelta
from typing import Annotated, ClassVar

from msgspec import field

from tactful.model.settings import setting
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule
from tactful.policy.contact._windows import earliest_within

DAYS_BETWEEN = {"as_before": 0.0, "daily": 1.0, "weekly": 7.0, "fortnightly": 14.0, "monthly": 30.0, "quarterly": 91.0}
Days = Annotated[float, setting("Days.", ge=0)]


class AskedLessOften(ContactRule, frozen=True, kw_only=True):
    """Write no more often than they asked for, over all channels: their word (the preference `how_often`) holds beside every cap, and the stricter counts.

    A word that is not known here counts as the most seldom that is: who says anything about it wants less. Messages that are owed to them are not counted.
    """

    code: ClassVar[str] = "asked_less_often"
    order: ClassVar[int] = 29
    days_between: Annotated[
        dict[str, Days],
        setting(
            "Least days between two messages, by what they may say.", source="the words' plain meaning: a week, two, a month of 30 days, a quarter of a year"
        ),
    ] = field(default_factory=DAYS_BETWEEN.copy)

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer until the gap that they asked for has passed, before and after."""
        most = max(self.days_between.values(), default=0.0)
        days = max((self.days_between.get(word, most) for word in facts.how_often), default=0.0)
        sent = [contact.at for contact in facts.contacts if not contact.owed]
        until = earliest_within(sent, at=proposal.send_at, most=1, window=timedelta(days=days))
        return Verdict.allow() if until <= proposal.send_at else Verdict.defer(self.code, until, how_often=facts.how_often, days=days)
