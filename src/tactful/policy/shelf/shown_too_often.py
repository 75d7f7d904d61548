from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class ShownTooOften(ShelfRule, frozen=True, kw_only=True):
    """Withhold on a page what they have passed by on so many days of late that it is hardly wanted any more.

    It tires softly, moves down the shelf first, and recovers within weeks, or at once when they touch it. What they asked for may be shown again.
    """

    code: ClassVar[str] = "shown_too_often"
    needs: ClassVar[Needs] = Needs.SHOWN
    order: ClassVar[int] = 81

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold candidates that their tiring brings under the threshold of their placement and source."""
        assert facts.threshold is not None and facts.tired is not None
        left = shelf.score * (1 - facts.tired)
        tiring = (left < facts.threshold) & (facts.tired > 0) & (not facts.interrupts) & ~shelf.stated
        return Verdicts.deny(where=tiring, code=self.code, facts={"probability": shelf.score.round(4), "left": np.asarray(left, np.float64).round(4)})
