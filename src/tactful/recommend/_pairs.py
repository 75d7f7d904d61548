"""Who bought what how often: purchases summarised by (customer, style or type) pair."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

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
    return ascending[np.diff(ascending, prepend=-1) > 0]


def summarise(customer: NDArray[np.int32], key: NDArray[np.int32], day: Floats) -> Pairs:
    """Summarise purchases (columns of equal length, any order); several on one day count once."""
    order = np.lexsort((day, key, customer))
    who, what, day = customer[order].astype(np.int64), key[order].astype(np.int64), day[order]
    same_pair = (who[1:] == who[:-1]) & (what[1:] == what[:-1])
    keep = np.concatenate(([True], ~(same_pair & (np.floor(day[1:]) == np.floor(day[:-1]))))) if len(day) else np.empty(0, bool)
    who, what, day = who[keep], what[keep], day[keep]
    new_pair = np.concatenate(([True], (who[1:] != who[:-1]) | (what[1:] != what[:-1]))) if len(day) else np.empty(0, bool)
    start = np.flatnonzero(new_pair)
    end = np.append(start, len(day))[1:]
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
    ages = np.repeat(day[end - 1], end - start) - day
    return np.column_stack([np.add.reduceat(0.5 ** (ages / half_life), start) for half_life in HALF_LIVES])


def _log_gaps(day: Floats, new_pair: NDArray[np.bool_], pairs: int) -> tuple[Floats, Floats]:
    inside = ~new_pair[1:]
    pair = np.cumsum(new_pair)[1:][inside] - 1
    log_gap = np.log(np.maximum(np.diff(day)[inside], 1.0))
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
    found, part = np.unique(code, return_inverse=True)
    last = np.full(len(found), -np.inf)
    np.maximum.at(last, part, pairs.last_day)
    carried = pairs.fading * 0.5 ** ((last[part] - pairs.last_day)[:, None] / HALF_LIVES)
    count, *fading = (np.bincount(part, weights=column, minlength=len(found)).astype(np.float64) for column in (pairs.count, *carried.T))
    return Kinds(count=count, last_day=last, fading=np.column_stack(fading)), part
