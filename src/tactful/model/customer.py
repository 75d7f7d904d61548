"""One customer as every model and rule sees them: read once, then only arithmetic."""

from msgspec import Struct

from tactful.model.catalog import CatalogTable
from tactful.model.needs import Need
from tactful.model.profile import Profile
from tactful.model.tables import History


class Customer(Struct, frozen=True, kw_only=True):
    """A profile with what follows from it over one catalogue, as of one time."""

    profile: Profile
    history: History
    """All purchases, gifts included."""
    needs: dict[int, Need]
    """By type code."""
    catalog: CatalogTable
    away_orders: frozenset[int] = frozenset()
    """Orders bought in person on a trip that is over, as indices into `Profile.orders`: owned, but no sign of what is wanted at home."""
    currency: str | None = None
    """Three letters: as stated, else as they pay, else that of their country; None where nothing tells it."""
    perhaps: History | None = None
    """What customers bought who may be the same person (`tactful.app.kin`): a reason to be silent, never one to speak."""
