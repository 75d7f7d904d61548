"""What somebody is still worth, from what they bought and how customers of this shop come back."""

from datetime import datetime

import numpy as np

from tactful.learning import CustomerBase, Remaining
from tactful.model.customer import Customer
from tactful.model.tables import DAY_SECONDS


def remaining_of(customer: Customer, base: CustomerBase, *, now: datetime) -> Remaining:
    """Judge a customer by the days on which they bought, gifts included, and what was bought on each at the prices of today."""
    history = customer.history
    days, place = np.unique(np.floor(history.at / DAY_SECONDS), return_inverse=True)
    price = np.nan_to_num(np.asarray(customer.catalog.price, np.float64)[history.rows])
    values = np.bincount(place, weights=price, minlength=len(days)).astype(np.float64)
    return base.remaining(days, values, today=now.timestamp() / DAY_SECONDS)
