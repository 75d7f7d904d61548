"""What they always have: product and options, at this time of day and in this kind of place, offered only where it is a habit.

Who has something else at weekends than on workdays has two habits: all their visits, and those of this part of the week, are asked, and the surer one answers.
The visits to a subject ("Cafe", "Grocery > Milk") are learnt one by one (`tactful.recommend._habit`). What may not be offered now, because it is
forbidden, out of stock or was answered with a no, is taken out of the past first: what is left tells what they have instead.
"""

import statistics
from collections import defaultdict
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from tactful.model.customer import Customer
from tactful.model.decisions import Usual
from tactful.model.moment import Here
from tactful.model.profile import Order
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
SATURDAY = 5
TIMES_AS_OFTEN = 3.0
"""So much larger is its share of the visits in one part of the week than in the other, or it is no habit of that part."""
VISITS_LEARNT = 120
ORDERS_COUNTED = 30
STORE, AWAY = "store", "web"

Vector = tuple[str, tuple[tuple[str, str], ...]]
"""A product id and its options, by name."""


class _Visit(Struct, frozen=True):
    """One order with something of the subject in it, and the situations it was made in."""

    chosen: list[Vector]
    situations: tuple[str, ...]
    weekend: bool


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
    habits = [usual for types in _frequent_subjects(customer, now=now) if (usual := _usual_among(customer, here, types, stated=stated, now=now))]
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
    """Types of subjects bought often enough of late to be a habit at all: cheap, and rules most of them out."""
    own, names = customer.history.own(), customer.catalog.types
    recent = own.at.searchsorted(now.timestamp() - RECENT_DAYS * DAY_SECONDS)
    subject_of = {code: _subject(names[code]) for code in sorted(set(own.types.tolist()))}
    orders: defaultdict[str, set[int]] = defaultdict(set)
    for code, order in zip(own.types[recent:].tolist(), own.orders[recent:].tolist(), strict=True):
        orders[subject_of[code]].add(order)
    subjects = {subject: list[int]() for subject, found in orders.items() if len(found) >= LEAST_VISITS}
    for code, subject in subject_of.items():
        if subject in subjects:
            subjects[subject].append(code)
    return list(subjects.values())


@lru_cache(65_536)
def _subject(type_path: str) -> str:
    """What a type is a kind of: one visit is for one subject.

    >>> _subject("Cafe > Tea"), _subject("Books")
    ('Cafe', 'Books')
    """
    return type_path.rpartition(" > ")[0] or type_path


def _usual_among(customer: Customer, here: Here, types: list[int], *, stated: Stated, now: datetime) -> Usual | None:
    """Name the usual of one subject."""
    own = _own_lines(customer, here, types)
    if not _is_habit(customer, {order for order, _ in own}, within=MADE_TO_ORDER_GAP_DAYS, now=now):
        return None
    lines = _lines(customer, own)
    to_order = any(options for line in lines.values() for _, (_, options) in line)
    if not to_order and not _is_habit(customer, set(lines), within=HABIT_GAP_DAYS, now=now):
        return None
    visits = _visits(customer, here, _allowed(customer, here, stated, lines))
    situations = _situations(daypart_of(now, here.zone), here.kind, here.store_code)
    if len(visits) < LEAST_VISITS:
        return None
    found = [_clearest(visits, situations), _of_this_part_of_the_week(visits, situations, weekend=_is_weekend(now, here.zone))]
    if not any(found):
        return None
    (product_id, options), share = max(filter(None, found), key=lambda clearest: clearest[1])
    confidence = share * _comes_for(customer, here, set(lines))
    if confidence < OFFER_FROM:
        return None
    return Usual(product_id=product_id, options=dict(options), confidence=round(confidence, 3), prefill=confidence >= PREFILL_FROM)


def _own_lines(customer: Customer, here: Here, types: list[int]) -> set[tuple[int, int]]:
    """Order and catalogue row of what they bought for themselves of some types.

    What was a gift is the history's to say: it knows what they told us since, and what was most likely one. What they had on a trip counts only there.
    """
    own, elsewhere = customer.history.own(), _had_elsewhere(customer, here)
    of_subject = np.zeros(len(customer.catalog.types), np.bool_)
    of_subject[types] = True
    kept = of_subject[own.types] & (own.orders >= 0)
    return {(order, row) for order, row in zip(own.orders[kept].tolist(), own.rows[kept].tolist(), strict=True) if order not in elsewhere}


def _lines(customer: Customer, own: set[tuple[int, int]]) -> dict[int, list[tuple[int, Vector]]]:
    """Catalogue row and vector of what they bought, by order, oldest first."""
    catalog, first = customer.catalog, customer.profile.orders_before
    found = [
        (purchase.order - first, row, (product_id, tuple(sorted((purchase.options or {}).items()))))
        for row in sorted({row for _, row in own})
        for product_id in [catalog.product(row).id]
        for purchase in customer.profile.products[product_id].purchases
        if not purchase.gift and (purchase.order - first, row) in own
    ]
    lines: dict[int, list[tuple[int, Vector]]] = {}
    for order, row, vector in sorted(found):
        lines.setdefault(order, []).append((row, vector))
    return lines


def _had_elsewhere(customer: Customer, here: Here) -> set[int]:
    """Orders of trips that are over, unless they stand at that very counter again."""
    orders = customer.profile.orders
    return {index for index in customer.away_orders if here.store_code is None or orders[index].store_code != here.store_code}


def _is_habit(customer: Customer, orders: set[int], *, within: float, now: datetime) -> bool:
    """Whether there are enough orders, usually so many days apart at most, and it is not over."""
    days = sorted({customer.profile.orders[order].at.date() for order in orders})
    if len(days) < LEAST_VISITS:
        return False
    gap = statistics.median((b - a).days for a, b in pairwise(days))
    away = (customer.profile.orders[order].at.date() for order in customer.away_orders)
    silent = now.date() - max(days[-1], *away, date.min)  # While they were away they could not come here.
    return gap <= within and silent.days <= max(STALE_GAPS * gap, STALE_DAYS)


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
    return [_Visit(list(chosen), situations, day.weekday() >= SATURDAY) for (day, situations), chosen in list(visits.items())[-VISITS_LEARNT:]]


def _is_weekend(at: datetime, zone: str) -> bool:
    return at.astimezone(ZoneInfo(zone)).weekday() >= SATURDAY


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


def _of_this_part_of_the_week(visits: list[_Visit], situations: tuple[str, ...], *, weekend: bool) -> tuple[Vector, float] | None:
    """The likeliest by what they had at weekends alone, or on workdays alone; None where they have it in the rest of the week about as well."""
    same, other = ([visit for visit in visits if (visit.weekend == weekend) is alike] for alike in (True, False))
    found = _clearest(same, situations) if len(same) >= LEAST_VISITS else None
    if found is None:
        return None
    here, elsewhere = (sum(found[0] in visit.chosen for visit in part) / max(len(part), 1) for part in (same, other))
    return found if here >= TIMES_AS_OFTEN * elsewhere else None


def _comes_for(customer: Customer, here: Here, orders: set[int]) -> float:
    """How often they come for the subject when they come to this kind of place: beans ordered on the web say nothing about the counter."""
    if here.kind is None:
        return 1.0
    known = np.unique(customer.history.orders[customer.history.orders >= 0]).tolist()
    there = [index for index in known if kind_of_place(customer.profile.orders[index]) == here.kind]
    elsewhere = _had_elsewhere(customer, here)
    alike = [index for index in there if index not in elsewhere][-ORDERS_COUNTED:]
    return (len(orders.intersection(alike)) + 1) / (len(alike) + 1)
