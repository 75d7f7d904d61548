"""What they always have: product and options by decayed mode, offered only where it is a habit.

Source: on Complete Journey the decayed mode (.8) names the next product of a type in 63 % of cases with ten purchases behind it, and at a share of .6 it is
right in 82 % of the cases in which it speaks.
"""

import statistics
from datetime import datetime
from itertools import pairwise

import numpy as np

from tactful.model.catalog import UNKNOWN_ROW
from tactful.model.customer import Customer
from tactful.model.decisions import Usual
from tactful.model.profile import Purchase
from tactful.model.tables import DAY_SECONDS

FORGET = 0.8
OFFER_FROM = 0.6
LEAST_ORDERS = 4
HABIT_GAP_DAYS = 4.0
"""Usual days between two occasions of a habit; what is bought more seldom is a matter of being due."""
STALE_GAPS = 6.0
RECENT_DAYS = 60.0


def usual_of(customer: Customer, *, now: datetime) -> Usual | None:
    """Name the usual, or None where there is no habit or it is not clear enough."""
    candidates = _frequent_types(customer, now=now)
    lines = sorted(
        (
            (purchase.order, int(customer.catalog.type_of[row]), product_id, purchase)
            for product_id, history in (customer.profile.products.items() if candidates else ())
            if (row := customer.catalog.row_of.get(product_id, UNKNOWN_ROW)) != UNKNOWN_ROW and int(customer.catalog.type_of[row]) in candidates
            for purchase in history.purchases
            if not purchase.gift and not customer.catalog.sensitive[row]
        ),
        key=lambda line: line[0],
    )
    habits = [usual for code in sorted(candidates) if (usual := _habit(customer, [line for line in lines if line[1] == code], now=now))]
    return max(habits, key=lambda usual: usual.confidence, default=None)


def _frequent_types(customer: Customer, *, now: datetime) -> set[int]:
    """Types bought often enough of late to be a habit at all: cheap, and rules most of them out."""
    own = customer.history.own()
    recent = own.at >= now.timestamp() - RECENT_DAYS * DAY_SECONDS
    types, count = np.unique(own.types[recent], return_counts=True)
    return set(types[count >= LEAST_ORDERS].tolist())


def _habit(customer: Customer, lines: list[tuple[int, int, str, Purchase]], *, now: datetime) -> Usual | None:
    days = sorted({customer.profile.orders[order].at.date() for order, _, _, _ in lines})
    if len(days) < LEAST_ORDERS:
        return None
    gap = statistics.median((b - a).days for a, b in pairwise(days))
    if gap > HABIT_GAP_DAYS or (now.date() - days[-1]).days > STALE_GAPS * max(gap, 1.0):
        return None
    shares: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for _, _, product_id, purchase in lines:
        for known in shares:
            shares[known] *= FORGET
        key = (product_id, tuple(sorted((purchase.options or {}).items())))
        shares[key] = shares.get(key, 0.0) + 1.0
    (product_id, options), weight = max(shares.items(), key=lambda share: share[1])
    confidence = weight / sum(shares.values())
    if confidence < OFFER_FROM:
        return None
    return Usual(product_id=product_id, options=dict(options), confidence=round(confidence, 3))
