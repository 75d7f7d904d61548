"""Signs of interest by type: looks, and searches that name a kind of thing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter

from tactful.model.catalog import CatalogTable
from tactful.model.needs import SEARCH, Sign
from tactful.model.profile import Look, Profile, Search
from tactful.model.wants import WantModel, words_of

WITHDRAWN = ("uncart", "unwish", "return")
MOST_MEANT = 4
"""A search that may mean more types than this means none in particular."""


def types_meant(query: str, wants: WantModel) -> tuple[int, ...]:
    """Find the types a search is about: those that all its known words may mean, else those of its most particular word; of these the ones called so.

    None where it is too general.
    """
    said = [word for word in words_of(query) if word in wants.words]
    if not said:
        return ()
    known = sorted((wants.words[word] for word in said), key=len)
    meant = set(known[0]).intersection(*known[1:]) or set(known[0])
    called = meant.intersection(code for word in said for code in wants.named.get(word, ()))
    return tuple(sorted(called or meant)) if len(called or meant) <= MOST_MEANT else ()


def signs_by_type(profile: Profile, catalog: CatalogTable, wants: WantModel, *, rows_of: Mapping[str, int]) -> "Signs":
    """Collect what they did, by type code, oldest first. ``rows_of``: the profile's products that the catalogue knows."""
    looked = [(rows_of[product_id], history.looks) for product_id, history in profile.products.items() if history.looks and product_id in rows_of]
    sources: dict[int, list[tuple[int, Sequence[Look]]]] = {}
    for code, of_product in zip(catalog.type_of[[row for row, _ in looked]].tolist() if looked else (), looked, strict=True):
        sources.setdefault(code, []).append(of_product)
    searches: dict[int, list[Search]] = {}
    for search in profile.searches if wants.words else ():
        for code in types_meant(search.query, wants):
            searches.setdefault(code, []).append(search)
            sources.setdefault(code, [])
    return Signs(sources, searches)


class Signs(Mapping[int, list[Sign]]):
    """Signs by type code, in the order in which the types were met; put in order when a type is first asked for."""

    def __init__(self, looked: dict[int, list[tuple[int, Sequence[Look]]]], searches: dict[int, list[Search]]) -> None:
        self._looked, self._searches = looked, searches
        self._ordered: dict[int, list[Sign]] = {}

    def __getitem__(self, code: int) -> list[Sign]:
        if (found := self._ordered.get(code)) is None:
            found = [Sign(look.at, look.kind, look.visit, look.event_id, row, look.brief) for row, looks in self._looked[code] for look in looks]
            found += [Sign(search.at, SEARCH, search.visit, search.event_id) for search in self._searches.get(code, ())]
            found.sort(key=attrgetter("at"))
            self._ordered[code] = found
        return found

    def __contains__(self, code: object) -> bool:
        return code in self._looked

    def __iter__(self) -> Iterator[int]:
        return iter(self._looked)

    def __len__(self) -> int:
        return len(self._looked)

    def between(self, after: datetime, until: datetime, *, visit: int) -> Iterator[int]:
        """The types of what they did in a visit after a time and up to another, in no order. Most things were last looked at before: one glance at them."""
        for code, sources in self._looked.items():
            for _, looks in sources:
                if looks[-1].at > after and any(after < look.at <= until and look.visit == visit for look in looks):
                    yield code
        for code, searches in self._searches.items():
            if any(after < search.at <= until and search.visit == visit for search in searches):
                yield code


def standing(signs: list[Sign]) -> list[Sign]:
    """The signs that were not taken back: out of the cart or off the wish list is an answer about that product."""
    withdrawn = {sign.row: sign.at for sign in signs if sign.kind in WITHDRAWN}
    return [sign for sign in signs if sign.row not in withdrawn or sign.at > withdrawn[sign.row]] if withdrawn else signs


def by_day(signs: list[Sign]) -> dict[date, list[Sign]]:
    """The signs by day, ascending; a visit over midnight counts for the day it began on."""
    if len(signs) == 1:
        return {signs[0].at.date(): signs}
    began: dict[int, date] = {}
    days: dict[date, list[Sign]] = {}
    for sign in signs:
        day = began.get(sign.visit)
        if day is None:
            day = began[sign.visit] = sign.at.date()
        days.setdefault(day, []).append(sign)
    return dict(sorted(days.items())) if len(days) > 1 else days
