"""Needs by product type: competing explanations of what somebody did, and an end that is read from silence.

A type's signs are explained by a want of their own, a want for another (a gift), research, or a slip. Each piece of evidence adds to the log odds of one
explanation; the probabilities are their softmax. Silence takes from the wants what the survival of gaps between looks says: P(open | silence t) =
p S(t) / (p S(t) + 1 - p). Gaps are exponential at a rate that differs between people (a gamma around the type's learned mean), so that with n gaps that
span s days S(t) = (b / (b + t))^a, a = 2 + n, b = 2 mean + s: the more of their own pauses we know, the surer the end.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain

from tactful.intent._answers import ANSWERS_ABOUT_KIND, covers
from tactful.intent._gifts import GiftSigns
from tactful.intent._signs import Signs, by_day, signs_by_type, standing
from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.events import WayIn
from tactful.model.needs import SEARCH, ClosedBy, Contribution, Explanation, Explanations, Need, NeedState, Sign
from tactful.model.profile import Profile
from tactful.model.tables import History
from tactful.model.wants import PRIOR, WantModel, WantWeights

VISIT_GAP = timedelta(minutes=30)
STRONGER = ("cart", "wish", "ask")
"""Signs that a click is not, the strongest last: chosen, kept, asked for."""
STRONG = frozenset(STRONGER)
GAP_PRIOR_WEIGHT = 2.0
"""How many gaps of this customer the type's mean gap is worth."""
CLOSED_BELOW = 0.15
PAUSES_SHORTER = 0.95
"""Silence that lasts longer than this share of the pauses after which people came back is the end of a want, however sure it was."""
LONGEST_SILENCE = -math.log1p(-PAUSES_SHORTER)
ONE_LOOK_FADES = 28.0
"""Days after which a lone look no longer joins with a later one."""
SHORTEST_REST = timedelta(days=3)
"""What they came back to has not rested before: a weekend may lie in between."""
SHORTEST_REST_LISTED = timedelta(days=7)
"""The same for what they put on the wish list: it is kept there in order to be found again."""
BURST_STYLES = 5
SECONDS_OF_A_SLIP = timedelta(seconds=15)
DAY = timedelta(days=1)
Days = dict[date, list[Sign]]


def needs_of(
    profile: Profile, history: History, catalog: CatalogTable, *, now: datetime, wants: WantModel = PRIOR, rows_of: Mapping[str, int] | None = None
) -> Mapping[int, Need]:
    """Infer what they want, by type code. Types with no sign of interest are absent. Each is inferred when it is first asked for: a message asks for few.

    ``rows_of``: the profile's products that the catalogue knows, where the caller has asked it already.
    """
    signs = signs_by_type(profile, catalog, wants, rows_of=catalog.known(profile.products) if rows_of is None else rows_of)
    return _Needs(_Scene(profile, history, catalog, wants, signs=signs, now=now)) if signs else {}


