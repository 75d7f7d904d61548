"""Which product within a type comes next: one grocer's year, household by household, as it happened.

Purchases of a type on one day are one occasion. Before each occasion but the first two of a household and type, every way of guessing names one product; it is
right if the product is among those bought. Fuel, coupons and services are left out. What is fixed in the code was chosen on one household in
six; what is reported comes from the other five.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.demo import complete_journey as grocer
from tactful.recommend._habit import Habit
from tactful.recommend._usual import daypart_of

LEFT_OUT = frozenset({"FUEL", "COUPON", "MISCELLANEOUS"})
CHOSEN_ON = 1
"""Households whose number leaves this remainder by six were used to choose; they are not judged."""
LEAST_PAST = 2
PASTS = ((2, 5), (5, 10), (10, 10_000))
COVERAGES = (0.06, 0.2, 0.34, 0.5)
FORGET = 0.8
MUST_BE_RIGHT = 0.63
"""With ten purchases behind it."""
MUST_BE_RIGHT_OF_SUREST = (0.34, 0.815)

Floats = NDArray[np.float64]


class Occasion(Struct, frozen=True):
    """What a household bought of one type on one day, and the situations it was in."""

    chosen: list[int]
    situations: tuple[str, ...]


class Guesses(Struct):
    """One way of guessing: how sure it was and whether it was right, a decision each."""

    sure: list[float] = []
    right: list[bool] = []


def run(console: Console, setting: Setting) -> int:
    """Compare same as last, the mode of all time, the decayed mode and ours; 0 where ours reaches what was promised."""
    tables = grocer.read_tables(grocer.find_data())
    started = time.perf_counter()
    past, found = guess(list(sequences(tables)))
    console.print(_accuracies(past, found))
    console.print(_coverages(found))
    console.print(_offers(found["ours"]))
    console.print(f"{len(past)} decisions in {time.perf_counter() - started:.0f} s")
    long_past = np.array(past) >= PASTS[-1][0]
    coverage, least = MUST_BE_RIGHT_OF_SUREST
    reached = np.array(found["ours"].right)[long_past].mean() >= MUST_BE_RIGHT and surest(found["ours"], coverage) >= least
    return 0 if reached else 1


def sequences(tables: grocer.Tables) -> Iterator[list[Occasion]]:
    """The occasions of every household and type, without the households on which anything was chosen."""
    about = {
        product: kind
        for product, kind, department in zip(tables.products["product_id"], tables.products["product_type"], tables.products["department"], strict=True)
        if kind is not None and department not in LEFT_OUT
    }
    columns = (tables.transactions[name] for name in ("household_id", "product_id", "store_id"))
    seconds = grocer.epoch_seconds(tables.transactions["transaction_timestamp"]).tolist()
    lines = sorted(
        (int(household), about[product], at, int(product), int(store))
        for household, product, store, at in zip(*columns, seconds, strict=True)
        if int(household) % 6 != CHOSEN_ON and product in about
    )
    for _, own in groupby(lines, key=lambda line: line[:2]):
        yield [_occasion(list(day)) for _, day in groupby(own, key=lambda line: line[2] // 86_400)]


def _occasion(lines: list[tuple[int, str, int, int, int]]) -> Occasion:
    daypart = daypart_of(datetime.fromtimestamp(lines[0][2], UTC), grocer.SHOP_ZONE.key)
    return Occasion(list(dict.fromkeys(line[3] for line in lines)), (daypart, str(lines[0][4])))


def guess(households: list[list[Occasion]]) -> tuple[list[int], dict[str, Guesses]]:
    """Let every way guess every occasion with enough past; the number of past occasions, and the guesses."""
    past: list[int] = []
    found = {name: Guesses() for name in ("same as last", "mode of all time", "decayed mode .8", "ours")}
    for occasions in households:
        if len(occasions) > LEAST_PAST:
            past += range(LEAST_PAST, len(occasions))
            for name, guesses in (
                ("same as last", _last(occasions)),
                ("mode of all time", _mode(occasions, 1.0)),
                ("decayed mode .8", _mode(occasions, FORGET)),
            ):
                _judge(found[name], occasions, guesses)
            _judge(found["ours"], occasions, _ours(occasions))
    return past, found


def _judge(found: Guesses, occasions: list[Occasion], guesses: Iterator[tuple[int, float]]) -> None:
    for number, (occasion, (choice, sure)) in enumerate(zip(occasions, guesses, strict=True)):
        if number >= LEAST_PAST:
            found.sure.append(sure)
            found.right.append(choice in occasion.chosen)


def _last(occasions: list[Occasion]) -> Iterator[tuple[int, float]]:
    last = -1
    for occasion in occasions:
        yield last, 1.0
        last = occasion.chosen[-1]


def _mode(occasions: list[Occasion], forget: float) -> Iterator[tuple[int, float]]:
    """The decayed share, with one occasion of doubt, so that two of two are less sure than ten of ten."""
    counts: dict[int, float] = {}
    total = 0.0
    for occasion in occasions:
        choice = max(counts, key=lambda one: counts[one], default=-1)
        yield choice, counts.get(choice, 0.0) / (total + 1.0)
        counts = {one: count * forget for one, count in counts.items()}
        total = total * forget + 1.0
        for one in occasion.chosen:
            counts[one] = counts.get(one, 0.0) + 1.0


def _ours(occasions: list[Occasion]) -> Iterator[tuple[int, float]]:
    habit: Habit[int] = Habit()
    for occasion in occasions:
        yield habit.likeliest(occasion.situations) or (-1, 0.0)
        habit.learn(occasion.chosen, occasion.situations)


def surest(guesses: Guesses, coverage: float) -> float:
    """How often the surest share of the guesses is right."""
    order = np.argsort(-np.array(guesses.sure), kind="stable")[: int(coverage * len(guesses.sure))]
    return float(np.array(guesses.right)[order].mean())


def _accuracies(past: list[int], found: dict[str, Guesses]) -> Table:
    table = Table("right", *(f"{low}–{high - 1} past" if high < 10_000 else f"{low}+ past" for low, high in PASTS), "all")
    number = np.array(past)
    for name, guesses in found.items():
        right = np.array(guesses.right)
        table.add_row(name, *(f"{right[(number >= low) & (number < high)].mean():.3f}" for low, high in PASTS), f"{right.mean():.3f}")
    return table


def _coverages(found: dict[str, Guesses]) -> Table:
    table = Table("right of the surest", *(f"{coverage:.0%}" for coverage in COVERAGES))
    for name in ("decayed mode .8", "ours"):
        table.add_row(name, *(f"{surest(found[name], coverage):.3f}" for coverage in COVERAGES))
    return table


def _offers(ours: Guesses) -> Table:
    table = Table("ours, confidence", "decisions", "mean confidence", "right")
    sure, right = np.array(ours.sure), np.array(ours.right)
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0), (0.6, 1.0)):
        inside = (sure >= low) & ((sure < high) | (high == 1.0))
        table.add_row(f"{low:.1f}–{high:.1f}", f"{inside.mean():.1%}", f"{sure[inside].mean():.3f}", f"{right[inside].mean():.3f}")
    return table
