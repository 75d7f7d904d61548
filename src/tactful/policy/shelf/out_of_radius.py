from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class OutOfRadius(ShelfRule, frozen=True, kw_only=True):
    """Withhold what can be collected only farther away than they go.

    How far they go is their own habit, 15 km where it is not known or is farther.
    """

    code: ClassVar[str] = "out_of_radius"
    needs: ClassVar[Needs] = Needs.STOCK
    order: ClassVar[int] = 61

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold products that no store within reach has, where pick-up or a store is meant."""
        assert facts.within_reach is not None
        return Verdicts.deny(where=~facts.within_reach, code=self.code)
