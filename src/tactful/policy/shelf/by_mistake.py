from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class ByMistake(ShelfRule, frozen=True, kw_only=True):
    """Withhold what the customer says they met by mistake."""

    code: ClassVar[str] = "by_mistake"
    needs: ClassVar[Needs] = Needs.DISMISSED
    order: ClassVar[int] = 21

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold candidates covered by such an answer."""
        assert facts.dismissed_by is not None
        where = np.array([answer is not None and answer.reason == "by_mistake" for answer in facts.dismissed_by], np.bool_)
        return Verdicts.deny(where=where, code=self.code)
