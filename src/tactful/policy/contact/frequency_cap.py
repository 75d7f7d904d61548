from datetime import timedelta
from typing import Annotated, ClassVar

from msgspec import Struct, field

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
    by_weight: bool = False
    """Count what each message weighs instead of the messages."""


DEFAULT_CAPS = (
    Cap(most=1, hours=24),
    Cap(most=3, hours=7 * 24),
    Cap(most=8, hours=30 * 24),
    Cap(most=2, hours=7 * 24, channel="email"),
    Cap(most=1, hours=7 * 24, channel="sms"),
    Cap(most=2, hours=7 * 24, channel="push"),
    Cap(most=4, hours=7 * 24, by_weight=True),
)
WEIGHTS: dict[str, float] = {"email": 1.0, "push": 2.0, "sms": 3.0, "letter": 3.0}


class FrequencyCap(ContactRule, frozen=True, kw_only=True):
    """Write at most so often, in true sliding windows over delivered and reserved messages: one a day means a day, not midnight.

    Source: the stricter end of what commercial suites ship as defaults; their calendar-day counters fail at 23:00 and 00:05.
    """

    code: ClassVar[str] = "frequency_cap"
    order: ClassVar[int] = 30
    caps: Annotated[tuple[Cap, ...], setting("Most messages in any window of so many hours; without a channel, over all of them.")] = DEFAULT_CAPS
    weights: Annotated[
        dict[str, Annotated[float, setting("How much one message weighs.", ge=0)]],
        setting(
            "How much a message intrudes, by channel, for caps with by_weight.", source="weighted pressure as one commercial suite has it; the weights are ours"
        ),
    ] = field(default_factory=WEIGHTS.copy)
    owed_hours: Annotated[float, setting("A message that was owed counts against the caps of at most so many hours, and against no longer ones.", ge=0)] = 24.0

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer until every cap has room."""
        until, broken = proposal.send_at, None
        weight = self.weights.get(proposal.channel, 1.0)
        for cap in self.caps:
            if cap.channel not in (None, proposal.channel):
                continue
            short = timedelta(hours=cap.hours) <= timedelta(hours=self.owed_hours)
            of_channel = [contact for contact in facts.contacts if cap.channel in (None, contact.channel) and (short or not contact.owed)]
            free = earliest_within(
                [contact.at for contact in of_channel],
                at=proposal.send_at,
                most=cap.most,
                window=timedelta(hours=cap.hours),
                weights=[self.weights.get(contact.channel, 1.0) for contact in of_channel] if cap.by_weight else None,
                weight=weight if cap.by_weight else 1.0,
            )
            if free > until:
                until, broken = free, cap
        if broken is None:
            return Verdict.allow()
        return Verdict.defer(self.code, until, most=broken.most, hours=broken.hours, channel=broken.channel)
