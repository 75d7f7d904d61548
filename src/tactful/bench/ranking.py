"""Whether one ranker over all sources is better than the likeliest source's word: what each household buys in the week to come.

One grocer's year. The sources learn from all but the last two weeks. Curves and rankers are fitted to what some hundred households bought in the week after,
and asked about the same households in the last week.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._grocer import purchase_table, read_lines
from tactful.bench._ranker import Asked, figures_of, learn_ranker, likeliest
from tactful.bench._score import Ordered, average_precision, calibration_error, interval_of_mean, log_losses
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.profile import Order, Profile
from tactful.model.tables import DAY_SECONDS, History, PurchaseTable
from tactful.recommend import Source, fit_curve
from tactful.recommend.completes import Completes
from tactful.recommend.due_again import DueAgain
from tactful.recommend.like_you import LikeYou
from tactful.recommend.popular_here import PopularHere

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WEEK = 7.0
ASKED, SHOWN = 900, 8
SEED = 8321
SOURCES: tuple[type[Source], ...] = (DueAgain, Completes, LikeYou, PopularHere)
BASE, OURS = "likeliest source", "linear"
SHAPES = ((7, 40), (7, 80), (15, 40), (15, 80), (15, 160))
"""Leaves and trees tried; chosen on a quarter of the households in the week learned from."""


def run(console: Console, setting: Setting) -> int:
    """Compare; 0 where a ranker is ahead of the likeliest source with an interval that excludes zero."""
    purchases = purchase_table(read_lines(quick=setting.quick), "product")
    learned_until = purchases.until_day - 2 * WEEK
    sources = [kind() for kind in SOURCES]
    for source in sources:
        source.train(purchases.before(learned_until))
        source.bind(purchases.catalog)
    some = np.random.default_rng(SEED).permutation(len(purchases.customers))[:ASKED]
    weeks = [_ask(sources, purchases, np.sort(some), learned_until + WEEK * week) for week in (0, 1)]
    return 0 if compare(console, *weeks) else 1


def compare(console: Console, learned: Asked, asked: Asked) -> bool:
    """Fit on one week, judge on the next, and print; whether a ranker is ahead."""
    curves = [None, *(_curve(learned, column) for column in range(1, len(SOURCES)))]
    learned, asked = _on_scale(learned, curves), _on_scale(asked, curves)
    ranker, facts = learn_ranker(learned)
    found = {BASE: likeliest(asked.told), "trees": _trees(learned)(asked)}
    if ranker is not None:
        found[OURS] = ranker(asked.told, asked.figures)
    table = Table(
        "",
        "AUC",
        "AP",
        "log-loss",
        "ahead by",
        f"right of {SHOWN}",
        "ahead by",
        "ECE",
        title=f"{len(asked.wanted):,} proposals, {asked.wanted.mean():.2%} bought",
    )
    owner = np.unique(asked.customer, return_inverse=True)[1]
    base_loss, base_right, ahead = log_losses(found[BASE], asked.wanted), right_of_shown(asked, found[BASE]), False
    for name, probability in found.items():
        loss, right = log_losses(probability, asked.wanted), right_of_shown(asked, probability)
        gain = interval_of_mean(np.bincount(owner, weights=base_loss - loss) / np.bincount(owner), seed=SEED)
        more = interval_of_mean(right - base_right, seed=SEED)
        ahead |= name == OURS and gain[0] > 0 and more[0] > 0
        merits = (f"{Ordered(probability, asked.wanted).auc():.4f}", f"{average_precision(probability, asked.wanted):.3f}", f"{loss.mean():.5f}")
        rest = (f"{right.mean():.3f}", f"{more[0]:+.3f} to {more[1]:+.3f}", f"{calibration_error(probability, asked.wanted):.4f}")
        table.add_row(name, *merits, f"{gain[0]:+.5f} to {gain[1]:+.5f}", *rest)
    console.print(table)
    console.print("learned: " + ", ".join(f"{name} {value}" for name, value in facts.items()))
    return ahead


def _ask(sources: list[Source], purchases: PurchaseTable, households: Ints, day: float) -> Asked:
    moment = Moment(now=datetime.fromtimestamp(day * DAY_SECONDS, UTC))
    start = np.searchsorted(purchases.customer, np.arange(len(purchases.customers) + 1)).tolist()
    lines: list[tuple[float, ...]] = []
    for household in households.tolist():
        span = slice(start[household], start[household + 1])
        customer, bought = _customer(purchases, span, day)
        if len(customer.history.rows):
            proposed: dict[int, list[float]] = {}
            for column, source in enumerate(sources):
                found = source(moment, customer)
                for row, score in zip(found.rows.tolist(), found.score.tolist(), strict=True):
                    proposed.setdefault(row, [np.nan] * len(sources))[column] = score
            figures = figures_of(np.array(list(proposed), np.int64), customer, now=moment.now)
            lines += [(household, *scores, *figure, row in bought) for (row, scores), figure in zip(proposed.items(), figures.tolist(), strict=True)]
    columns = np.array(lines, np.float64)
    width = 1 + len(sources)
    return Asked(customer=columns[:, 0].astype(np.int64), told=columns[:, 1:width], figures=columns[:, width:-1], wanted=columns[:, -1] > 0)


def _customer(purchases: PurchaseTable, span: slice, day: float) -> tuple[Customer, set[int]]:
    """A household as of a day, and what it bought in the week after."""
    row, when, order = purchases.row[span], purchases.day[span], purchases.order[span]
    past, soon = when < day, (when >= day) & (when < day + WEEK)
    _, first, place = np.unique(order[past], return_index=True, return_inverse=True)
    days = when[past][first].tolist()
    orders = [Order(str(number), f"m{number}", datetime.fromtimestamp(at * DAY_SECONDS, UTC), "pos") for number, at in enumerate(days)]
    rows, catalog = row[past], purchases.catalog
    history = History(
        rows=rows,
        groups=catalog.group_of[rows],
        types=catalog.type_of[rows],
        at=when[past] * DAY_SECONDS,
        orders=place.astype(np.int32),
        gift=np.zeros(len(rows), np.bool_),
    )
    return Customer(profile=Profile(customer_id="", orders=orders), history=history, needs={}, catalog=catalog), set(row[soon].tolist())


def _curve(learned: Asked, column: int) -> Callable[[Floats], Floats] | None:
    proposed = ~np.isnan(learned.told[:, column])
    return fit_curve(learned.told[proposed, column], learned.wanted[proposed])


def _on_scale(asked: Asked, curves: list[Callable[[Floats], Floats] | None]) -> Asked:
    """With each source's probability for its score; what has no curve is one already, or stays as it is."""
    columns = [
        column if curve is None else np.where(np.isnan(column), np.nan, curve(np.nan_to_num(column)))
        for column, curve in zip(asked.told.T, curves, strict=True)
    ]
    return msgspec.structs.replace(asked, told=np.column_stack(columns))


