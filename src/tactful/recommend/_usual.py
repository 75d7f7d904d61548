"""What they always have: product and options, at this time of day and in this kind of place, offered only where it is a habit.

The visits to a subject ("Cafe", "Grocery > Milk") are learnt one by one (`tactful.recommend._habit`). What may not be offered now, because it is
forbidden, out of stock or was answered with a no, is taken out of the past first: what is left tells what they have instead.
"""

import statistics
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from tactful.model.customer import Customer
from tactful.model.decisions import Usual
from tactful.model.moment import Here
from tactful.model.profile import Order, Purchase
from tactful.model.tables import DAY_SECONDS
from tactful.recommend._habit import Habit
from tactful.recommend._stated import Stated, pin_of, stated_of

OFFER_FROM = 0.6
PREFILL_FROM = 0.8
LEAST_VISITS = 4
HABIT_GAP_DAYS = 4.0
"""Usual days between two visits of a habit; what is bought more seldom is a matter of being due."""
MADE_TO_ORDER_GAP_DAYS = 14.0
"""The same where it is made to their wishes: that is ordered where one stands, never stocked up."""
STALE_GAPS = 6.0
STALE_DAYS = 21.0
"""A habit is over after so many of its gaps, and not before so many days: everybody goes on holiday."""
RECENT_DAYS = 60.0
DEVIATIONS = 2
"""After so many visits in a row that were not the usual, we ask instead of offering."""
VISITS_LEARNT = 120
ORDERS_COUNTED = 30
STORE, AWAY = "store", "web"

Vector = tuple[str, tuple[tuple[str, str], ...]]
"""A product id and its options, by name."""


class _Visit(Struct, frozen=True):
    """One order with something of the subject in it, and the situations it was made in."""

    chosen: list[Vector]
    situations: tuple[str, ...]


def usual_of(customer: Customer, here: Here | None = None, *, now: datetime) -> Usual | None:
    """Name the usual, or None where there is no habit or it is not clear enough."""
    here = here or Here()
    daypart = daypart_of(now, here.zone)
    preferences = customer.profile.preferences
    stated = stated_of(preferences)
    pin = pin_of(preferences, daypart=daypart)
    if pin is not None:
        if pin.product_id is None:
            return None
        if _may_be_offered(customer, here, stated, (pin.product_id, tuple(sorted(pin.options.items())))):
            return Usual(product_id=pin.product_id, options=pin.options, confidence=1.0, prefill=True)
    habits = [usual for rows in _frequent_subjects(customer, now=now) if (usual := _usual_among(customer, here, rows, stated=stated, now=now))]
    return max(habits, key=lambda usual: (usual.confidence, len(usual.options)), default=None)


def daypart_of(at: datetime, zone: str) -> str:
    """Name the part of the day in a zone.

    >>> from datetime import UTC
    >>> daypart_of(datetime(2026, 3, 1, 23, tzinfo=UTC), "America/Los_Angeles")
    'day'
    """
    hour = at.astimezone(ZoneInfo(zone)).hour
    return "morning" if 4 <= hour < 11 else "day" if 11 <= hour < 17 else "evening" if 17 <= hour < 22 else "night"


def kind_of_place(order: Order) -> str:
    """Tell whether an order was made at a counter, or fetched there, or sent home."""
    return STORE if order.channel == "pos" or order.fulfilment == "pickup" or (order.store_code and order.fulfilment != "delivery") else AWAY


def _frequent_subjects(customer: Customer, *, now: datetime) -> list[list[int]]:
    """Catalogue rows of subjects bought often enough of late to be a habit at all, ascending: cheap, and rules most of them out."""
    history, names = customer.history, customer.catalog.types
    recent = ~history.gift & (history.at >= now.timestamp() - RECENT_DAYS * DAY_SECONDS)
    orders: dict[str, set[int]] = {}
    for code, order in zip(history.types[recent].tolist(), history.orders[recent].tolist(), strict=True):
        orders.setdefault(_subject(names[code]), set()).add(order)
    subjects = {subject: list[int]() for subject, found in orders.items() if len(found) >= LEAST_VISITS}
    for row in sorted(set(history.rows.tolist())) if subjects else ():
        if (subject := _subject(names[customer.catalog.type_of[row]])) in subjects:
            subjects[subject].append(row)
    return list(subjects.values())


@lru_cache(65_536)
def _subject(type_path: str) -> str:
    """What a type is a kind of: one visit is for one subject.

    >>> _subject("Cafe > Tea"), _subject("Books")
    ('Cafe', 'Books')
    """
    return type_path.rpartition(" > ")[0] or type_path


def _usual_among(customer: Customer, here: Here, rows: list[int], *, stated: Stated, now: datetime) -> Usual | None:
    """Name the usual of one subject, of which they bought the products in some catalogue rows."""
    bought = _bought(customer, rows)
    if not _is_habit(customer, bought, now=now):
        return None
    lines = _lines(customer, bought)
    visits = _visits(customer, here, _allowed(customer, here, stated, lines))
    situations = _situations(daypart_of(now, here.zone), here.kind, here.store_code)
    if len(visits) < LEAST_VISITS or (found := _clearest(visits, situations)) is None:
        return None
    (product_id, options), share = found
    confidence = share * _comes_for(customer, set(lines), kind=here.kind)
    if confidence < OFFER_FROM:
        return None
    return Usual(product_id=product_id, options=dict(options), confidence=round(confidence, 3), prefill=confidence >= PREFILL_FROM)


