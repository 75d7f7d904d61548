from datetime import datetime
from typing import Annotated, ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.settings import setting
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class NotDueYet(ShelfRule, frozen=True, kw_only=True):
    """Withhold what is bought again and again, as long as the last one cannot be used up yet; in a message, as long as it will not be in the days planned for.

    Source: reminders before .6 of the usual gap come too early, and a word is welcome from .9 of it on.
    """

    code: ClassVar[str] = "not_due_yet"
    needs: ClassVar[Needs] = Needs.RHYTHM
    order: ClassVar[int] = 50
    earliest_here: Annotated[float, setting("Share of the usual gap that must have passed where the customer is on a page.", ge=0)] = 0.6
    earliest_message: Annotated[float, setting("Share of it that must have passed by the end of the days planned for.", ge=0)] = 0.9

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold due-again candidates whose gap has hardly begun."""
        assert facts.elapsed_ratio is not None
        bound = self.earliest_message if facts.interrupts else self.earliest_here
        with np.errstate(invalid="ignore"):
            early = facts.elapsed_ratio < bound
        return Verdicts.deny(where=early & (shelf.source == "due_again"), code=self.code, facts={"share_of_usual_gap": facts.elapsed_ratio})