def right_of_shown(asked: Asked, probability: Floats) -> Floats:
    """How many of the likeliest shown each household bought, float64 [households]."""
    order = np.lexsort((-probability, asked.customer))
    _, start, owner = np.unique(asked.customer[order], return_index=True, return_inverse=True)
    shown = np.arange(len(order)) - start[owner] < SHOWN
    return np.bincount(owner[shown], weights=asked.wanted[order][shown], minlength=len(start)).astype(np.float64)


def _trees(learned: Asked) -> Callable[[Asked], Floats]:
    """Trees, non-decreasing in every source's word."""
    import lightgbm  # noqa: PLC0415 -- slow to import

    def columns(asked: Asked) -> Floats:
        return np.column_stack([asked.told, asked.figures])

    def grow(some: Asked, leaves: int, rounds: int) -> "lightgbm.Booster":
        settings = {"objective": "binary", "learning_rate": 0.05, "num_leaves": leaves, "min_data_in_leaf": 100, "seed": SEED, "deterministic": True}
        rising = [1] * len(SOURCES) + [0] * some.figures.shape[1]
        rows = lightgbm.Dataset(columns(some), some.wanted)
        return lightgbm.train(settings | {"monotone_constraints": rising, "num_threads": 1, "verbose": -1}, rows, rounds)

    kept = learned.customer % 4 > 0
    held_out = learned.of(~kept)
    tried = {shape: log_losses(np.asarray(grow(learned.of(kept), *shape).predict(columns(held_out))), held_out.wanted).mean() for shape in SHAPES}
    model = grow(learned, *min(tried, key=lambda shape: float(tried[shape])))
    return lambda asked: np.asarray(model.predict(columns(asked)))
