"""What is looked at next in visits like this one: for somebody who is here, from what they have looked at since they came."""

from datetime import timedelta
from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.profile import Look
from tactful.model.tables import DAY_SECONDS, LOOK_KINDS, LookTable, PurchaseTable
from tactful.recommend._calibration import Curve, fit_curve
from tactful.recommend._component import Facts, Source
from tactful.recommend._visits import PRIOR_WEIGHTS, VisitIndex, Visits, VisitsConfig, learn_weights, likely

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
VISIT_GAP = timedelta(minutes=30)
"""Half an hour without a sign of life ends a visit: the web analytics convention."""
AWAY = ("uncart", "unwish", "return")
TOWARDS = np.array([kind not in AWAY for kind in LOOK_KINDS], np.bool_)
"""Which signs are signs of interest, by kind."""
BOUGHT_OF_LOOKED_AT = 0.1
"""About one in ten of what is looked at next is bought within the week: a stated prior, until a log tells."""
EVIDENCE_KEPT = 3
SEED = 8321


class ThisVisitConfig(Struct, frozen=True, kw_only=True):
    """Settings of what comes next in a visit."""

    least_visits: int = 50
    """Fewer visits with two looks or more teach nothing."""
    least_together: int = 3
    """Visits that hold both, for others to be said to have looked at both."""
    proposed: int = 30
    judged: int = 2_000
    """Visits of the log after which it is counted what was bought."""
    visits: VisitsConfig = VisitsConfig()


class ThisVisitState(Struct, kw_only=True):
    """What was learned."""

    styles: tuple[str, ...] = ()
    thing: bytes = b""
    """int32, index into the styles per look, the oldest visit first."""
    start: bytes = b""
    """int64 [visits + 1]."""
    weights: tuple[float, ...] = PRIOR_WEIGHTS
    bought: Curve | None = None
    """From how likely it is looked at next to how likely it is bought within seven days."""


