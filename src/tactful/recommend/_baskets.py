"""Baskets as columns, and what they tell of each thing a customer might put into the next one."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEVER = 99.0
"""Baskets since the last one with the thing, where there was none."""
FADING = (0.95, 0.8, 0.6)
"""What a purchase still counts one basket later: a slow, a middling and a quick memory."""
FADING_DAYS = (14.0, 60.0)
"""Half-lives in days: what counts when baskets come in bursts."""
GAP_WEIGHT = 1.0
USUAL_GAP = 4.0
"""Baskets between two purchases of a thing before anything is known, worth `GAP_WEIGHT` gaps."""
REPEAT_WEIGHT = 2.0
RECENT_BASKETS = 3
"""A customer's latest baskets, in which everybody's taste of the day shows."""

FEATURES = (
    "times", "fading_slowly", "fading", "fading_quickly", "fading_in_two_weeks", "fading_in_two_months", "baskets_since", "baskets_since_first",
    "gap_before", "usual_gap", "gaps_since", "share_of_baskets", "days_since", "type_fading", "type_since", "share_of_type", "alike", "baskets",
    "basket_size", "last_basket_size", "own_things", "own_repeats", "repeats_share", "item_lines", "item_buyers", "item_repeat_share", "item_of_late",
    "item_in_last", "item_trend", "days_between",
)  # fmt: skip
"""Names of the columns of `features`, in order."""


class Baskets(Struct, frozen=True, kw_only=True):
    """Who had what in which basket, one row a line, sorted by customer, basket and key. One day is one basket."""

    customer: Ints
    key: Ints
    basket: Ints
    """Running number within the customer, from 0."""
    day: Floats
    """Whole days."""
    count: Ints
    """Baskets per customer [customers]."""

    @property
    def age(self) -> Ints:
        """Baskets since each line: 0 is the latest."""
        return self.count[self.customer] - 1 - self.basket

    def without_last(self) -> "tuple[Baskets, Baskets]":
        """All but each customer's last basket, and the last ones; who had only one keeps it and has no last one."""
        several = self.count > 1
        last = (self.age == 0) & several[self.customer]
        return self._where(~last, self.count - several), self._where(last, self.count)

    def of(self, customers: NDArray[np.bool_]) -> "Baskets":
        """Only the baskets of some customers, bool [customers]; the others have none."""
        return self._where(customers[self.customer], np.where(customers, self.count, 0))

    def compact(self) -> "Baskets":
        """Only the customers with a basket, numbered anew in the same order."""
        has = self.count > 0
        number = np.cumsum(has) - 1
        return Baskets(customer=number[self.customer], key=self.key, basket=self.basket, day=self.day, count=self.count[has])

    def _where(self, keep: NDArray[np.bool_], count: Ints) -> "Baskets":
        return Baskets(customer=self.customer[keep], key=self.key[keep], basket=self.basket[keep], day=self.day[keep], count=count)


def baskets_of(customer: NDArray[np.int32], key: NDArray[np.int32], day: Floats, *, customers: int) -> Baskets:
    """Lay purchases (columns of equal length, any order) out as baskets."""
    whole = np.floor(day).astype(np.int64)
    order = np.lexsort((key, whole, customer))
    who, what, when = customer[order].astype(np.int64), key[order].astype(np.int64), whole[order]
    new_basket = _changes(who, when)
    keep = new_basket | _changes(what)
    started = np.cumsum(new_basket) - 1
    first = np.zeros(customers, np.int64)
    first[who[::-1]] = started[::-1]  # the earliest line of each customer is written last
    number = started - first[who]
    count = np.zeros(customers, np.int64)
    np.maximum.at(count, who, number + 1)
    return Baskets(customer=who[keep], key=what[keep], basket=number[keep], day=when[keep].astype(np.float64), count=count)


def _changes(*columns: Ints) -> NDArray[np.bool_]:
    """Where a row differs from the one before in any column, bool [n]; the first row does."""
    changed = np.zeros(len(columns[0]), np.bool_)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


class Items(Struct):
    """What everybody's baskets tell of each key, float64 [keys] each."""

    lines: Floats
    buyers: Floats
    repeat_share: Floats
    """Share of buyers who bought it again."""
    of_late: Floats
    """Lines in anybody's latest baskets."""
    in_last: Floats
    """Lines in anybody's very last basket."""


def learn_items(baskets: Baskets, *, keys: int) -> Items:
    """Count everybody's lines."""
    lines = np.bincount(baskets.key, minlength=keys).astype(np.float64)
    pair = np.unique(baskets.customer * keys + baskets.key, return_counts=True)
    key = pair[0] % keys
    buyers = np.bincount(key, minlength=keys).astype(np.float64)
    again = np.bincount(key, weights=pair[1] > 1, minlength=keys)
    usual = again.sum() / max(buyers.sum(), 1.0)
    age = baskets.age
    return Items(
        lines=lines,
        buyers=buyers,
        repeat_share=(again + REPEAT_WEIGHT * usual) / (buyers + REPEAT_WEIGHT),
        of_late=np.bincount(baskets.key[age < RECENT_BASKETS], minlength=keys).astype(np.float64),
        in_last=np.bincount(baskets.key[age == 0], minlength=keys).astype(np.float64),
    )


