"""What a rule is: what it needs to know, and one pure check."""

from abc import abstractmethod
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from tactful.model.candidates import Shelf
from tactful.model.verdicts import ContactFacts, Needs, Proposal, ShelfFacts, Verdict, Verdicts


class ShelfRule(Struct, frozen=True, kw_only=True):
    """A rule about products: it looks over the whole shelf at once and withholds. It never raises for "no"."""

    code: ClassVar[str]
    needs: ClassVar[Needs]
    order: ClassVar[int]
    """Rules run in this order; the first that withholds a candidate names the reason."""

    @abstractmethod
    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Say which candidates to withhold. Only facts declared in ``needs`` are filled."""


class ContactRule(Struct, frozen=True, kw_only=True):
    """A rule about interrupting somebody: allow, deny, or defer until a time."""

    code: ClassVar[str]
    order: ClassVar[int]

    @abstractmethod
    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Judge one message at its ``send_at``."""
