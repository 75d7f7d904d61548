"""What training reads: the log's purchases, looks and visits as lines, laid out a shard of customers at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tactful.app.place import whereabouts
from tactful.app.ports import Store, Training
from tactful.app.profiles import load_profile
from tactful.app.read import visits_of
from tactful.learning import LineBuilder, product_lines
from tactful.model.catalog import CatalogTable
from tactful.model.lines import Tables
from tactful.profile import purchase_lines

SHARD = 256
"""Customers whose lines are held in memory at once."""
PRODUCTS = "products"


def lay_out(store: Store, catalog: CatalogTable, customers: Sequence[str], *, work: Training, progress: Callable[[int], None]) -> None:
    """Lay out every customer's lines up to the end of the window; shards that are there already stay."""
    if not work.holds(PRODUCTS):
        work.lay_out(PRODUCTS, product_lines(catalog))
    for first in range(0, len(customers), SHARD):
        shard, some = f"{first // SHARD:06d}", customers[first : first + SHARD]
        if not work.holds(shard):
            work.lay_out(shard, _lines(store, catalog, some, first=first, now=work.now))
        progress(len(some))


def _lines(store: Store, catalog: CatalogTable, customers: Sequence[str], *, first: int, now: datetime) -> Tables:
    builder = LineBuilder()
    for number, customer_id in enumerate(customers, first):
        profile = load_profile(store, customer_id, now=now)
        where = whereabouts(profile, catalog.stores, now=now)
        zone = where.home.timezone if where.home else where.timezone
        builder.add(number, profile, bought=purchase_lines(profile), visits=visits_of(profile), country=where.country, zone=zone)
    return builder.tables()
