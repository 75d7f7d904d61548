from datetime import timedelta
from typing import ClassVar

from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule
from tactful.policy.contact._windows import earliest_within

SAME_CHANNEL_HOURS = {"email": 16.0, "sms": 24.0, "push": 24.0}
ANY_CHANNEL_HOURS = 4.0


class TooSoon(ContactRule, frozen=True, kw_only=True):
    """Leave some time between two messages, also across channels.

    Source: the smart-sending defaults of a large e-mail suite (16 h e-mail, 24 h SMS and push).
    """

    code: ClassVar[str] = "too_soon"
    order: ClassVar[int] = 31

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer until the spacing is kept before and after."""
        same = [contact.at for contact in facts.contacts if contact.channel == proposal.channel]
        every = [contact.at for contact in facts.contacts]
        spacing = timedelta(hours=SAME_CHANNEL_HOURS.get(proposal.channel, ANY_CHANNEL_HOURS))
        until = max(
            earliest_within(same, at=proposal.send_at, most=1, window=spacing),
            earliest_within(every, at=proposal.send_at, most=1, window=timedelta(hours=ANY_CHANNEL_HOURS)),
        )
        return Verdict.allow() if until <= proposal.send_at else Verdict.defer(self.code, until, last_at=max(every))
