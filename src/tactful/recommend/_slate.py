"""Which of what may be shown is shown: the likeliest, mixed as their own shopping is, with room for wants and one find, and less of what they pass by."""

from datetime import datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Shelf
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
"""A shorter slate has no room for a find, nor for a want that is less likely to be met this week than what is on it."""
CONSIDERING = "considering"
MOST_WANTS = 2
"""Kinds of thing that they are thinking about and that have a place of their own. What is used up comes back every week, what is thought about is decided
once; that two find room is a choice."""
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
    fresh = freshness_of(shelf.groups[alive], customer, now=moment.now)
    worth = shelf.worth[alive] * fresh
    order = np.argsort(-worth, kind="stable")
    alive, worth, likely, limit = alive[order], worth[order], (shelf.score[alive] * fresh)[order], moment.limit
    own = customer.history.own().types
    if len(alive) <= limit or moment.featured or shelf.searched or len(own) < LEAST_LINES:
        return Slate(shown=tuple(alive[:limit].tolist()))
    category = customer.catalog.category_of_type
    kind = category[shelf.types[alive]]
    mix = np.bincount(category[own], minlength=int(kind.max()) + 1) / len(own)
    chosen = mixed(worth[: max(POOL, limit)], kind, mix, limit=limit)
    new = np.flatnonzero((mix[kind] == 0) & (likely >= FIND_FLOOR))
    if limit >= LEAST_FOR_FIND:
        wanted = shelf.source[alive] == CONSIDERING
        kept = shelf.stated[alive] | wanted
        chosen = _with_wants(chosen, shelf.types[alive], np.flatnonzero(wanted), kept=kept)
        if len(new) and set(chosen).isdisjoint(new.tolist()):
            chosen = [*_without_least(chosen, kept), int(new[0])]
    displaced = sorted(set(range(limit)) - set(chosen))
    return Slate(shown=tuple(alive[chosen].tolist()), displaced=tuple(alive[displaced].tolist()))


def _with_wants(chosen: list[int], types: NDArray[np.int32], wanted: NDArray[np.intp], *, kept: NDArray[np.bool_]) -> list[int]:
    """With a place for each kind of thing that they are thinking about, the likeliest of its kind, for the first few."""
    foremost = dict(zip(reversed(types[wanted].tolist()), reversed(wanted.tolist()), strict=True))
    missing = sorted(place for kind, place in foremost.items() if kind not in types[chosen])[:MOST_WANTS]
    for place in missing:
        chosen = [*_without_least(chosen, kept), place]
    return chosen


def _without_least(chosen: list[int], kept: NDArray[np.bool_]) -> list[int]:
    """All but the least likely that need not be kept; all but the last where every one must be."""
    least = next((place for place in reversed(range(len(chosen))) if not kept[chosen[place]]), len(chosen) - 1)
    return chosen[:least] + chosen[least + 1 :]


def mixed(worth: Floats, kind: Ints, mix: Floats, *, limit: int) -> list[int]:
    """Choose one by one what adds most relevance, less the distance of the slate's kinds from a mix; ascending indices, the likeliest always among them.

    Worth float64 [n], best first; kind of each, int64 [at least n]; mix float64 [kinds], adds up to 1.

    >>> mixed(np.array([0.5, 0.5, 0.4]), np.array([0, 0, 1]), np.array([0.5, 0.5]), limit=2)
    [0, 2]
    >>> mixed(np.array([0.5, 0.5, 0.01]), np.array([0, 0, 1]), np.array([0.9, 0.1]), limit=2)
    [0, 1]
    """
    relevance = (1 - VARIETY) * worth / max(float(worth[:limit].sum()), 1e-12)
    kind = kind[: len(worth)]
    share, like = np.maximum(mix[kind], 1e-12), np.zeros(len(worth))
    chosen: list[int] = []
    for size in range(1, min(limit, len(worth)) + 1):
        so_far = (1 - SMOOTHING) / size * like + SMOOTHING * share  # of the slate, by each candidate's kind
        nearer = share * np.log1p((1 - SMOOTHING) / size / so_far)  # by how much one more of its kind brings the slate nearer to the mix
        gain = relevance + VARIETY * nearer
        gain[chosen] = -np.inf
        best = int(np.argmax(gain)) if chosen else 0
        chosen.append(best)
        like += kind == kind[best]
    return sorted(chosen)


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
