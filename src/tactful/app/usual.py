"""The usual of somebody who is here: what the request says of the place and time, for `tactful.recommend`."""

from datetime import datetime

from tactful.app.place import home_zone, possible_zones
from tactful.app.requests import DecideContext
from tactful.intent import covers
from tactful.model.customer import Customer
from tactful.model.decisions import Usual
from tactful.model.moment import PICKUP, Here
from tactful.model.products import Store as Shop
from tactful.recommend import usual_of

AT_COUNTER = "store"
"""The placement of somebody who stands in a store."""


def usual_here(customer: Customer, *, placement: str, context: DecideContext, shop: Shop | None, now: datetime) -> Usual | None:
    """Name their usual at this placement: at a counter only what that store has; in the zone of the place they are in."""
    named = shop is not None and shop.store_code == context.store_code
    there = placement == AT_COUNTER or context.fulfilment == PICKUP or (named and context.fulfilment != "delivery")
    return _usual(customer, kind="store" if there else "web", shop=shop if there else None, timezone=context.timezone, now=now)


def usual_anywhere(customer: Customer, *, now: datetime) -> Usual | None:
    """Name their usual at this time of day, wherever they are."""
    return _usual(customer, kind=None, shop=None, timezone=None, now=now)


def _usual(customer: Customer, *, kind: str | None, shop: Shop | None, timezone: str | None, now: datetime) -> Usual | None:
    catalog = customer.catalog
    stores = {shop.store_code: shop} if shop else catalog.stores
    zone_now = possible_zones(customer.profile, stores, now=now)[0]

    def available(row: int) -> bool:
        there = shop is None or not shop.inventory or catalog.product(row).id in shop.inventory
        return bool(catalog.in_stock[row]) and there

    def refused_at(row: int) -> datetime | None:
        answers = (answer.at for answer in customer.profile.dismissals if covers(answer, row, catalog))
        return max(answers, default=None)

    here = Here(
        zone=timezone or (shop.timezone if shop else zone_now),
        home_zone=home_zone(customer.profile, stores, now=now) or zone_now,
        kind=kind,
        store_code=shop.store_code if shop else None,
        available=available,
        refused_at=refused_at,
    )
    return usual_of(customer, here, now=now)
