"""What they want and what costs less than when they looked."""

from typing import ClassVar

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.profile import Look
from tactful.recommend._prices import is_drop, lowest_price, lowest_seen
from tactful.recommend._unlearned import UnlearnedSource


class PriceDrop(UnlearnedSource):
    """Propose products of an open need that are at least a tenth cheaper than the lowest price this person ever saw on them. For a message only."""

    name: ClassVar[str] = "price_drop"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    exact: ClassVar[bool] = True

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Compare with what this person saw; what the price did in between is nobody's bargain."""
        dropped = _dropped(customer)
        types = {int(customer.catalog.type_of[row]) for row in dropped}
        proposals = []
        for need in [customer.needs[code] for code in customer.needs if code in types] if types else ():
            for row in need.rows if need.state == "open" else ():
                if row in dropped:
                    (price, look), product = dropped[row], customer.catalog.product(row)
                    theirs = product.price is None or customer.currency in (None, product.price.currency)
                    proposals.append((row, need.probability, _because(look, price if theirs else None)))
        return Candidates.of(proposals)

    def prior(self, score: float) -> float:
        """A price that dropped makes the wait end: about two in five open needs within the week, a stated prior."""
        return 0.4 * score


def _dropped(customer: Customer) -> dict[int, tuple[float, Look]]:
    """By catalogue row what they looked at and what costs less now: the lowest price they saw, and when. Asked first, since it is so of very little."""
    products, looked, dropped = customer.catalog.products, customer.looked_at, {}
    prices = customer.catalog.price[list(looked)].tolist()
    for (row, history), price in zip(looked.items(), prices, strict=True):
        lowest = lowest_price(history.looks, products[row])
        if lowest is not None and is_drop(price, lowest) and (seen := lowest_seen(history.looks, products[row])) is not None:
            dropped[row] = seen
    return dropped


def _because(look: Look, seen_price: float | None) -> Because:
    evidence = (Evidence(message_id=look.event_id, at=look.at),)
    return Because(code=PriceDrop.name, evidence=evidence, last_at=look.at, seen_price=seen_price)
