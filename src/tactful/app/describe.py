"""Use case: show everything known of a customer, so that a person can read it."""

from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from tactful.app.facts import CHANNELS, contact_facts
from tactful.app.house import House
from tactful.app.place import place_name, possible_zones, whereabouts
from tactful.app.ports import Store
from tactful.app.profiles import customers_of
from tactful.app.read import read_customer
from tactful.model.customer import Customer
from tactful.model.products import Store as Shop
from tactful.model.profile import Profile
from tactful.model.tables import DAY_SECONDS
from tactful.recommend import sizes_of, spoken_title, usual_of


def describe(store: Store, house: House, customer: str, *, now: datetime) -> dict[str, Any]:
    """Describe a customer by userId, anonymousId or customer id, as JSON-ready values. Raises NotFound."""
    customer_id = customers_of(store, customer)
    catalog, _ = house.now()
    seen = read_customer(store, customer_id, catalog, now=now)
    profile = seen.profile
    zones = possible_zones(profile, catalog.stores, now=now)
    owned = _owned(seen)
    view = {
        "customerId": customer_id,
        "asOf": now,
        "identities": [{"kind": link.identifier.kind, "value": link.identifier.value, "since": link.since} for link in store.identities.links(customer_id)],
        "events": profile.events,
        "visits": profile.visits,
        "firstAt": profile.first_at,
        "lastAt": profile.last_own_at,
        "email": profile.email,
        "address": profile.address,
        **_places(profile, catalog.stores, now=now),
        "timezones": zones,
        "needs": _needs(seen),
        "owned": owned,
        "rhythm": [style for style in owned if style["everyDays"] is not None and not style["gift"]],
        "sizes": {kind[0]: size for kind, size in sizes_of(seen).items()},
        "usual": usual_of(seen, now=now),
        "cart": [{"productId": product_id, "since": line.at, "quantity": line.quantity} for product_id, line in profile.cart.items()],
    }
    return dict(msgspec.to_builtins(view | _answers(profile) | _contacts(profile, zones)))


def _places(profile: Profile, stores: dict[str, Shop], *, now: datetime) -> dict[str, Any]:
    """Where they live, and where they are while that is somewhere else."""
    where = whereabouts(profile, stores, now=now)
    home, away, address = where.home, where.now, profile.address
    return {
        "home": home
        and {
            "cell": home.cell,
            "place": (address.city if address else None) or place_name(home.cell, stores),
            "country": where.country,
            "timezone": home.timezone,
            "since": home.since,
            "weeksSeen": home.weeks_seen,
            "evidence": home.evidence,
        },
        "now": away
        and {
            "cell": away.cell,
            "place": place_name(away.cell, stores),
            "timezone": away.timezone,
            "until": away.until,
            "evidence": away.evidence,
        },
    }


def _needs(customer: Customer) -> list[dict[str, Any]]:
    needs = sorted(customer.needs.values(), key=lambda need: (-need.probability, need.type_code))
    return [
        {
            "type": customer.catalog.types[need.type_code],
            "state": need.state,
            "probability": round(need.probability, 3),
            "occasions": need.occasions,
            "since": need.since,
            "lastAt": need.last_at,
            "closedBy": need.closed_by,
            "evidence": need.event_ids,
        }
        for need in needs
    ]


def _owned(customer: Customer) -> list[dict[str, Any]]:
    """Styles bought and kept, the latest first."""
    history, catalog = customer.history, customer.catalog
    styles = []
    for group in np.unique(history.groups).tolist():
        lines = history.groups == group
        days = np.unique(np.floor(history.at[lines] / DAY_SECONDS))
        product = catalog.product(int(history.rows[lines][-1]))
        styles.append(
            {
                "groupId": catalog.groups[group],
                "title": spoken_title(product),
                "type": product.product_type,
                "days": len(days),
                "everyDays": round(float(np.exp(np.log(np.diff(days)).mean())), 1) if len(days) > 1 else None,
                "lastAt": customer.profile.orders[int(history.orders[lines][-1])].at,
                "gift": bool(history.gift[lines].all()),
            }
        )
    return sorted(styles, key=lambda style: (style["lastAt"], style["groupId"]), reverse=True)


def _answers(profile: Profile) -> dict[str, Any]:
    return {
        "preferences": [{"key": stated.key, "value": stated.value, "at": stated.at} for stated in profile.preferences],
        "dismissals": [
            {"productId": answer.product_id, "category": answer.category, "reason": answer.reason, "at": answer.at} for answer in profile.dismissals
        ],
        "pausedUntil": profile.paused_until,
    }


def _contacts(profile: Profile, zones: tuple[str, ...]) -> dict[str, Any]:
    facts = contact_facts(profile, zones=zones)
    return {
        "consent": {channel: facts.consented[channel] for channel in CHANNELS},
        "reachable": {channel: facts.reachable[channel] for channel in CHANNELS},
        "closedChannels": profile.closed_channels,
        "contactHistory": [
            {"messageId": contact.contact_id, "channel": contact.channel, "trigger": contact.trigger, "at": contact.at, "reserved": contact.reserved}
            for contact in facts.contacts
        ],
    }
