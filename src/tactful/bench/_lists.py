"""Lists of ten, judged: what of the truth they hold, and what else they are like."""

import time
from collections.abc import Callable, Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.table import Table

from tactful.bench._cost import Cost
from tactful.bench._score import interval_of_mean

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LENGTH = 10
CHUNK = 256
NOTHING = -1
SEED = 8321


class Truth(Struct, frozen=True, kw_only=True):
    """What came, and what is known of it. Pairs are customer times keys plus key, sorted."""

    customers: Ints
    """Customers judged."""
    pairs: Ints
    """What they bought next."""
    had: Ints
    """What everybody had before."""
    keys: int
    buyers: Floats
    """Customers who had each key."""
    kind: Ints
    """Kind of each key; a list that names two of one kind says the same thing twice."""


class Lists(Struct, frozen=True, kw_only=True):
    """Everybody's ten, best first, `NOTHING` where there are fewer; int64 [customers, 10]."""

    top: Ints
    fitting: Cost
    micros: float
    """Processor time for one customer's list, µs."""


def best_of(score: NDArray[np.float32]) -> Ints:
    """The best ten of scores [n, keys]; of equals the one with the lowest number."""
    length = min(LENGTH, score.shape[1])
    nearest = np.sort(np.argpartition(-score, length - 1, axis=1)[:, :length], axis=1)
    found = np.take_along_axis(score, nearest, 1)
    order = np.argsort(-found, axis=1, kind="stable")
    top = np.take_along_axis(nearest, order, 1)
    return np.where(np.isfinite(np.take_along_axis(found, order, 1)), top, NOTHING)


def lists_of(customers: Ints, top_of: Callable[[Ints], Ints], fitting: Cost) -> Lists:
    """Ask for everybody's list, some hundred customers at a time."""
    started = time.process_time()
    top = np.concatenate([top_of(some) for some in chunks(customers)])
    return Lists(top=top, fitting=fitting, micros=(time.process_time() - started) / max(len(customers), 1) * 1e6)


def chunks(customers: Ints) -> Iterator[Ints]:
    """Some hundred customers at a time."""
    for start in range(0, len(customers), CHUNK):
        yield customers[start : start + CHUNK]


class Merits(Struct, frozen=True, kw_only=True):
    """Per customer judged, float64 [n]; NaN where there was nothing to find."""

    recall: Floats
    ndcg: Floats
    hit: Floats
    recall_again: Floats
    """Of what they had before."""
    recall_new: Floats
    """Of what was new to them."""
    already: float
    """Share of the lists that the customer had before."""
    twice: float
    """Share of the lists whose kind was named before in the same list."""
    coverage: float
    """Share of all things that are on somebody's list."""
    novelty: float
    """Mean of minus log2 of the share of customers who had it, bits."""


def judge(truth: Truth, top: Ints) -> Merits:
    """Judge lists [n, 10] of the customers judged."""
    n, keys = len(truth.customers), truth.keys
    named = top != NOTHING
    pair = truth.customers[:, None] * keys + np.where(named, top, 0)
    hit = np.isin(pair, truth.pairs) & named
    had = np.isin(pair, truth.had) & named
    again = np.isin(truth.pairs, truth.had)
    owner = np.searchsorted(truth.customers, truth.pairs // keys)
    size, size_again = np.bincount(owner, minlength=n), np.bincount(owner, weights=again, minlength=n)
    discount = 1 / np.log2(np.arange(2, top.shape[1] + 2))
    ideal = np.concatenate(([0.0], np.cumsum(discount)))[np.minimum(size, top.shape[1])]
    share = np.maximum(truth.buyers, 1.0) / max(len(np.unique(truth.had // keys)), 1)
    return Merits(
        recall=_ratio(hit.sum(axis=1), size),
        ndcg=_ratio((hit * discount).sum(axis=1), ideal),
        hit=hit.any(axis=1).astype(np.float64),
        recall_again=_ratio((hit & had).sum(axis=1), size_again),
        recall_new=_ratio((hit & ~had).sum(axis=1), size - size_again),
        already=float(had.sum() / max(named.sum(), 1)),
        twice=_twice(np.where(named, truth.kind[np.where(named, top, 0)], -1 - np.arange(top.shape[1]))),
        coverage=len(np.unique(top[named])) / keys,
        novelty=float(-np.log2(share[top[named]]).mean()),
    )


def _ratio(above: NDArray[np.generic], below: NDArray[np.generic]) -> Floats:
    known = np.asarray(below, np.float64) > 0
    return np.where(known, np.asarray(above, np.float64) / np.where(known, below, 1), np.nan)


def _twice(kinds: Ints) -> float:
    ordered = np.sort(kinds, axis=1)
    return float((np.diff(ordered, axis=1) == 0).sum() / kinds.size)


def merit_table(title: str, lists: dict[str, Lists], merits: dict[str, Merits], *, ours: str) -> Table:
    """Ours beside the others, with what we are ahead by in recall."""
    columns = ("recall", "95 %", f"{ours} ahead by", "nDCG", "hit", "of had", "of new", "had before", "kind twice", "coverage", "novelty", "fit s", "MiB", "µs")
    table = Table("at 10", *columns, title=title)
    for name, found in merits.items():
        low, high = interval_of_mean(found.recall, seed=SEED)
        ahead = interval_of_mean(merits[ours].recall - found.recall, seed=SEED)
        cost = lists[name].fitting
        table.add_row(
            name,
            f"{found.recall.mean():.4f}",
            f"{low:.4f}–{high:.4f}",
            "" if name == ours else f"{ahead[0]:+.4f} to {ahead[1]:+.4f}",
            f"{found.ndcg.mean():.4f}",
            f"{found.hit.mean():.3f}",
            f"{np.nanmean(found.recall_again):.3f}" if np.isfinite(found.recall_again).any() else "",
            f"{np.nanmean(found.recall_new):.3f}" if np.isfinite(found.recall_new).any() else "",
            f"{found.already:.1%}",
            f"{found.twice:.1%}",
            f"{found.coverage:.1%}",
            f"{found.novelty:.2f}",
            f"{cost.seconds:.1f}",
            f"{cost.peak_mib:.0f}",
            f"{lists[name].micros:.0f}",
        )
    return table


def ahead_of_all(merits: dict[str, Merits], *, ours: str) -> bool:
    """Whether ours is ahead of each other in recall with a 95 % interval that excludes zero."""
    return all(interval_of_mean(merits[ours].recall - found.recall, seed=SEED)[0] > 0 for name, found in merits.items() if name != ours)
