from typing import ClassVar

from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule


class Unreachable(ContactRule, frozen=True, kw_only=True):
    """Stay silent where there is no open address."""

    code: ClassVar[str] = "unreachable"
    order: ClassVar[int] = 11

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Deny without an address, or with one that bounced or complained."""
        return Verdict.allow() if facts.reachable.get(proposal.channel, False) else Verdict.deny(self.code, channel=proposal.channel)
