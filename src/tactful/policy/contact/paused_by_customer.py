from typing import ClassVar

from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule


class PausedByCustomer(ContactRule, frozen=True, kw_only=True):
    """Stay silent as long as they asked for quiet."""

    code: ClassVar[str] = "paused_by_customer"
    order: ClassVar[int] = 20

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer to the end of the pause."""
        if facts.paused_until is None or facts.paused_until <= proposal.send_at:
            return Verdict.allow()
        return Verdict.defer(self.code, facts.paused_until, paused_until=facts.paused_until)
