from datetime import datetime
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class GiftNotTaste(ShelfRule, frozen=True, kw_only=True):
    """Withhold what is known only from gifts to others: a gift is somebody else's want.

    A type given is not shown until they want one themselves; the style given is not shown again. What they buy for themselves again and again stays theirs.
    Looks that a gift explains better than a want of their own count as well, except within the same visit and on a page about that kind of thing.
    """

    code: ClassVar[str] = "gift_not_taste"
    needs: ClassVar[Needs] = Needs.GIFTS | Needs.DISMISSED | Needs.INTEREST
    order: ClassVar[int] = 22

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold types bought or looked at only for others, and what an answer calls a gift."""
        assert facts.gift_only is not None and facts.dismissed_by is not None
        said = np.array([answer is not None and answer.reason == "gift" for answer in facts.dismissed_by], np.bool_)
        explanations = facts.explanations or (None,) * len(shelf)
        return Verdicts.deny(
            where=facts.gift_only | (said | self._looked(facts)) & (shelf.source != "due_again"),
            code=self.code,
            facts={"said_by_customer": said, "explanations": explanations},
        )

    @staticmethod
    def _looked(facts: ShelfFacts) -> NDArray[np.bool_]:
        assert facts.for_another is not None and facts.need_in_visit is not None and facts.contextual is not None
        at_hand = (facts.need_in_visit | facts.contextual) & (not facts.interrupts)
        return np.asarray(facts.for_another & ~at_hand)
