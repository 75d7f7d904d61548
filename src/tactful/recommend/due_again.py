"""What is due again: a discrete-time hazard per customer and style.

What is usual for a style and how much everybody buys of it these days is as of the end of what was learned from, and in each week learned from as of that
week; the signs are in `tactful.recommend._hazard`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS, History, PurchaseTable, first_of_each
from tactful.recommend._component import Facts, Source
from tactful.recommend._hazard import HORIZON_DAYS, Asked, Hazard, Styles, fit_hazard, irregularity, lognormal, typical_gap
from tactful.recommend._logistic import expit
from tactful.recommend._pairs import Pairs, distinct, summarise, summarise_history
from tactful.recommend._pulse import Pulses, learn_pulses
from tactful.recommend._rhythm import Rhythms, learn_rhythms, types_of_groups
from tactful.recommend._stock import days_stocked

Floats = NDArray[np.float64]


class DueAgainConfig(Struct, frozen=True, kw_only=True):
    """Settings of the hazard."""

    cut_offs: int = 6
    """How many past weeks are learned from, each asking: what was bought in the seven days after?"""
    active_days: float = 56.0
    """Customers without a purchase for longer are not learned from."""
    rows: int = 400_000
    """Most training rows, the same number of each week; more are sampled down."""
    proposed: int = 60
    """Most styles proposed per decision, the likeliest first."""
    seed: int = 8321


class DueAgainState(Struct, kw_only=True):
    """What was learned."""

    rhythms: Rhythms = Rhythms()
    pulses: Pulses = {}
    model: Hazard | None = None


class DueAgain(Source):
    """Propose what the customer has bought for themselves before; the score is P(buys the style within seven days).

    What was last bought so long ago that its order is no longer kept is not due: they have shopped for more than a year without it. Nor is a kind that they
    bought once and not again for much longer than others take: it was tried, or for somebody else.
    Without a trained model, the customer's own log-normal gaps are the answer (needs two purchases). Unknown customer: nothing.
    """

    name: ClassVar[str] = "due_again"
    form: ClassVar[int] = 3
    writes: ClassVar[bool] = True
    outranks: ClassVar[int] = 1
    calibrates_itself: ClassVar[bool] = True

    def __init__(self, config: DueAgainConfig | None = None) -> None:
        self.config = config or DueAgainConfig()
        self.state = DueAgainState()
        self.styles = Styles.none()

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn the hazard from the weeks before the end of the window, and what is usual from all of it."""
        cut_offs = [purchases.until_day - HORIZON_DAYS * (i + 1) for i in range(self.config.cut_offs)]
        parts = [part for cut_off in cut_offs if (part := self._examples(purchases, cut_off)) is not None]
        self.state = DueAgainState()
        self.catch_up(purchases)
        self.bind(purchases.catalog)
        if not parts:
            return {"rows": 0}
        signs = np.concatenate([part[0] for part in parts])
        label = np.concatenate([part[1] for part in parts])
        del parts
        if label.all() or not label.any():
            return {"rows": len(label)}
        self.state.model = fit_hazard(signs, label)
        return {"rows": len(label), "base_rate": float(label.mean())} | _fit_figures(self.state.model.probability(signs), label)

    def catch_up(self, purchases: PurchaseTable) -> None:
        """Learn what is usual for each style and how much everybody buys of it, and keep the hazard. Needs `bind` afterwards."""
        rhythms, pulses = _usual(purchases, self.config.active_days)
        self.state = msgspec.structs.replace(self.state, rhythms=rhythms, pulses=pulses)

    def _examples(self, purchases: PurchaseTable, cut_off: float) -> tuple[Floats, NDArray[np.bool_]] | None:
        past = purchases.before(cut_off)
        pairs, trips = self.active_pairs(past, cut_off)
        if not len(pairs.key):
            return None
        styles = Styles.of(*_usual(past, self.config.active_days), purchases.catalog)
        signs, label = Asked(pairs=pairs, trips=trips, day=cut_off).signs(styles), bought_within(purchases, pairs, cut_off)
        most = max(self.config.rows // self.config.cut_offs, 1)
        if len(label) <= most:
            return signs, label
        sample = np.random.default_rng(self.config.seed).choice(len(label), most, replace=False)
        return signs[sample], label[sample]

    def active_pairs(self, purchases: PurchaseTable, day: float) -> tuple[Pairs, Pairs]:
        """Every (customer, style) bought before a day by who still shops here, and shopping days by customer index."""
        past = purchases.before(day)
        pairs, trips = _pairs_and_trips(past)
        return _active(pairs, trips, day, self.config.active_days), trips

    def probabilities(self, pairs: Pairs, trips: Pairs, day: float) -> Floats:
        """P(bought within the horizon from a day on) of `active_pairs`, float64 [n]."""
        if self.state.model is None:
            return self._untrained(pairs, day)
        return self.state.model.probability(Asked(pairs=pairs, trips=trips, day=day).signs(self.styles))

    def bind(self, catalog: CatalogTable) -> None:
        """Lay what is usual over the styles of a catalogue; a new style takes its type's."""
        self.styles = Styles.of(self.state.rhythms, self.state.pulses, catalog)

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Lay what is usual over new styles."""
        known = len(self.styles.type_of)
        if np.array_equal(types_of_groups(catalog)[:known], self.styles.type_of):
            self.styles = self.styles.followed_by(Styles.of(self.state.rhythms, self.state.pulses, catalog, since=known))
        else:
            self.bind(catalog)

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose every style they bought for themselves, with its probability."""
        own = customer.history.own()
        if not len(own.rows):
            return Candidates.none()
        pairs, of_kinds, trips = summarise_history(own)
        today = moment.now.timestamp() / DAY_SECONDS
        score = self.probabilities(pairs, trips, today)
        gaps, own_gaps, counts = typical_gap(pairs, self.styles), np.exp(pairs.log_gap_mean), pairs.count
        spread = irregularity(pairs, self.styles).tolist()
        likeliest = np.sort(np.argsort(-score, kind="stable")[: min(self.config.proposed, moment.enough)]).tolist()
        found, kind_of = list(_lines_of_groups(own, likeliest)), customer.catalog.type_of
        kinds = _kinds(of_kinds, {int(kind_of[rows[-1]]) for _, rows, _ in found})
        lines = [
            (i, rows, orders)
            for i, rows, orders in found
            if orders[-1] >= 0 and not _only_tried(kinds[int(kind_of[rows[-1]])], usual_days=float(gaps[i]), now=moment.now)
        ]
        stocked = {i: longer for i, rows, _ in lines if (longer := days_stocked(customer, rows, float(gaps[i])))}
        if stocked:
            score = self._run_down(score, stocked, pairs, trips=trips, today=today)
        because = Reasons(customer)
        return Candidates.of(
            [
                (
                    _variant(rows),
                    float(score[i]),
                    because(
                        orders,
                        gap_days=float(gaps[i]),
                        own_days=float(own_gaps[i]) if counts[i] > 1 else None,
                        spread=spread[i],
                        kind=kinds[int(kind_of[rows[-1]])],
                        stocked_days=stocked.get(i, 0.0),
                    ),
                )
                for i, rows, orders in lines
            ]
        )

    def _run_down(self, score: Floats, stocked: dict[int, float], pairs: Pairs, *, trips: Pairs, today: float) -> Floats:
        """The probabilities as they are where somebody bought for longer: as if they had bought on the day on which the last piece is opened."""
        last_day, places = pairs.last_day.copy(), list(stocked)
        last_day[places] = np.minimum(last_day[places] + list(stocked.values()), today)
        score = score.copy()
        score[places] = self.probabilities(msgspec.structs.replace(pairs, last_day=last_day), trips, today)[places]
        return score

    def _untrained(self, pairs: Pairs, today: float) -> Floats:
        """The log-normal hazard of what was bought twice or more, while they still seem to use it: beyond two and a half gaps they hardly do."""
        elapsed = np.maximum(today - pairs.last_day, 0.0)
        still_used = expit(4.0 * (2.5 - elapsed / typical_gap(pairs, self.styles)))
        return np.where(pairs.count > 1, lognormal(pairs, self.styles, elapsed)[0] * still_used, 0.0)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=DueAgainState)


