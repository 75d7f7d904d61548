"""What waits in the basket."""

from typing import ClassVar

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import UNKNOWN_ROW
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS
from tactful.recommend._unlearned import UnlearnedSource

FRESH = 0.4
HALF_LIFE_DAYS = 4.0


class CartWaiting(UnlearnedSource):
    """Propose what is in the basket, for a message only: on a page the basket itself is there. The score halves every four days, a stated prior."""

    name: ClassVar[str] = "cart_waiting"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    exact: ClassVar[bool] = True

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose every known product in the basket, the latest first."""
        proposals = []
        for product_id, line in reversed(customer.profile.cart.items()):
            row = customer.catalog.row_of.get(product_id, UNKNOWN_ROW)
            if row != UNKNOWN_ROW:
                age_days = max((moment.now - line.at).total_seconds() / DAY_SECONDS, 0.0)
                because = Because(code=self.name, evidence=(Evidence(message_id=line.event_id, at=line.at),), last_at=line.at)
                proposals.append((row, FRESH * 2 ** (-age_days / HALF_LIFE_DAYS), because))
        return Candidates.of(proposals)
