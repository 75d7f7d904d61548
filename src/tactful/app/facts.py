"""Facts for the rules: read once, as columns, and only what some rule declared that it needs."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tactful.catalog import department_of
from tactful.intent import covers
from tactful.model.candidates import Shelf
from tactful.model.catalog import SENSITIVITIES
from tactful.model.customer import Customer
from tactful.model.moment import HORIZON, Moment
from tactful.model.profile import Dismissal, Profile
from tactful.model.tables import DAY_SECONDS
from tactful.model.verdicts import ContactFacts, Needs, ShelfFacts
from tactful.policy import threshold_of
from tactful.recommend import Recommender, sizes_of, wears

MARKETING = "marketing"
CHANNELS = ("email", "sms", "push")
ASKING = frozenset({"reminders_for", "interested_in", "likes"})
"""Keys of stated preferences whose value names a product type, a style or a product that they want to hear of."""
Floats = NDArray[np.float64]


def shelf_facts(shelf: Shelf, moment: Moment, customer: Customer, *, needs: Needs, recommender: Recommender) -> ShelfFacts:
    """Gather what the rules need about the candidates of a shelf."""
    facts = ShelfFacts(
        interrupts=moment.interrupts,
        threshold=np.array([threshold_of(source, interrupts=moment.interrupts) for source in shelf.source.tolist()], np.float64),
    )
    for need, gather in _GATHER.items():
        if need in needs:
            gather(facts, shelf, moment, customer)
    if Needs.LIFE in needs:
        facts.life_seconds = recommender.life_days()[shelf.types] * DAY_SECONDS
    return facts


def _latest(keys: NDArray[np.int32], at: Floats, wanted: NDArray[np.int32]) -> Floats:
    """For each wanted key the latest time it occurs, NaN where never; times come in ascending order."""
    latest = dict(zip(keys.tolist(), at.tolist(), strict=True))
    return np.array([latest.get(key, np.nan) for key in wanted.tolist()], np.float64)


def _owned(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    own = customer.history.own()
    facts.product_bought_at = _latest(own.rows, own.at, shelf.rows)
    facts.group_bought_at = _latest(own.groups, own.at, shelf.groups)
    facts.type_bought_at = _latest(own.types, own.at, shelf.types)
    days = np.unique(np.column_stack([own.groups, np.floor(own.at / DAY_SECONDS).astype(np.int64)]), axis=0)[:, 0]
    group, count = np.unique(days, return_counts=True)
    bought_on = dict(zip(group.tolist(), count.tolist(), strict=True))
    facts.purchase_days = np.array([bought_on.get(code, 0) for code in shelf.groups.tolist()], np.int64)


def _interest(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    found = [customer.needs.get(code) for code in shelf.types.tolist()]
    facts.need_state = np.array([need.state if need else "" for need in found], np.str_)
    facts.need_in_visit = np.array([need is not None and need.in_visit for need in found], np.bool_)
    facts.occasions = np.array([need.occasions if need else 0 for need in found], np.int64)
    facts.closed_by = np.array([(need.closed_by or "") if need else "" for need in found], np.str_)
    featured = {int(customer.catalog.type_of[row]) for row in moment.featured}
    facts.contextual = np.array([code in featured for code in shelf.types.tolist()], np.bool_)
    stray = _stray_departments(customer)
    facts.stray_department = np.array([department_of(customer.catalog.types[code]) in stray for code in shelf.types.tolist()], np.bool_)


def _stray_departments(customer: Customer) -> set[str]:
    """Departments they looked into on one day only and never bought from, of somebody who does buy here."""
    types = customer.catalog.types
    bought = {department_of(types[code]) for code in np.unique(customer.history.own().types).tolist()}
    if not bought:
        return set()
    looked: dict[str, list[int]] = {}
    for need in customer.needs.values():
        if not need.in_visit:
            looked.setdefault(department_of(types[need.type_code]), []).append(need.occasions if need.state == "look" else 2)
    return {name for name, occasions in looked.items() if occasions == [1] and name not in bought}


def _rhythm(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    by = moment.now + HORIZON if moment.interrupts else moment.now

    def ratio(i: int) -> float:
        because = shelf.because[i]
        if because.last_at is None or because.every_days is None:
            return float("nan")
        return (by - because.last_at).total_seconds() / DAY_SECONDS / because.every_days

    facts.elapsed_ratio = np.array([ratio(i) for i in range(len(shelf))], np.float64)


def _dismissed(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    answers = customer.profile.dismissals[::-1]

    def answer_to(row: int) -> Dismissal | None:
        return next((answer for answer in answers if covers(answer, row, customer.catalog)), None)

    facts.dismissed_by = tuple(answer_to(row) if answers else None for row in shelf.rows.tolist())


def _sensitive(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    catalog = customer.catalog
    facts.sensitive = np.array(SENSITIVITIES, np.str_)[catalog.sensitive[shelf.rows]]
    wanted = [preference.value for preference in customer.profile.preferences if preference.key in ASKING]
    on_page = {int(catalog.type_of[row]) for row in moment.featured} if not moment.interrupts else set()

    def asked_for(row: int) -> bool:
        path, product = catalog.types[catalog.type_of[row]], catalog.product(row)
        named = any(path == value or path.startswith(f"{value} > ") or value in (product.id, product.group) for value in wanted)
        return named or int(catalog.type_of[row]) in on_page

    facts.sensitive_asked_for = np.array([bool(wanted or on_page) and asked_for(row) for row in shelf.rows.tolist()], np.bool_)


def _stock(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    catalog = customer.catalog
    facts.in_stock = catalog.in_stock[shelf.rows]
    facts.available_there = facts.within_reach = np.ones(len(shelf), np.bool_)
    if not (moment.collects and catalog.stores):
        return
    products = [catalog.product(row).id for row in shelf.rows.tolist()]

    def stocked(*codes: str) -> NDArray[np.bool_]:
        inventories = [catalog.stores[code].inventory for code in codes]
        return np.array([any(not kept or product in kept for kept in inventories) for product in products], np.bool_)

    if moment.store_code in catalog.stores:
        facts.available_there = stocked(moment.store_code)
    elif moment.reach is None:
        facts.available_there = stocked(*catalog.stores)
    if moment.reach is not None:
        facts.within_reach = stocked(*moment.reach)


def _featured(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    featured = [int(customer.catalog.group_of[row]) for row in moment.featured]
    facts.featured = np.isin(shelf.groups, featured)


def _size(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    sizes = sizes_of(customer)
    facts.fits = np.array([wears(row, sizes, customer.catalog) for row in shelf.rows.tolist()], np.bool_)


def _gifts(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    history = customer.history
    given, own = set(history.types[history.gift].tolist()), set(history.types[~history.gift].tolist())
    facts.gift_only = np.array([code in given and code not in own for code in shelf.types.tolist()], np.bool_)


def _trips(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> None:
    own = customer.history.own()
    away = np.isin(own.orders, list(customer.away_orders))
    there, at_home = set(own.groups[away].tolist()), set(own.groups[~away].tolist())
    facts.only_from_trips = np.array([code in there and code not in at_home for code in shelf.groups.tolist()], np.bool_)


_GATHER: dict[Needs, Callable[[ShelfFacts, Shelf, Moment, Customer], None]] = {
    Needs.OWNED: _owned,
    Needs.INTEREST: _interest,
    Needs.RHYTHM: _rhythm,
    Needs.DISMISSED: _dismissed,
    Needs.SENSITIVE: _sensitive,
    Needs.STOCK: _stock,
    Needs.FEATURED: _featured,
    Needs.SIZE: _size,
    Needs.GIFTS: _gifts,
    Needs.TRIPS: _trips,
}


def contact_facts(profile: Profile, *, zones: tuple[str, ...]) -> ContactFacts:
    """Gather what the rules need about one person as a receiver of messages."""
    address = {"email": profile.email, "sms": profile.phone, "push": None}
    return ContactFacts(
        consented={channel: _consented(profile, channel) for channel in CHANNELS},
        reachable={channel: address[channel] is not None and channel not in profile.closed_channels for channel in CHANNELS},
        contacts=tuple(sorted(profile.contacts, key=lambda contact: contact.at)),
        paused_until=profile.paused_until,
        zones=zones,
    )


def _consented(profile: Profile, channel: str) -> bool:
    """Whether they agreed to marketing on a channel. Absent is denied; of two answers the stricter holds, unless the channel's own yes is the later one."""
    own, general = profile.consents.get(f"{MARKETING}/{channel}"), profile.consents.get(f"{MARKETING}/*")
    if own is None or general is None:
        answer = own or general
        return answer is not None and answer.granted
    return own.granted and (general.granted or own.at > general.at)
