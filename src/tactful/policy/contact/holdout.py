import hashlib
from typing import Annotated, ClassVar

from tactful.model.settings import setting
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule

BUCKETS = 10_000


class Holdout(ContactRule, frozen=True, kw_only=True):
    """Write nothing to a share of the people, drawn once and for all by the person and not by the address, so that it can be told what writing is worth.

    Off unless a share is given. Source: a standing hold-out of 5 % is the usual advice.
    """

    code: ClassVar[str] = "holdout"
    order: ClassVar[int] = 15
    percent: Annotated[float, setting("Share of the people held out, 0 to 100.", ge=0, le=100)] = 0.0
    draw: Annotated[str, setting("Another value draws other people.")] = "1"

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Deny to those who are held out."""
        held_out = self.percent > 0 and bucket_of(facts.person, draw=self.draw) < self.percent * BUCKETS / 100
        return Verdict.deny(self.code, percent=self.percent) if held_out else Verdict.allow()


def bucket_of(person: str, *, draw: str) -> int:
    """Draw a number from 0 to 9,999 that stays the same for a person.

    >>> bucket_of("u:ann", draw="1") == bucket_of("u:ann", draw="1")
    True
    """
    return int.from_bytes(hashlib.blake2b(f"{draw}/{person}".encode(), digest_size=8).digest()) % BUCKETS
