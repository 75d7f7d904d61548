"""What goes with a product of another kind: of a basket one product is shown, and the others are to be among ten.

One grocer's year: products sold thirty times or more, learned from the baskets of the first 47 weeks, asked about one product each of six thousand later ones.
A list hits if the basket holds one of the ten; for products of other kinds only baskets that hold one count.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Column, Table
from scipy import sparse

from tactful.bench import Setting
from tactful.bench._cost import Cost, measured
from tactful.bench._grocer import purchase_table, read_lines
from tactful.bench._lists import LENGTH, NOTHING, Lists, best_of
from tactful.bench._score import interval_of_ratio
from tactful.model.tables import PurchaseTable
from tactful.recommend.completes import Completes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_LINES = 30
LEARNED_DAYS = 47 * 7.0
ASKED = 6_000
OURS = "Tactful"
MUST_HIT = 0.390
"""Of the lists asked about products of other kinds."""
SEED = 8321
KIND_WEIGHT = 100.0


class Question(Struct, frozen=True, kw_only=True):
    """Products shown, and what else was in their baskets."""

    shown: Ints
    """Row of each product shown."""
    others: sparse.csr_matrix
    """The rest of each basket, 0/1 [questions, products]."""
    kind: Ints
    """Kind per product."""
    household: Ints
    """Whose each basket was."""
    had: Ints
    """What households had bought before: household times products plus product, sorted."""


class Together(Struct, frozen=True, kw_only=True):
    """How often things are bought alone and together, by product shown."""

    pairs: Floats
    """float64 [shown, products]."""
    alone: Floats
    """float64 [products]."""
    from_kind: Floats
    """Share of the baskets with the kind of the product shown that hold each other, float64 [shown, products]."""
    baskets: int


def run(console: Console, setting: Setting) -> int:
    """Compare ours with counts of what is bought together; 0 where ours reaches what was promised and repeats no kind."""
    lines = read_lines(quick=setting.quick)
    return 0 if compare(console, purchase_table(lines, "product", basket=True, least_lines=LEAST_LINES), learned_until=lines.first_day + LEARNED_DAYS) else 1


def compare(console: Console, purchases: PurchaseTable, *, learned_until: float) -> bool:
    """Ask and print who was right; whether ours reaches what was promised."""
    known = purchases.before(learned_until)
    question = _ask(purchases, known, learned_until)
    rows, place = np.unique(question.shown, return_inverse=True)
    together, counting = measured(lambda: _together(known, rows))
    lists = {name: _timed(partial(_best, score, together, rows, question.kind), counting) for name, score in PEERS.items()}
    ours = Completes()
    _, cost = measured(lambda: ours.train(known))
    ours.bind(known.catalog)
    lists[OURS] = _timed(lambda: np.array([_ten(ours, row) for row in rows.tolist()]), cost)
    found = {name: _judge(question, made.top[place], together, place) for name, made in lists.items()}
    console.print(_table(f"{len(question.shown):,} baskets, {len(known.catalog.products):,} products", lists, found, question))
    console.print(f"a list of Tactful's has {found[OURS].named:.1f} products")
    return bool(np.nanmean(found[OURS].other) >= MUST_HIT and found[OURS].same == 0)


def _best(score: Callable[[Together, Ints, Ints], Floats], together: Together, rows: Ints, kind: Ints) -> Ints:
    return best_of(np.asarray(score(together, rows, kind), np.float32))


def _timed(make: Callable[[], Ints], fitting: Cost) -> Lists:
    """The lists, and the processor time of one, µs."""
    started = time.process_time()
    top = make()
    return Lists(top=top, fitting=fitting, micros=(time.process_time() - started) / max(len(top), 1) * 1e6)


def _table(title: str, lists: dict[str, Lists], found: dict[str, "_Found"], question: Question) -> Table:
    columns = (
        "hit",
        "other kinds",
        Column("95 %", no_wrap=True),
        f"{OURS} ahead by",
        "of had",
        "of new",
        "same kind",
        "had before",
        "coverage",
        "novelty",
        "lift",
        "fit s",
        "MiB",
        "µs",
    )
    table = Table("at 10", *columns, title=title)
    for name, one in found.items():
        low, high = _interval(one.other, question.household)
        ahead = _interval(found[OURS].other - one.other, question.household)
        table.add_row(
            name,
            f"{one.hit.mean():.4f}",
            f"{np.nanmean(one.other):.4f}",
            f"{low:.4f}–{high:.4f}",
            "" if name == OURS else f"{ahead[0]:+.4f} to {ahead[1]:+.4f}",
            f"{np.nanmean(one.again):.3f}",
            f"{np.nanmean(one.new):.3f}",
            f"{one.same:.1%}",
            f"{one.had:.1%}",
            f"{one.coverage:.1%}",
            f"{one.novelty:.2f}",
            f"{one.lift:.2f}",
            f"{lists[name].fitting.seconds:.1f}",
            f"{lists[name].fitting.peak_mib:.0f}",
            f"{lists[name].micros:.0f}",
        )
    return table


def _interval(value: Floats, household: Ints) -> tuple[float, float]:
    """Of the mean over baskets that can hit, where households are drawn: baskets of one stand and fall together."""
    known = np.isfinite(value)
    _, owner = np.unique(household[known], return_inverse=True)
    hits = np.asarray(np.bincount(owner, weights=value[known]), np.float64)
    return interval_of_ratio(hits, np.bincount(owner).astype(np.float64), seed=SEED)


def _ask(purchases: PurchaseTable, known: PurchaseTable, learned_until: float) -> Question:
    rng = np.random.default_rng(SEED)
    later = purchases.day >= learned_until
    orders, first, order = np.unique(purchases.order[later], return_index=True, return_inverse=True)
    size = len(purchases.catalog.products)
    baskets = _ones(order, purchases.row[later], shape=(len(orders), size))
    several = np.flatnonzero(np.diff(baskets.indptr) > 1)
    asked = rng.choice(several, min(ASKED, len(several)), replace=False)
    shown = np.array([rng.choice(baskets.indices[baskets.indptr[one] : baskets.indptr[one + 1]]) for one in asked.tolist()], np.int64)
    others = baskets[asked].tolil()
    others[np.arange(len(asked)), shown] = 0
    return Question(
        shown=shown,
        others=others.tocsr(),
        kind=purchases.catalog.type_of.astype(np.int64),
        household=purchases.customer[later][first[asked]].astype(np.int64),
        had=np.unique(known.customer.astype(np.int64) * size + known.row),
    )


def _together(known: PurchaseTable, rows: Ints) -> Together:
    orders, order = np.unique(known.order, return_inverse=True)
    baskets = _ones(order, known.row, shape=(len(orders), len(known.catalog.products)))
    baskets = baskets[np.flatnonzero(np.diff(baskets.indptr) > 1)]
    pairs = (baskets[:, rows].T @ baskets).toarray().astype(np.float64)
    pairs[np.arange(len(rows)), rows] = -np.inf
    kind = known.catalog.type_of
    kinds = baskets @ sparse.csr_matrix((np.ones(len(kind), np.float32), (np.arange(len(kind)), kind)))
    kinds.data[:] = 1.0
    own, at = np.unique(kind[rows], return_inverse=True)
    theirs = kinds[:, own].T.tocsr()
    from_kind = (theirs @ baskets).toarray() / np.maximum(np.asarray(theirs.sum(axis=1)), 1)
    alone = np.asarray(baskets.sum(axis=0), np.float64).ravel()
    return Together(pairs=pairs, alone=alone, from_kind=from_kind[at], baskets=baskets.shape[0])


def _ones(i: NDArray[np.intp], j: NDArray[np.int32], *, shape: tuple[int, int]) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix((np.ones(len(i), np.float32), (i, j)), shape=shape)
    matrix.data[:] = 1.0
    return matrix


def _popularity(together: Together, rows: Ints, kind: Ints) -> Floats:
    return np.where(np.isfinite(together.pairs), together.alone, -np.inf)


def _conditional(together: Together, rows: Ints, kind: Ints) -> Floats:
    return together.pairs


def _other_kinds(together: Together, rows: Ints, kind: Ints) -> Floats:
    return np.where(kind[rows][:, None] == kind[None], -np.inf, together.pairs)


def _backed_off(together: Together, rows: Ints, kind: Ints) -> Floats:
    """The kind's own partners count as much as a hundred baskets."""
    return np.where(kind[rows][:, None] == kind[None], -np.inf, together.pairs + KIND_WEIGHT * together.from_kind)


