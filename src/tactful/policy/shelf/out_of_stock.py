from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class OutOfStock(ShelfRule, frozen=True, kw_only=True):
    """Withhold what cannot be had."""

    code: ClassVar[str] = "out_of_stock"
    needs: ClassVar[Needs] = Needs.STOCK
    order: ClassVar[int] = 60

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold products that are not in stock anywhere."""
        assert facts.in_stock is not None
        return Verdicts.deny(where=~facts.in_stock, code=self.code)