class _Needs(Mapping[int, Need]):
    """Needs by type code, in the order in which the types were first met."""

    def __init__(self, scene: "_Scene") -> None:
        self._scene = scene
        self._inferred: dict[int, Need] = {}

    def __getitem__(self, type_code: int) -> Need:
        if (found := self._inferred.get(type_code)) is None:
            found = self._inferred[type_code] = _need(type_code, self._scene)
        return found

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
        self.priors = _before_any_sign(wants.weights)

    @cached_property
    def departments(self) -> set[str]:
        """The departments that they bought in for themselves."""
        of_type = self.catalog.department_of_type
        return {of_type[code] for code in set(self.history.own().types.tolist())}

    @cached_property
    def _bought(self) -> dict[int, float]:
        """Epoch seconds of the latest purchase for themselves by type; lines are in order of time."""
        own = self.history.own()
        return dict(zip(own.types.tolist(), own.at.tolist(), strict=True))

    @cached_property
    def _given(self) -> dict[int, float]:
        """The same of gifts."""
        history = self.history
        return dict(zip(history.types[history.gift].tolist(), history.at[history.gift].tolist(), strict=True))

    def ended(self, type_code: int) -> tuple[float, ClosedBy]:
        """When the type was last bought or answered for, in epoch seconds, -inf where never; and which it was."""
        bought, given = self._bought.get(type_code, -math.inf), self._given.get(type_code, -math.inf)
        answered = self._answered_at(type_code) if self.profile.dismissals else -math.inf
        if answered > bought and answered > given:
            return answered, "dismissed"
        return (given, "gift") if given > bought else (bought, "bought_here")

    def _answered_at(self, type_code: int) -> float:
        """Epoch seconds of the latest answer that speaks of the whole type, -inf where none."""
        row = int((self.catalog.type_of == type_code).argmax())
        answers = (d for d in self.profile.dismissals if d.reason in ANSWERS_ABOUT_KIND and covers(d, row, self.catalog))
        return max((d.at.timestamp() for d in answers), default=-math.inf)

    def accessory_days(self, type_code: int, last: Sign) -> list[Sign]:
        """One sign a day of turning to what only an owner needs, after the last look and in another visit; none where they own one anyway."""
        accessories = self.wants.accessories.get(type_code)
        if accessories is None or type_code in self._bought or type_code in self._given:
            return []
        seen = {
            sign.at.date(): sign
            for code in accessories
            for sign in self.signs.get(code, ())
            if sign.at > last.at and sign.visit != last.visit and sign.kind != "return"
        }
        return list(seen.values())

    def strays(self, type_code: int, day: date) -> bool:
        """Whether a department they looked into on this day only is far from everything they buy here."""
        of_type = self.catalog.department_of_type
        department = of_type[type_code]
        if not self.departments or department in self.departments:
            return False
        of_department = (code for code in self.signs if of_type[code] == department)
        return all(sign.at.date() == day for code in of_department for sign in self.signs[code])

    def left_at_once(self, type_code: int, last: Sign) -> bool:
        """Whether they went on to something else within seconds."""
        return any(code != type_code for code in self.signs.between(last.at, last.at + SECONDS_OF_A_SLIP, visit=last.visit))


class _Episode:
    """Signs that belong to one want: from the last time it began anew. It grows day by day, and on each of them it is asked for what it comes to."""

    def __init__(self, before: Days) -> None:
        self.before = before
        """Days with more than a glance before it, of signs that had ended in silence."""
        self.days: Days = {}
        self.solid: Days = {}
        """The days with more than a glance."""
        self.kinds: set[str] = set()

    def add(self, day: date, signs: list[Sign]) -> None:
        """Go on for another day."""
        self.days[day] = signs
        self.kinds.update([sign.kind for sign in signs])
        if _is_solid(signs):
            self.solid[day] = signs

    @cached_property
    def signs(self) -> list[Sign]:
        """All of them, oldest first; asked for once it grows no more."""
        return [sign for found in self.days.values() for sign in found] if len(self.days) > 1 else next(iter(self.days.values()))

    @property
    def strongest(self) -> str | None:
        """The strongest sign that a click is not, where there is one."""
        return next((kind for kind in reversed(STRONGER) if kind in self.kinds), None)

    @property
    def several(self) -> bool:
        """Whether it is more than a single look."""
        return len(self.solid) > 1 or self.strongest is not None


def _need(type_code: int, scene: _Scene) -> Need:
    signs = scene.signs[type_code]
    ended_at, ended_by = scene.ended(type_code)
    fresh = standing(signs if ended_at == -math.inf else [sign for sign in signs if sign.at.timestamp() > ended_at])
    if not fresh:
        return _over(type_code, signs, "dropped" if ended_at == -math.inf else ended_by)
    return _weighed(type_code, _latest_episode(type_code, fresh, scene), scene)


