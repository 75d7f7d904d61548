"""What is on their wish list and has become easier to have, as long as it is still a wish."""

from datetime import datetime, timedelta
from typing import ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.profile import Look, ProductHistory, Profile
from tactful.model.tables import DAY_SECONDS, LOOK_KINDS, LookTable, PurchaseTable
from tactful.recommend._component import Facts, Source
from tactful.recommend._prices import is_drop, lowest_seen

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
WANTED = 0.2
"""A wish fulfilled more easily is followed within the week by about one in five: a stated prior, below that of an open need."""
AGES = np.array([0.0, 3.0, 7.0, 14.0, 28.0, 56.0, 112.0, 224.0, 365.0])
"""Days without a touch at which it is asked whether a wish still lives; between them it is interpolated."""
TOUCHED = 0.5
HALF_LIFE_DAYS = 120.0
"""Before there is a log: so likely is a wish touched again within `FOLLOWS_DAYS` at once, and half of it gone after so many days. Stated priors."""
FOLLOWS_DAYS = 30.0
PRIOR_WISHES = 5.0
"""Wishes that the prior counts as at each age."""
PASSED_BY = 0.7
"""What is left of a wish after each later visit in which they looked at other things and not at it. A choice."""
LISTED = timedelta(days=365)
"""After a year without a word a wish list is a drawer."""
ENDS = ("unwish", "return")
WISH = LOOK_KINDS.index("wish")
OFF = [LOOK_KINDS.index(kind) for kind in (*ENDS, "uncart")]
BOUGHT = len(LOOK_KINDS)
"""A purchase, beside the kinds of looks."""


class AskedFor(Source):
    """Propose what they put on their wish list once it costs at least a tenth less than they saw, or can be had again. For a message only.

    A wish list is a statement: it holds longer than an inferred need, until they take the thing off, buy it, or a year has passed. But few lists are tidied, so
    a wish fades with the time since they last touched it, as fast as the log's own wishes do, and with each visit in which they looked at other things only.
    """

    name: ClassVar[str] = "asked_for"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    exact: ClassVar[bool] = True

    def __init__(self) -> None:
        self.touched: Floats = _prior()

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn nothing from purchases alone."""
        return {}

    def watch(self, looks: LookTable, purchases: PurchaseTable) -> Facts:
        """Learn from everybody's wishes how likely one that rested so long is touched again."""
        start, end, again = _rests(looks, purchases)
        resting = (start[:, None] + AGES < end[:, None]) & (start[:, None] + AGES + FOLLOWS_DAYS <= looks.until_day)
        followed = resting & again[:, None] & (end[:, None] <= start[:, None] + AGES + FOLLOWS_DAYS)
        self.touched = (followed.sum(axis=0) + PRIOR_WISHES * _prior()) / (resting.sum(axis=0) + PRIOR_WISHES)
        return {"rests": len(start), "touched_again": int(again.sum()), "after_a_month": round(float(self.touched[AGES == 28.0][0]), 4)}

    def bind(self, catalog: CatalogTable) -> None:
        """Keep nothing of the catalogue."""

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
                last = max(history.looks, key=lambda look: look.at)
                rested = max((moment.now - last.at).total_seconds() / DAY_SECONDS, 0.0)
                proposals.append((row, WANTED * self._lives(rested) * PASSED_BY ** _visits_since(last, customer), news))
        return Candidates.of(proposals)

    def _lives(self, rested_days: float) -> float:
        """How likely a wish that rested so long still is one, against one just made: lists that nobody ever looks at tell nothing."""
        return min(float(np.interp(rested_days, AGES, self.touched)) / float(self.touched[0]), 1.0)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.json.encode(self.touched.tolist())

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        if blob:
            self.touched = np.array(msgspec.json.decode(blob, type=list[float]))


def _prior() -> Floats:
    return np.asarray(TOUCHED * 2 ** (-AGES / HALF_LIFE_DAYS))


def _rests(looks: LookTable, purchases: PurchaseTable) -> tuple[Floats, Floats, Bools]:
    """Every rest of a wish: the day of a touch, the day of what came next, and whether that was another touch or the purchase; float64, float64, bool [n].

    Taking the thing off ends a rest without a touch. What nothing came after rests for ever.
    """
    if not len(looks.day):
        return np.empty(0), np.empty(0), np.empty(0, np.bool_)
    key = np.concatenate([looks.customer, purchases.customer]).astype(np.int64) << 32 | np.concatenate([looks.row, purchases.row])
    day = np.concatenate([looks.day, purchases.day])
    kind = np.concatenate([looks.kind.astype(np.int64), np.full(len(purchases.day), BOUGHT)])
    order = np.lexsort((kind == BOUGHT, day, key))  # At the same moment the look comes before the order.
    key, day, kind = key[order], day[order], kind[order]
    same, place = np.r_[key[1:] == key[:-1], False], np.arange(len(key))
    off, last = np.isin(kind, OFF), np.maximum.accumulate
    begun = last(np.where(np.r_[True, ~same[:-1]], place, 0))
    wished, ended = last(np.where(kind == WISH, place, -1)), last(np.where(off | (kind == BOUGHT), place, -1))
    listed = (wished >= begun) & (wished > ended)
    end, again = np.where(same, np.r_[day[1:], np.inf], np.inf), same & np.r_[~off[1:], False]
    return day[listed], end[listed], again[listed]


def _visits_since(last: Look, customer: Customer) -> int:
    """Visits since a look in which they looked at something."""
    return len({look.visit for history in customer.looked_at.values() for look in history.looks if look.at > last.at and look.visit != last.visit})


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
