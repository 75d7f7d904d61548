"""Which of what may be shown is shown: the likeliest, mixed as their own shopping is, with room for one find, and less of what they keep passing by."""

from datetime import datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Shelf
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FREE_DAYS = 2.0
"""Days on which something may be shown and passed by before it tires."""
TIRING = 0.7
"""What each further day leaves of how likely it is wanted. Source: five exposures annoy and ten anger (a survey of 1,600); a soft cap by learned weight beats
a hard one (Yahoo)."""
RECOVERY_DAYS = 7.0
"""After so long a day counts half."""
VARIETY = 0.2
"""What a nat of distance from the customer's own mix costs, against all relevance of the likeliest slate as 1. Source: calibrated recommendations (Steck,
RecSys 2018); the value is a choice."""
SMOOTHING = 0.01
"""Share of the own mix in the slate's, so that what is not on it costs much and not infinitely much."""
LEAST_LINES = 10
"""Order lines from which a customer has a mix."""
POOL = 60
"""The likeliest that the slate is chosen from."""
LEAST_FOR_FIND = 4
"""A shorter slate has no room for a find."""
FIND_FLOOR = 0.008
"""Least probability of being wanted within seven days of a find: twice what is worth saying at all."""


class Slate(Struct, frozen=True, kw_only=True):
    """What is shown, and what had to go for it."""

    shown: tuple[int, ...]
    """Indices into the shelf, in the order to show them."""
    displaced: tuple[int, ...] = ()
    """Likelier than some that are shown, but more of the same."""


def slate_of(shelf: Shelf, moment: Moment, customer: Customer) -> Slate:
    """Choose at most as many as asked for of what is still alive."""
    alive = np.flatnonzero(shelf.alive)
    worth = shelf.score[alive] * freshness_of(shelf.groups[alive], customer, now=moment.now)
    order = np.argsort(-worth, kind="stable")
    alive, worth, limit = alive[order], worth[order], moment.limit
    own = customer.history.own().types
    if len(alive) <= limit or moment.featured or len(own) < LEAST_LINES:
        return Slate(shown=tuple(alive[:limit].tolist()))
    category = categories_of(customer.catalog)
    names, kind = np.unique(np.concatenate([category[own], category[shelf.types[alive]]]), return_inverse=True)
    mix = np.bincount(kind[: len(own)], minlength=len(names)) / len(own)
    chosen = mixed(worth[: max(POOL, limit)], kind[len(own) :], mix, limit=limit)
    new = np.flatnonzero((mix[kind[len(own) :]] == 0) & (worth >= FIND_FLOOR))
    if limit >= LEAST_FOR_FIND and len(new) and not np.isin(new, chosen).any():
        chosen = [*_without_least(chosen, shelf.stated[alive]), int(new[0])]
    displaced = sorted(set(range(limit)) - set(chosen))
    return Slate(shown=tuple(alive[chosen].tolist()), displaced=tuple(alive[displaced].tolist()))


def _without_least(chosen: list[int], stated: NDArray[np.bool_]) -> list[int]:
    """All but the least likely that they did not ask for; all but the last where they asked for every one."""
    least = next((place for place in reversed(range(len(chosen))) if not stated[chosen[place]]), len(chosen) - 1)
    return chosen[:least] + chosen[least + 1 :]


def mixed(worth: Floats, kind: Ints, mix: Floats, *, limit: int) -> list[int]:
    """Choose one by one what adds most relevance, less the distance of the slate's kinds from a mix; ascending indices, the likeliest always among them.

    Worth float64 [n], best first; kind of each, int64 [at least n]; mix float64 [kinds], adds up to 1.

    >>> mixed(np.array([0.5, 0.5, 0.4]), np.array([0, 0, 1]), np.array([0.5, 0.5]), limit=2)
    [0, 2]
    >>> mixed(np.array([0.5, 0.5, 0.01]), np.array([0, 0, 1]), np.array([0.9, 0.1]), limit=2)
    [0, 1]
    """
    relevance = worth / max(float(worth[:limit].sum()), 1e-12)
    kind, count = kind[: len(worth)], np.zeros(len(mix))
    had = mix > 0
    chosen: list[int] = []
    free = np.ones(len(worth), np.bool_)
    for size in range(1, min(limit, len(worth)) + 1):
        terms = mix[had] * np.log((1 - SMOOTHING) * count[had] / size + SMOOTHING * mix[had])
        more = np.zeros(len(mix))  # how much nearer to the mix one more of each kind brings the slate
        more[had] = mix[had] * np.log((1 - SMOOTHING) * (count[had] + 1) / size + SMOOTHING * mix[had]) - terms
        gain = (1 - VARIETY) * relevance + VARIETY * more[kind]
        best = 0 if not chosen else int(np.argmax(np.where(free, gain, -np.inf)))
        chosen.append(best)
        free[best] = False
        count[kind[best]] += 1
    return sorted(chosen)


def categories_of(catalog: CatalogTable) -> NDArray[np.str_]:
    """The first two steps of each type's path, by type code."""
    return np.array([" > ".join(path.split(" > ")[:2]) for path in catalog.types], np.str_)


def freshness_of(groups: NDArray[np.int32], customer: Customer, *, now: datetime) -> Floats:
    """What is left of how likely each style is wanted, 0 to 1, float64 [n]: less for each day on which they passed it by, and all again when they touch it."""
    fresh, catalog = np.ones(len(groups)), customer.catalog
    if not customer.profile.shown:
        return fresh
    passed: dict[int, set[int]] = {}
    for product_id, days in customer.profile.shown.items():
        row = catalog.row_of.get(product_id)
        if row is not None:
            passed.setdefault(int(catalog.group_of[row]), set()).update(days)
    today = int(now.timestamp() // DAY_SECONDS)
    for place in np.flatnonzero(np.isin(groups, list(passed))).tolist():
        group = int(groups[place])
        touched = _touched(group, customer)
        tired = sum(0.5 ** ((today - day) / RECOVERY_DAYS) for day in passed[group] if touched < day < today)
        fresh[place] = TIRING ** max(tired - FREE_DAYS, 0.0)
    return fresh


def _touched(group: int, customer: Customer) -> int:
    """The latest day on which they looked at any variant of a style or bought it, since 1970-01-01; -1 where never."""
    products, own = customer.profile.products, customer.history.own()
    ids = (customer.catalog.product(row).id for row in customer.catalog.rows_of_group[group])
    looks = [look.at.timestamp() for product_id in ids if product_id in products for look in products[product_id].looks]
    bought = own.at[own.groups == group].tolist()
    return int(max([*looks, *bought]) // DAY_SECONDS) if looks or bought else -1
