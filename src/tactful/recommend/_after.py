"""What first buyers of something buy within a time from then on: a camera, and a week later its case.

What they had bought as often in the same time before, they did not buy because of it. First purchases in the log's first days have no time before, and are not
asked about that; nor is what is in the same basket.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse

from tactful.recommend._together import Partners, ones

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class AfterConfig(Struct, frozen=True, kw_only=True):
    """Settings of what follows a purchase."""

    window_days: float = 30.0
    """Bought together or so long after the first purchase of the other."""
    least_together: int = 5
    lift: float = 1.5
    """Least ratio to how often it is bought in any such window."""
    shrink: float = 5.0
    """How many buyers the general rate is worth."""
    sure: float = 3.0
    """Standard deviations by which more must have bought it after than before, to say that it follows."""
    kept: int = 30
    """Partners kept per thing."""


class Lines(Struct, frozen=True, kw_only=True):
    """Order lines as columns of equal length."""

    customer: NDArray[np.int32]
    order: NDArray[np.int32]
    thing: Ints
    day: Floats


def learn_after(lines: Lines, *, kind: NDArray[np.int32], config: AfterConfig) -> Iterator[tuple[int, Partners]]:
    """Partners of each thing that has any; ``kind`` is the kind of each thing [things]."""
    if not len(lines.thing):
        return
    firsts, windows, (asked, later, before) = _windows(lines, width=len(kind), days=config.window_days)
    together, later, before = (firsts.T @ windows).tocsr(), (asked.T @ later).tocsr(), (asked.T @ before).tocsr()
    buyers, number = (np.asarray(one.sum(axis=0), np.float64).ravel() for one in (firsts, asked))
    general = np.asarray(windows.mean(axis=0)).ravel()
    for i in range(len(kind)):
        part = slice(together.indptr[i], together.indptr[i + 1])
        j, count = together.indices[part].astype(np.int64), together.data[part]
        score = (count + config.shrink * general[j]) / (buyers[i] + config.shrink)
        fits = (count >= config.least_together) & (score >= config.lift * general[j]) & (kind[j] != kind[i])
        j, score = j[fits], score[fits].astype(np.float64)
        best = np.argsort(-score, kind="stable")[: config.kept]
        if len(best):
            then, once = (np.asarray(one[i].toarray(), np.float64).ravel()[j[best]] for one in (later, before))
            gain = np.where(then - once >= config.sure * np.sqrt(then + once), (then - once) / (number[i] + config.shrink), 0.0)
            yield i, Partners(thing=j[best], probability=score[best], lift=score[best] / general[j[best]], gain=gain)


def _windows(
    lines: Lines, *, width: int, days: float
) -> tuple[sparse.csr_matrix, sparse.csr_matrix, tuple[sparse.csr_matrix, sparse.csr_matrix, sparse.csr_matrix]]:
    """Per order, 0/1 [orders, width]: what was bought for the first time in it, and what in the window from it on.

    And of the orders with a whole window before them: the first, and what was bought in the window after the order and before it, without itself.
    """
    _, index, order = np.unique(lines.order, return_index=True, return_inverse=True)
    size, day = len(index), lines.day[index]
    within, baskets = _within(lines.customer[index], day, days), ones(order, lines.thing, shape=(size, width))
    sequence = np.lexsort((lines.day, lines.thing, lines.customer))
    new = np.concatenate(([True], (np.diff(lines.customer[sequence]) != 0) | (np.diff(lines.thing[sequence]) != 0)))
    first = sequence[new]
    firsts = ones(order[first], lines.thing[first], shape=(size, width))
    others, old = (within - sparse.eye(size, dtype=np.float32)).tocsr(), np.flatnonzero(day >= day.min() + days)
    return firsts, _any(within @ baskets), (firsts[old], _any(others[old] @ baskets), _any(others.T.tocsr()[old] @ baskets))


def _any(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    found = counts.tocsr()
    found.eliminate_zeros()
    found.data[:] = 1.0
    return found


def _within(customer: NDArray[np.int32], day: Floats, window_days: float) -> sparse.csr_matrix:
    """Which orders (columns) lie in the window from each order (rows) on, of the same customer, itself included."""
    sequence = np.lexsort((day, customer))
    step = float(np.ptp(day)) + window_days + 1.0
    ordered = ((day - day.min()) + customer.astype(np.float64) * step)[sequence]
    end = np.searchsorted(ordered, ordered + window_days, side="right")
    length = end - np.arange(len(ordered))
    rows = np.repeat(sequence, length)
    columns = sequence[np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length) + np.repeat(np.arange(len(ordered)), length)]
    return sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(day), len(day)))
