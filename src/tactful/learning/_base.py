"""The customer base of this shop: fitted in training, asked for one customer at a time."""

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.learning.lifetime import BetaGeometric, GammaGamma, Summary, fit_beta_geometric, fit_gamma_gamma
from tactful.model.tables import PurchaseTable

Floats = NDArray[np.float64]
Facts = dict[str, str | int | float]
LEAST_CUSTOMERS = 100
"""With fewer the stated priors hold."""
MOST_CUSTOMERS = 4_000
"""A sample of so many gives the parameters to a per cent or two."""
YEAR_WEEKS = 365 / 7
SEED = 8321


class Remaining(Struct, frozen=True, kw_only=True):
    """What somebody is still worth to the shop in the year to come."""

    alive: float
    """How likely they still buy, 0 to 1."""
    orders: float
    """Orders to expect within 365 days."""
    order_value: float
    """What one of them is worth, in the shop's currency."""

    @property
    def value(self) -> float:
        """Turnover to expect within 365 days, in the shop's currency."""
        return self.orders * self.order_value


class CustomerBase(Struct, frozen=True, kw_only=True):
    """How customers of this shop come back and stop, and what their orders are worth."""

    buying: BetaGeometric = BetaGeometric(r=0.25, alpha=4.5, a=0.8, b=2.5)
    """Untrained: about what was published for a music shop on the web."""
    spending: GammaGamma = GammaGamma(p=6.25, q=3.75, v=15.5)
    answers: tuple[float, float] | None = None
    """Beta distribution of the share of messages that a customer answers; None where too few were written to."""

    def remaining(self, days: Floats, values: Floats, *, today: float) -> Remaining:
        """Judge one customer by the days with a purchase, ascending, and the value of each; both float64 [m]. Without a purchase: as a newcomer."""
        seen = _summary(days, today=today)
        repeats = seen.repeats
        mean = np.array([values[1:].mean()]) if len(values) > 1 else np.zeros(1)
        orders = float(self.buying.expected(seen, YEAR_WEEKS)[0])
        return Remaining(
            alive=float(self.buying.alive(seen)[0]),
            orders=orders if np.isfinite(orders) else 0.0,
            order_value=float(self.spending.expected(np.where(mean > 0, repeats, 0.0), mean)[0]) if self.spending.q > 1 else float(mean[0]),
        )


def _summary(days: Floats, *, today: float) -> Summary:
    if not len(days):
        return Summary(np.zeros(1), np.zeros(1), np.zeros(1))
    first = float(days[0])
    return Summary(np.array([len(days) - 1.0]), np.array([(float(days[-1]) - first) / 7]), np.array([max(today - first, 0.0) / 7]))


def fit_base(purchases: PurchaseTable) -> tuple[CustomerBase, Facts]:
    """Fit both models to everybody's purchases, one a day; figures for people to read. With too few customers nothing is learned."""
    customers = np.unique(purchases.customer)
    if len(customers) > MOST_CUSTOMERS:
        customers = np.sort(np.random.default_rng(SEED).choice(customers, MOST_CUSTOMERS, replace=False))
    keep = np.isin(purchases.customer, customers)
    price = np.nan_to_num(np.asarray(purchases.catalog.price, np.float64)[purchases.row[keep]])
    # One row a customer and day, in that order, with the value of what was bought.
    key = np.column_stack([purchases.customer[keep], np.floor(purchases.day[keep])])
    visits, place = np.unique(key, axis=0, return_inverse=True)
    values = np.bincount(place.ravel(), weights=price, minlength=len(visits))
    who, start, count = np.unique(visits[:, 0], return_index=True, return_counts=True)
    if len(who) < LEAST_CUSTOMERS or not (count > 1).any():
        return CustomerBase(), {"customers": len(who)}
    first, last, repeats = visits[start, 1], visits[start + count - 1, 1], count.astype(np.float64) - 1
    age = np.maximum(np.floor(purchases.until_day) - first, last - first) / 7
    seen = Summary(repeats, np.asarray((last - first) / 7, np.float64), np.asarray(age, np.float64))
    total = np.add.reduceat(values, start) - values[start]
    mean = total / np.maximum(count - 1, 1)
    again = mean > 0
    buying = fit_beta_geometric(seen)
    spending = fit_gamma_gamma(seen.repeats[again], mean[again]) if again.sum() >= LEAST_CUSTOMERS else CustomerBase().spending
    figures: Facts = {"customers": len(who), "log_likelihood": round(buying.log_likelihood(seen), 1), "mean_order": round(float(values.mean()), 2)}
    return CustomerBase(buying=buying, spending=spending), figures


def dump_base(base: CustomerBase) -> bytes:
    """Turn what was learned into bytes."""
    return msgspec.json.encode(base)


def load_base(blob: bytes) -> CustomerBase:
    """Take over what `dump_base` gave."""
    return msgspec.json.decode(blob, type=CustomerBase)
