"""One customer as every model and rule sees them: read once, then only arithmetic."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from tactful.model.candidates import Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.needs import Need
from tactful.model.profile import ProductHistory, Profile
from tactful.model.tables import History


class Customer(Struct, frozen=True, kw_only=True, dict=True):
    """A profile with what follows from it over one catalogue, as of one time."""

    profile: Profile
    history: History
    """All purchases, gifts included."""
    needs: Mapping[int, Need]
    """By type code."""
    catalog: CatalogTable
    row_of: dict[str, int] = {}
    """Catalogue rows of the products in the profile that we know, by id."""
    away_orders: frozenset[int] = frozenset()
    """Orders bought in person on a trip that is over, as indices into `Profile.orders`: owned, but no sign of what is wanted at home."""
    currency: str | None = None
    """Three letters: as stated, else as they pay, else that of their country; None where nothing tells it."""
    perhaps: History | None = None
    """What customers bought who may be the same person (`tactful.app.kin`): a reason to be silent, never one to speak."""

    @property
    def last_sign(self) -> tuple[Evidence, ...]:
        """The last thing they did themselves, as the evidence of what is said because they are here; none where they did nothing yet."""
        profile = self.profile
        if profile.last_own_event_id is None or profile.last_own_at is None:
            return ()
        return (Evidence(message_id=profile.last_own_event_id, at=profile.last_own_at),)

    @cached_property
    def looked_at(self) -> dict[int, ProductHistory]:
        """By catalogue row: every product we know that they showed interest in."""
        products = self.profile.products
        return {row: history for product_id, row in self.row_of.items() if (history := products[product_id]).looks}

    @cached_property
    def signs(self) -> dict[str, list[int]]:
        """Catalogue rows by the kinds of signs (``view``, ``wish``, ``ask`` …) they gave of them."""
        rows: dict[str, dict[int, None]] = {}
        for row, history in self.looked_at.items():
            for look in history.looks:
                rows.setdefault(look.kind, {})[row] = None
        return {kind: list(found) for kind, found in rows.items()}
