"""What silence costs: how many households hear from us in a week, and how much of what they hear is right, by how sure we must be to write.

One grocer's year. The hazard is learned before day 250 of the year; asked at four later days, of households that shopped within the last eight weeks. A message
names up to three of the things they bought before, the likeliest first; a thing named is right if it is bought within seven days.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._grocer import Level, purchase_table, read_lines
from tactful.model.tables import PurchaseTable
from tactful.recommend.due_again import DueAgain, DueAgainConfig, bought_within

Floats = NDArray[np.float64]
LEARNED_UNTIL, WEEKS_LEARNED = 250.0, 10
LEAST_LINES = 50
ASKED_ON = (280.0, 301.0, 322.0, 340.0)
MOST_NAMED = 3
SURE = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
JUDGED_AT = 0.5
MUST_REACH, MUST_BE_RIGHT = 0.29, 0.61
"""Of households a week, and of things named; judged on kinds of things."""


class Asked(Struct, frozen=True, kw_only=True):
    """The likeliest pairs of each household and day, at most three. Columns of equal length."""

    letter: NDArray[np.int64]
    """Which household on which day."""
    probability: Floats
    right: NDArray[np.bool_]
    letters: int
    """Households asked about, each day counted."""


def run(console: Console, setting: Setting) -> int:
    """Print the curve by kind and by product; 0 where it reaches what was promised."""
    lines = read_lines(quick=setting.quick)
    levels: tuple[Level, ...] = ("type", "product")
    by_level = {level: ask(purchase_table(lines, level, least_lines=LEAST_LINES), first_day=lines.first_day) for level in levels}
    for level, asked in by_level.items():
        table = Table("sure at least", "households a week", "right of named", "one right at least", title=f"{level}: {asked.letters:,} households asked about")
        for sure in SURE:
            written, right, one_right = judge(asked, sure)
            table.add_row(f"{sure:.2f}", f"{written:.1%}", f"{right:.3f}", f"{one_right:.3f}")
        console.print(table)
    written, right, _ = judge(by_level["type"], JUDGED_AT)
    reached = round(written, 2) >= MUST_REACH and round(right, 2) >= MUST_BE_RIGHT
    sure = sure_for(by_level["type"], MUST_REACH)
    console.print(
        f"{MUST_REACH:.0%} of households hear from us where we must be {sure:.3f} sure; then {judge(by_level['type'], sure)[1]:.3f} of what is named is right"
    )
    promised = f"{MUST_REACH:.0%} of households at {MUST_BE_RIGHT:.2f} right, where we must be {JUDGED_AT:.0%} sure"
    console.print(f"{'reached' if reached else 'falls short'}: {promised}")
    return 0 if reached else 1


def ask(purchases: PurchaseTable, *, first_day: float) -> Asked:
    """Learn, and name the likeliest things of each household on each day."""
    ours = DueAgain(DueAgainConfig(cut_offs=WEEKS_LEARNED))
    ours.train(purchases.before(first_day + LEARNED_UNTIL))
    letters, probabilities, rights, asked = [], [], [], 0
    for number, day in enumerate(first_day + each for each in ASKED_ON):
        ours.catch_up(purchases.before(day))
        ours.bind(purchases.catalog)
        pairs, trips = ours.active_pairs(purchases, day)
        probability, bought = ours.probabilities(pairs, trips, day), bought_within(purchases, pairs, day)
        order = np.lexsort((-probability, pairs.customer))
        household = pairs.customer[order]
        starts = np.searchsorted(household, household)
        named = order[np.arange(len(order)) - starts < MOST_NAMED]
        letters.append(pairs.customer[named].astype(np.int64) + number * len(purchases.customers))
        probabilities.append(probability[named])
        rights.append(bought[named])
        asked += len(np.unique(household))
    return Asked(letter=np.concatenate(letters), probability=np.concatenate(probabilities), right=np.concatenate(rights), letters=asked)


def sure_for(asked: Asked, share: float) -> float:
    """How sure we must be so that this share of the households hears from us."""
    _, letter = np.unique(asked.letter, return_inverse=True)
    likeliest = np.zeros(letter.max() + 1)
    np.maximum.at(likeliest, letter, asked.probability)
    return float(np.sort(likeliest)[::-1][min(int(share * asked.letters), len(likeliest)) - 1])


def judge(asked: Asked, sure: float) -> tuple[float, float, float]:
    """Share of households written to, share of things named that were right, share of messages with one right at least."""
    named = asked.probability >= sure
    written, hits = np.unique(asked.letter[named], return_inverse=True)
    right = np.bincount(hits, weights=asked.right[named], minlength=len(written)) > 0
    return len(written) / asked.letters, float(asked.right[named].mean()) if named.any() else 0.0, float(right.mean()) if len(written) else 0.0
