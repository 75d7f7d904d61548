from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class OneLookOnly(ShelfRule, frozen=True, kw_only=True):
    """Withhold a kind of thing looked at on a single occasion, also where it would come as a best seller: it would look like being followed.

    In the same visit it may be at hand, on a page about it too, and where they state that they want it. Where somebody who buys other things here looked once
    into a department they never buy in, the whole department waits.
    """

    code: ClassVar[str] = "one_look_only"
    needs: ClassVar[Needs] = Needs.INTEREST | Needs.STATED
    order: ClassVar[int] = 43

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold types, or stray departments, with one occasion of interest."""
        assert facts.need_state is not None and facts.need_in_visit is not None and facts.stray_department is not None
        assert facts.contextual is not None and facts.occasions is not None and facts.stated_wanted_at is not None
        assert facts.passed_over is not None
        at_hand = (facts.need_in_visit | facts.contextual) & (not facts.interrupts)
        once = (facts.need_state == "look") | facts.stray_department | facts.passed_over
        looked_once = once & (shelf.source != "due_again") & ~shelf.stated & np.isnan(facts.stated_wanted_at)
        explanations = facts.explanations or (None,) * len(shelf)
        return Verdicts.deny(where=looked_once & ~at_hand, code=self.code, facts={"occasions": facts.occasions, "explanations": explanations})
