"""Whether a household buys again, within seven days, a product or a kind of product that it has bought before.

One grocer's year, things sold fifty times or more. The hazard is learned from ten weeks that begin on days 180 to 243 of the year, asked at four later days,
of households that shopped within the last eight weeks; what is usual for a thing is known up to each day. Scores that are no probabilities are put on the
scale by an isotonic curve, fitted on the same ten weeks.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Column, Table
from scipy.special import ndtr

from tactful.bench import Setting
from tactful.bench._cost import Cost, measured
from tactful.bench._grocer import Level, purchase_table, read_lines
from tactful.bench._lists import LENGTH, NOTHING, Truth
from tactful.bench._lists import judge as judge_lists
from tactful.bench._score import DRAWS_OF_ORDER, Ordered, average_precision, calibration_error, interval_of_ratio, log_losses
from tactful.model.tables import PurchaseTable
from tactful.recommend._calibration import fit_curve
from tactful.recommend._hazard import HORIZON_DAYS, Styles, mean_gap
from tactful.recommend._pairs import Pairs
from tactful.recommend.due_again import DueAgain, DueAgainConfig, bought_within

Floats = NDArray[np.float64]
LEARNED_UNTIL = 250.0
"""Days of the year: the last week learned from ends here."""
WEEKS_LEARNED = 10
LEAST_LINES = 50
ASKED_ON = (280.0, 301.0, 322.0, 340.0)
SEED = 8321
MUST = {"type": (0.790, 0.157, 0.01), "product": (0.810, 0.090, 0.01)}
"""AUC at least, log-loss at most, calibration error at most."""
OURS = "Tactful"


class Asked(Struct, frozen=True, kw_only=True):
    """Pairs asked about on some days, as columns of equal length; a household asked on two days is one household."""

    household: NDArray[np.int64]
    letter: NDArray[np.int64]
    """Which household on which day."""
    thing: NDArray[np.int64]
    label: NDArray[np.bool_]
    columns: dict[str, Floats]
    """Score by way of guessing."""
    seconds: dict[str, float]
    """Processor time by way of guessing; what lays out the pairs is the same for all and not in it."""


def run(console: Console, setting: Setting) -> int:
    """Compare ours with what is usual, by type and by product; 0 where ours reaches what was promised."""
    lines = read_lines(quick=setting.quick)
    reached = [judge(console, purchase_table(lines, level, least_lines=LEAST_LINES), level, first_day=lines.first_day) for level in ("type", "product")]
    return 0 if all(reached) else 1


def judge(console: Console, purchases: PurchaseTable, level: Level, *, first_day: float) -> bool:
    """Measure and print one level; whether it reaches what was promised."""
    known = purchases.before(first_day + LEARNED_UNTIL)
    ours = DueAgain(DueAgainConfig(cut_offs=WEEKS_LEARNED))
    _, learning = measured(lambda: ours.train(known))
    _, counting = measured(lambda: ours.catch_up(known))
    learned = _ask(ours, known, [first_day + LEARNED_UNTIL - HORIZON_DAYS * (week + 1) for week in range(WEEKS_LEARNED)])
    asked = _ask(ours, purchases, [first_day + day for day in ASKED_ON])
    on_scale = {name: measured(partial(_on_scale, name, learned, asked)) for name in asked.columns}
    probability = {name: made for name, (made, _) in on_scale.items()}
    fitting = {name: _both(counting, curve) for name, (_, curve) in on_scale.items()} | {OURS: learning}
    console.print(_table(level, asked, probability, len(purchases.customers)))
    console.print(_list_table(asked, purchases, fitting))
    console.print(_bought_table(asked, probability[OURS]))
    auc, loss, error = _merits(probability[OURS], asked)
    least, most, off = MUST[level]
    return auc >= least and loss <= most and error <= off


def _both(one: Cost, other: Cost) -> Cost:
    return Cost(seconds=one.seconds + other.seconds, peak_mib=max(one.peak_mib, other.peak_mib))


def _ask(ours: DueAgain, purchases: PurchaseTable, days: list[float]) -> Asked:
    parts = []
    for number, day in enumerate(days):
        ours.catch_up(purchases.before(day))
        ours.bind(purchases.catalog)
        pairs, trips = ours.active_pairs(purchases, day)
        ways = {name: partial(score, ours.styles, pairs, day) for name, score in PEERS.items()} | {OURS: partial(ours.probabilities, pairs, trips, day)}
        scores = {name: measured(way) for name, way in ways.items()}
        part = Asked(
            household=pairs.customer,
            letter=pairs.customer + number * len(purchases.customers),
            thing=pairs.key,
            label=bought_within(purchases, pairs, day),
            columns={name: score for name, (score, _) in scores.items()},
            seconds={name: cost.seconds for name, (_, cost) in scores.items()},
        )
        parts.append(part)
    return Asked(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in ("household", "letter", "thing", "label")},
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        seconds={name: sum(part.seconds[name] for part in parts) for name in parts[0].seconds},
    )


def _recency(usual: Styles, pairs: Pairs, day: float) -> Floats:
    return -(day - pairs.last_day)


def _frequency(usual: Styles, pairs: Pairs, day: float) -> Floats:
    return pairs.count


def _repeat_share(usual: Styles, pairs: Pairs, day: float) -> Floats:
    return usual.repeat_share[pairs.key]


def _lognormal(usual: Styles, pairs: Pairs, day: float) -> Floats:
    """Share of buyers who buy again, times the log-normal hazard of the product's usual gap."""
    elapsed, gap, spread = np.maximum(day - pairs.last_day, 0.5), usual.gap_days[pairs.key], usual.spread[pairs.key]
    survival = np.maximum(ndtr(np.log(gap / elapsed) / spread), 1e-6)
    return np.asarray(usual.repeat_share[pairs.key] * (1 - ndtr(np.log(gap / (elapsed + HORIZON_DAYS)) / spread) / survival))


