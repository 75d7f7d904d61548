"""Who bought what how often: purchases summarised by (customer, style or type) pair."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.tables import DAY_SECONDS, History, first_of_each

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HALF_LIVES = (7.0, 21.0, 60.0, 180.0)
"""Days after which a purchase counts half: what one does this week, these weeks, this season, and always."""


class Pairs(Struct, frozen=True, kw_only=True):
    """One row a (customer, key) pair, columns of equal length n, sorted by customer, then key."""

    customer: Ints
    key: Ints
    count: Floats
    """Days with a purchase, >= 1."""
    first_day: Floats
    last_day: Floats
    log_gap_mean: Floats
    """Mean natural log of the gaps between purchase days, in days; 0 where there is no gap yet."""
    log_gap_square: Floats
    """Sum of squared deviations of the log gaps from their mean."""
    fading: Floats
    """Days with a purchase, each counting half every `HALF_LIVES` before the last one; float64 [n, 4]."""


class Kinds(Struct, frozen=True, kw_only=True):
    """Pairs summed up by (customer, kind of thing), columns of equal length."""

    count: Floats
    """Purchases, several things on one day counting each."""
    last_day: Floats
    fading: Floats
    """As in `Pairs`."""


def purchase_days(key: Ints | NDArray[np.int32], day: Floats) -> tuple[Ints, Ints]:
    """Key (not negative) and whole day of every day with a purchase of each key, ascending; of columns of equal length, in any order."""
    if not len(key):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    whole, key = np.floor(day).astype(np.int64), np.asarray(key, np.int64)
    origin = int(whole.min())
    span = int(whole.max()) - origin + 1
    both = distinct(key * span + (whole - origin))  # one number instead of two columns: sorts in a tenth of the time
    return both // span, both % span + origin


def distinct(things: Ints) -> Ints:
    """Each of some things, not negative, once, ascending; many times as quick as `numpy.unique`, which hashes."""
    ascending = np.sort(things)
    return ascending[first_of_each(ascending)]


def summarise(customer: NDArray[np.int32], key: NDArray[np.int32], day: Floats) -> Pairs:
    """Summarise purchases (columns of equal length, any order); several on one day count once."""
    order = np.lexsort((day, key, customer))
    return _in_order(customer[order].astype(np.int64), key[order].astype(np.int64), day[order])


def summarise_history(own: History) -> tuple[Pairs, Pairs, Pairs]:
    """Summarise one customer's purchases by style, by type, and all together: all three at once, for they are summarised at every decision.

    The customer of all of them is 0, and the key of all together too.
    """
    lines, day = len(own.rows), own.at / DAY_SECONDS
    keys = np.concatenate([own.groups[own.by_group], own.types[own.by_type], np.zeros(lines, np.int32)])
    both = _in_order(np.repeat(np.arange(3), lines), keys.astype(np.int64), np.concatenate([day[own.by_group], day[own.by_type], day]))
    first, second = np.searchsorted(both.customer, (1, 2)).tolist()
    both.customer[:] = 0
    by_style, by_type, all_together = (
        Pairs(**{name: getattr(both, name)[part] for name in Pairs.__struct_fields__}) for part in (slice(first), slice(first, second), slice(second, None))
    )
    return by_style, by_type, all_together


def _in_order(who: Ints, what: Ints, day: Floats) -> Pairs:
    """Summarise purchases that are sorted by customer, key and time."""
    new_pair = first_of_each(who) | first_of_each(what)
    keep = new_pair | first_of_each(np.floor(day))
    who, what, day, new_pair = who[keep], what[keep], day[keep], new_pair[keep]
    start = new_pair.nonzero()[0]
    end = np.concatenate([start[1:], [len(day)]]) if len(start) else start
    count = (end - start).astype(np.float64)
    mean, square = _log_gaps(day, new_pair, len(start))
    return Pairs(
        customer=who[start],
        key=what[start],
        count=count,
        first_day=day[start],
        last_day=day[end - 1],
        log_gap_mean=mean,
        log_gap_square=square,
        fading=_fading(day, start, end),
    )


def _fading(day: Floats, start: NDArray[np.intp], end: NDArray[np.intp]) -> Floats:
    if not len(start):
        return np.empty((0, len(HALF_LIVES)))
    ages = day[end - 1].repeat(end - start) - day
    fading = np.empty((len(start), len(HALF_LIVES)))
    for memory, half_life in enumerate(HALF_LIVES):
        fading[:, memory] = np.add.reduceat(0.5 ** (ages / half_life), start)
    return fading


def _log_gaps(day: Floats, new_pair: NDArray[np.bool_], pairs: int) -> tuple[Floats, Floats]:
    inside = ~new_pair[1:]
    pair = new_pair.cumsum()[1:][inside] - 1
    log_gap = np.log(np.maximum((day[1:] - day[:-1])[inside], 1.0))
    gaps = np.bincount(pair, minlength=pairs)
    total = np.bincount(pair, weights=log_gap, minlength=pairs)
    mean = total / np.maximum(gaps, 1)
    square = np.bincount(pair, weights=log_gap**2, minlength=pairs) - gaps * mean**2
    return mean, np.maximum(square, 0.0)


def faded(pairs: Pairs | Kinds, day: float) -> Floats:
    """What `Pairs.fading` is worth on a day, float64 [n, 4]."""
    return np.asarray(pairs.fading * 0.5 ** (np.maximum(day - pairs.last_day, 0.0)[:, None] / HALF_LIVES))


def by_kind(pairs: Pairs, kind: Ints) -> tuple[Kinds, NDArray[np.intp]]:
    """Sum pairs up by (customer, kind); ``kind`` is the kind of each pair. The sums, and which one each pair is part of."""
    code = pairs.customer * (int(kind.max(initial=0)) + 1) + kind
    order = np.argsort(code, kind="stable")
    first = first_of_each(code[order])
    part = np.empty(len(code), np.intp)
    part[order] = first.cumsum() - 1
    last = np.maximum.reduceat(pairs.last_day[order], first.nonzero()[0]) if len(code) else np.empty(0)
    carried = pairs.fading * 0.5 ** ((last[part] - pairs.last_day)[:, None] / HALF_LIVES)
    count, fading = np.empty(len(last)), np.empty((len(last), len(HALF_LIVES)))
    count[:] = np.bincount(part, weights=pairs.count, minlength=len(last))
    for memory, column in enumerate(carried.T):
        fading[:, memory] = np.bincount(part, weights=column, minlength=len(last))
    return Kinds(count=count, last_day=last, fading=fading), part
