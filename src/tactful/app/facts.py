"""Facts for the rules: read once, as columns, and only what some rule declared that it needs."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import get_args

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.app.addresses import address_of
from tactful.intent import all_rests_until, answer_to, is_shunned, wanted_at
from tactful.model.candidates import Shelf
from tactful.model.catalog import SENSITIVITIES, subject_of, within
from tactful.model.customer import Customer
from tactful.model.moment import HORIZON, Moment
from tactful.model.needs import Need, NeedState
from tactful.model.profile import HOW_OFTEN, Consent, Profile
from tactful.model.tables import DAY_SECONDS, History, runs
from tactful.model.verdicts import ContactFacts, Needs, ShelfFacts
from tactful.outreach import best_channels
from tactful.policy import Thresholds
from tactful.recommend import Recommender, freshness_of, sizes_of, stated_of, wears

MARKETING = "marketing"
CHANNELS = ("email", "sms", "push")
GOT = frozenset({"bought_elsewhere", "already_have"})
"""Answers that count as a purchase made elsewhere."""
BOUGHT_AGAIN = 0.2
"""Least share of a style's buyers who buy the very style again, from which on having bought it once says that it may be wanted again; and least share of the
buyers of any style of a kind, from which on having bought one twice says so."""
HARDLY_AGAIN = 0.15
"""Where fewer of the buyers of any style of a kind buy it again, thrice says nothing either: somebody gives the same boots, or wears out what they love."""
BUYS_HERE_DAYS = 3
"""Days with a purchase from which on what somebody never bought here says something."""
DUE_AGAIN = "due_again"
LIKELY_SLIP = 0.5
"""Likelier than not a mistaken tap: they were off again within seconds, and do not want to meet it on the next page."""
A_HABIT = 3
"""Days on which they bought a kind of thing from which on they buy it again and again."""
NEWS = ("price_drop", "back_in_stock")
_SENSITIVITY_NAMES = np.array(SENSITIVITIES, np.str_)
_STATE_NAMES = np.array(["", *get_args(NeedState)], np.str_)
STATES = {name: code for code, name in enumerate(_STATE_NAMES.tolist())}
Floats = NDArray[np.float64]


def shelf_facts(shelf: Shelf, moment: Moment, customer: Customer, *, needs: Needs, recommender: Recommender, thresholds: Thresholds) -> ShelfFacts:
    """Gather what the rules need about the candidates of a shelf."""
    facts = ShelfFacts(
        interrupts=moment.interrupts,
        threshold=_thresholds(shelf, moment, customer, thresholds=thresholds),
    )
    nothing = 0
    asked = needs.value
    for need, gather in _GATHERED:
        if need & asked and not gather(facts, shelf, moment, customer):
            nothing |= need
    facts.nothing = Needs(nothing)
    if needs & (Needs.OWNED | Needs.LIFE):
        _purchases(facts, shelf, moment, customer, needs=needs, recommender=recommender)
    return facts


def _purchases(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer, *, needs: Needs, recommender: Recommender) -> None:
    bought = _bought(shelf, customer.history.own())
    if Needs.OWNED in needs:
        facts.product_bought_at = _or_perhaps(bought.product_at, "rows", shelf.rows, customer=customer, moment=moment)
        facts.group_bought_at = _or_perhaps(bought.style_at, "groups", shelf.groups, customer=customer, moment=moment)
        facts.type_bought_at, facts.purchase_days = bought.type_at, bought.style_days
        facts.never_bought = np.isnan(bought.type_at) & (bought.days >= BUYS_HERE_DAYS)
        facts.sent_back = _sent_back(shelf, customer, accessories=recommender.wants.accessories)
    if Needs.LIFE in needs:
        facts.life_seconds = _life_days(shelf, bought, recommender) * DAY_SECONDS
        facts.seldom_again = _seldom_again(shelf, bought, of_style=recommender.repeat_share(), of_kind=recommender.kind_repeat_share())
        facts.outlived = moment.now.timestamp() > bought.style_at + recommender.outlived_days()[shelf.types] * DAY_SECONDS


def _thresholds(shelf: Shelf, moment: Moment, customer: Customer, *, thresholds: Thresholds) -> Floats:
    """Least probability by reason.

    A kind of thing that they bought on one day only is no filler. What they put on their wish list they asked about: news of it needs no more than any other
    wish.
    """
    codes = [because.code for because in shelf.because]
    least = {source: thresholds.least(source, interrupts=moment.interrupts) for source in set(codes)}
    found = np.array([least[code] for code in codes], np.float64)
    if not moment.interrupts:
        once = [because.code == DUE_AGAIN and because.kind_at is not None and because.kind_days is None for because in shelf.because]
        found[once] = np.maximum(found[once], thresholds.here_once)
    elif not least.keys().isdisjoint(NEWS):
        news = np.isin(shelf.source, NEWS) & _listed(shelf, customer)
        found[news] = np.minimum(found[news], thresholds.least("asked_for", interrupts=True))
    return found


def _listed(shelf: Shelf, customer: Customer) -> NDArray[np.bool_]:
    """Styles that they put on the wish list as part of a want that is open. A wish of long ago, over which they came and went, says nothing of now."""
    wished = customer.signs.get("wish")
    if not wished:
        return np.zeros(len(shelf), np.bool_)
    kinds = dict.fromkeys(customer.catalog.type_of[wished].tolist())
    wants = [need for code in kinds if (need := customer.needs.get(code)) is not None and need.state == "open"]
    rows = [sign.row for want in wants for sign in want.signs if sign.kind == "wish"]
    styles = set(customer.catalog.group_of[rows].tolist()) if rows else set()
    return np.array([group in styles for group in shelf.groups.tolist()], np.bool_)


class _Bought(Struct, frozen=True, kw_only=True):
    """What they bought for themselves, by candidate."""

    product_at: Floats
    """Epoch seconds of the latest purchase of the very product, NaN where none."""
    style_at: Floats
    type_at: Floats
    style_days: NDArray[np.int64]
    """On how many days they bought the style."""
    type_gap: Floats
    """Fewest days after which they bought the type again, inf where they never did: who buys a second dress has shown that one is not enough."""
    type_days: NDArray[np.int64]
    """On how many days they bought the type."""
    days: int
    """On how many days they bought anything."""


def _bought(shelf: Shelf, own: History) -> _Bought:
    if not len(own.at):
        never, once = np.full(len(shelf), np.nan), np.full(len(shelf), np.inf)
        none = np.zeros(len(shelf), np.int64)
        return _Bought(product_at=never, style_at=never, type_at=never, style_days=none, type_gap=once, type_days=none, days=0)
    day = np.floor(own.at / DAY_SECONDS)
    by_style, by_type = own.by_group, own.by_type
    of_style, of_type = runs(own.groups[by_style], shelf.groups), runs(own.types[by_type], shelf.types)
    return _Bought(
        product_at=_latest(own.rows, own.at, shelf.rows),
        style_at=_at_end(own.at[by_style], *of_style),
        type_at=_at_end(own.at[by_type], *of_type),
        style_days=_days(day[by_style], *of_style),
        type_gap=_shortest_gap(day[by_type], *of_type),
        type_days=_days(day[by_type], *of_type),
        days=1 + int(np.count_nonzero(day[1:] != day[:-1])),
    )


def _at_end(at: Floats, first: NDArray[np.intp], end: NDArray[np.intp]) -> Floats:
    """The latest time of each run, NaN where it is empty; within a run, times come in ascending order."""
    return np.where(end > first, at[end - 1], np.nan)


def _days(day: Floats, first: NDArray[np.intp], end: NDArray[np.intp]) -> NDArray[np.int64]:
    """How many different days there are in each run."""
    changes = np.zeros(len(day) + 1, np.int64)
    np.cumsum(day[1:] != day[:-1], out=changes[1:-1])
    return np.where(end > first, changes[end - 1] - changes[first] + 1, 0)


def _shortest_gap(day: Floats, first: NDArray[np.intp], end: NDArray[np.intp]) -> Floats:
    """Fewest days between two different days of each run, inf where there are no two."""
    gaps = np.full(len(day) + 1, np.inf)
    between = day[1:] - day[:-1]
    gaps[1:-1] = np.where(between > 0, between, np.inf)
    edges = np.empty((len(first), 2), np.intp)
    edges[:, 0], edges[:, 1] = np.minimum(first + 1, end), end
    return np.where(end > first + 1, np.minimum.reduceat(gaps, edges.ravel())[::2], np.inf)


def _latest(keys: NDArray[np.int32], at: Floats, wanted: NDArray[np.int32]) -> Floats:
    """For each wanted key the latest time it occurs, NaN where never; times come in ascending order."""
    order = np.argsort(keys, kind="stable")
    return _at_end(at[order], *runs(keys[order], wanted)) if len(keys) else np.full(len(wanted), np.nan)


def _life_days(shelf: Shelf, bought: _Bought, recommender: Recommender) -> Floats:
    """How long what they bought closes the want for another: as long as for others, or as fast as they buy another. Of a filler twice is no habit."""
    filler = np.isin(shelf.source, recommender.unprompted)
    usual = np.where(filler, recommender.filler_days()[shelf.types], recommender.life_days()[shelf.types])
    return np.where(filler & (bought.type_days < A_HABIT), usual, np.minimum(usual, bought.type_gap))


def _or_perhaps(bought_at: Floats, column: str, wanted: NDArray[np.int32], *, customer: Customer, moment: Moment) -> Floats:
    """Add what somebody bought who may be the same person. It keeps us silent; when it was bought is not told, so it counts as bought now."""
    if customer.perhaps is None:
        return bought_at
    perhaps = np.isin(wanted, getattr(customer.perhaps, column))
    return np.where(np.isnan(bought_at) & perhaps, moment.now.timestamp(), bought_at)


def _seldom_again(shelf: Shelf, bought: _Bought, *, of_style: Floats, of_kind: Floats) -> NDArray[np.bool_]:
    """A second belt of the same style may be another colour, or in place of one that was lost; a third is a habit, of what is ever bought out of habit."""
    if not len(of_style):
        return np.zeros(len(shelf), np.bool_)
    often, style, kind = bought.style_days, of_style[shelf.groups], of_kind[shelf.groups]
    return np.asarray((often < 2) & (style < BOUGHT_AGAIN) | (often < 3) & (kind < BOUGHT_AGAIN) | (often < 4) & (kind < HARDLY_AGAIN))


def _sent_back(shelf: Shelf, customer: Customer, *, accessories: dict[int, tuple[int, ...]]) -> NDArray[np.bool_]:
    """Styles that they sent back and own no more, and what is for them: types below theirs, and those learned to be for its owners only.

    New interest in the type since then ends it.
    """
    catalog, own = customer.catalog, customer.history.own()
    returned = [(row, back.at) for product_id, back in customer.profile.returned.items() if (row := catalog.row_of.get(product_id)) is not None]
    gone = [(row, at) for row, at in returned if catalog.group_of[row] not in own.groups]
    if not gone:
        return np.zeros(len(shelf), np.bool_)

    def covered(group: int, type_code: int) -> bool:
        need = customer.needs.get(type_code)
        wanted_since = need.since if need is not None and need.state == "open" else None
        return any((group == catalog.group_of[row] or is_for(type_code, row)) and (wanted_since is None or wanted_since <= at) for row, at in gone)

    def is_for(type_code: int, row: int) -> bool:
        kind = int(catalog.type_of[row])
        if kind in own.types:
            return False  # They kept, or have since bought, another of its kind.
        return type_code in accessories.get(kind, ()) or catalog.types[type_code].startswith(f"{catalog.types[kind]} > ")

    found = zip(shelf.groups.tolist(), shelf.types.tolist(), strict=True)
    return np.array([code not in own.types and covered(group, code) for group, code in found], np.bool_)


def _interest(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    kinds, needs = shelf.types.tolist(), customer.needs
    met = {code: needs[code] for code in set(kinds).intersection(needs)}
    found = [met.get(code) for code in kinds]
    facts.need_state = _STATE_NAMES[[0 if need is None else STATES[need.state] for need in found]]
    facts.need_in_visit = np.array([need is not None and need.in_visit and need.explanations.slip < LIKELY_SLIP for need in found], np.bool_)
    facts.occasions = np.array([0 if need is None else need.occasions for need in found], np.int64)
    facts.for_another = np.array([need is not None and need.explanations.for_another for need in found], np.bool_)
    facts.closed_by = np.array(["" if need is None else need.closed_by or "" for need in found], np.str_)
    facts.explanations = Explained(found)
    _of_style(facts, shelf, found, customer)
    department_of = customer.catalog.department_of_type
    stray = _stray_departments(customer, among={department_of[code] for code in kinds})
    facts.stray_department = np.array([department_of[code] in stray for code in kinds], np.bool_) if stray else np.zeros(len(shelf), np.bool_)
    featured = {int(customer.catalog.type_of[row]) for row in moment.featured}
    facts.contextual = np.array([code in featured for code in kinds], np.bool_) if featured and not shelf.searched else np.full(len(shelf), shelf.searched)
    return bool(stray) or bool(met)


def _of_style(facts: ShelfFacts, shelf: Shelf, needs: list[Need | None], customer: Customer) -> None:
    """What is known of the very styles they looked at: those that they came back to, and those that they did not, nor bought."""
    group_of = customer.catalog.group_of
    looked = set(group_of[list(customer.looked_at)].tolist()).difference(customer.history.own().groups.tolist())
    passed_over, rested, sure = [False] * len(shelf), [0.0] * len(shelf), [1.0] * len(shelf)
    for i, (group, need) in enumerate(zip(shelf.groups.tolist(), needs, strict=True)):
        if need is None or group not in need.returned_to:
            passed_over[i] = group in looked
        else:
            rested[i], sure[i] = need.returned_to[group], need.probability
    facts.passed_over = np.array(passed_over, np.bool_)
    facts.rested, facts.sure = np.array(rested, np.float64), np.array(sure, np.float64)
    facts.listed = _listed(shelf, customer)


class Explained(Sequence[dict[str, float] | None]):
    """How likely own, gift, research and slip are, by candidate: put into words where somebody asks, which of most nobody does."""

    def __init__(self, needs: Sequence[Need | None]) -> None:
        self._needs = needs

    def __len__(self) -> int:
        return len(self._needs)

    def __getitem__(self, index: int) -> dict[str, float] | None:  # type: ignore[override]  # nobody takes slices
        need = self._needs[index]
        if need is None or not need.evidence:
            return None
        told = need.explanations
        return {"own": round(told.own, 3), "gift": round(told.gift, 3), "research": round(told.research, 3), "slip": round(told.slip, 3)}


def _stray_departments(customer: Customer, *, among: set[str]) -> set[str]:
    """Of some departments those they looked into on one day only and never bought from, if they do buy here."""
    department, types, needs = customer.catalog.department_of_type, customer.history.own().types, customer.needs
    if not needs or not len(types):
        return set()
    unknown = among - {department[code] for code in set(types.tolist())}
    looked: dict[str, list[int]] = {}
    for code in needs if unknown else ():
        if department[code] in unknown:
            looked.setdefault(department[code], []).append(code)
    return {name for name, codes in looked.items() if _one_day(needs[code] for code in codes)}


def _one_day(needs: Iterable[Need]) -> bool:
    """Whether there was one occasion only before this visit, however many types it touched."""
    days = set()
    for need in needs:
        if not need.in_visit:
            days.add(need.since.date())
            if need.state != "look" or len(days) > 1:
                return False
    return len(days) == 1


def _rhythm(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    by = (moment.now + HORIZON if moment.interrupts else moment.now).timestamp()
    got_at = _got_at(shelf, customer, now=moment.now)
    ratios = [math.nan] * len(shelf)
    for i, because in enumerate(shelf.because):
        if because.every_days is not None or because.kind_days is not None:
            elapsed = [(by - max(at.timestamp(), got_at[i])) / DAY_SECONDS / days for at, days in because.rhythms]
            ratios[i] = min(elapsed, default=math.nan)
    facts.elapsed_ratio = np.array(ratios, np.float64)
    return not all(map(math.isnan, ratios))


def _got_at(shelf: Shelf, customer: Customer, *, now: datetime) -> list[float]:
    """When they, or who may be the same person, got it without buying it here themselves, by candidate that has a rhythm; -inf where they did not."""
    perhaps = customer.perhaps
    found = [-math.inf] * len(shelf)
    if perhaps is not None:
        found = np.fmax(_latest(*_in_time(perhaps.groups, perhaps.at), shelf.groups), -math.inf).tolist()
    if any(answer.reason in GOT for answer in customer.profile.dismissals):
        for i, row in enumerate(shelf.rows.tolist()):
            if shelf.because[i].every_days is not None and (answer := answer_to(row, customer, now=now)) is not None and answer.reason in GOT:
                found[i] = max(found[i], answer.at.timestamp())
    return found


def _in_time(keys: NDArray[np.int32], at: Floats) -> tuple[NDArray[np.int32], Floats]:
    order = np.argsort(at, kind="stable")
    return keys[order], at[order]


def _dismissed(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    if not customer.profile.dismissals:
        facts.dismissed_by = (None,) * len(shelf)
        return False
    facts.dismissed_by = tuple(answer_to(row, customer, now=moment.now) for row in shelf.rows.tolist())
    return True


def _stated(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    profile, catalog, rows = customer.profile, customer.catalog, shelf.rows.tolist() if customer.profile.preferences else []
    wanted, unwanted = np.full(len(shelf), np.nan), np.zeros(len(shelf), np.bool_)
    for i, row in enumerate(rows):
        said = wanted_at(row, profile, catalog)
        wanted[i] = said.timestamp() if said is not None else np.nan
        unwanted[i] = is_shunned(row, profile, catalog, writing=moment.interrupts)
    facts.stated_wanted_at, facts.stated_unwanted = wanted, unwanted
    return bool(rows)


def _sensitive(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    catalog, codes = customer.catalog, customer.catalog.sensitive[shelf.rows]
    facts.sensitive, facts.sensitive_asked_for = _SENSITIVITY_NAMES[codes], np.zeros(len(shelf), np.bool_)
    if not codes.any():
        return False
    on_page = {int(catalog.type_of[row]) for row in moment.featured} if not moment.interrupts else set()

    def asked_for(row: int) -> bool:
        if shelf.searched or int(catalog.type_of[row]) in on_page:
            return True
        stated = customer.profile.preferences and not is_shunned(row, customer.profile, catalog, writing=moment.interrupts)
        return bool(stated) and wanted_at(row, customer.profile, catalog) is not None

    facts.sensitive_asked_for = np.array([bool(catalog.sensitive[row]) and asked_for(row) for row in shelf.rows.tolist()], np.bool_)
    return True


def _stock(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    catalog = customer.catalog
    facts.in_stock = catalog.in_stock[shelf.rows]
    facts.available_there = facts.within_reach = np.ones(len(shelf), np.bool_)
    if not (moment.collects and catalog.stores):
        return not facts.in_stock.all()
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
    return True


def _featured(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    if not moment.featured:
        facts.featured = np.zeros(len(shelf), np.bool_)
        return False
    facts.featured = np.isin(shelf.groups, [int(customer.catalog.group_of[row]) for row in moment.featured])
    return True


def _size(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    if not customer.catalog.sized[shelf.rows].any():
        facts.fits = np.ones(len(shelf), np.bool_)
        return False
    sizes = sizes_of(customer, now=moment.now)
    facts.fits = np.array([wears(row, sizes, customer.catalog) for row in shelf.rows.tolist()], np.bool_)
    return True


def _gifts(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    history = customer.history
    own = history.own()
    if own is history:
        facts.gift_only = np.zeros(len(shelf), np.bool_)
        return False
    styles = set(history.groups[history.gift].tolist()) - set(own.groups.tolist())
    given = dict(zip(history.types[history.gift].tolist(), history.at[history.gift].tolist(), strict=True))
    names, mine = customer.catalog.types, set(own.types.tolist())
    since = {subject_of(names[code]): at for code, at in given.items()}
    since = {subject: at for subject, at in since.items() if not any(within(names[code], subject) for code in mine)}

    def for_others(code: int) -> bool:
        """A type that they gave, or of the subject of what they gave, as long as they have nothing of it themselves and want none since."""
        at = max((at for subject, at in since.items() if within(names[code], subject)), default=None if code in mine else given.get(code))
        need = customer.needs.get(code)
        return at is not None and not (need is not None and need.state == "open" and need.since.timestamp() > at)

    types = {code for code in set(shelf.types.tolist()) if for_others(code)}
    found = zip(shelf.groups.tolist(), shelf.types.tolist(), strict=True)
    facts.gift_only = np.array([group in styles or code in types for group, code in found], np.bool_)
    return True


def _trips(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    if not customer.away_orders:
        facts.only_from_trips = np.zeros(len(shelf), np.bool_)
        return False
    own = customer.history.own()
    away = np.isin(own.orders, list(customer.away_orders))
    there, at_home = set(own.groups[away].tolist()), set(own.groups[~away].tolist())
    facts.only_from_trips = np.array([code in there and code not in at_home for code in shelf.groups.tolist()], np.bool_)
    return True


def _forbidden(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    stated = stated_of(customer.profile.preferences)
    if not stated.forbidden:
        facts.forbidden = np.zeros(len(shelf), np.bool_)
        return False
    facts.forbidden = np.array([stated.forbids(customer.catalog.product(row), {}) for row in shelf.rows.tolist()], np.bool_)
    return True


def _shown(facts: ShelfFacts, shelf: Shelf, moment: Moment, customer: Customer) -> bool:
    facts.tired = 1 - freshness_of(shelf.groups, customer, now=moment.now)
    return bool(customer.profile.shown)


_GATHER: dict[Needs, Callable[[ShelfFacts, Shelf, Moment, Customer], bool]] = {
    # Each says whether there is anything to tell.
    Needs.INTEREST: _interest,
    Needs.RHYTHM: _rhythm,
    Needs.DISMISSED: _dismissed,
    Needs.SENSITIVE: _sensitive,
    Needs.STOCK: _stock,
    Needs.FEATURED: _featured,
    Needs.SIZE: _size,
    Needs.GIFTS: _gifts,
    Needs.STATED: _stated,
    Needs.TRIPS: _trips,
    Needs.FORBIDDEN: _forbidden,
    Needs.SHOWN: _shown,
}
_GATHERED = tuple((need.value, gather) for need, gather in _GATHER.items())
"""The same by number: a dozen questions to flags at every decision take longer than many an answer."""


def contact_facts(profile: Profile, *, zones: tuple[str, ...], person: str | None = None, closed: Collection[str] = ()) -> ContactFacts:
    """Gather what the rules need about one person as a receiver of messages.

    ``person``: who they are drawn as, where two accounts share an address. ``closed``: channels whose address is closed, whoever closed it.
    """
    return ContactFacts(
        consented={channel: _consented(profile, channel) for channel in CHANNELS},
        reachable={
            channel: address_of(profile, channel) is not None and channel not in profile.closed_channels and channel not in closed for channel in CHANNELS
        },
        contacts=tuple(sorted(profile.contacts, key=lambda contact: contact.at)),
        paused_until=max((until for until in (profile.paused_until, all_rests_until(profile)) if until is not None), default=None),
        last_own_at=profile.last_own_at,
        how_often=tuple(stated.value.casefold() for stated in profile.preferences if stated.key == HOW_OFTEN),
        person=person or profile.customer_id,
        zones=zones,
    )


def _consented(profile: Profile, channel: str) -> bool:
    """Whether they agreed to marketing on a channel. Absent is denied; of two answers the stricter holds, unless the channel's own yes is the later one."""
    own, general = profile.consents.get(f"{MARKETING}/{channel}"), profile.consents.get(f"{MARKETING}/*")
    if own is None or general is None:
        answer = own or general
        return answer is not None and answer.granted
    return own.granted and (general.granted or own.at > general.at)


def denied_since(profile: Profile, channel: str, said: Consent | None) -> bool:
    """Whether they said no to marketing on a channel, and not before somebody else at their address said (``said``) yes. Nothing said is no no."""
    answers = [profile.consents[key] for key in (f"{MARKETING}/{channel}", f"{MARKETING}/*") if key in profile.consents]
    later_yes = said is not None and said.granted and all(said.at > answer.at for answer in answers)
    return bool(answers) and not _consented(profile, channel) and not later_yes


def usable_channels(profile: Profile, facts: ContactFacts) -> list[str]:
    """Channels that they agreed to and that reach them, the one on which they answer best first."""
    usable = [channel for channel in CHANNELS if facts.consented[channel] and facts.reachable[channel]]
    return best_channels(usable, facts.contacts, profile.responses)
