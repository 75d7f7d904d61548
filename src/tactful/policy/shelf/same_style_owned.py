from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule, as_times, is_again


class SameStyleOwned(ShelfRule, frozen=True, kw_only=True):
    """Withhold a style the customer owns in any colour or size: the same tote in tan is the same tote."""

    code: ClassVar[str] = "same_style_owned"
    needs: ClassVar[Needs] = Needs.OWNED | Needs.LIFE
    order: ClassVar[int] = 41

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold other variants of what was bought, unless the style is due again and no durable."""
        assert facts.group_bought_at is not None and facts.life_seconds is not None and facts.purchase_days is not None
        assert facts.outlived is not None and facts.seldom_again is not None
        durable = np.isinf(facts.life_seconds) & (facts.purchase_days < 2) | facts.seldom_again
        owned = ~np.isnan(facts.group_bought_at) & ~facts.outlived
        where = owned & (~is_again(shelf) | durable)
        return Verdicts.deny(where=where, code=self.code, facts={"owned_since": as_times(facts.group_bought_at)} if where.any() else {})