def _lift(together: Together, rows: Ints, kind: Ints) -> Floats:
    return np.asarray(together.pairs / (together.alone[rows][:, None] * together.alone / together.baskets + 10))


def _cosine(together: Together, rows: Ints, kind: Ints) -> Floats:
    return np.asarray(together.pairs / np.sqrt(np.maximum(together.alone, 1)))


PEERS: dict[str, Callable[[Together, Ints, Ints], Floats]] = {
    "popularity": _popularity,
    "P(other | shown)": _conditional,
    "P(other | shown), other kinds only": _other_kinds,
    "the same, leaning on the kind's": _backed_off,
    "shrunk lift": _lift,
    "cosine": _cosine,
}
"""Scores float64 [shown, products]; what is the same for all products of a list is left out."""


def _ten(ours: Completes, row: int) -> Ints:
    partners = ours.on_page(row)[0][:LENGTH].tolist()
    return np.array(partners + [NOTHING] * (LENGTH - len(partners)))


class _Found(Struct, frozen=True, kw_only=True):
    """What one way of naming ten is worth; columns by basket, NaN where there was nothing to hit."""

    hit: Floats
    other: Floats
    """Hits among other kinds, of baskets that hold one."""
    again: Floats
    """Of baskets that hold one of another kind that the household had before, whether such a one is named."""
    new: Floats
    """Likewise of what was new to the household."""
    same: float
    """Share of what is named that is of the same kind."""
    had: float
    """Share that the household had bought before."""
    named: float
    """Mean length of the lists."""
    coverage: float
    """Share of all products that are on a list."""
    novelty: float
    """Mean of minus log2 of the share of baskets that hold what is named, bits."""
    lift: float