def _usual(purchases: PurchaseTable, active_days: float) -> tuple[Rhythms, Pulses]:
    """What is usual for each style, and how much everybody buys of it, at the end of the window."""
    pairs, trips = _pairs_and_trips(purchases)
    active = _active(pairs, trips, purchases.until_day, active_days)
    return learn_rhythms(pairs, purchases.catalog), learn_pulses(purchases, active)


def _pairs_and_trips(purchases: PurchaseTable) -> tuple[Pairs, Pairs]:
    return summarise(purchases.customer, purchases.catalog.group_of[purchases.row], purchases.day), _trips(purchases)


def _active(pairs: Pairs, trips: Pairs, day: float, active_days: float) -> Pairs:
    active = day - trips.last_day[pairs.customer] <= active_days
    return msgspec.structs.replace(pairs, **{name: getattr(pairs, name)[active] for name in pairs.__struct_fields__})


def bought_within(purchases: PurchaseTable, pairs: Pairs, day: float) -> NDArray[np.bool_]:
    """Whether each pair was bought within the horizon from a day on, bool [n]."""
    soon = (purchases.day >= day) & (purchases.day < day + HORIZON_DAYS)
    width = len(purchases.catalog.groups)
    bought = distinct(purchases.customer[soon].astype(np.int64) * width + purchases.catalog.group_of[purchases.row[soon]])
    return np.isin(pairs.customer * width + pairs.key, bought)