def _poisson_gamma(usual: Styles, pairs: Pairs, day: float) -> Floats:
    """A rate with a gamma prior from the product: one purchase in its usual gap."""
    return np.asarray((pairs.count - 1 + usual.repeat_share[pairs.key]) / (day - pairs.first_day + usual.gap_days[pairs.key]))


def _still_alive(usual: Styles, pairs: Pairs, day: float) -> Floats:
    """The same, while they have not been away for three of their gaps."""
    away = (day - pairs.last_day) / mean_gap(pairs, usual)
    return np.asarray(_poisson_gamma(usual, pairs, day) / (1 + np.exp(away - 3)))


PEERS: dict[str, Callable[[Styles, Pairs, float], Floats]] = {
    "recency": _recency,
    "frequency": _frequency,
    "repeat share": _repeat_share,
    "repeat share × log-normal gap": _lognormal,
    "Poisson-gamma rate": _poisson_gamma,
    "Poisson-gamma, still alive": _still_alive,
}
"""Their parameters are the product's usual gap and repeat share, as ours learned them."""


def _on_scale(name: str, learned: Asked, asked: Asked) -> Floats:
    """Probabilities: ours are; of the others isotonic curves make some."""
    curve = None if name == OURS else fit_curve(learned.columns[name], learned.label)
    return asked.columns[name] if curve is None else np.asarray(curve(asked.columns[name]))


def _merits(probability: Floats, asked: Asked) -> tuple[float, float, float]:
    return Ordered(probability, asked.label).auc(), float(log_losses(probability, asked.label).mean()), calibration_error(probability, asked.label)


def _table(level: Level, asked: Asked, probability: dict[str, Floats], households: int) -> Table:
    title = f"{level}: {len(asked.label):,} pairs, {asked.label.mean():.2%} bought within seven days"
    table = Table("", "AUC", "Tactful ahead by", "AP", "log-loss", "Tactful ahead by", "ECE", title=title)
    rng = np.random.default_rng(SEED)
    draws = [np.bincount(rng.integers(0, households, households), minlength=households).astype(float)[asked.household] for _ in range(DRAWS_OF_ORDER)]
    ours = Ordered(asked.columns[OURS], asked.label)
    aucs = np.array([ours.auc(weight) for weight in draws])
    loss = log_losses(probability[OURS], asked.label)
    lines = np.bincount(asked.household, minlength=households).astype(float)
    for name, score in asked.columns.items():
        order, theirs = Ordered(score, asked.label), log_losses(probability[name], asked.label)
        ahead = worse = ""
        if name != OURS:
            between = np.percentile(aucs - [order.auc(weight) for weight in draws], [2.5, 97.5])
            ahead = f"{between[0]:+.4f} to {between[1]:+.4f}"
            low, high = interval_of_ratio(_sums(asked.household, theirs - loss, households), lines, seed=SEED)
            worse = f"{low:+.5f} to {high:+.5f}"
        precision = average_precision(probability[name], asked.label)
        error = calibration_error(probability[name], asked.label)
        table.add_row(name, f"{order.auc():.4f}", ahead, f"{precision:.3f}", f"{theirs.mean():.5f}", worse, f"{error:.4f}")
    return table


