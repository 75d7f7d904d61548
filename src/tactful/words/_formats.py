"""Dates, money and counts in one locale, and names put safely into a sentence. Babel is slow, so what was said once is kept."""

import re
import unicodedata
from datetime import date, datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format, get_timezone_location
from babel.numbers import format_currency, format_decimal

RIGHT_TO_LEFT = frozenset({"R", "AL"})
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of the text after them."""
SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
KEPT = 4096
"""Dates and prices kept per process."""


def plain_name(text: str) -> str:
    """A title or brand on one line, without marks that would turn or break the sentence around it.

    >>> plain_name("Mug\\n\\u202eBcc: all")
    'Mug Bcc: all'
    """
    return text if text.isascii() and text.isprintable() else SPACES.sub(" ", CONTROLS.sub("", text)).strip()


@lru_cache(KEPT)
def _day(locale: str, day: date, pattern: str | None, *, with_year: bool) -> str:
    return format_date(day, pattern or "long", locale=locale) if pattern or with_year else format_skeleton("MMMMd", day, locale=locale, fuzzy=True)


@lru_cache(KEPT)
def _money(locale: str, amount: float, currency: str, pattern: str | None) -> str:
    return format_currency(amount, currency, pattern, locale=locale)


@lru_cache(KEPT)
def _number(locale: str, number: float, pattern: str | None) -> str:
    return format_decimal(number, pattern, locale=locale)


class Formats:
    """How one locale writes. ``patterns`` are the words' own wishes: ``day``, ``day_year``, ``price``, ``amount``."""

    def __init__(self, locale: Locale, patterns: dict[str, str]) -> None:
        self.locale, self.patterns, self.name = locale, patterns, str(locale)
        self.plural_form = lru_cache(KEPT)(locale.plural_form)

    @cached_property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return self.locale.text_direction

    def named(self, text: str) -> str:
        """A title or brand for a sentence, isolated where it, or the sentence, runs from right to left."""
        name = plain_name(text)
        turned = self.direction == "rtl" or not (name.isascii() or RIGHT_TO_LEFT.isdisjoint(map(unicodedata.bidirectional, name)))
        return f"{ISOLATE}{name}{END_OF_ISOLATE}" if turned else name

    def day(self, at: datetime, *, now: datetime) -> str:
        """A day as people say it, on the clock of ``now``, with the year where it is not this one."""
        at = at.astimezone(now.tzinfo)
        if at.year == now.year:
            return _day(self.name, at.date(), self.patterns.get("day"), with_year=False)
        return _day(self.name, at.date(), self.patterns.get("day_year"), with_year=True)

    def moment(self, at: datetime) -> str:
        """A day with its year and the time of day, on the clock of ``at``'s own zone."""
        day = _day(self.name, at.date(), self.patterns.get("day_year"), with_year=True)
        return str(get_datetime_format("medium", locale=self.name)).replace("'", "").format(format_time(at, "short", locale=self.name), day)

    def city(self, zone: ZoneInfo) -> str:
        """The city that a zone is named after."""
        return get_timezone_location(zone, locale=self.name, return_city=True)

    def price(self, amount: float, currency: str) -> str:
        """An amount with its currency; without one, the bare amount."""
        return _money(self.name, amount, currency, self.patterns.get("price")) if currency else self.amount(amount, currency)

    def amount(self, amount: float, currency: str) -> str:
        """The same price again: bare where the language wants it so."""
        if currency and "amount" not in self.patterns:
            return self.price(amount, currency)
        return _number(self.name, amount, self.patterns.get("amount", "#,##0.00"))

    def count(self, number: float) -> str:
        """A number."""
        return _number(self.name, number, None)
