"""What they have not seen yet, for a shop that has no log to learn from: the newest first."""

from typing import ClassVar

import msgspec

from tactful.model.candidates import Because, Candidates
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import PurchaseTable
from tactful.recommend._component import Facts, Source

PROPOSED = 40
UNKNOWN_WORTH = 0.01


class FreshFind(Source):
    """Propose styles that the customer has neither looked at nor bought, as long as no purchases were ever learned from. All are equally likely."""

    name: ClassVar[str] = "fresh_find"
    generic: ClassVar[bool] = True
    unprompted: ClassVar[bool] = True

    def __init__(self) -> None:
        self.has_learned = False
        self._newest: list[int] = []

    def train(self, purchases: PurchaseTable) -> Facts:
        """Step back as soon as there are purchases to go by."""
        self.has_learned = len(purchases.row) > 0
        return {}

    def bind(self, catalog: CatalogTable) -> None:
        """Order the styles by release, those without a date in the order of the feed."""
        leads = [rows[0] for rows in catalog.rows_of_group]
        dated = [row for row in leads if catalog.product(row).release_date is not None]
        dated.sort(key=lambda row: str(catalog.product(row).release_date), reverse=True)
        known = set(dated)
        self._newest = [*dated, *(row for row in leads if row not in known)]

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the newest unseen styles; to a trained shop nothing."""
        if self.has_learned:
            return Candidates.none()
        seen = {int(customer.catalog.group_of[row]) for row in customer.catalog.rows(customer.profile.products).tolist()}
        unseen = [row for row in self._newest if int(customer.catalog.group_of[row]) not in seen][:PROPOSED]
        because = Because(code=self.name, evidence=customer.last_sign)
        return Candidates.of([(row, UNKNOWN_WORTH, because) for row in unseen])

    def dump(self) -> bytes:
        """Whether there was anything to learn from."""
        return msgspec.msgpack.encode(self.has_learned)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.has_learned = msgspec.msgpack.decode(blob, type=bool)
