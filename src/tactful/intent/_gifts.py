"""Signs that something is for somebody else."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

import msgspec
import numpy as np

from tactful.intent._calendar import in_gift_season
from tactful.model.catalog import CatalogTable
from tactful.model.needs import Contribution, Sign
from tactful.model.products import Product
from tactful.model.profile import Profile, Search
from tactful.model.tables import DAY_SECONDS, History
from tactful.model.wants import WantWeights

NEAR = timedelta(days=7)
_PEOPLE = (
    "him|her|them|mum|mom|mother|dad|father|grandma|grandpa|granny|grandmother|grandfather|sister|brother|son|daughter|wife|husband|girlfriend|boyfriend|"
    "friend|aunt|uncle|niece|nephew|colleague|teacher"
)
_GIFT_WORDS = re.compile(
    rf"\b(gifts?|presents?|for (my |a |an |the )?({_PEOPLE})|geschenke?|cadeaux?|regalos?|regal[oi]|presentes?|stocking filler\w*|secret santa)\b",
    re.IGNORECASE,
)
Traits = dict[tuple[str, ...], Counter[str]]


@lru_cache(maxsize=4096)
def speaks_of_gift(query: str) -> bool:
    """Tell whether a search is for somebody else.

    >>> speaks_of_gift("gift for dad"), speaks_of_gift("shirt for my mum"), speaks_of_gift("gifted hands")
    (True, True, False)
    """
    return _GIFT_WORDS.search(query) is not None


class GiftSigns:
    """What this customer's searches and purchases tell of whom they shop for."""

    def __init__(self, profile: Profile, history: History, catalog: CatalogTable, weights: WantWeights) -> None:
        self._catalog, self._weights = catalog, weights
        self._country = profile.address.country if profile.address is not None else None
        self._searches = [search for search in profile.searches if speaks_of_gift(search.query)]
        self._own = history.own()

    def about(self, signs: list[Sign]) -> list[Contribution]:
        """The evidence that these looks at one type are for another."""
        weights = self._weights
        found = self._searched(signs[-1].at, {sign.visit for sign in signs}) if self._searches else []
        country = self._country
        if in_gift_season(signs[-1].at.date(), country=country) and all(in_gift_season(sign.at.date(), country=country) for sign in signs[:-1]):
            found.append(_gift("gift_season", weights.gift_season, signs))
        return found + self.other_person(signs)

    def _searched(self, at: datetime, visits: set[int]) -> list[Contribution]:
        here = [search for search in self._searches if search.visit in visits]
        near = [search for search in self._searches if abs(search.at - at) <= NEAR]
        if here:
            return [_gift("gift_words", self._weights.gift_words_here, here)]
        if near:
            return [_gift("gift_words_near", self._weights.gift_words_near, near)]
        return []

    def other_person(self, signs: list[Sign]) -> list[Contribution]:
        """The evidence that what they looked at, or bought, is made for another person than they buy for."""
        traits = self._traits
        rows = {sign.row for sign in signs if sign.row >= 0} if traits else set()
        if not rows:
            return []
        found = []
        products = [self._catalog.products[row] for row in sorted(rows)]
        for code, weight in (("other_person", self._weights.other_person), ("other_size", self._weights.other_size)):
            strength = sum([_difference(product, traits, code) for product in products]) / len(products)
            if strength > 0:
                found.append(_gift(code, weight * strength, signs))
        return found

    @cached_property
    def _traits(self) -> Traits:
        """How often they bought each value of each trait for themselves; counted once a day."""
        products, rows = self._catalog.products, self._own.rows.tolist()
        traits = {row: found for row in set(rows) if (found := _traits_of(products[row]))}
        known: Traits = {}
        seen = set()
        for row, at in zip(rows, self._own.at.tolist(), strict=True) if traits else ():
            for key, value in traits.get(row, ()):
                if (day := (key, value, at // DAY_SECONDS)) not in seen:
                    seen.add(day)
                    known.setdefault(key, Counter())[value] += 1
        return known

    def bought(self, sign: Sign, *, elsewhere: str | None, before: bool) -> float:
        """Log odds that a bought line was for another: ``elsewhere`` tells where it was sent, ``before`` whether they buy the type for themselves."""
        weights = self._weights
        sent = {"postal_code": weights.sent_elsewhere, "country": weights.sent_abroad}.get(elsewhere or "", 0.0)
        signs = sum(contribution.log_odds for contribution in self.about([sign]))
        kind = weights.bought_before if before else weights.first_of_kind if sent else 0.0
        return weights.gift + sent + signs + kind


def _gift(code: str, log_odds: float, happened: Sequence[Sign | Search]) -> Contribution:
    return Contribution(code, "gift", log_odds, happened[-4:])


def _traits_of(product: Product) -> tuple[tuple[tuple[str, ...], str], ...]:
    return _traits(product.gender or "", product.age_group or "", product.size or "", product.product_type or "")


@lru_cache(maxsize=4096)
def _traits(gender: str, age_group: str, size: str, product_type: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    traits: list[tuple[tuple[str, ...], str]] = []
    gender = gender.lower()
    if gender and gender != "unisex":
        traits.append((("other_person", "gender"), gender))
    if age_group:
        traits.append((("other_person", "age_group"), age_group.lower()))
    if size and size.lower() not in ("one", "one size", "os"):
        department = product_type.partition(" > ")[0]
        traits.append((("other_size", department, gender, str(size[:1].isdigit())), size.lower()))
    return tuple(traits)


def _difference(product: Product, traits: Traits, code: str) -> float:
    """How surely a product is made for another: 0 where nothing speaks for it, towards 1 the more purchases of theirs say otherwise."""
    strongest = 0.0
    for key, value in _traits_of(product):
        if key[0] == code and (known := traits.get(key)) and value not in known:
            bought = sum(known.values())
            strongest = max(strongest, bought / (bought + 0.5))
    return strongest


def with_gifts(profile: Profile, history: History, catalog: CatalogTable, *, weights: WantWeights) -> History:
    """Mark the lines that were most likely bought for somebody else, though nobody said so."""
    elsewhere = {i: order.elsewhere for i, order in enumerate(profile.orders) if order.elsewhere}
    if 2 * len(elsewhere) > len(profile.orders) + 1:
        elsewhere = {}  # Where most of their orders go is a place of theirs.
    if not elsewhere and not any(speaks_of_gift(search.query) for search in profile.searches):
        return history
    signs = GiftSigns(profile, history, catalog, weights)
    gift = history.gift.copy()
    visits = {search.visit: search.at for search in profile.searches}
    ordered_in: dict[int, set[int]] = {}
    rows, numbers, types = history.rows.tolist(), history.orders.tolist(), history.types.tolist()
    for line in np.flatnonzero(~history.gift).tolist():
        number, before = numbers[line], ordered_in.setdefault(types[line], set())
        if number < 0:
            before.add(number)
            continue  # Its order is no longer kept: nothing is known of the occasion.
        order = profile.orders[number]
        visit = next((visit for visit, at in visits.items() if timedelta(0) <= order.at - at <= timedelta(hours=2)), -1)
        sign = Sign(order.at, "bought", visit, order.event_id, rows[line])
        gift[line] = signs.bought(sign, elsewhere=elsewhere.get(number), before=bool(before - {number})) > 0
        before.add(number)
    return msgspec.structs.replace(history, gift=gift)
