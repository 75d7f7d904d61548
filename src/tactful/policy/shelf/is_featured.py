from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class IsFeatured(ShelfRule, frozen=True, kw_only=True):
    """Withhold the style that the page or cart is already about."""

    code: ClassVar[str] = "is_featured"
    needs: ClassVar[Needs] = Needs.FEATURED
    order: ClassVar[int] = 30

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold every variant of a featured product."""
        assert facts.featured is not None
        return Verdicts.deny(where=facts.featured, code=self.code)
