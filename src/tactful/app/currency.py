"""The currency a person thinks in: as stated, else as they pay, else that of where they live. Never that of the connection."""

from collections import Counter

from babel.core import get_global

from tactful.model.profile import Profile

CURRENCY = "currency"
"""Key of the stated preference whose value is three letters."""
RECENT_ORDERS = 12
LETTERS = 3


def currency_of(profile: Profile, *, away_orders: frozenset[int], country: str | None) -> str | None:
    """Name the currency by its three letters; None where nothing tells it. What was paid in person on a trip, or sent to another country, tells nothing."""
    stated = next((one.value.strip().upper() for one in reversed(profile.preferences) if one.key == CURRENCY), None)
    if stated is not None and len(stated) == LETTERS and stated.isalpha():
        return stated
    at_home = [order.currency for i, order in enumerate(profile.orders) if order.currency and i not in away_orders and order.elsewhere != "country"]
    paid = Counter(at_home[-RECENT_ORDERS:][::-1])  # of equals the latest
    return paid.most_common(1)[0][0] if paid else _tender(country)


def _tender(country: str | None) -> str | None:
    """The currency in use in a country, from the Unicode locale data."""
    in_use = get_global("territory_currencies").get(country or "", ())
    return next((name for name, _, until, tender in reversed(in_use) if until is None and tender), None)
