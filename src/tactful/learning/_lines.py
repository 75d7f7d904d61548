from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tactful.model.lines import Tables, columns_of
from tactful.model.profile import Profile, answered
from tactful.model.tables import LOOK_KINDS

BoughtLine = tuple[str, float, int, bool, bool]
"""Product id, epoch seconds, place among the orders, whether the order is kept, whether it was a gift."""
_KIND = {kind: code for code, kind in enumerate(LOOK_KINDS)}
_ORIGIN = datetime(1970, 1, 1)  # noqa: DTZ001 - on the customer's own clock, whichever that is
_HOUR_SECONDS = 3600


class LineBuilder:
    """Writes down what training reads of some customers, one after another, as the tables of `tactful.model.lines`."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[object, ...]]] = {"people": [], "purchases": [], "looks": [], "visits": []}

    def add(
        self, customer: int, profile: Profile, *, bought: Iterable[BoughtLine], visits: Sequence[datetime], country: str | None = None, zone: str | None = None
    ) -> None:
        """Add one customer by their place among all, with their purchases and visits; without a zone their clock is not known, and no visit tells its hour."""
        told = answered(profile.contacts, profile.responses)
        self._rows["people"].append((customer, country or "", len(told), sum(told)))
        self._rows["purchases"].extend((customer, *line) for line in bought)
        self._rows["looks"].extend(
            (customer, product_id, look.at.timestamp(), _KIND[look.kind])
            for product_id, product in profile.products.items()
            for look in product.looks
            if not look.brief
        )
        if zone is not None:
            self._rows["visits"].extend((customer, hour) for hour in _hours(visits, ZoneInfo(zone)))

    def tables(self) -> Tables:
        """Everything added so far."""
        return {name: columns_of(name, rows) for name, rows in self._rows.items()}


def _hours(visits: Sequence[datetime], zone: ZoneInfo) -> set[int]:
    """Hours on their own clock in which they came, since 1970; several signs within an hour are one visit."""
    return {int((at.astimezone(zone).replace(tzinfo=None) - _ORIGIN).total_seconds() // _HOUR_SECONDS) for at in visits}
