"""Use case: show everything known of a customer, so that a person can read it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from tactful.app.addresses import closed_for
from tactful.app.currency import currency_of
from tactful.app.facts import CHANNELS, contact_facts
from tactful.app.house import House
from tactful.app.place import place_name, possible_zones, whereabouts
from tactful.app.ports import Store
from tactful.app.profiles import customers_of
from tactful.app.read import read_customer
from tactful.app.usual import usual_anywhere
from tactful.app.worth import remaining_of
from tactful.learning import Remaining
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.products import Store as Shop
from tactful.model.products import spoken_title
from tactful.model.profile import Profile
from tactful.model.tables import DAY_SECONDS
from tactful.profile import ledger
from tactful.recommend import Recommender, sizes_of

EVIDENCE_SHOWN = 8
"""Events listed per style."""


def describe(store: Store, house: House, customer: str, *, now: datetime) -> dict[str, Any]:
    """Describe a customer by userId, anonymousId or customer id, as JSON-ready values. Raises NotFound."""
    customer_id = customers_of(store, customer)
    catalog, recommender = house.now()
    seen = read_customer(store, customer_id, catalog, now=now, wants=recommender.wants)
    profile = seen.profile
    zones = possible_zones(profile, catalog.stores, now=now)
    owned = _owned(seen, recommender, now=now)
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
        "currency": currency_of(profile, away_orders=seen.away_orders, country=whereabouts(profile, catalog.stores, now=now).country),
        **_places(profile, catalog.stores, now=now),
        "timezones": zones,
        "needs": _needs(seen),
        "owned": owned,
        "rhythm": [style for style in owned if style["everyDays"] is not None and not style["gift"]],
        "sizes": {kind[0]: size for kind, size in sizes_of(seen, now=now).items()},
        "remaining": _remaining(remaining_of(seen, house.base, now=now)),
        "usual": usual_anywhere(seen, now=now),
        "cart": [{"productId": product_id, "since": line.at, "quantity": line.quantity} for product_id, line in profile.cart.items()],
    }
    view["consentLedger"] = ledger(store.events.read(customer_id, until=now))
    return dict(msgspec.to_builtins(view | _answers(profile) | _contacts(profile, zones, closed_for(store, profile))))


def _remaining(worth: Remaining) -> dict[str, float]:
    """What is to be expected of them within a year: an estimate, from how customers of this shop come back."""
    figures = {"alive": worth.alive, "orders": worth.orders, "orderValue": worth.order_value, "value": worth.value}
    return {name: round(figure, 2) for name, figure in figures.items()}


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
            "explanations": {name: round(getattr(need.explanations, name), 3) for name in need.explanations.__struct_fields__},
            "because": [
                {"code": found.code, "speaksFor": found.speaks_for, "logOdds": round(found.log_odds, 2), "evidence": found.event_ids} for found in need.evidence
            ],
            "evidence": [sign.event_id for sign in need.latest],
        }
        for need in needs
    ]


def _owned(customer: Customer, recommender: Recommender, *, now: datetime) -> list[dict[str, Any]]:
    """Every style that ever was theirs, with its state, the latest first."""
    bought = [_bought(group, customer, recommender, now=now) for group in np.unique(customer.history.groups).tolist()]
    has = {style["groupId"] for style in bought}
    styles = [*bought, *(style for style in _told(customer) if style["groupId"] not in has)]
    return sorted(styles, key=lambda style: (style["lastAt"], style["groupId"]), reverse=True)


def _bought(group: int, customer: Customer, recommender: Recommender, *, now: datetime) -> dict[str, Any]:
    history, catalog = customer.history, customer.catalog
    lines = history.groups == group
    days = np.unique(np.floor(history.at[lines] / DAY_SECONDS))
    row, orders = int(history.rows[lines][-1]), history.orders[lines]
    every_days = float(np.exp(np.log(np.diff(days)).mean())) if len(days) > 1 else None
    kind = int(catalog.type_of[row])
    serves_days = every_days or min(float(recommender.life_days()[kind]), float(recommender.outlived_days()[kind]))
    gone = now.timestamp() - float(history.at[lines][-1]) > serves_days * DAY_SECONDS
    over = "used_up" if every_days or np.isfinite(recommender.life_days()[kind]) else "outlived"
    gift = bool(history.gift[lines].all())
    evidence = [customer.profile.orders[order].event_id for order in dict.fromkeys(orders[::-1].tolist()) if order >= 0]
    times = [datetime.fromtimestamp(at, UTC) for at in (float(history.at[lines][0]), float(history.at[lines][-1]))]
    return _style(row, catalog, state="given" if gift else over if gone else "owned", since=times[0], evidence=evidence[:EVIDENCE_SHOWN]) | {
        "days": len(days),
        "everyDays": round(every_days, 1) if every_days else None,
        "lastAt": times[1],
        "gift": gift,
    }


def _told(customer: Customer) -> list[dict[str, Any]]:
    """Styles without a purchase: sent back, or theirs from elsewhere, as they say."""
    catalog, profile = customer.catalog, customer.profile
    found = [(product_id, "returned", back.at, back.event_id) for product_id, back in profile.returned.items()]
    found += [(said.product_id, "owned", said.at, said.event_id) for said in profile.dismissals if said.product_id and said.reason == "already_have"]
    return [
        _style(row, catalog, state=state, since=at, evidence=[event_id]) | {"days": 0, "everyDays": None, "lastAt": at, "gift": False}
        for product_id, state, at, event_id in found
        if (row := catalog.row_of.get(product_id)) is not None
    ]


def _style(row: int, catalog: CatalogTable, *, state: str, since: datetime, evidence: list[str]) -> dict[str, Any]:
    product = catalog.product(row)
    return {
        "groupId": product.group,
        "title": spoken_title(product),
        "type": product.product_type,
        "state": state,
        "since": since,
        "evidence": evidence,
    }


def _answers(profile: Profile) -> dict[str, Any]:
    return {
        "preferences": [{"key": stated.key, "value": stated.value, "at": stated.at} for stated in profile.preferences],
        "dismissals": [
            {"productId": answer.product_id, "category": answer.category, "reason": answer.reason, "at": answer.at} for answer in profile.dismissals
        ],
        "pausedUntil": profile.paused_until,
    }


def _contacts(profile: Profile, zones: tuple[str, ...], closed: frozenset[str]) -> dict[str, Any]:
    facts = contact_facts(profile, zones=zones, closed=closed)
    return {
        "consent": {channel: facts.consented[channel] for channel in CHANNELS},
        "reachable": {channel: facts.reachable[channel] for channel in CHANNELS},
        "closedChannels": profile.closed_channels,
        "contactHistory": [
            {"messageId": contact.contact_id, "channel": contact.channel, "trigger": contact.trigger, "at": contact.at, "reserved": contact.reserved}
            for contact in facts.contacts
        ],
    }
