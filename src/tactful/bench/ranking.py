"""Whether one ranker over all sources is better than the likeliest source's word: what each household buys in the week to come.

One grocer's year. The sources learn from all but the last two weeks. Curves and rankers are fitted to what all households bought in the week after,
and asked about the same households in the last week.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._grocer import purchase_table, read_lines
from tactful.bench._score import Ordered, average_precision, calibration_error, interval_of_mean, log_losses
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.profile import Order, Profile
from tactful.model.tables import DAY_SECONDS, History, PurchaseTable
from tactful.recommend import Proposed, Source
from tactful.recommend._calibration import Curve, fit_curve
from tactful.recommend._proposed import FIGURES, SourceScores
from tactful.recommend.completes import Completes
from tactful.recommend.due_again import DueAgain
from tactful.recommend.like_you import LikeYou
from tactful.recommend.popular_here import PopularHere
from tactful.recommend.ranker import REGIMES, Ranking, learn_ranking, names_of, strongest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WEEK = 7.0
ASKED, SHOWN = 2_500, 8
SEED = 8321
SOURCES: tuple[type[Source], ...] = (DueAgain, Completes, LikeYou, PopularHere)
CALIBRATES_ITSELF = frozenset(source.name for source in SOURCES if source.calibrates_itself)
BASE, COUNTING, TREES, OURS = "strongest word", "curves where it counts", "trees", "ranker"
TIMES = FIGURES.index("times")
Curves = Mapping[str, Curve | None]
SHAPES = ((7, 40), (7, 80), (15, 40), (15, 80), (15, 160))
"""Leaves and trees tried; chosen on a quarter of the households in the week learned from."""


def run(console: Console, setting: Setting) -> int:
    """Compare; 0 where the ranker is ahead of the strongest word with intervals that exclude zero."""
    purchases = purchase_table(read_lines(quick=setting.quick), "product")
    learned_until = purchases.until_day - 2 * WEEK
    sources = [kind() for kind in SOURCES]
    for source in sources:
        source.train(purchases.before(learned_until))
        source.bind(purchases.catalog)
    some = np.random.default_rng(SEED).permutation(len(purchases.customers))[:ASKED]
    weeks = [_ask(sources, purchases, np.sort(some), learned_until + WEEK * week) for week in (0, 1)]
    had = np.unique(np.column_stack([purchases.customer, purchases.row])[purchases.day < learned_until], axis=0)[:, 1]
    share = np.bincount(had, minlength=len(purchases.catalog.products)) / len(purchases.customers)
    return 0 if compare(console, *weeks, share=share) else 1


def compare(console: Console, learned: Proposed, asked: Proposed, *, share: Floats) -> bool:
    """Fit on one week, judge on the next, and print; whether the ranker is ahead. ``share`` of the customers had each product before."""
    every, counting = (_curves(learned, only_counting=only) for only in (False, True))
    on_scale, to_ask = learned.on_scale(partial(_probability, every)), asked.on_scale(partial(_probability, every))
    ranking, facts = learn_ranking(on_scale)
    found = {
        BASE: strongest(to_ask.told, asked.voices),
        COUNTING: strongest(asked.on_scale(partial(_probability, counting)).told, asked.voices),
        TREES: _trees(on_scale)(to_ask),
    }
    if ranking is not None:
        found[OURS] = ranking(to_ask.told, to_ask.figures)
    columns = ("AUC", "AP", "log-loss", "ahead by", f"right of {SHOWN}", "ahead by", "ECE", "had before", "coverage", "novelty")
    table = Table("", *columns, title=f"{len(asked.wanted):,} proposals, {asked.wanted.mean():.2%} bought")
    gains = {name: _gains(asked, found[BASE], probability) for name, probability in found.items()}
    for name, probability in found.items():
        table.add_row(name, *_merits(asked, probability, gains[name], share))
    console.print(table)
    if ranking is not None:
        console.print(_reliability(found[OURS], asked.wanted))
        console.print(_corrections(ranking))
    console.print("learned: " + ", ".join(f"{name} {value}" for name, value in facts.items()))
    return OURS in gains and all(low > 0 for low, _ in gains[OURS])


def _gains(asked: Proposed, base: Floats, probability: Floats) -> tuple[tuple[float, float], tuple[float, float]]:
    """By how much it is ahead in log-loss, and in how many of what is shown is right: 95 % intervals over households."""
    owner = np.unique(asked.customer, return_inverse=True)[1]
    gain = np.bincount(owner, weights=log_losses(base, asked.wanted) - log_losses(probability, asked.wanted)) / np.bincount(owner)
    more = right_of_shown(asked, probability) - right_of_shown(asked, base)
    return interval_of_mean(gain, seed=SEED), interval_of_mean(more, seed=SEED)


def _merits(asked: Proposed, probability: Floats, gains: tuple[tuple[float, float], tuple[float, float]], share: Floats) -> tuple[str, ...]:
    (low, high), (fewer, more) = gains
    shown = shown_of(asked, probability)
    rows = asked.row[shown]
    return (
        f"{Ordered(probability, asked.wanted).auc():.4f}",
        f"{average_precision(probability, asked.wanted):.3f}",
        f"{log_losses(probability, asked.wanted).mean():.5f}",
        f"{low:+.5f} to {high:+.5f}",
        f"{right_of_shown(asked, probability).mean():.3f}",
        f"{fewer:+.3f} to {more:+.3f}",
        f"{calibration_error(probability, asked.wanted):.4f}",
        f"{(asked.figures[shown, TIMES] > 0).mean():.1%}",
        f"{len(np.unique(rows)) / len(share):.1%}",
        f"{-np.log2(np.maximum(share[rows], 1 / len(share))).mean():.2f}",
    )


def _reliability(probability: Floats, wanted: NDArray[np.bool_]) -> Table:
    table = Table("the ranker says", "proposals", "mean", "bought")
    for low, high in pairwise((0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)):
        inside = (probability >= low) & (probability < high)
        if inside.any():
            table.add_row(f"{low:.2f}–{high:.2f}", f"{inside.sum():,}", f"{probability[inside].mean():.3f}", f"{wanted[inside].mean():.3f}")
    return table


def _ask(sources: list[Source], purchases: PurchaseTable, households: Ints, day: float) -> Proposed:
    moment = Moment(now=datetime.fromtimestamp(day * DAY_SECONDS, UTC))
    start = np.searchsorted(purchases.customer, np.arange(len(purchases.customers) + 1)).tolist()
    asked = list[Proposed]()
    for household in households.tolist():
        customer, bought = _customer(purchases, slice(start[household], start[household + 1]), day)
        if len(customer.history.rows):
            found = [SourceScores(voice=source.voice, candidates=source(moment, customer)) for source in sources]
            asked.append(Proposed.to_one(found, [source.voice for source in sources], customer, bought=bought, now=moment.now))
    return Proposed.together(asked)


def _customer(purchases: PurchaseTable, span: slice, day: float) -> tuple[Customer, NDArray[np.int32]]:
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
    return Customer(profile=Profile(customer_id="", orders=orders), history=history, needs={}, catalog=catalog), catalog.group_of[row[soon]]


def _curves(learned: Proposed, *, only_counting: bool) -> Curves:
    """Of each source that needs one: fitted to all that it proposed, as they are shipped, or only where no source that outranks it speaks."""
    spoke, rank = ~np.isnan(learned.told), np.array([voice.outranks for voice in learned.voices])
    curves = {}
    for column, voice in enumerate(learned.voices):
        where = spoke[:, column] & ~(spoke[:, rank > rank[column]].any(axis=1) & only_counting)
        curves[voice.name] = None if voice.name in CALIBRATES_ITSELF else fit_curve(learned.told[where, column], learned.wanted[where])
    return curves


def _probability(curves: Curves, name: str, score: Floats) -> Floats:
    """What has no curve is a probability already, or stays as it is."""
    curve = curves[name]
    return score if curve is None else curve(score)


def _corrections(ranking: Ranking) -> Table:
    """What is taken off each word or added to it, in log odds; for one that is neither sure nor unsure."""
    table = Table("what the ranker corrects", *REGIMES, "adds to another word")
    also = dict(zip(names_of(ranking.voices), ranking.weight, strict=True))
    for column, voice in enumerate(ranking.voices):
        table.add_row(voice.name, *(f"{level[column]:+.2f}" for level in ranking.words.level), f"{also[f'also:{voice.name}']:+.2f}")
    return table


def shown_of(asked: Proposed, probability: Floats) -> NDArray[np.intp]:
    """Which proposals are among the likeliest of their household, that are shown."""
    order = np.lexsort((-probability, asked.customer))
    _, start, owner = np.unique(asked.customer[order], return_index=True, return_inverse=True)
    return order[np.arange(len(order)) - start[owner] < SHOWN]


def right_of_shown(asked: Proposed, probability: Floats) -> Floats:
    """How many of the likeliest shown each household bought, float64 [households]."""
    shown = shown_of(asked, probability)
    people, owner = np.unique(asked.customer, return_inverse=True)
    return np.bincount(owner[shown], weights=asked.wanted[shown], minlength=len(people)).astype(np.float64)


def _trees(learned: Proposed) -> Callable[[Proposed], Floats]:
    """Trees, non-decreasing in every source's word."""
    import lightgbm  # noqa: PLC0415 -- slow to import

    def columns(asked: Proposed) -> Floats:
        return np.column_stack([strongest(asked.told, asked.voices), asked.told, asked.figures])

    def grow(some: Proposed, leaves: int, rounds: int) -> "lightgbm.Booster":
        settings = {"objective": "binary", "learning_rate": 0.05, "num_leaves": leaves, "min_data_in_leaf": 100, "seed": SEED, "deterministic": True}
        rising = [1] * (1 + len(some.voices)) + [0] * some.figures.shape[1]
        rows = lightgbm.Dataset(columns(some), some.wanted)
        return lightgbm.train(settings | {"monotone_constraints": rising, "num_threads": 1, "verbose": -1}, rows, rounds)

    kept = learned.customer % 4 > 0
    held_out = learned.of(~kept)
    tried = {shape: log_losses(np.asarray(grow(learned.of(kept), *shape).predict(columns(held_out))), held_out.wanted).mean() for shape in SHAPES}
    model = grow(learned, *min(tried, key=lambda shape: float(tried[shape])))
    return lambda asked: np.asarray(model.predict(columns(asked)))
