from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class VariantOfShown(ShelfRule, frozen=True, kw_only=True):
    """Withhold further variants of a style that is already on the shelf."""

    code: ClassVar[str] = "variant_of_shown"
    needs: ClassVar[Needs] = Needs.NOTHING
    order: ClassVar[int] = 90

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Keep the best of each style among those still alive; the shelf comes best first."""
        standing = shelf.alive.nonzero()[0][::-1]
        best = dict(zip(shelf.groups[standing].tolist(), standing.tolist(), strict=True))
        again = shelf.alive.copy()
        again[list(best.values())] = False
        return Verdicts.deny(where=again, code=self.code)