def _judge(question: Question, top: Ints, together: Together, place: Ints) -> _Found:
    named = top != NOTHING
    key = np.where(named, top, 0)
    line = np.repeat(np.arange(len(top)), top.shape[1])
    hit = (np.asarray(question.others[line, key.ravel()]).reshape(top.shape) > 0) & named
    same = (question.kind[key] == question.kind[question.shown][:, None]) & named
    rest = question.others.tocoo()
    other = (rest.data > 0) & (question.kind[rest.col] != question.kind[question.shown[rest.row]])
    owner, product = rest.row[other], rest.col[other]
    share = together.alone / together.baskets
    again = np.isin(question.household[owner] * len(share) + product, question.had)
    pairs = together.pairs[place[line], key.ravel()].reshape(top.shape)
    lift = pairs / np.maximum(together.alone[question.shown][:, None] * share[key], 1e-9)
    had = np.isin(question.household[:, None] * len(share) + key, question.had) & named
    return _Found(
        hit=hit.any(axis=1).astype(float),
        other=_of_those(owner, hit & ~same),
        again=_of_those(owner[again], hit & ~same & had),
        new=_of_those(owner[~again], hit & ~same & ~had),
        same=float(same.sum() / max(named.sum(), 1)),
        had=float(had.sum() / max(named.sum(), 1)),
        named=float(named.sum() / len(top)),
        coverage=len(np.unique(key[named])) / len(share),
        novelty=float(-np.log2(np.maximum(share[key[named]], 1e-9)).mean()),
        lift=float(lift[named].mean()),
    )


def _of_those(able: Ints, hit: NDArray[np.bool_]) -> Floats:
    """Whether a list hits, by basket; NaN for baskets that are not among those that can be hit."""
    found = np.full(len(hit), np.nan)
    found[able] = np.any(hit[able], axis=1)
    return found