class ThisVisit(Source):
    """Propose what others looked at next in visits like the one under way, and nothing they have looked at in it. What they bought ends what came before it.

    Untrained, or on another day: nothing. Unknown customer: what the page is about is their visit.
    """

    name: ClassVar[str] = "this_visit"
    calibrates_itself: ClassVar[bool] = True

    def __init__(self, config: ThisVisitConfig | None = None) -> None:
        self.config = config or ThisVisitConfig()
        self.state = ThisVisitState()
        self._index: VisitIndex | None = None

    def train(self, purchases: PurchaseTable) -> Facts:
        """Forget what was learned: purchases tell nothing of visits."""
        self.state, self._index = ThisVisitState(), None
        return {}

    def watch(self, looks: LookTable, purchases: PurchaseTable) -> Facts:
        """Keep the visits, learn on the latest of them how much each way of looking at them says, and count what was bought within the week."""
        catalog = purchases.catalog
        toward = TOWARDS[looks.kind] & (catalog.sensitive[looks.row] == 0)
        customer, day, group = looks.customer[toward], looks.day[toward], catalog.group_of[looks.row[toward]]
        begins = (
            np.concatenate(([True], (np.diff(customer) != 0) | (np.diff(day) * DAY_SECONDS > VISIT_GAP.total_seconds()))) if len(day) else np.zeros(0, bool)
        )
        number = np.cumsum(begins) - 1
        kept = np.bincount(number)[number] > 1 if len(number) else np.zeros(0, np.bool_)
        if len(np.unique(number[kept])) < self.config.least_visits:
            return {"visits": len(np.unique(number[kept]))}
        first = np.maximum.accumulate(np.where(begins, np.arange(len(day)), 0))
        order = np.lexsort((np.arange(len(day)), number, day[first]))
        order = order[kept[order]]
        visits, styles = _visits(number[order], group[order], catalog, most=self.config.visits.most_visits)
        order = order[len(order) - len(visits.thing) :]
        weights, examples = learn_weights(visits, self.config.visits, things=len(styles), seed=SEED)
        begins = order[visits.start[:-1]]
        self._learn(visits, styles, weights)
        self.state.bought = self._bought(visits, customer[begins], day[begins], purchases)
        return {"visits": len(visits), "styles": len(styles), "examples": examples}

    def _learn(self, visits: Visits, styles: tuple[str, ...], weights: Floats) -> None:
        thing, start = visits.thing.astype(np.int32).tobytes(), visits.start.tobytes()
        self.state = ThisVisitState(styles=styles, thing=thing, start=start, weights=tuple(weights.tolist()))
        self._index = VisitIndex(visits, self.config.visits, things=len(styles))

    def _bought(self, visits: Visits, customer: NDArray[np.int32], begun: Floats, purchases: PurchaseTable) -> Curve | None:
        """Ask somewhere within each of the latest visits that are a week old, as if it was not known, and see what was bought; None where too little was."""
        config = self.config.visits
        cut = round(len(visits) * (1 - config.held_out))
        asked = cut + np.flatnonzero(begun[cut:] + 7 <= purchases.until_day)[-self.config.judged :]
        index = VisitIndex(visits.between(0, cut), config, things=len(self.state.styles))
        catalog, weights = purchases.catalog, np.array(self.state.weights)
        code_of = {name: code for code, name in enumerate(catalog.groups)}
        group_of = np.array([code_of[name] for name in self.state.styles])
        group = catalog.group_of[purchases.row]
        start = np.searchsorted(purchases.customer, np.arange(len(purchases.customers) + 1))
        scores, wanted = [np.empty(0)], [np.empty(0, np.bool_)]
        seen = np.random.default_rng(SEED).integers(1, visits.start[asked + 1] - visits.start[asked] + 1)
        for number, looks in zip(asked.tolist(), seen.tolist(), strict=True):
            lines = slice(start[customer[number]], start[customer[number] + 1])
            soon = (purchases.day[lines] > begun[number]) & (purchases.day[lines] <= begun[number] + 7)
            things, score = _ranked(index, weights, visits[number][:looks], again=False)
            scores.append(score[: self.config.proposed])
            wanted.append(np.isin(group_of[things[: self.config.proposed]], group[lines][soon]))
        return fit_curve(np.concatenate(scores), np.concatenate(wanted))

    def finds(self, looks: Ints, *, count: int, again: bool = False) -> tuple[Ints, Floats]:
        """The likeliest next looks of a visit (styles as learned, the latest last) and how likely each is; ``again``: also what was looked at in it already."""
        assert self._index is not None
        things, probability = _ranked(self._index, np.array(self.state.weights), looks, again=again)
        return things[:count], probability[:count]

    def remember(self, visits: Visits, styles: tuple[str, ...]) -> Facts:
        """Learn from visits as sequences of styles, the oldest first, without what was bought."""
        weights, examples = learn_weights(visits, self.config.visits, things=len(styles), seed=SEED)
        self._learn(visits, styles, weights)
        return {"visits": len(visits), "styles": len(styles), "examples": examples}

    def bind(self, catalog: CatalogTable) -> None:
        """Lay the styles over those of a catalogue; what is no longer sold still tells, and is not proposed."""
        code_of = {name: code for code, name in enumerate(catalog.groups)}
        group_of = np.array([code_of.get(name, UNKNOWN_ROW) for name in self.state.styles], np.int64)
        self._row_of = np.array([catalog.rows_of_group[group][0] if group != UNKNOWN_ROW else UNKNOWN_ROW for group in group_of.tolist()], np.int64)
        self._thing_of = {group: thing for thing, group in enumerate(group_of.tolist()) if group != UNKNOWN_ROW}

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Only a style that was learned of and is back changes anything."""
        if any(catalog.groups[code] in self.state.styles and code not in self._thing_of for code in set(catalog.group_of[first:].tolist())):
            self.bind(catalog)

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the likeliest; the reason is the latest look that others made in visits with it too, where there are enough."""
        looks = _looks_here(customer, moment)
        rows = [row for row, _ in looks] + [row for row in moment.featured if not customer.catalog.sensitive[row]]
        known = [(self._thing_of[group], row) for row in rows if (group := int(customer.catalog.group_of[row])) in self._thing_of]
        if self._index is None or not known:
            return Candidates.none()
        things, probability = self.finds(np.array([thing for thing, _ in known], np.int64), count=min(self.config.proposed, moment.enough))
        anchors = self._anchors(known[-EVIDENCE_KEPT:], things)
        evidence = tuple(Evidence(message_id=look.event_id, at=look.at) for _, look in looks[: -EVIDENCE_KEPT - 1 : -1]) or customer.last_sign
        because = {row: Because(code=self.name, evidence=evidence, anchor=row) for row in set(anchors)}
        worth = self.state.bought(probability) if self.state.bought else probability * BOUGHT_OF_LOOKED_AT
        found = zip(self._row_of[things].tolist(), worth.tolist(), anchors, strict=True)
        return Candidates.of([(row, score, because[anchor]) for row, score, anchor in found if row != UNKNOWN_ROW])

    def _anchors(self, seen: list[tuple[int, int]], things: Ints) -> list[int | None]:
        """For each thing the row of the latest one seen that enough others looked at in the same visit; None where they were too few."""
        assert self._index is not None
        anchors = np.full(len(things), UNKNOWN_ROW)
        for thing, row in reversed(seen):
            both = self._index.together(thing, things) >= self.config.least_together
            anchors[both & (anchors == UNKNOWN_ROW)] = row
            if (anchors != UNKNOWN_ROW).all():
                break
        return [None if row == UNKNOWN_ROW else row for row in anchors.tolist()]

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=ThisVisitState)
        visits = Visits(thing=np.frombuffer(self.state.thing, np.int32).astype(np.int64), start=np.frombuffer(self.state.start, np.int64))
        self._index = VisitIndex(visits, self.config.visits, things=len(self.state.styles)) if self.state.styles else None


