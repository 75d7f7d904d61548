from typing import ClassVar

from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule


class NoConsent(ContactRule, frozen=True, kw_only=True):
    """Stay silent where they have not agreed to marketing on the channel. Absent is denied.

    Source: GDPR articles 6 and 7; ePrivacy directive article 13.
    """

    code: ClassVar[str] = "no_consent"
    order: ClassVar[int] = 10

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Deny without consent."""
        return Verdict.allow() if facts.consented.get(proposal.channel, False) else Verdict.deny(self.code, channel=proposal.channel)
