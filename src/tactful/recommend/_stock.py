"""How much longer than usual what they bought last will last, since they bought more of it than they usually do."""

from collections.abc import Iterable

from tactful.model.customer import Customer
from tactful.model.tables import DAY_SECONDS

LATEST = 2
"""Of each product, the purchases of which one must be of several pieces."""
REMEMBERED = 12
"""And those of it that tell how many are usual."""


def days_stocked(customer: Customer, rows: Iterable[int], gap_days: float) -> float:
    """Days by which the last piece of a style, of which these catalogue rows were bought, outlasts one usual gap after the last order.

    0 where they bought what they always buy, or once only. Less than usual does not bring the day forward: it may be all that there was.
    """
    known, products = customer.profile.products, customer.catalog.products
    found = [history.purchases for row in set(rows) if (history := known.get(products[row].id))]
    if not any(line.quantity > 1 for purchases in found for line in purchases[-LATEST:]):
        return 0.0  # As of nearly everything: that is all that it costs.
    lines = [line for purchases in found for line in purchases[-REMEMBERED:]]
    pieces: dict[int, float] = {}
    for line in lines:
        if not line.gift:
            pieces[line.order] = pieces.get(line.order, 0.0) + line.quantity
    orders, first = customer.profile.orders, customer.profile.orders_before
    return _left_over([(orders[order - first].at.timestamp() / DAY_SECONDS, pieces[order]) for order in sorted(pieces)], gap_days)


def _left_over(bought: list[tuple[float, float]], gap_days: float) -> float:
    """Days from the last order until the last piece is opened. A piece lasts as long as the usual number of pieces lasted in a usual gap.

    >>> _left_over([(0.0, 1.0), (28.0, 1.0), (56.0, 3.0)], 28.0)
    56.0
    >>> _left_over([(0.0, 1.0), (28.0, 1.0), (56.0, 1.0)], 28.0)
    0.0
    """
    if len(bought) < 2:
        return 0.0
    usual = sum(pieces for _, pieces in bought[:-1]) / (len(bought) - 1)
    opened = bought[0][0]
    for day, pieces in bought[1:]:
        lasts = pieces / usual * gap_days
        opened = opened + lasts if opened > day else day + max(lasts - gap_days, 0.0)
    return max(opened - bought[-1][0], 0.0)
