from datetime import timedelta
from typing import Annotated, ClassVar

from msgspec import field

from tactful.model.settings import setting
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule
from tactful.policy.contact._windows import earliest_within

SAME_CHANNEL_HOURS = {"email": 16.0, "sms": 24.0, "push": 24.0}
Hours = Annotated[float, setting("Hours.", ge=0)]


class TooSoon(ContactRule, frozen=True, kw_only=True):
    """Leave some time between two messages, also across channels.

    Source: the smart-sending defaults of a large e-mail suite (16 h e-mail, 24 h SMS and push).
    """

    code: ClassVar[str] = "too_soon"
    order: ClassVar[int] = 31
    same_channel_hours: Annotated[dict[str, Hours], setting("Hours between two messages on the same channel.")] = field(default_factory=SAME_CHANNEL_HOURS.copy)
    any_channel_hours: Annotated[float, setting("Hours between two messages on any channels.", ge=0)] = 4.0

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer until the spacing is kept before and after."""
        same = [contact.at for contact in facts.contacts if contact.channel == proposal.channel]
        every = [contact.at for contact in facts.contacts]
        spacing = timedelta(hours=self.same_channel_hours.get(proposal.channel, self.any_channel_hours))
        until = max(
            earliest_within(same, at=proposal.send_at, most=1, window=spacing),
            earliest_within(every, at=proposal.send_at, most=1, window=timedelta(hours=self.any_channel_hours)),
        )
        return Verdict.allow() if until <= proposal.send_at else Verdict.defer(self.code, until, last_at=max(every))