def _over(type_code: int, signs: list[Sign], closed_by: ClosedBy) -> Need:
    """A need that an answer, or a purchase, has ended."""
    occasions = max(sum(map(_is_solid, by_day(signs).values())), 1) if len(signs) > 1 else 1
    since, last_at = signs[0].at, signs[-1].at
    return Need(type_code=type_code, state="closed", probability=0.0, occasions=occasions, since=since, last_at=last_at, closed_by=closed_by, signs=signs)


def _is_solid(signs: list[Sign]) -> bool:
    """Whether the signs of a day are more than a glance."""
    return not signs[0].brief or not all(sign.brief for sign in signs)


def _latest_episode(type_code: int, signs: list[Sign], scene: _Scene) -> _Episode:
    """Leave out what had already ended in silence when they came back: then it began anew."""
    episode = _Episode({})
    last: datetime | None = None
    for day, found in by_day(signs).items():
        if last is not None and _began_anew(type_code, found, episode, scene, pause_days=(found[0].at - last) / DAY):
            episode = _Episode(episode.before | episode.solid)
        episode.add(day, found)
        last = found[-1].at
    return episode


def _began_anew(type_code: int, signs: list[Sign], episode: _Episode, scene: _Scene, *, pause_days: float) -> bool:
    """Whether what they did before had ended in silence. Who comes back to the very thing joins it with what they did as late as a lone look would be."""
    if pause_days <= _patience(type_code, episode, scene):
        return False
    return pause_days > ONE_LOOK_FADES or _styles(signs, scene).isdisjoint(_styles(chain.from_iterable(episode.days.values()), scene))


def _styles(signs: Iterable[Sign], scene: _Scene) -> set[int]:
    """The styles that they looked at for more than a glance."""
    return {int(scene.catalog.group_of[sign.row]) for sign in signs if sign.row != UNKNOWN_ROW and not sign.brief}


def _pauses(type_code: int, days: Days, wants: WantModel) -> tuple[float, float]:
    """Number and days of the gaps known of: the type's, as so many of their own, and their own."""
    usual = wants.gap_days.get(type_code, wants.weights.gap_days) * GAP_PRIOR_WEIGHT
    if len(days) == 1:
        return GAP_PRIOR_WEIGHT, usual
    ordered = list(days)
    return GAP_PRIOR_WEIGHT + len(ordered) - 1, usual + (ordered[-1] - ordered[0]).days


def _patience(type_code: int, episode: _Episode, scene: _Scene) -> float:
    """Days of silence after which what they did so far counts as over."""
    if not episode.several:
        return ONE_LOOK_FADES
    wanted = scene.wants.weights.base + sum([odds for _, odds in _odds_of_want(type_code, episode, scene.wants)])
    number, spanned = _pauses(type_code, episode.days, scene.wants)
    lost = min(wanted - math.log(CLOSED_BELOW / (1 - CLOSED_BELOW)), LONGEST_SILENCE)
    return spanned * math.expm1(max(lost, 0.0) / number)


def _silence(type_code: int, episode: _Episode, scene: _Scene, *, since: datetime) -> float:
    """The log odds that silence since a time takes from a want: minus the logarithm of the share of pauses that last as long."""
    number, spanned = _pauses(type_code, episode.days, scene.wants)
    return number * math.log1p(max((scene.now - since) / DAY, 0.0) / spanned)


def _returned_to(type_code: int, episode: _Episode, scene: _Scene) -> dict[int, float]:
    """Styles with more than a glance on several days, or with a sign that a click is not, and for each the share of pauses that are shorter than its rest."""
    signs: dict[int, list[Sign]] = {}
    for sign in episode.signs:
        if sign.row != UNKNOWN_ROW and not sign.brief:
            signs.setdefault(int(scene.catalog.group_of[sign.row]), []).append(sign)
    again = {group: found for group, found in signs.items() if len(by_day(found)) > 1 or any(sign.kind in STRONG for sign in found)}
    return {group: _rest(type_code, found, episode, scene) for group, found in again.items()}


