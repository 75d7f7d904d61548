"""The days for which people buy presents differ by country."""

from datetime import date

import pytest

from tactful.intent._calendar import in_gift_season


@pytest.mark.parametrize(
    ("day", "country", "season"),
    [
        (date(2026, 3, 15), "GB", True),
        (date(2026, 3, 15), "US", False),
        (date(2026, 5, 10), "US", True),
        (date(2026, 5, 10), None, True),
        (date(2026, 5, 30), "FR", True),
        (date(2020, 6, 7), "FR", True),
        (date(2020, 6, 9), "FR", False),
        (date(2026, 5, 31), "SE", True),
        (date(2026, 5, 14), "DE", True),
        (date(2026, 6, 20), "DE", False),
        (date(2026, 3, 18), "ES", True),
        (date(2026, 3, 21), "ES", False),
        (date(2026, 1, 4), "ES", True),
        (date(2026, 1, 4), "GB", False),
        (date(2026, 9, 5), "AU", True),
        (date(2026, 11, 7), "FI", True),
        (date(2026, 6, 12), "BR", True),
        (date(2026, 2, 14), "BR", False),
        (date(2026, 12, 28), "UA", True),
        (date(2026, 12, 28), "DE", False),
    ],
)
def test_presents_are_bought_for_the_feasts_of_the_country(day, country, season):
    assert in_gift_season(day, country=country) is season