class Own(Struct, frozen=True, kw_only=True):
    """A customer's memory of each key they had, one row a (customer, key), sorted by both. Columns of equal length."""

    code: Ints
    """Customer times keys plus key."""
    times: Floats
    fading: tuple[Floats, ...]
    """By `FADING`, then by `FADING_DAYS`."""
    since: Floats
    """Baskets since the last one with it."""
    since_first: Floats
    gap_before: Floats
    """Baskets between the last two with it; below zero where there was one."""
    days_since: Floats
    """Days from the last basket with it to the customer's last basket."""


def own_of(baskets: Baskets, key: Ints, *, keys: int) -> Own:
    """Sum up each customer's baskets by key; ``key`` [lines] may be coarser than the baskets' own."""
    code = baskets.customer * keys + key
    order = np.lexsort((baskets.basket, code))
    code = code[order]
    start = np.flatnonzero(_changes(code))
    end = np.append(start, len(code))[1:]
    age = baskets.age[order].astype(np.float64)
    latest = np.zeros(len(baskets.count))
    latest[baskets.customer] = baskets.day  # days ascend within a customer
    days = latest[baskets.customer[order]] - baskets.day[order]
    times = (end - start).astype(np.float64)
    if not len(start):
        empty = np.empty(0)
        return Own(code=code, times=empty, fading=(empty,) * 5, since=empty, since_first=empty, gap_before=empty, days_since=empty)
    fading = [*(share**age for share in FADING), *(0.5 ** (days / half) for half in FADING_DAYS)]
    return Own(
        code=code[start],
        times=times,
        fading=tuple(np.add.reduceat(weight, start) for weight in fading),
        since=age[end - 1],
        since_first=age[start],
        gap_before=np.where(times > 1, age[np.maximum(end - 2, 0)] - age[end - 1], -1.0),
        days_since=days[end - 1],
    )


class Proposed(Struct, frozen=True, kw_only=True):
    """What might come next, one row a (customer, key), sorted by both."""

    customer: Ints
    key: Ints
    alike: Floats
    """How much it is like what they have."""


def features(baskets: Baskets, proposed: Proposed, items: Items, *, type_of: Ints) -> NDArray[np.float32]:
    """Features float32 [n, f] of what is proposed, by `FEATURES`; ``type_of`` is the type code per key."""
    keys, types = len(items.lines), int(type_of.max(initial=0)) + 1
    own, of_type = own_of(baskets, baskets.key, keys=keys), own_of(baskets, type_of[baskets.key], keys=types)
    at, has = _find(own.code, proposed.customer * keys + proposed.key)
    type_at, has_type = _find(of_type.code, proposed.customer * types + type_of[proposed.key])
    who, what = proposed.customer, proposed.key
    person = _people(baskets, own, keys=keys)
    times, since = _take(own.times, at, has), _take(own.since, at, has, NEVER)
    usual_gap = (_take(own.since_first, at, has) - np.where(has, since, 0.0) + GAP_WEIGHT * USUAL_GAP) / (np.maximum(times - 1, 0) + GAP_WEIGHT)
    columns = [
        times,
        *(_take(column, at, has) for column in own.fading),
        since,
        _take(own.since_first, at, has, NEVER),
        _take(own.gap_before, at, has, -1.0),
        usual_gap,
        np.where(has, since / usual_gap, NEVER),
        times / np.maximum(baskets.count[who], 1),
        _take(own.days_since, at, has, 999.0),
        _take(of_type.fading[0], type_at, has_type),
        _take(of_type.since, type_at, has_type, NEVER),
        times / np.maximum(_take(of_type.times, type_at, has_type), 1),
        proposed.alike,
        *(column[who] for column in person[:-1]),
        *(column[what] for column in (items.lines, items.buyers, items.repeat_share, items.of_late, items.in_last)),
        (items.in_last[what] + 1) / (items.lines[what] + 5),
        person[-1][who],
    ]
    return np.column_stack(columns).astype(np.float32)


def _people(baskets: Baskets, own: Own, *, keys: int) -> list[Floats]:
    """Per customer: baskets, usual and last basket size, things, things bought again, share of lines that are repeats, days between baskets."""
    size = len(baskets.count)
    count, lines = np.maximum(baskets.count, 1), np.bincount(baskets.customer, minlength=size)
    owner = own.code // keys
    things, again = np.bincount(owner, minlength=size), np.bincount(owner, weights=own.times > 1, minlength=size)
    usual = lines / count
    first, last = np.zeros(size), np.zeros(size)
    first[baskets.customer[::-1]], last[baskets.customer] = baskets.day[::-1], baskets.day
    return [
        baskets.count.astype(np.float64),
        usual,
        np.bincount(baskets.customer[baskets.age == 0], minlength=size).astype(np.float64),
        things.astype(np.float64),
        again,
        (lines - things + 0.3) / (lines - usual + 1.5),
        (last - first) / np.maximum(count - 1, 1),
    ]


def _find(codes: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Where each wanted code lies among sorted ones, and whether it is there."""
    if not len(codes):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return at, codes[at] == wanted


def _take(column: Floats, at: Ints, has: NDArray[np.bool_], otherwise: float = 0.0) -> Floats:
    return np.where(has, column[at], otherwise) if len(column) else np.full(len(at), otherwise)


def taste(baskets: Baskets, *, keys: int) -> sparse.csr_matrix:
    """How much of what each customer has: log counts, float32 [customers, keys]."""
    matrix = sparse.csr_matrix((np.ones(len(baskets.key), np.float32), (baskets.customer, baskets.key)), shape=(len(baskets.count), keys))
    matrix.data = np.log1p(matrix.data)
    return matrix
