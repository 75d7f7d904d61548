from datetime import datetime
from typing import ClassVar

import numpy as np

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
        first = np.zeros(len(shelf), np.bool_)
        standing = np.flatnonzero(shelf.alive)
        first[standing[np.unique(shelf.groups[standing], return_index=True)[1]]] = True
        return Verdicts.deny(where=shelf.alive & ~first, code=self.code)
