"""The days for which people buy presents differ by country."""

from datetime import date

import pytest

from tactful.intent._calendar import _FATHERS, _MOTHERS, _easter, in_gift_season


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


def test_easter_is_a_sunday_between_its_bounds_and_on_known_days():
    for year in range(1970, 2100):
        easter = _easter(year)
        assert easter.weekday() == 6
        assert date(year, 3, 22) <= easter <= date(year, 4, 25)
    assert [_easter(year) for year in (2000, 2019, 2024, 2025, 2026, 2038)] == [
        date(2000, 4, 23),
        date(2019, 4, 21),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]


@pytest.mark.parametrize(
    ("feasts", "country", "days"),
    [
        (_MOTHERS, "GB", {2024: (3, 10), 2025: (3, 30), 2026: (3, 15)}),
        (_MOTHERS, "FR", {2020: (6, 7), 2023: (6, 4), 2024: (5, 26), 2026: (5, 31)}),
        (_MOTHERS, "SE", {2024: (5, 26), 2026: (5, 31)}),
        (_MOTHERS, "ES", {2024: (5, 5), 2026: (5, 3)}),
        (_MOTHERS, "NO", {2020: (2, 9), 2026: (2, 8)}),
        (_MOTHERS, "AR", {2026: (10, 18)}),
        (_FATHERS, "DE", {2024: (5, 9), 2026: (5, 14)}),
        (_FATHERS, "AT", {2022: (6, 12), 2023: (6, 11)}),
        (_FATHERS, "AU", {2021: (9, 5), 2023: (9, 3)}),
        (_FATHERS, "BR", {2021: (8, 8), 2022: (8, 14)}),
        (_FATHERS, "FI", {2021: (11, 14), 2023: (11, 12)}),
    ],
)
def test_each_rule_gives_the_days_that_were_kept(feasts, country, days):
    assert {year: (feasts[country](year).month, feasts[country](year).day) for year in days} == days
