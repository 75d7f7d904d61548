"""A year of a grocer, small enough to know by heart, in the columns of Complete Journey."""

from datetime import UTC, datetime

import numpy as np

from tactful.demo.complete_journey import COLUMNS, Tables

PRODUCTS = [
    (10, 69, "GROCERY", "Private", "FLUID MILK PRODUCTS", "FLUID MILK WHITE ONLY", "1 GA"),
    (11, 69, "GROCERY", "Private", "FLUID MILK PRODUCTS", "FLUID MILK WHITE ONLY", "1/2 GAL"),
    (20, 2, "MEAT", "National", "BEEF", "LEAN", None),
    (30, 2, "FUEL", "National", "FUEL", "GASOLINE-REG UNLEADED", None),
    (40, 2, "MISCELLANEOUS", "National", None, None, None),
    (50, 2, "CHEF SHOPPE", "National", None, "INSTORE CUT VEGETABLES", None),
    (70, 2, "PRODUCE", "National", "TROPICAL FRUIT", "BANANAS", "40 LB"),
    (60, 2, "GROCERY", "National", "BUTTER", "BUTTER", "1 LB"),  # never sold
]
# Of a line: household, store, basket, product, quantity, what was paid, and when, UTC.
LINES = [
    (7, 31, 1, 20, 1, 4.00, "2017-03-01T15:30:00"),
    (7, 31, 1, 10, 2, 3.00, "2017-03-01T15:30:00"),
    (8, 31, 2, 10, 1, 1.00, "2017-03-05T20:00:00"),
    (8, 31, 2, 10, 2, 3.20, "2017-03-05T20:00:00"),
    (7, 31, 3, 30, 9000, 25.0, "2017-06-01T20:00:00"),
    (7, 31, 4, 40, 0, 0.00, "2017-06-02T20:00:00"),  # a correction: no purchase, no order
    (9, 32, 5, 11, 1, 0.99, "2017-12-01T05:00:00"),
    (9, 32, 5, 40, 1, 5.00, "2017-12-01T05:00:00"),
    (9, 32, 5, 50, 1, 2.00, "2017-12-01T05:00:00"),
    (9, 32, 5, 70, 2, 1.00, "2017-12-01T05:00:00"),
]
CAMPAIGNS = [(2, 8), (1, 8)]
STARTS = [(1, "2017-03-03"), (2, "2017-07-01")]
REDEMPTIONS = [(8, 10000085207, 1, "2017-03-20")]


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def columns(name: str, rows: list[tuple]) -> dict:
    """Rows as the named table's columns, days and times as numpy holds them."""
    found = dict(zip(COLUMNS[name], map(list, zip(*rows, strict=True)), strict=True))
    return {key: np.array(values, "datetime64[ns]") if key.endswith(("date", "timestamp")) else values for key, values in found.items()}


def made_up_year(lines: list[tuple] = LINES, campaigns: list[tuple] = CAMPAIGNS, redemptions: list[tuple] = REDEMPTIONS) -> Tables:
    """All tables."""
    return Tables(
        transactions=columns("transactions", lines),
        products=columns("products", PRODUCTS),
        campaigns=columns("campaigns", campaigns),
        campaign_descriptions=columns("campaign_descriptions", STARTS),
        coupon_redemptions=columns("coupon_redemptions", redemptions),
    )
