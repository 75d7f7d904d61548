"""Needs by product type: competing explanations of what somebody did, and an end that is read from silence.

A type's signs are explained by a want of their own, a want for another (a gift), research, or a slip. Each piece of evidence adds to the log odds of one
explanation; the probabilities are their softmax. Silence takes from the wants what the survival of gaps between looks says: P(open | silence t) =
p S(t) / (p S(t) + 1 - p). Gaps are exponential at a rate that differs between people (a gamma around the type's learned mean), so that with n gaps that
span s days S(t) = (b / (b + t))^a, a = 2 + n, b = 2 mean + s: the more of their own pauses we know, the surer the end.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

import numpy as np
from msgspec import Struct

from tactful.intent._answers import ANSWERS_ABOUT_KIND, covers
from tactful.intent._gifts import GiftSigns
from tactful.intent._signs import SEARCH, Sign, Signs, by_day, signs_by_type, standing
from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.events import WayIn
from tactful.model.needs import Contribution, Explanation, Explanations, Need, NeedState
from tactful.model.profile import Profile
from tactful.model.tables import History
from tactful.model.wants import PRIOR, WantModel, WantWeights

VISIT_GAP = timedelta(minutes=30)
STRONG = ("cart", "wish", "ask")
"""Signs that a click is not: chosen, kept, asked for."""
GAP_PRIOR_WEIGHT = 2.0
"""How many gaps of this customer the type's mean gap is worth."""
CLOSED_BELOW = 0.15
PAUSES_SHORTER = 0.95
"""Silence that lasts longer than this share of the pauses after which people came back is the end of a want, however sure it was."""
LONGEST_SILENCE = -math.log1p(-PAUSES_SHORTER)
ONE_LOOK_FADES = 28.0
"""Days after which a lone look no longer joins with a later one."""
BURST_STYLES = 5
SECONDS_OF_A_SLIP = timedelta(seconds=15)
EVIDENCE_KEPT = 8
DAY = timedelta(days=1)
Days = dict[date, list[Sign]]


def needs_of(profile: Profile, history: History, catalog: CatalogTable, *, now: datetime, wants: WantModel = PRIOR) -> Mapping[int, Need]:
    """Infer what they want, by type code. Types with no sign of interest are absent. Each is inferred when it is first asked for: a message asks for few."""
    signs = signs_by_type(profile, catalog, wants)
    return _Needs(_Scene(profile, history, catalog, wants, signs=signs, now=now)) if signs else {}


class _Needs(Mapping[int, Need]):
    """Needs by type code, in the order in which the types were first met."""

    def __init__(self, scene: "_Scene") -> None:
        self._scene = scene
        self._inferred: dict[int, Need] = {}

    def __getitem__(self, type_code: int) -> Need:
        if type_code not in self._inferred:
            if type_code not in self._scene.signs:
                raise KeyError(type_code)
            self._inferred[type_code] = _need(type_code, self._scene)
        return self._inferred[type_code]

    def __contains__(self, type_code: object) -> bool:
        return type_code in self._scene.signs

    def __iter__(self) -> Iterator[int]:
        return iter(self._scene.signs)

    def __len__(self) -> int:
        return len(self._scene.signs)


