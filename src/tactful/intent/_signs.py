"""Signs of interest by type: looks, and searches that name a kind of thing."""

from datetime import date, datetime

from msgspec import Struct

from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.profile import Profile
from tactful.model.wants import WantModel, words_of

WITHDRAWN = ("uncart", "unwish", "return")
SEARCH = "search"
MOST_MEANT = 4
"""A search that may mean more types than this means none in particular."""


class Sign(Struct, frozen=True):
    """One sign of interest in a type; ``row`` is unknown for a search."""

    at: datetime
    kind: str
    visit: int
    event_id: str
    row: int = UNKNOWN_ROW
    brief: bool = False
    """Away again within seconds."""


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


def signs_by_type(profile: Profile, catalog: CatalogTable, wants: WantModel) -> dict[int, list[Sign]]:
    """Collect what they did, by type code, oldest first."""
    signs: dict[int, list[Sign]] = {}
    for product_id, product in profile.products.items():
        row = catalog.row_of.get(product_id, UNKNOWN_ROW) if product.looks else UNKNOWN_ROW
        if row != UNKNOWN_ROW:
            found = signs.setdefault(int(catalog.type_of[row]), [])
            found += [Sign(look.at, look.kind, look.visit, look.event_id, row, look.brief) for look in product.looks]
    for search in profile.searches if wants.words else ():
        for code in types_meant(search.query, wants):
            signs.setdefault(code, []).append(Sign(search.at, SEARCH, search.visit, search.event_id))
    for found in signs.values():
        found.sort(key=lambda sign: sign.at)
    return signs


def standing(signs: list[Sign]) -> list[Sign]:
    """The signs that were not taken back: out of the cart or off the wish list is an answer about that product."""
    withdrawn = {sign.row: sign.at for sign in signs if sign.kind in WITHDRAWN}
    return [sign for sign in signs if sign.row not in withdrawn or sign.at > withdrawn[sign.row]]


def by_day(signs: list[Sign]) -> dict[date, list[Sign]]:
    """The signs by day, ascending; a visit over midnight counts for the day it began on."""
    began: dict[int, date] = {}
    days: dict[date, list[Sign]] = {}
    for sign in signs:
        days.setdefault(began.setdefault(sign.visit, sign.at.date()), []).append(sign)
    return dict(sorted(days.items()))
