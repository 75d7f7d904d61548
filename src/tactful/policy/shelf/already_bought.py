from datetime import datetime
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule, as_times, is_again


class AlreadyBought(ShelfRule, frozen=True, kw_only=True):
    """Withhold a product they bought. What is used up comes back as due again, and only things that people buy again are ever due.

    Nothing bought is forgotten because it is old; a durable that has served as long as such things usually do may be shown again.
    """

    code: ClassVar[str] = "already_bought"
    needs: ClassVar[Needs] = Needs.OWNED | Needs.LIFE
    order: ClassVar[int] = 40

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold the very product, unless it is due again and no durable."""
        assert facts.product_bought_at is not None and facts.life_seconds is not None and facts.purchase_days is not None
        assert facts.outlived is not None and facts.seldom_again is not None
        durable = np.isinf(facts.life_seconds) & (facts.purchase_days < 2) | facts.seldom_again
        bought = ~np.isnan(facts.product_bought_at) & ~facts.outlived
        where = bought & (~is_again(shelf) | durable)
        return Verdicts.deny(where=where, code=self.code, facts={"bought_at": as_times(facts.product_bought_at)} if where.any() else {})
