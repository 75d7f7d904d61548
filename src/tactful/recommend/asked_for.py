"""What is on their wish list and has become easier to have."""

from datetime import datetime, timedelta
from typing import ClassVar

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.profile import Look, ProductHistory, Profile
from tactful.model.tables import DAY_SECONDS
from tactful.recommend._prices import is_drop, lowest_seen
from tactful.recommend._unlearned import UnlearnedSource

WANTED = 0.2
"""A wish fulfilled more easily is followed within the week by about one in five: a stated prior, below that of an open need."""
HALF_LIFE_DAYS = 180.0
LISTED = timedelta(days=365)
"""After a year without a word a wish list is a drawer."""
ENDS = ("unwish", "return")


class AskedFor(UnlearnedSource):
    """Propose what they put on their wish list once it costs at least a tenth less than they saw, or can be had again. For a message only.

    A wish list is a statement: it holds longer than an inferred need, until they take the thing off, buy it, or a year has passed.
    """

    name: ClassVar[str] = "asked_for"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    exact: ClassVar[bool] = True

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose every wish with news; the news is as old as the price or the stock."""
        proposals = []
        for row in customer.signs.get("wish", ()):
            history = customer.looked_at[row]
            wish = _standing(history, customer.profile)
            if wish is None or moment.now - wish.at > LISTED:
                continue
            news = _news(customer.catalog.product(row), float(customer.catalog.price[row]), history, wish)
            if news is not None:
                age_days = (moment.now - wish.at).total_seconds() / DAY_SECONDS
                proposals.append((row, WANTED * 2 ** (-age_days / HALF_LIFE_DAYS), news))
        return Candidates.of(proposals)


def _standing(history: ProductHistory, profile: Profile) -> Look | None:
    """The latest wish, unless it was taken back or bought since."""
    wish = next((look for look in reversed(history.looks) if look.kind == "wish"), None)
    if wish is None or any(look.kind in ENDS and look.at >= wish.at for look in history.looks):
        return None
    return None if any(profile.orders[purchase.order - profile.orders_before].at >= wish.at for purchase in history.purchases) else wish


def _news(product: Product, price: float, history: ProductHistory, wish: Look) -> Because | None:
    seen = lowest_seen(history.looks, product)
    if seen is not None and is_drop(price, seen[0]):
        changed_at = product.prices[-1].at if product.prices else wish.at
        return _because(wish, at=changed_at, seen_price=seen[0])
    if product.restocked_at is not None and product.restocked_at > wish.at:
        return _because(wish, at=product.restocked_at)
    return None


def _because(wish: Look, *, at: datetime, seen_price: float | None = None) -> Because:
    evidence = (Evidence(message_id=wish.event_id, at=wish.at),)
    return Because(code=AskedFor.name, evidence=evidence, source="stated", last_at=max(at, wish.at), seen_price=seen_price)
