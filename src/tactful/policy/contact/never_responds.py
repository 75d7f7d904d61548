from datetime import timedelta
from typing import Annotated, ClassVar

from tactful.model.settings import setting
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule

STILL_WELCOME = "still_welcome"


class NeverResponds(ContactRule, frozen=True, kw_only=True):
    """Write more and more seldom to somebody who never answers, then rest; from then on only ask once a year whether we are still welcome.

    A visit, a click or a purchase of theirs settles the debt at once. Messages that were owed to them are no debt.
    Source: back-off after three ignored messages with doubling gaps is what the careful commercial suites do; a rest that ends keeps more of the answers
    than one that never does.
    """

    code: ClassVar[str] = "never_responds"
    order: ClassVar[int] = 25
    patience: Annotated[int, setting("Messages that may go unanswered without consequence.", ge=1)] = 3
    first_gap_days: Annotated[float, setting("The gap after so many; it doubles with every further one.", ge=0)] = 7.0
    longest_gap_days: Annotated[float, setting("The gap grows no longer than this.", ge=0)] = 180.0
    rest_after: Annotated[int, setting("Unanswered messages after which nothing goes but the question.", ge=1)] = 8
    question_days: Annotated[float, setting("Days between two questions.", ge=30)] = 365.0

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer until the gap has passed that their silence asks for."""
        unanswered = [contact.at for contact in facts.unanswered]
        if len(unanswered) < self.patience:
            return Verdict.allow()
        if len(unanswered) >= self.rest_after and proposal.trigger != STILL_WELCOME:
            return Verdict.deny(self.code, unanswered=len(unanswered))
        gap_days = min(self.first_gap_days * 2 ** (len(unanswered) - self.patience), self.longest_gap_days)
        until = max(unanswered) + timedelta(days=gap_days)
        if proposal.trigger == STILL_WELCOME:
            asked = [contact.at + timedelta(days=self.question_days) for contact in facts.unanswered if contact.trigger == STILL_WELCOME]
            until = max(until, *asked) if asked else until
        return Verdict.allow() if until <= proposal.send_at else Verdict.defer(self.code, until, unanswered=len(unanswered), gap_days=gap_days)