class _Scene:
    """Everything around the signs of one type that may explain or end them."""

    def __init__(self, profile: Profile, history: History, catalog: CatalogTable, wants: WantModel, *, signs: Signs, now: datetime) -> None:
        self.profile, self.history, self.catalog = profile, history, catalog
        self.wants, self.signs, self.now = wants, signs, now
        in_visit = profile.last_own_at is not None and timedelta(0) <= now - profile.last_own_at <= VISIT_GAP
        self.visit = profile.visits if in_visit else -1
        self.gifts = GiftSigns(profile, history, catalog, wants.weights)

    @cached_property
    def departments(self) -> set[str]:
        """The departments that they bought in for themselves."""
        return {self.department(code) for code in np.unique(self.history.own().types).tolist()}

    def department(self, type_code: int) -> str:
        """The first step of a type's path."""
        return self.catalog.department_of_type[type_code]

    def bought_at(self, type_code: int, *, gift: bool) -> float:
        """Epoch seconds of the latest purchase of this type, -inf where none."""
        return self._bought.get((type_code, gift), -math.inf)

    @cached_property
    def _bought(self) -> dict[tuple[int, bool], float]:
        """Epoch seconds of the latest purchase by type, and whether it was a gift; lines are in order of time."""
        history = self.history
        return dict(zip(zip(history.types.tolist(), history.gift.tolist(), strict=True), history.at.tolist(), strict=True))

    def answered_at(self, type_code: int) -> float:
        """Epoch seconds of the latest answer that speaks of the whole type, -inf where none."""
        if not self.profile.dismissals:
            return -math.inf
        row = int((self.catalog.type_of == type_code).argmax())
        answers = (d for d in self.profile.dismissals if d.reason in ANSWERS_ABOUT_KIND and covers(d, row, self.catalog))
        return max((d.at.timestamp() for d in answers), default=-math.inf)

    def accessory_days(self, type_code: int, last: Sign) -> list[Sign]:
        """One sign a day of turning to what only an owner needs, after the last look and in another visit; none where they own one anyway."""
        if (type_code, False) in self._bought or (type_code, True) in self._bought:
            return []
        seen = {
            sign.at.date(): sign
            for code in self.wants.accessories.get(type_code, ())
            for sign in self.signs.get(code, ())
            if sign.at > last.at and sign.visit != last.visit and sign.kind != "return"
        }
        return list(seen.values())

    def strays(self, type_code: int, day: date) -> bool:
        """Whether a department they looked into on this day only is far from everything they buy here."""
        department = self.department(type_code)
        if not self.departments or department in self.departments:
            return False
        return self._days_in[department] == {day}

    @cached_property
    def _days_in(self) -> dict[str, set[date]]:
        """The days with a sign, by department."""
        days: dict[str, set[date]] = {}
        for code, found in self.signs.items():
            days.setdefault(self.department(code), set()).update(sign.at.date() for sign in found)
        return days

    def left_at_once(self, type_code: int, last: Sign) -> bool:
        """Whether they went on to something else within seconds."""
        at, signs = self.signs.in_order
        soon = signs[bisect_right(at, last.at) : bisect_right(at, last.at + SECONDS_OF_A_SLIP)]
        return any(code != type_code and visit == last.visit for code, visit in soon)


class _Episode(Struct, frozen=True, kw_only=True):
    """Signs that belong to one want: from the last time it began anew."""

    days: Days
    signs: list[Sign]
    before: Days
    """Days with more than a glance before it: of signs that had ended in silence."""


def _need(type_code: int, scene: _Scene) -> Need:
    signs = scene.signs[type_code]
    ends = {
        "bought_here": scene.bought_at(type_code, gift=False),
        "gift": scene.bought_at(type_code, gift=True),
        "dismissed": scene.answered_at(type_code),
    }
    ended_by, ended_at = max(ends.items(), key=lambda end: end[1])
    fresh = standing(signs if ended_at == -math.inf else [sign for sign in signs if sign.at.timestamp() > ended_at])
    if not fresh:
        return _build(type_code, signs, state="closed", closed_by="dropped" if ended_at == -math.inf else ended_by)
    return _weighed(type_code, _latest_episode(type_code, fresh, scene), scene)


def _latest_episode(type_code: int, signs: list[Sign], scene: _Scene) -> _Episode:
    """Leave out what had already ended in silence when they came back: then it began anew."""
    days: Days = {}
    before: Days = {}
    last: datetime | None = None
    for day, found in by_day(signs).items():
        if last is not None and (found[0].at - last) / DAY > _patience(type_code, days, scene):
            before, days = before | _solid(days), {}
        days[day] = found
        last = found[-1].at
    return _Episode(days=days, signs=[sign for found in days.values() for sign in found], before=before)


def _several(days: Days) -> bool:
    return (len(days) > 1 and len(_solid(days)) > 1) or _strongest(days) is not None


def _solid(days: Days) -> Days:
    """The days with more than a glance."""
    return {day: signs for day, signs in days.items() if not all(sign.brief for sign in signs)}


def _strongest(days: Days) -> str | None:
    """The strongest sign that a click is not."""
    return _strongest_of(sign for found in days.values() for sign in found)


def _strongest_of(signs: Iterable[Sign]) -> str | None:
    kinds = {sign.kind for sign in signs}
    return None if kinds.isdisjoint(STRONG) else max(kinds.intersection(STRONG), key=STRONG.index)


def _pauses(type_code: int, days: Days, wants: WantModel) -> tuple[float, float]:
    """Number and days of the gaps known of: the type's, as so many of their own, and their own."""
    ordered = list(days)
    usual = wants.gap_days.get(type_code, wants.weights.gap_days)
    return GAP_PRIOR_WEIGHT + len(ordered) - 1, usual * GAP_PRIOR_WEIGHT + (ordered[-1] - ordered[0]).days


def _patience(type_code: int, days: Days, scene: _Scene) -> float:
    """Days of silence after which what they did so far counts as over."""
    if not _several(days):
        return ONE_LOOK_FADES
    wanted = scene.wants.weights.base + sum(c.log_odds for c in _wanted(type_code, days, scene.wants))
    number, spanned = _pauses(type_code, days, scene.wants)
    lost = min(wanted - math.log(CLOSED_BELOW / (1 - CLOSED_BELOW)), LONGEST_SILENCE)
    return spanned * math.expm1(max(lost, 0.0) / number)


