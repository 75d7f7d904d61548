from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class NeedClosed(ShelfRule, frozen=True, kw_only=True):
    """Withhold a kind of thing that is no longer wanted: bought here, most likely bought elsewhere, dropped, or so they say.

    A purchase closes the whole type for as long as one of its kind usually lasts; durables for good.
    """

    code: ClassVar[str] = "need_closed"
    needs: ClassVar[Needs] = Needs.OWNED | Needs.LIFE | Needs.INTEREST | Needs.DISMISSED
    order: ClassVar[int] = 42

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold closed types, except what is due again."""
        assert facts.type_bought_at is not None and facts.life_seconds is not None
        assert facts.need_state is not None and facts.closed_by is not None and facts.dismissed_by is not None
        with np.errstate(invalid="ignore"):
            served = now.timestamp() < facts.type_bought_at + facts.life_seconds
        over = (facts.need_state == "closed") & (facts.closed_by != "bought_here") & ~shelf.stated
        said = np.array([answer is not None and answer.reason in ("bought_elsewhere", "already_have") for answer in facts.dismissed_by], np.bool_)
        closed_by = np.where(said, "dismissed", np.where(served, "bought_here", facts.closed_by))
        reopened = (facts.need_state == "open") & ~said
        where = (served & ~reopened | over | said) & (shelf.source != "due_again")
        return Verdicts.deny(where=where, code=self.code, facts={"closed_by": closed_by, "explanations": facts.explanations or (None,) * len(shelf)})