def _ranked(index: VisitIndex, weights: Floats, looks: Ints, *, again: bool) -> tuple[Ints, Floats]:
    things, features = index.features(looks)
    probability = likely(features, weights)
    if not again:
        new = np.ones(len(things), np.bool_)
        place = np.minimum(np.searchsorted(things, looks), len(things) - 1)
        new[place[things[place] == looks]] = False
        things, probability = things[new], probability[new]
    order = np.lexsort((things, -probability))
    return things[order], probability[order]


def _visits(number: Ints, group: NDArray[np.int32], catalog: CatalogTable, *, most: int) -> tuple[Visits, tuple[str, ...]]:
    """The latest visits, by styles of their own numbering."""
    starts = np.flatnonzero(np.concatenate(([True], np.diff(number) != 0)))[-most:]
    groups, thing = np.unique(group[starts[0] :], return_inverse=True)
    start = np.concatenate((starts - starts[0], [len(thing)]))
    return Visits(thing=thing.astype(np.int64), start=start.astype(np.int64)), tuple(catalog.groups[code] for code in groups.tolist())


def _looks_here(customer: Customer, moment: Moment) -> list[tuple[int, Look]]:
    """What they have looked at since they came, or since they last bought something, with its row; the oldest first. What is private, or was a slip, is not."""
    profile, catalog = customer.profile, customer.catalog
    if profile.last_own_at is None or not timedelta(0) <= moment.now - profile.last_own_at <= VISIT_GAP:
        return []
    since = profile.orders[-1].at if profile.orders else None
    refused, visit = {dismissal.product_id for dismissal in profile.dismissals}, profile.visits
    products = profile.products
    here = [(name, row) for name, row in customer.row_of.items() if (looks := products[name].looks) and looks[-1].visit == visit]  # most are of other visits
    found = [
        (row, look)
        for name, row in here
        if name not in refused and not catalog.sensitive[row]
        for look in products[name].looks
        if look.visit == visit and not look.brief and look.kind not in AWAY and (since is None or look.at > since)
    ]
    return sorted(found, key=lambda look: (look[1].at, look[1].event_id))
