from datetime import timedelta
from typing import Annotated, ClassVar

from msgspec import Struct

from tactful.model.events import Channel
from tactful.model.settings import setting
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule
from tactful.policy.contact._windows import earliest_within


class Cap(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """At most so many messages in any window of so many hours; ``channel`` None counts all channels."""

    most: Annotated[int, setting("Messages.", ge=0)]
    hours: Annotated[float, setting("Length of the window.", gt=0)]
    channel: Channel | None = None


DAY_HOURS = 24
"""Word of an order is never held back, but counts for a day: the next thing they hear need not be about more."""
DEFAULT_CAPS = (
    Cap(most=1, hours=24),
    Cap(most=3, hours=7 * 24),
    Cap(most=8, hours=30 * 24),
    Cap(most=2, hours=7 * 24, channel="email"),
    Cap(most=1, hours=7 * 24, channel="sms"),
    Cap(most=2, hours=7 * 24, channel="push"),
)


class FrequencyCap(ContactRule, frozen=True, kw_only=True):
    """Write at most so often, in true sliding windows over delivered and reserved messages: one a day means a day, not midnight.

    Source: the stricter end of what commercial suites ship as defaults; their calendar-day counters fail at 23:00 and 00:05.
    """

    code: ClassVar[str] = "frequency_cap"
    order: ClassVar[int] = 30
    caps: Annotated[tuple[Cap, ...], setting("Most messages in any window of so many hours; without a channel, over all of them.")] = DEFAULT_CAPS

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer until every cap has room."""
        until, broken = proposal.send_at, None
        for cap in self.caps:
            if cap.channel not in (None, proposal.channel):
                continue
            sent = [
                contact.at for contact in facts.contacts if cap.channel in (None, contact.channel) and (cap.hours <= DAY_HOURS or not contact.transactional)
            ]
            free = earliest_within(sent, at=proposal.send_at, most=cap.most, window=timedelta(hours=cap.hours))
            if free > until:
                until, broken = free, cap
        if broken is None:
            return Verdict.allow()
        return Verdict.defer(self.code, until, most=broken.most, hours=broken.hours, channel=broken.channel)
