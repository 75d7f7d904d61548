"""What the customer stated in so many words: it outranks everything inferred, and the latest word on a thing counts.

A value names a product type and all below it (``Baby > Nappies``), a style, a product or a brand, in any case.
"""

from collections.abc import Iterator
from datetime import datetime

from tactful.model.catalog import CatalogTable
from tactful.model.profile import Preference, Profile

WANTS = frozenset({"reminders_for", "interested_in", "likes"})
"""Keys whose value names what they want to hear of. It opens exactly that, also where it is private."""
SHUNS = frozenset({"not_interested_in", "avoid", "no_reminders_for"})
"""Keys whose value names what they do not want; the last concerns messages only."""
NO_REMINDERS = "no_reminders_for"


def names(value: str, row: int, catalog: CatalogTable) -> bool:
    """Tell whether a stated value speaks of a product."""
    product = catalog.products[row]
    said, path = value.strip().casefold(), catalog.types[catalog.type_of[row]].casefold()
    return path == said or path.startswith(f"{said} > ") or said in (product.id.casefold(), product.group.casefold(), (product.brand or "").casefold())


def wanted_at(row: int, profile: Profile, catalog: CatalogTable, *, only_style: bool = False) -> datetime | None:
    """When they last stated that they want a product; None where they did not, or said otherwise since. ``only_style``: by the product or style itself."""
    last = _last_word(row, profile, catalog, writing=False)
    if last is None or last.key not in WANTS:
        return None
    product = catalog.products[row]
    return last.at if not only_style or last.value.casefold() in (product.id.casefold(), product.group.casefold()) else None


def is_shunned(row: int, profile: Profile, catalog: CatalogTable, *, writing: bool) -> bool:
    """Whether the last word on a product is that they do not want it, or not to be written to about it."""
    last = _last_word(row, profile, catalog, writing=writing)
    return last is not None and last.key in SHUNS


def _last_word(row: int, profile: Profile, catalog: CatalogTable, *, writing: bool) -> Preference | None:
    return next((stated for stated in _about(profile, writing=writing) if names(stated.value, row, catalog)), None)


def _about(profile: Profile, *, writing: bool) -> Iterator[Preference]:
    for stated in reversed(profile.preferences):
        if stated.key in WANTS or (stated.key in SHUNS and (writing or stated.key != NO_REMINDERS)):
            yield stated
