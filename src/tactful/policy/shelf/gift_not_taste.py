from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class GiftNotTaste(ShelfRule, frozen=True, kw_only=True):
    """Withhold what is known only from gifts to others: a gift is somebody else's want.

    A type given is not shown until they want one themselves; the style given is not shown again. What they buy for themselves again and again stays theirs.
    """

    code: ClassVar[str] = "gift_not_taste"
    needs: ClassVar[Needs] = Needs.GIFTS | Needs.DISMISSED
    order: ClassVar[int] = 22

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold styles bought only as gifts, and what an answer calls a gift."""
        assert facts.gift_only is not None and facts.dismissed_by is not None
        said = np.array([answer is not None and answer.reason == "gift" for answer in facts.dismissed_by], np.bool_)
        return Verdicts.deny(where=facts.gift_only | said & (shelf.source != "due_again"), code=self.code, facts={"said_by_customer": said})
