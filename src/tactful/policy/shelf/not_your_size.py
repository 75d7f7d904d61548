from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class NotYourSize(ShelfRule, frozen=True, kw_only=True):
    """Withhold styles that do not come in the customer's size."""

    code: ClassVar[str] = "not_your_size"
    needs: ClassVar[Needs] = Needs.SIZE
    order: ClassVar[int] = 63

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold variants in another size than theirs."""
        assert facts.fits is not None
        return Verdicts.deny(where=~facts.fits, code=self.code)