def _weighed(type_code: int, episode: _Episode, scene: _Scene) -> Need:
    evidence = _evidence(type_code, episode, scene)
    explanations = explain(evidence)
    wanted = explanations.own + explanations.gift
    several = _several(episode.days)
    closed_by, state = None, "open" if several else "look"
    if several and (wanted < CLOSED_BELOW or _silence(type_code, episode, scene, since=episode.signs[-1].at) > LONGEST_SILENCE):
        left = len(episode.days) > 2 or any(contribution.code == "accessory_viewed" for contribution in evidence)
        closed_by, state = "bought_elsewhere" if left else "dropped", "closed"
    return _build(
        type_code,
        episode.signs,
        state=state,  # type: ignore[arg-type]  # one of the literals above
        closed_by=closed_by,
        explanations=explanations,
        evidence=evidence,
        in_visit=episode.signs[-1].visit == scene.visit,
        returned_to=_returned_to(type_code, episode, scene),
    )


def _returned_to(type_code: int, episode: _Episode, scene: _Scene) -> dict[int, float]:
    """Styles with more than a glance on several days, or with a sign that a click is not, and for each the share of pauses that are shorter than its rest."""
    signs: dict[int, list[Sign]] = {}
    for sign in episode.signs:
        if sign.row != UNKNOWN_ROW and not sign.brief:
            signs.setdefault(int(scene.catalog.group_of[sign.row]), []).append(sign)
    again = {group: found for group, found in signs.items() if len(by_day(found)) > 1 or _strongest_of(found)}
    return {group: -math.expm1(-_silence(type_code, episode, scene, since=found[-1].at)) for group, found in again.items()}


def _silence(type_code: int, episode: _Episode, scene: _Scene, *, since: datetime) -> float:
    """The log odds that silence since a time takes from a want: minus the logarithm of the share of pauses that last as long."""
    number, spanned = _pauses(type_code, episode.days, scene.wants)
    return number * math.log1p(max((scene.now - since) / DAY, 0.0) / spanned)


def explain(evidence: tuple[Contribution, ...]) -> Explanations:
    """Turn evidence into probabilities: the softmax of what speaks for each explanation.

    >>> explain(())
    Explanations(own=0.25, gift=0.25, research=0.25, slip=0.25)
    """
    total: dict[Explanation, float] = dict.fromkeys(("want", "own", "gift", "research", "slip"), 0.0)
    for contribution in evidence:
        total[contribution.speaks_for] += contribution.log_odds
    odds = [total["want"] + total["own"], total["want"] + total["gift"], total["research"], total["slip"]]
    highest = max(odds)
    weights = [math.exp(value - highest) for value in odds]
    everything = sum(weights)
    own, gift, research, slip = [weight / everything for weight in weights]
    return Explanations(own=own, gift=gift, research=research, slip=slip)


def _evidence(type_code: int, episode: _Episode, scene: _Scene) -> tuple[Contribution, ...]:
    weights = scene.wants.weights
    last = episode.signs[-1]
    found = [
        *_before_any_sign(weights),
        *_wanted(type_code, episode.days, scene.wants),
        _speaks("silence", "want", -_silence(type_code, episode, scene, since=last.at)),
    ]
    if episode.before:
        again = weights.came_back * math.log2(1 + _counted(type_code, episode.before, max(episode.days), scene.wants))
        found.append(_speaks("came_back", "want", again, [signs[-1] for signs in episode.before.values()]))
    if accessories := scene.accessory_days(type_code, last):
        found.append(_speaks("accessory_viewed", "want", weights.accessory * min(len(accessories), 2), accessories))
    return (*found, *scene.gifts.about(episode.signs), *_ways_in(episode.days, scene), *_one_sitting(type_code, episode, scene))


@lru_cache(maxsize=8)
def _before_any_sign(weights: WantWeights) -> tuple[Contribution, ...]:
    return (
        _speaks("before_any_sign", "want", weights.base),
        _speaks("before_any_sign", "gift", weights.gift),
        _speaks("before_any_sign", "research", weights.research),
        _speaks("before_any_sign", "slip", weights.slip),
    )


