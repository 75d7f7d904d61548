"""Needs by product type, from signs of interest counted by day, with an end that is read from silence.

First version: a want is weighed by days with a sign of it and by strong signs; it is over when it was bought, when the customer says so, or when they stay
silent for much longer than they paused between looks. Source of the closing: mixture of "still wants, just pausing" and "bought elsewhere or dropped",
P(open | silence t) = p S(t) / (p S(t) + 1 - p) with exponential gaps between looks, shrunk to a week.
"""

import math
from datetime import date, datetime, timedelta

from msgspec import Struct

from tactful.intent._answers import ANSWERS_ABOUT_KIND, covers
from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.needs import Need, NeedState
from tactful.model.profile import Look, Profile
from tactful.model.tables import History

VISIT_GAP = timedelta(minutes=30)
STRONG = {"cart": 1.5, "wish": 2.0, "ask": 3.0}
"""Log odds added by signs that a click is not: chosen, kept, asked for."""
WITHDRAWN = ("uncart", "unwish", "return")
BASE_LOG_ODDS = -2.0
DAY_LOG_ODDS = 1.2
"""Per day with a sign of interest: one day is below even, two are about even, three are likely. Priors until learned from a log."""
GAP_PRIOR_DAYS = 7.0
GAP_PRIOR_WEIGHT = 2.0
CLOSED_BELOW = 0.15
EVIDENCE_KEPT = 8


class _Sign(Struct, frozen=True):
    look: Look
    row: int


def needs_of(profile: Profile, history: History, catalog: CatalogTable, *, now: datetime) -> dict[int, Need]:
    """Infer what they want, by type code. Types with no sign of interest are absent."""
    signs = _signs_by_type(profile, catalog)
    in_visit = profile.last_own_at is not None and timedelta(0) <= now - profile.last_own_at <= VISIT_GAP
    return {code: _need(code, found, _Closing(profile, history, catalog, in_visit=in_visit), now=now) for code, found in signs.items()}


def _signs_by_type(profile: Profile, catalog: CatalogTable) -> dict[int, list[_Sign]]:
    signs: dict[int, list[_Sign]] = {}
    for product_id, product in profile.products.items():
        row = catalog.row_of.get(product_id, UNKNOWN_ROW)
        if row != UNKNOWN_ROW and product.looks:
            signs.setdefault(int(catalog.type_of[row]), []).extend(_Sign(look, row) for look in product.looks)
    for found in signs.values():
        found.sort(key=lambda sign: sign.look.at)
    return signs


class _Closing:
    """What may have ended a need of this customer."""

    def __init__(self, profile: Profile, history: History, catalog: CatalogTable, *, in_visit: bool) -> None:
        self.profile = profile
        self.history = history
        self.catalog = catalog
        self.visit = profile.visits if in_visit else -1

    def bought_at(self, type_code: int, *, gift: bool) -> float:
        """Epoch seconds of the latest purchase of this type, -inf where none."""
        at = self.history.at[(self.history.types == type_code) & (self.history.gift == gift)]
        return float(at[-1]) if len(at) else -math.inf

    def answered_at(self, type_code: int) -> float:
        """Epoch seconds of the latest answer that speaks of the whole type, -inf where none."""
        row = int((self.catalog.type_of == type_code).argmax())
        answers = (d for d in self.profile.dismissals if d.reason in ANSWERS_ABOUT_KIND and covers(d, row, self.catalog))
        return max((d.at.timestamp() for d in answers), default=-math.inf)


def _need(type_code: int, signs: list[_Sign], closing: _Closing, *, now: datetime) -> Need:
    ends = {
        "bought_here": closing.bought_at(type_code, gift=False),
        "gift": closing.bought_at(type_code, gift=True),
        "dismissed": closing.answered_at(type_code) if closing.profile.dismissals else -math.inf,
    }
    ended_by, ended_at = max(ends.items(), key=lambda end: end[1])
    fresh = _standing([sign for sign in signs if sign.look.at.timestamp() > ended_at])
    if not fresh:
        withdrawn = ended_at == -math.inf
        return _closed(type_code, signs, "dropped" if withdrawn else ended_by)
    return _weighed(type_code, fresh, visit=closing.visit, now=now)


def _standing(signs: list[_Sign]) -> list[_Sign]:
    """The signs that were not taken back: out of the cart or off the wish list is an answer about that product."""
    withdrawn = {sign.row: sign.look.at for sign in signs if sign.look.kind in WITHDRAWN}
    return [sign for sign in signs if sign.row not in withdrawn or sign.look.at > withdrawn[sign.row]]


def _weighed(type_code: int, signs: list[_Sign], *, visit: int, now: datetime) -> Need:
    days = _days(signs)
    strong = max((STRONG.get(sign.look.kind, 0.0) for sign in signs), default=0.0)
    wanted = 1 / (1 + math.exp(-(BASE_LOG_ODDS + DAY_LOG_ODDS * len(days) + strong)))
    span_days = (days[-1] - days[0]).days
    gap_days = (GAP_PRIOR_DAYS * GAP_PRIOR_WEIGHT + span_days) / (GAP_PRIOR_WEIGHT + len(days) - 1)
    silence_days = max((now - signs[-1].look.at) / timedelta(days=1), 0.0)
    still_pausing = math.exp(-silence_days / gap_days)
    probability = wanted * still_pausing / (wanted * still_pausing + 1 - wanted)
    several = len(days) > 1 or strong > 0
    if several and probability < CLOSED_BELOW:
        return _closed(type_code, signs, "bought_elsewhere" if len(days) > 2 else "dropped", probability=probability)
    state: NeedState = "open" if several else "look"
    return _build(type_code, signs, state=state, probability=probability, in_visit=signs[-1].look.visit == visit)


def _days(signs: list[_Sign]) -> list[date]:
    """The days with a sign, ascending; a visit over midnight counts for the day it began on."""
    began: dict[int, date] = {}
    for sign in signs:
        began.setdefault(sign.look.visit, sign.look.at.date())
    return sorted(set(began.values()))


def _closed(type_code: int, signs: list[_Sign], closed_by: str, *, probability: float = 0.0) -> Need:
    return _build(type_code, signs, state="closed", probability=probability, closed_by=closed_by)


def _build(type_code: int, signs: list[_Sign], *, state: NeedState, probability: float, closed_by: str | None = None, in_visit: bool = False) -> Need:
    latest = signs[::-1]
    return Need(
        type_code=type_code,
        state=state,
        probability=probability,
        occasions=len(_days(signs)),
        since=signs[0].look.at,
        last_at=signs[-1].look.at,
        closed_by=closed_by,  # type: ignore[arg-type]  # the values come from the literals above
        in_visit=in_visit,
        rows=tuple(dict.fromkeys(sign.row for sign in latest)),
        event_ids=tuple(sign.look.event_id for sign in latest[:EVIDENCE_KEPT]),
        event_times=tuple(sign.look.at for sign in latest[:EVIDENCE_KEPT]),
    )
