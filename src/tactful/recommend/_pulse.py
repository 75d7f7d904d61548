"""How much everybody buys each style these days: this week, these weeks, always, and how often who had it comes back for it.

Source: what is on offer or in season is bought by many at once; the eleven features of the hazard know nothing of it.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.tables import PurchaseTable
from tactful.recommend._pairs import HALF_LIVES, Pairs, faded

Floats = NDArray[np.float64]
ANY = ""
WEEK = 7.0
OF_LATE_DAYS = 56.0
BUYERS_WEIGHT = 20.0
"""How many former buyers the type's share of those who come back is worth."""
FASHION = HALF_LIVES.index(21.0)
"""The memory in which those who come back are counted."""


class Pulse(Struct, frozen=True, array_like=True):
    """Of one style. Purchases are a week and active customer, one purchase in eight weeks added, so that nothing is impossible."""

    this_week: float = 1e-4
    of_late: float = 1e-4
    always: float = 1e-4
    back: float = 1e-3
    """Fading count of further purchases (half-life three weeks) by who had it before and still shops here."""


Pulses = dict[str, Pulse]
"""By style id; under `ANY` that of a style which nobody bought yet."""


def learn_pulses(past: PurchaseTable, active: Pairs) -> Pulses:
    """Learn from all purchases up to a day, and the (customer, style) pairs of who still shops here."""
    catalog, day, group = past.catalog, past.until_day, past.catalog.group_of[past.row]
    size, people = len(catalog.groups), max(len(np.unique(active.customer)), 1)
    span = max(day - float(past.day.min(initial=day)), OF_LATE_DAYS)
    this_week, of_late, always = (
        (np.bincount(group[past.day >= day - days], minlength=size) + days / OF_LATE_DAYS) * WEEK / days / people for days in (WEEK, OF_LATE_DAYS, span)
    )
    back = _back(active, catalog, day)
    known = np.flatnonzero(np.bincount(group, minlength=size)).tolist()
    columns = np.column_stack([this_week, of_late, always, back])
    least = float(WEEK / OF_LATE_DAYS / people)
    nobody = Pulse(this_week=least, of_late=least, always=least, back=float(np.median(back[known])) if known else Pulse().back)
    return {ANY: nobody} | {catalog.groups[code]: Pulse(*columns[code].tolist()) for code in known}


def _back(active: Pairs, catalog: CatalogTable, day: float) -> Floats:
    """Fading further purchases per former buyer, shrunk to the type's; float64 [styles]."""
    types = np.zeros(len(catalog.groups), np.int64)
    types[catalog.group_of] = catalog.type_of
    again = further(active, day, FASHION)
    size, of_type = len(catalog.groups), types[active.key]
    usual = (np.bincount(of_type, weights=again, minlength=len(catalog.types)) + Pulse().back) / (np.bincount(of_type, minlength=len(catalog.types)) + 1)
    return np.asarray(
        (np.bincount(active.key, weights=again, minlength=size) + BUYERS_WEIGHT * usual[types]) / (np.bincount(active.key, minlength=size) + BUYERS_WEIGHT)
    )


def further(pairs: Pairs, day: float, memory: int) -> Floats:
    """Fading count of all purchases but the first of each pair, in one of the memories; float64 [n]."""
    count = faded(pairs, day)[:, memory] - 0.5 ** (np.maximum(day - pairs.first_day, 0.0) / HALF_LIVES[memory])
    return np.maximum(count, 0.0)


def over(pulses: Pulses, styles: Sequence[str]) -> Floats:
    """Lay them over style ids; float64 [styles, 4] in the order of `Pulse`."""
    nobody = pulses.get(ANY, Pulse())
    found = [pulses.get(name, nobody) for name in styles]
    return np.array([(one.this_week, one.of_late, one.always, one.back) for one in found], np.float64).reshape(-1, 4)
