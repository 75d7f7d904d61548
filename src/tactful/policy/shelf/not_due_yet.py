from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class NotDueYet(ShelfRule, frozen=True, kw_only=True):
    """Withhold what is bought again and again, as long as the last one cannot be used up yet.

    Source: reminders before .6 of the usual gap come too early (the same bound the hazard's own reminders keep).
    """

    code: ClassVar[str] = "not_due_yet"
    needs: ClassVar[Needs] = Needs.RHYTHM
    order: ClassVar[int] = 50
    earliest: float = 0.6
    """Share of the usual gap that must have passed."""

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold due-again candidates whose gap has hardly begun."""
        assert facts.elapsed_ratio is not None
        with np.errstate(invalid="ignore"):
            early = facts.elapsed_ratio < self.earliest
        return Verdicts.deny(where=early & (shelf.source == "due_again"), code=self.code, facts={"share_of_usual_gap": facts.elapsed_ratio})