def _ways_in(days: Days, scene: _Scene) -> list[Contribution]:
    """What the ways they came speak for, each by its share of the days: who comes back by themselves outweighs the site that brought them first."""
    ways, weights = scene.profile.ways, scene.wants.weights
    if not ways:
        return []
    first = {signs[0]: ways.get(signs[0].visit) for signs in days.values()}
    meanings: tuple[tuple[str, Explanation, float, tuple[WayIn, ...]], ...] = (
        ("came_from_comparison", "research", weights.compared, ("compare",)),
        ("came_by_advertisement", "research", weights.lured, ("ad", "social")),
        ("came_by_our_message", "want", weights.prompted, ("email",)),
        ("came_by_themselves", "own", weights.own_way, ("search", "direct")),
    )
    came = [(code, about, weight, [sign for sign, way in first.items() if way in named]) for code, about, weight, named in meanings]
    return [_speaks(code, about, weight * len(signs) / len(days), signs) for code, about, weight, signs in came if signs]


def _counted(type_code: int, days: Days, latest: date, wants: WantModel) -> float:
    """The days with more than a glance, each half forgotten after some weeks: after longer where people pause longer over the type."""
    usual = wants.weights.gap_days
    forget = wants.weights.forget_days * max(1.0, wants.gap_days.get(type_code, usual) / usual)
    return sum(math.pow(0.5, (latest - day).days / forget) for day in _solid(days))


def _wanted(type_code: int, days: Days, wants: WantModel) -> list[Contribution]:
    """What speaks for a want, whoever it is for, before any silence."""
    weights, counted = wants.weights, _counted(type_code, days, max(days), wants)
    found = [_speaks("days_with_a_sign", "want", weights.day * math.log2(1 + counted), [signs[-1] for signs in days.values()])]
    signs = [sign for on_day in days.values() for sign in on_day]
    strongest = _strongest(days)
    if strongest is not None:
        weight = {"cart": weights.cart, "wish": weights.wish, "ask": weights.ask}[strongest]
        found.append(_speaks(strongest, "want", weight, [sign for sign in signs if sign.kind == strongest]))
    searches = [sign for sign in signs if sign.kind == SEARCH]
    if searches and len(searches) < len(signs):
        found.append(_speaks("searched", "want", weights.searched, searches))
    return found


def _one_sitting(type_code: int, episode: _Episode, scene: _Scene) -> list[Contribution]:
    """What speaks for research or a slip: only as long as they have not come back, and have chosen nothing."""
    if _several(episode.days):
        return []
    weights, catalog = scene.wants.weights, scene.catalog
    rows = {sign.row for sign in episode.signs if sign.row != UNKNOWN_ROW}
    styles = {int(catalog.group_of[row]) for row in rows}
    found = []
    if len(styles) >= BURST_STYLES:
        found.append(_speaks("burst", "research", weights.burst, episode.signs))
    if len({catalog.product(row).size for row in rows}) > 1 and len(rows) > len(styles):
        found.append(_speaks("sizes_compared", "want", weights.sizes, episode.signs))
    if scene.strays(type_code, next(iter(episode.days))):
        found.append(_speaks("stray", "slip", weights.stray, episode.signs))
    if all(sign.brief for sign in episode.signs):
        found.append(_speaks("glanced", "slip", weights.glanced, episode.signs))
    elif len(rows) < 2 and scene.left_at_once(type_code, episode.signs[-1]):
        found.append(_speaks("left_at_once", "slip", weights.bounced, episode.signs[-1:]))
    return found


def _speaks(code: str, explanation: Explanation, log_odds: float, signs: list[Sign] | None = None) -> Contribution:
    event_ids = tuple(dict.fromkeys(sign.event_id for sign in (signs or [])[::-1]))[:EVIDENCE_KEPT]
    return Contribution(code=code, speaks_for=explanation, log_odds=log_odds, event_ids=event_ids)


def _build(
    type_code: int,
    signs: list[Sign],
    *,
    state: NeedState,
    closed_by: str | None = None,
    explanations: Explanations | None = None,
    evidence: tuple[Contribution, ...] = (),
    in_visit: bool = False,
    returned_to: dict[int, float] | None = None,
) -> Need:
    latest = [sign for sign in signs[::-1] if sign.kind != SEARCH] or signs[::-1]
    explained = explanations or Explanations()
    return Need(
        type_code=type_code,
        state=state,
        probability=explained.own,
        occasions=max(len(_solid(by_day(signs))), 1) if len(signs) > 1 else 1,
        since=signs[0].at,
        last_at=signs[-1].at,
        closed_by=closed_by,  # type: ignore[arg-type]  # the values come from the literals above
        explanations=explained,
        evidence=evidence,
        in_visit=in_visit,
        returned_to=returned_to or {},
        rows=tuple(dict.fromkeys(sign.row for sign in latest if sign.row != UNKNOWN_ROW)),
        event_ids=tuple(sign.event_id for sign in latest[:EVIDENCE_KEPT]),
        event_times=tuple(sign.at for sign in latest[:EVIDENCE_KEPT]),
    )
