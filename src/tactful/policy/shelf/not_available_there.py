from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class NotAvailableThere(ShelfRule, frozen=True, kw_only=True):
    """Withhold what cannot be picked up where they pick up."""

    code: ClassVar[str] = "not_available_there"
    needs: ClassVar[Needs] = Needs.STOCK
    order: ClassVar[int] = 62

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold products not in the store's inventory, where pick-up or a store is meant."""
        assert facts.available_there is not None
        return Verdicts.deny(where=~facts.available_there, code=self.code)