def _list_table(asked: Asked, purchases: PurchaseTable, fitting: dict[str, Cost]) -> Table:
    """What the ten likeliest of each household and day are like, and what they cost."""
    keys = len(purchases.catalog.groups)
    pair = asked.letter * keys + asked.thing
    kind = np.zeros(keys, np.int64)
    kind[purchases.catalog.group_of] = purchases.catalog.type_of
    bought = np.sort(pair[asked.label])
    truth = Truth(
        customers=np.unique(bought // keys),
        pairs=bought,
        had=np.sort(pair),
        keys=keys,
        buyers=np.bincount(asked.thing, minlength=keys).astype(float),
        kind=kind,
    )
    columns = (
        "recall",
        Column("95 %", no_wrap=True),
        f"{OURS} ahead by",
        "nDCG",
        "hit",
        "had before",
        "kind twice",
        "coverage",
        "novelty",
        "fit s",
        "MiB",
        "µs",
    )
    table = Table("at 10", *columns, title="the ten likeliest of who bought something again")
    found = {name: judge_lists(truth, _tens(asked, score, truth.customers)) for name, score in asked.columns.items()}
    people, owner = np.unique(truth.customers % len(purchases.customers), return_inverse=True)  # one household's letters stand and fall together
    letters = np.bincount(owner).astype(float)
    for name, merits in found.items():
        low, high = interval_of_ratio(_sums(owner, merits.recall, len(people)), letters, seed=SEED)
        ahead = interval_of_ratio(_sums(owner, found[OURS].recall - merits.recall, len(people)), letters, seed=SEED)
        table.add_row(
            name,
            f"{merits.recall.mean():.4f}",
            f"{low:.4f}–{high:.4f}",
            "" if name == OURS else f"{ahead[0]:+.4f} to {ahead[1]:+.4f}",
            f"{merits.ndcg.mean():.4f}",
            f"{merits.hit.mean():.3f}",
            f"{merits.already:.1%}",
            f"{merits.twice:.1%}",
            f"{merits.coverage:.1%}",
            f"{merits.novelty:.2f}",
            f"{fitting[name].seconds:.1f}",
            f"{fitting[name].peak_mib:.0f}",
            f"{asked.seconds[name] / len(np.unique(asked.letter)) * 1e6:.0f}",
        )
    return table


def _tens(asked: Asked, score: Floats, letters: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ten best things of some letters, best first, int64 [letters, 10]."""
    order = np.lexsort((-score, asked.letter))
    letter = asked.letter[order]
    place = np.arange(len(order)) - np.searchsorted(letter, letter)
    named = (place < LENGTH) & np.isin(letter, letters)
    top = np.full((len(letters), LENGTH), NOTHING)
    top[np.searchsorted(letters, letter[named]), place[named]] = asked.thing[order[named]]
    return top


def _sums(household: NDArray[np.int64], values: Floats, households: int) -> Floats:
    return np.bincount(household, weights=values, minlength=households).astype(np.float64)


def _bought_table(asked: Asked, probability: Floats) -> Table:
    table = Table("Tactful says", "pairs", "mean", "bought", title="how often it came true")
    edges = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
    for low, high in pairwise(edges):
        inside = (probability >= low) & ((probability < high) | (high == 1.0))
        if inside.any():
            table.add_row(f"{low:.2f}–{high:.2f}", f"{inside.sum():,}", f"{probability[inside].mean():.3f}", f"{asked.label[inside].mean():.3f}")
    return table
