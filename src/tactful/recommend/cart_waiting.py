"""What waits in the basket, and how likely it still becomes an order."""

from typing import ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS, LOOK_KINDS, LookTable, PurchaseTable
from tactful.recommend._component import Facts, Source

Floats = NDArray[np.float64]
FRESH = 0.4
HALF_LIFE_DAYS = 3.0
"""Before there is a log: so likely at once, and half of it gone after so many days. Stated priors; a word a week later waits for a log that speaks for it."""
AGES = np.array([0.0, 0.25, 1.0, 2.0, 4.0, 7.0, 14.0, 28.0])
"""Days in the basket at which it is asked; between them it is interpolated."""
WITHIN_DAYS = 7.0
PRIOR_BASKETS = 10.0
"""Things in baskets that the prior counts as at each age."""
CART, UNCART = LOOK_KINDS.index("cart"), LOOK_KINDS.index("uncart")


class CartWaiting(Source):
    """Propose what is in the basket, for a message only: on a page the basket itself is there.

    The score is the share of things that had waited as long and were bought within a week from then, unless they were taken out: a survival table of the log's
    own baskets, shrunk to a stated prior.
    """

    name: ClassVar[str] = "cart_waiting"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    exact: ClassVar[bool] = True

    def __init__(self) -> None:
        self.likely: Floats = FRESH * 2 ** (-AGES / HALF_LIFE_DAYS)

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn nothing from purchases alone."""
        return {}

    def watch(self, looks: LookTable, purchases: PurchaseTable) -> Facts:
        """Learn from everybody's baskets what becomes of a thing that waits."""
        prior = FRESH * 2 ** (-AGES / HALF_LIFE_DAYS)
        start, end, bought = _waits(looks, purchases)
        waiting = (start[:, None] + AGES < end[:, None]) & (start[:, None] + AGES + WITHIN_DAYS <= looks.until_day)
        became = waiting & bought[:, None] & (end[:, None] <= start[:, None] + AGES + WITHIN_DAYS)
        self.likely = (became.sum(axis=0) + PRIOR_BASKETS * prior) / (waiting.sum(axis=0) + PRIOR_BASKETS)
        return {"waited": len(start), "bought": int(bought.sum()), "after_a_week": round(float(self.likely[AGES == WITHIN_DAYS][0]), 4)}

    def bind(self, catalog: CatalogTable) -> None:
        """Keep nothing of the catalogue."""

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose every known product in the basket, the latest first."""
        proposals = []
        for product_id, line in reversed(customer.profile.cart.items()):
            row = customer.catalog.row_of.get(product_id, UNKNOWN_ROW)
            if row != UNKNOWN_ROW:
                age_days = max((moment.now - line.at).total_seconds() / DAY_SECONDS, 0.0)
                because = Because(code=self.name, evidence=(Evidence(message_id=line.event_id, at=line.at),), last_at=line.at)
                proposals.append((row, float(np.interp(age_days, AGES, self.likely)), because))
        return Candidates.of(proposals)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.json.encode(self.likely.tolist())

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        if blob:
            self.likely = np.array(msgspec.json.decode(blob, type=list[float]))


def _waits(looks: LookTable, purchases: PurchaseTable) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Every thing put into a basket: the day, the day on which that ended, and whether by its purchase; float64, float64 and bool [n].

    Putting in more of the same begins anew. What never ended waits for ever.
    """
    put, out = looks.kind == CART, looks.kind == UNCART
    key = np.concatenate([looks.customer[put | out], purchases.customer]).astype(np.int64) << 32 | np.concatenate([looks.row[put | out], purchases.row])
    day = np.concatenate([looks.day[put | out], purchases.day])
    began = np.concatenate([put[put | out], np.zeros(len(purchases.day), np.bool_)])
    ordered = np.concatenate([np.zeros((put | out).sum(), np.bool_), np.ones(len(purchases.day), np.bool_)])
    order = np.lexsort((ordered, day, key))  # At the same moment the basket comes before the order.
    key, day, began, ordered = key[order], day[order], began[order], ordered[order]
    follows = np.r_[key[1:] == key[:-1], False]
    end = np.where(follows, np.r_[day[1:], np.inf], np.inf)
    bought = follows & np.r_[ordered[1:], False]
    return day[began], end[began], bought[began]
