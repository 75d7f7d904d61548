"""Prices in the spellings that feeds use."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tactful.ingest.values import Unreadable
from tactful.model.products import Money

CURRENCY_FIRST = re.compile(r"([A-Za-z]{3})\s*(\d[\d.,\s]*)")
CURRENCY_LAST = re.compile(r"(\d[\d.,\s]*?)\s*([A-Za-z]{3})")
POINT_DECIMALS = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
COMMA_DECIMALS = re.compile(r"(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
LONGEST_AMOUNT = 20
"""Digits and separators."""


def read_money(value: Any) -> Money:
    """A price with its currency. Raises Unreadable with what is wrong.

    >>> read_money("15.00 EUR"), read_money("EUR 1.234,50")
    (Money(amount=Decimal('15.00'), currency='EUR'), Money(amount=Decimal('1234.50'), currency='EUR'))
    """
    if isinstance(value, dict):
        value = f"{value.get('value', value.get('amount', ''))} {value.get('currency', '')}"
    return money_of(str(value).strip())


@lru_cache(maxsize=16384)
def money_of(text: str) -> Money:
    """The same of text; prices are few, and come again and again."""
    if first := CURRENCY_FIRST.fullmatch(text):
        currency, amount = first.groups()
    elif last := CURRENCY_LAST.fullmatch(text):
        amount, currency = last.groups()
    else:
        raise Unreadable(f'must be an amount with a currency, like "15.00 EUR", not {text[:40]!r}')
    return Money(read_amount(amount), currency.upper())


def read_amount(text: str) -> Decimal:
    """An amount, whichever of point and comma separates its decimals. Raises Unreadable.

    >>> [str(read_amount(text)) for text in ("15,00", "1,234", "1,234.5", "1.234.567")]
    ['15.00', '1234', '1234.5', '1234567']
    """
    digits = "".join(text.split())
    if len(digits) <= LONGEST_AMOUNT:
        if POINT_DECIMALS.fullmatch(digits):
            return Decimal(digits.replace(",", ""))
        if COMMA_DECIMALS.fullmatch(digits):
            return Decimal(digits.replace(".", "").replace(",", "."))
    raise Unreadable(f"is not an amount: {digits[:40]}")
