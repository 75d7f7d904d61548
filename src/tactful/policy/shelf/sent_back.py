from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class SentBack(ShelfRule, frozen=True, kw_only=True):
    """Withhold what they sent back, and what is for it: a return is an answer. Looks at it on two later days are another."""

    code: ClassVar[str] = "sent_back"
    needs: ClassVar[Needs] = Needs.OWNED
    order: ClassVar[int] = 23

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold styles sent back and not owned, and types below theirs."""
        assert facts.sent_back is not None
        return Verdicts.deny(where=facts.sent_back, code=self.code)
