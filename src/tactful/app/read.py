"""Reading one customer for a decision: identity, profile, history and needs, once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tactful.app.currency import currency_of
from tactful.app.place import away_orders
from tactful.app.ports import Store
from tactful.app.profiles import load_profile
from tactful.identity import identifier
from tactful.intent import as_said, needs_of, with_gifts
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.events import Event
from tactful.model.profile import Profile
from tactful.model.wants import PRIOR, WantModel
from tactful.profile import fold_all, history_columns, new_profile

NOBODY = ""
"""Customer id of somebody we know nothing of."""

ORDERS_TOLD = 64
"""Orders that tell when they come by."""


def find_customer(store: Store, *, user_id: str | None, anonymous_id: str | None) -> str | None:
    """Resolve ids to a customer. A userId counts alone, known or not: the device may be somebody else's. None where the id that counts is not known.

    What names nobody (``guest``) is no userId, here as in events.
    """
    counts = identifier("user_id", user_id) or identifier("anonymous_id", anonymous_id)
    return store.identities.owner(counts) if counts else None


def read_customer(store: Store, customer_id: str | None, catalog: CatalogTable, *, now: datetime, wants: WantModel = PRIOR) -> Customer:
    """Read a customer as of ``now``; None gives somebody of whom nothing is known."""
    profile = load_profile(store, customer_id, now=now) if customer_id else new_profile(NOBODY)
    return see_customer(profile, catalog, now=now, wants=wants)


def read_device(store: Store, customer_id: str, anonymous_id: str, *, catalog: CatalogTable, now: datetime, wants: WantModel = PRIOR) -> Customer:
    """Read only what was done on one device, as of ``now``: for a caller who cannot prove that the rest is theirs too."""
    done_here = (event for event in store.events.read(customer_id, until=now) if event.anonymous_id == anonymous_id)
    return see_customer(fold_all(new_profile(customer_id), done_here), catalog, now=now, wants=wants)


def read_visit(store: Store, customer_id: str | None, visit: Sequence[Event], *, catalog: CatalogTable, now: datetime, wants: WantModel = PRIOR) -> Customer:
    """Read only the visit under way, of somebody who refuses to be known. What they said still holds, and what they own is not offered again."""
    profile = fold_all(new_profile(NOBODY), visit)
    if customer_id is None:
        return see_customer(profile, catalog, now=now, wants=wants)
    known = load_profile(store, customer_id, now=now)
    profile = msgspec.structs.replace(profile, dismissals=known.dismissals, preferences=known.preferences)
    return msgspec.structs.replace(see_customer(profile, catalog, now=now, wants=wants), perhaps=history_columns(known, catalog).own())


def see_customer(profile: Profile, catalog: CatalogTable, *, now: datetime, wants: WantModel = PRIOR) -> Customer:
    """Lay a profile over a catalogue, and infer what was a gift and what they want. What the customer calls a gift is one."""
    row_of = catalog.known(profile.products)
    history = with_gifts(profile, as_said(history_columns(profile, catalog, row_of), profile, catalog), catalog, weights=wants.weights)
    needs = needs_of(profile, history, catalog, now=now, wants=wants, rows_of=row_of)
    away = away_orders(profile, catalog.stores, now=now)
    currency = currency_of(profile, away_orders=away, country=profile.address.country if profile.address else None)
    return Customer(profile=profile, history=history, needs=needs, catalog=catalog, row_of=row_of, away_orders=away, currency=currency)


def visits_of(profile: Profile) -> list[datetime]:
    """When they came by themselves, of late, as far as it is still known: orders, looks, and words of ours that they followed. In no order."""
    visits = [order.at for order in profile.orders[-ORDERS_TOLD:]] + [look.at for history in profile.products.values() for look in history.looks]
    return visits + [response.at for response in profile.responses if response.answer == "clicked"]
