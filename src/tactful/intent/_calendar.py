"""The days for which people buy presents, by country: where it is not known, those of most countries.

Every date follows from its rule, written beside the countries that keep it: a day of the year, a Sunday of a month, or a distance from Easter. Countries
on which published lists disagree are left out, and count as most countries do: 14 February, the second Sunday of May, the third of June.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

NEAR = timedelta(days=7)
Feast = Callable[[int], date]


@lru_cache(maxsize=4096)
def in_gift_season(day: date, *, country: str | None = None) -> bool:
    """Tell whether a day lies in the weeks before Christmas, or in the days before Valentine's, Mother's or Father's Day, as their country keeps them.

    >>> in_gift_season(date(2025, 12, 22)), in_gift_season(date(2025, 12, 27)), in_gift_season(date(2026, 3, 12), country="GB")
    (True, False, True)
    """
    last = _LAST_PRESENT.get(country or "", (12, 24))
    if date(day.year, 12, 1) <= day <= date(day.year, 12, min(last[1], 31) if last[0] == 12 else 31):
        return True
    if last[0] == 1 and day <= date(day.year, *last):
        return True
    return any(timedelta(0) <= feast(day.year) - day <= NEAR for feast in _feasts(country))


def _feasts(country: str | None) -> tuple[Feast, Feast, Feast]:
    name = country or ""
    return _SWEETHEARTS.get(name, _on(2, 14)), _MOTHERS.get(name, _sunday(5, 2)), _FATHERS.get(name, _sunday(6, 3))


def _on(month: int, day: int) -> Feast:
    return lambda year: date(year, month, day)


def _sunday(month: int, number: int) -> Feast:
    """The first, second or further Sunday of a month."""
    return lambda year: (first := date(year, month, 1)) + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))


def _last_sunday(month: int) -> Feast:
    """The last Sunday of a month of 31 days."""
    return lambda year: (last := date(year, month, 31)) - timedelta(days=(last.weekday() + 1) % 7)


def _after_easter(days: int) -> Feast:
    return lambda year: _easter(year) + timedelta(days=days)


def _french_mothers(year: int) -> date:
    """The last Sunday of May, a week later where that is Whitsun."""
    last = _last_sunday(5)(year)
    return last + timedelta(days=7) if last == _easter(year) + timedelta(days=49) else last


def _easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computus (Meeus, Astronomical Algorithms)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * j) // 433
    month = (h + j - 7 * m + 90) // 25
    return date(year, month, (h + j - 7 * m + 33 * month + 19) % 32)


def _kept(*rules: tuple[str, Feast]) -> dict[str, Feast]:
    return {country: feast for countries, feast in rules for country in countries.split()}


_SWEETHEARTS = _kept(("BR", _on(6, 12)))  # the eve of Saint Anthony
_MOTHERS = _kept(
    ("GB IE NG", _after_easter(-21)),  # Mothering Sunday: the fourth in Lent
    ("NO", _sunday(2, 2)),
    ("BG RS MK RU BY KZ MD", _on(3, 8)),  # International Women's Day, on which mothers get theirs
    ("SI", _on(3, 25)),  # Annunciation
    ("BH EG IQ JO KW LB OM QA SA SY AE YE", _on(3, 21)),  # the first day of spring
    ("ES PT HU LT RO MZ", _sunday(5, 1)),
    ("MX GT SV", _on(5, 10)),
    ("PL", _on(5, 26)),
    ("SE DZ MA TN DO", _last_sunday(5)),
    ("FR", _french_mothers),
    ("TH", _on(8, 12)),  # the queen mother's birthday
    ("AR", _sunday(10, 3)),
)
_FATHERS = _kept(
    ("ES PT IT BO HN LI AD", _on(3, 19)),  # Saint Joseph
    ("RO", _sunday(5, 2)),
    ("DE", _after_easter(39)),  # Ascension: the fortieth day, Easter counted
    ("CH LT", _sunday(6, 1)),
    ("AT BE", _sunday(6, 2)),
    ("DK", _on(6, 5)),  # Constitution Day
    ("EG JO LB SY", _on(6, 21)),  # the first day of summer
    ("PL", _on(6, 23)),
    ("BR", _sunday(8, 2)),
    ("AU NZ", _sunday(9, 1)),
    ("SE NO FI EE IS", _sunday(11, 2)),
    ("TH", _on(12, 5)),  # the late king's birthday
)
_LAST_PRESENT = {"ES": (1, 5), "IT": (1, 5), "MX": (1, 5), "RU": (12, 31), "BY": (12, 31), "KZ": (12, 31), "UA": (12, 31)}
"""Month and day until which presents are bought, where it is not Christmas Eve: the Three Kings, or New Year's."""
