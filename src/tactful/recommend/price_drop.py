"""What they want and what costs less than when they looked."""

import math
from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.profile import Look
from tactful.recommend._unlearned import UnlearnedSource

LEAST_DROP = 0.10


class PriceDrop(UnlearnedSource):
    """Propose products of an open need that are at least a tenth cheaper than the lowest price this person ever saw on them. For a message only."""

    name: ClassVar[str] = "price_drop"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    exact: ClassVar[bool] = True

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Compare with what this person saw; what the price did in between is nobody's bargain."""
        proposals = []
        for need in customer.needs.values():
            for row in need.rows if need.state == "open" else ():
                product, price = customer.catalog.product(row), float(customer.catalog.price[row])
                seen = [(_price_at(look, product), look) for look in customer.profile.products[product.id].looks]
                known = [(cost, look) for cost, look in seen if cost is not None]
                if known and not math.isnan(price):
                    lowest, look = min(known, key=lambda pair: (pair[0], -pair[1].at.timestamp()))
                    if price <= lowest * (1 - LEAST_DROP):
                        theirs = product.price is None or customer.currency in (None, product.price.currency)
                        proposals.append((row, need.probability, _because(look, lowest if theirs else None)))
        return Candidates.of(proposals)

    def prior(self, score: float) -> float:
        """A price that dropped makes the wait end: about two in five open needs within the week, a stated prior."""
        return 0.4 * score


def _price_at(look: Look, product: Product) -> float | None:
    """What it cost when they looked: as the page said in the currency of the price, else as we remember."""
    comparable = look.currency is None or product.price is None or look.currency == product.price.currency
    return look.price if look.price is not None and comparable else _remembered(product, look.at)


def _remembered(product: Product, at: datetime) -> float | None:
    return next((point.price for point in reversed(product.prices) if point.at <= at), None)


def _because(look: Look, seen_price: float | None) -> Because:
    evidence = (Evidence(message_id=look.event_id, at=look.at),)
    return Because(code=PriceDrop.name, evidence=evidence, last_at=look.at, seen_price=seen_price)