EVIDENCE_KEPT = 3
TRIED_AFTER = 2.5
"""Usual gaps after which a kind that they bought once was only tried; as many as until nothing is running out any more for who buys it again and again."""


def _lines_of_groups(own: History, wanted: list[int]) -> Iterator[tuple[int, list[int], list[int]]]:
    """Number, and catalogue rows and orders of the lines, oldest first, of some styles; they are numbered ascending as `summarise` sorts them."""
    groups = own.groups[own.by_group]
    starts = [*np.flatnonzero(first_of_each(groups)).tolist(), len(groups)]
    rows, orders = own.rows[own.by_group].tolist(), own.orders[own.by_group].tolist()
    for i in wanted:
        lines = slice(starts[i], starts[i + 1])
        yield i, rows[lines], orders[lines]


def _variant(rows: list[int]) -> int:
    """Which variant of the style: the one bought most, later purchases counting more (each earlier one .8 of the next)."""
    if rows.count(rows[0]) == len(rows):
        return rows[0]
    weight: dict[int, float] = {}
    for age, row in enumerate(reversed(rows)):
        weight[row] = weight.get(row, 0.0) + 0.8**age
    return max(weight, key=lambda row: (weight[row], -row))


Kind = tuple[float | None, datetime]
"""Usual days between their purchases of one kind of thing, None where there was one only; and when the last was."""


def _kinds(bought: Pairs, wanted: set[int]) -> dict[int, Kind]:
    """What one customer buys of some kinds, from its purchases by type."""
    columns = (bought.key.tolist(), bought.count.tolist(), np.exp(bought.log_gap_mean).tolist(), bought.last_day.tolist())
    return {
        key: (gap if count > 1 else None, datetime.fromtimestamp(last * DAY_SECONDS, UTC))
        for key, count, gap, last in zip(*columns, strict=True)
        if key in wanted
    }


def _only_tried(kind: Kind, *, usual_days: float, now: datetime) -> bool:
    """Whether they bought a kind of thing on one day only, and others would long have bought it again: it was tried, or for somebody else."""
    own_days, last_at = kind
    return own_days is None and now - last_at > timedelta(days=TRIED_AFTER * usual_days)


class Reasons:
    """Reasons of one customer: because of their latest orders with it, each order's evidence made once."""

    def __init__(self, customer: Customer) -> None:
        self._orders = customer.profile.orders
        self._told: dict[int, Evidence] = {}

    def __call__(self, lines: list[int], *, gap_days: float, own_days: float | None, spread: float, kind: Kind, stocked_days: float) -> Because:
        """Because of the orders of some lines, oldest first, of which the latest is still kept."""
        latest_first = [i for i in list(dict.fromkeys(reversed(lines)))[:EVIDENCE_KEPT] if i >= 0]
        latest = self._orders[latest_first[0]]
        return Because(
            code=DueAgain.name,
            evidence=tuple(self._evidence(i) for i in latest_first),
            source="observed_offline" if latest.channel == "pos" else "observed_here",
            every_days=gap_days if own_days is not None else None,
            spread=spread,
            own_days=own_days,
            last_at=latest.at,
            kind_days=kind[0],
            kind_at=kind[1],
            stocked_days=stocked_days,
        )

    def _evidence(self, i: int) -> Evidence:
        evidence = self._told.get(i)
        if evidence is None:
            order = self._orders[i]
            evidence = self._told[i] = Evidence(message_id=order.event_id, at=order.at)
        return evidence


def _trips(purchases: PurchaseTable) -> Pairs:
    """Shopping days per customer, one row for every customer index, also for those without a purchase."""
    found = summarise(purchases.customer, np.zeros(len(purchases.customer), np.int32), purchases.day)
    size = len(purchases.customers)
    columns = {}
    for name in found.__struct_fields__:
        column = np.zeros((size, *getattr(found, name).shape[1:]), getattr(found, name).dtype)
        column[found.customer] = getattr(found, name)
        columns[name] = column
    return Pairs(**columns)


def _fit_figures(probability: Floats, label: NDArray[np.bool_]) -> Facts:
    """Log-loss and mean prediction on the training rows: for spotting a broken fit, not for boasting."""
    loss = -np.where(label, np.log(probability), np.log1p(-probability)).mean()
    return {"log_loss": round(float(loss), 5), "mean_prediction": round(float(probability.mean()), 5)}