def _rest(type_code: int, signs: list[Sign], episode: _Episode, scene: _Scene) -> float:
    """The share of the pauses after which people come back that are shorter than the one since the last sign; 0 where it is too short to be one."""
    least = SHORTEST_REST_LISTED if any(sign.kind == "wish" for sign in signs) else SHORTEST_REST
    since = signs[-1].at
    return -math.expm1(-_silence(type_code, episode, scene, since=since)) if scene.now - since >= least else 0.0


def _weighed(type_code: int, episode: _Episode, scene: _Scene) -> Need:
    silence = _silence(type_code, episode, scene, since=episode.signs[-1].at)
    evidence = _evidence(type_code, episode, scene, silence=silence)
    explanations = explain(evidence)
    closed_by: ClosedBy | None = None
    state: NeedState = "open" if episode.several else "look"
    if episode.several and (explanations.own + explanations.gift < CLOSED_BELOW or silence > LONGEST_SILENCE):
        left = len(episode.days) > 2 or any(contribution.code == "accessory_viewed" for contribution in evidence)
        closed_by, state = "bought_elsewhere" if left else "dropped", "closed"
    signs = episode.signs
    return Need(
        type_code=type_code,
        state=state,
        probability=explanations.own,
        occasions=len(episode.solid) or 1,
        since=signs[0].at,
        last_at=signs[-1].at,
        closed_by=closed_by,
        explanations=explanations,
        evidence=evidence,
        in_visit=signs[-1].visit == scene.visit,
        signs=signs,
        returned_to=_returned_to(type_code, episode, scene) if state == "open" else {},
    )


def explain(evidence: tuple[Contribution, ...]) -> Explanations:
    """Turn evidence into probabilities: the softmax of what speaks for each explanation.

    >>> explain(())
    Explanations(own=0.25, gift=0.25, research=0.25, slip=0.25)
    """
    total: dict[Explanation, float] = {"want": 0.0, "own": 0.0, "gift": 0.0, "research": 0.0, "slip": 0.0}
    for contribution in evidence:
        total[contribution.speaks_for] += contribution.log_odds
    want = total["want"]
    own, gift, research, slip = want + total["own"], want + total["gift"], total["research"], total["slip"]
    highest = max(own, gift, research, slip)
    own, gift, research, slip = math.exp(own - highest), math.exp(gift - highest), math.exp(research - highest), math.exp(slip - highest)
    everything = own + gift + research + slip
    return Explanations(own=own / everything, gift=gift / everything, research=research / everything, slip=slip / everything)


def _evidence(type_code: int, episode: _Episode, scene: _Scene, *, silence: float) -> tuple[Contribution, ...]:
    weights = scene.wants.weights
    found = [*scene.priors, *_wanted(type_code, episode, scene.wants), Contribution("silence", "want", -silence)]
    if episode.before:
        again = weights.came_back * math.log2(1 + _counted(type_code, episode.before, next(reversed(episode.days)), scene.wants))
        found.append(Contribution("came_back", "want", again, [signs[-1] for signs in episode.before.values()]))
    if accessories := scene.accessory_days(type_code, episode.signs[-1]):
        found.append(Contribution("accessory_viewed", "want", weights.accessory * min(len(accessories), 2), accessories))
    found += scene.gifts.about(episode.signs)
    if scene.profile.ways:
        found += _ways_in(episode.days, scene)
    if not episode.several:
        found += _one_sitting(type_code, episode, scene)
    return tuple(found)


def _before_any_sign(weights: WantWeights) -> tuple[Contribution, ...]:
    return (
        Contribution("before_any_sign", "want", weights.base),
        Contribution("before_any_sign", "gift", weights.gift),
        Contribution("before_any_sign", "research", weights.research),
        Contribution("before_any_sign", "slip", weights.slip),
    )