def _bought(customer: Customer, rows: list[int]) -> list[tuple[int, Purchase]]:
    """Catalogue row and purchase of what they bought for themselves in some rows."""
    products = customer.profile.products
    known = [(row, products.get(customer.catalog.product(row).id)) for row in rows]  # None: all so long ago that the orders are no longer kept
    return [(row, purchase) for row, history in known if history is not None for purchase in history.purchases if not purchase.gift]


def _lines(customer: Customer, bought: list[tuple[int, Purchase]]) -> dict[int, list[tuple[int, Vector]]]:
    """Catalogue row and vector of what they bought, by order, oldest first."""
    found = [(purchase.order, row, (customer.catalog.product(row).id, tuple(sorted((purchase.options or {}).items())))) for row, purchase in bought]
    lines: dict[int, list[tuple[int, Vector]]] = {}
    for order, row, vector in sorted(found):
        lines.setdefault(order, []).append((row, vector))
    return lines


def _is_habit(customer: Customer, bought: list[tuple[int, Purchase]], *, now: datetime) -> bool:
    days = sorted({customer.profile.orders[order].at.date() for order in {purchase.order for _, purchase in bought}})
    if len(days) < LEAST_VISITS:
        return False
    gap = statistics.median((b - a).days for a, b in pairwise(days))
    to_order = any(purchase.options for _, purchase in bought)
    most = MADE_TO_ORDER_GAP_DAYS if to_order else HABIT_GAP_DAYS
    return gap <= most and (now.date() - days[-1]).days <= max(STALE_GAPS * gap, STALE_DAYS)


def _allowed(customer: Customer, here: Here, stated: Stated, lines: dict[int, list[tuple[int, Vector]]]) -> dict[int, list[Vector]]:
    """What of the past may be offered again, by order; orders in which nothing is left are left out."""
    vectors = {vector: row for bought in lines.values() for row, vector in bought}
    open_ended = _forbidden_options(stated, set(vectors))
    fine = {
        vector: here.refused_at(row)
        for vector, row in vectors.items()
        if _may_be_offered(customer, here, stated, vector) and open_ended.get(vector[0], set()) <= dict(vector[1]).keys()
    }
    kept = {}
    for order, bought in lines.items():
        at = customer.profile.orders[order].at
        left = [vector for _, vector in bought if vector in fine and ((refused := fine[vector]) is None or at > refused)]
        if left:
            kept[order] = left
    return kept


def _forbidden_options(stated: Stated, vectors: set[Vector]) -> dict[str, set[str]]:
    """By product, the options that were once chosen in a forbidden way: left open, it may come that way, so they must be named."""
    names: dict[str, set[str]] = {}
    for product_id, options in vectors if stated.forbidden else ():
        names.setdefault(product_id, set()).update(stated.forbidden_options(dict(options)))
    return names


def _may_be_offered(customer: Customer, here: Here, stated: Stated, vector: Vector) -> bool:
    catalog = customer.catalog
    row = catalog.row_of.get(vector[0])
    return row is not None and not catalog.sensitive[row] and here.available(row) and not stated.forbids(catalog.product(row), dict(vector[1]))


def _visits(customer: Customer, here: Here, lines: dict[int, list[Vector]]) -> list[_Visit]:
    """Orders as visits: several at the same place in the same part of a day are one."""
    stores = customer.catalog.stores
    visits: dict[tuple[date, tuple[str, ...]], dict[Vector, None]] = {}
    for order_index, chosen in list(lines.items())[-2 * VISITS_LEARNT :]:
        order = customer.profile.orders[order_index]
        shop = stores.get(order.store_code or "")
        zone = shop.timezone if shop else here.home_zone
        situations = _situations(daypart_of(order.at, zone), kind_of_place(order) if here.kind is not None else None, order.store_code)
        visits.setdefault((order.at.astimezone(ZoneInfo(zone)).date(), situations), {}).update(dict.fromkeys(chosen))
    return [_Visit(list(chosen), situations) for (_, situations), chosen in list(visits.items())[-VISITS_LEARNT:]]


def _situations(daypart: str, kind: str | None, store_code: str | None) -> tuple[str, ...]:
    """Name the situations in which a visit counts, besides always."""
    return (daypart,) if kind is None else (daypart, kind, f"{kind} {store_code}")


def _clearest(visits: list[_Visit], situations: tuple[str, ...]) -> tuple[Vector, float] | None:
    """Find what is likeliest now and how sure we are; None after two visits in a row, at this time and place, that were not the usual."""
    alike = [index for index, visit in enumerate(visits) if visit.situations[: len(situations) - 1] == situations[: len(situations) - 1]]
    latest = set((alike if len(alike) >= DEVIATIONS else range(len(visits)))[-DEVIATIONS:])
    habit: Habit[Vector] = Habit()
    deviations = 0
    for index, visit in enumerate(visits):
        if index in latest and habit.occasions:
            expected = habit.likeliest(visit.situations)
            deviations += expected is not None and expected[1] >= OFFER_FROM and expected[0] not in visit.chosen
        habit.learn(visit.chosen, visit.situations)
    return None if deviations >= DEVIATIONS else habit.likeliest(situations)


def _comes_for(customer: Customer, orders: set[int], *, kind: str | None) -> float:
    """How often they come for the subject when they come to this kind of place: beans ordered on the web say nothing about the counter."""
    if kind is None:
        return 1.0
    alike = [index for index in np.unique(customer.history.orders).tolist() if kind_of_place(customer.profile.orders[index]) == kind][-ORDERS_COUNTED:]
    return (len(orders.intersection(alike)) + 1) / (len(alike) + 1)
