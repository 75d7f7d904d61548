"""The benchmark of when to remind, on one household by hand."""

import io

import numpy as np
from rich.console import Console

from tactful.bench import reminders
from tactful.bench._grocer import Lines
from tactful.model.products import Product
from tactful.model.tables import DAY_SECONDS

COFFEE, BREAD = 1, 2


def household_of(days):
    """A household that shops on some days, and what it buys on each."""
    bought = [(day * DAY_SECONDS, product) for day, products in days for product in products]
    seconds, product = (np.array(column, np.int64) for column in zip(*bought, strict=True))
    titles = {number: Product(id=str(number), title=name, product_type=f"Food > {name}") for number, name in ((COFFEE, "Coffee"), (BREAD, "Bread"))}
    return Lines(household=np.zeros(len(seconds), np.int64), product=product, seconds=seconds, basket=seconds, first_day=0.0, quick=False, titles=titles)


def test_who_has_just_shopped_is_better_reminded_later():
    days = [(4 * trip, [BREAD, *([COFFEE] if trip % 10 == 0 else [])]) for trip in range(81)]
    # Coffee is due 36 days after the last, on a day of shopping without it, and is bought four days later.
    assert reminders.judge(Console(file=io.StringIO(), width=200), household_of(days)) == {0.0: 0.0, 0.25: 0.0, 0.5: 1.0, 0.75: 1.0}