def _ways_in(days: Days, scene: _Scene) -> list[Contribution]:
    """What the ways they came speak for, each by its share of the days: who comes back by themselves outweighs the site that brought them first."""
    ways, weights = scene.profile.ways, scene.wants.weights
    first = [(signs[0], way) for signs in days.values() if (way := ways.get(signs[0].visit)) is not None]
    if not first:
        return []
    meanings: tuple[tuple[str, Explanation, float, tuple[WayIn, ...]], ...] = (
        ("came_from_comparison", "research", weights.compared, ("compare",)),
        ("came_by_advertisement", "research", weights.lured, ("ad", "social")),
        ("came_by_our_message", "want", weights.prompted, ("email",)),
        ("came_by_themselves", "own", weights.own_way, ("search", "direct")),
    )
    came = [(code, about, weight, [sign for sign, way in first if way in named]) for code, about, weight, named in meanings]
    return [Contribution(code, about, weight * len(signs) / len(days), signs) for code, about, weight, signs in came if signs]


def _counted(type_code: int, solid: Days, latest: date, wants: WantModel) -> float:
    """Days with more than a glance, each half forgotten after some weeks: after longer where people pause longer over the type."""
    if len(solid) == 1 and latest in solid:
        return 1.0
    usual = wants.weights.gap_days
    forget = wants.weights.forget_days * max(1.0, wants.gap_days.get(type_code, usual) / usual)
    return sum(math.pow(0.5, (latest - day).days / forget) for day in solid)


def _odds_of_want(type_code: int, episode: _Episode, wants: WantModel) -> list[tuple[str, float]]:
    """What speaks for a want, whoever it is for, before any silence: each piece of evidence, and its log odds."""
    weights = wants.weights
    counted = _counted(type_code, episode.solid, next(reversed(episode.days)), wants)
    odds = [("days_with_a_sign", weights.day * math.log2(1 + counted))]
    strongest = episode.strongest
    if strongest is not None:
        odds.append((strongest, {"cart": weights.cart, "wish": weights.wish, "ask": weights.ask}[strongest]))
    if SEARCH in episode.kinds and len(episode.kinds) > 1:
        odds.append(("searched", weights.searched))
    return odds


def _wanted(type_code: int, episode: _Episode, wants: WantModel) -> list[Contribution]:
    """The same with what happened."""
    return [Contribution(code, "want", odds, _happened(code, episode)) for code, odds in _odds_of_want(type_code, episode, wants)]


def _happened(code: str, episode: _Episode) -> list[Sign]:
    """The signs behind a piece of evidence for a want."""
    if code == "days_with_a_sign":
        return [signs[-1] for signs in episode.days.values()]
    kind = SEARCH if code == "searched" else code
    return [sign for sign in episode.signs if sign.kind == kind]


def _one_sitting(type_code: int, episode: _Episode, scene: _Scene) -> list[Contribution]:
    """What speaks for research or a slip: only as long as they have not come back, and have chosen nothing."""
    weights, catalog, signs = scene.wants.weights, scene.catalog, episode.signs
    rows = {sign.row for sign in signs if sign.row != UNKNOWN_ROW}
    found = []
    if len(rows) > 1:
        styles = {int(catalog.group_of[row]) for row in rows}
        if len(styles) >= BURST_STYLES:
            found.append(Contribution("burst", "research", weights.burst, signs))
        if len(rows) > len(styles) and len({catalog.product(row).size for row in rows}) > 1:
            found.append(Contribution("sizes_compared", "want", weights.sizes, signs))
    if scene.strays(type_code, next(iter(episode.days))):
        found.append(Contribution("stray", "slip", weights.stray, signs))
    if not episode.solid:
        found.append(Contribution("glanced", "slip", weights.glanced, signs))
    elif len(rows) < 2 and scene.left_at_once(type_code, signs[-1]):
        found.append(Contribution("left_at_once", "slip", weights.bounced, signs[-1:]))
    return found
