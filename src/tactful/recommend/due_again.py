"""What is due again: a discrete-time hazard per customer and style.

Source: the eleven-feature logistic hazard over (customer, product) pairs, and the log-normal gap model it is compared with; both are features here, beside
how often they bought its kind these weeks, this season and always, what share of that it was, and how often everybody buys it.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.special import ndtr

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS, History, PurchaseTable
from tactful.recommend._component import Facts, Source
from tactful.recommend._logistic import Logistic, expit, fit_logistic
from tactful.recommend._pairs import Pairs, by_kind, faded, summarise
from tactful.recommend._rhythm import Rhythms, learn_rhythms, types_of_groups

Floats = NDArray[np.float64]
HORIZON_DAYS = 7.0
ANY = ""
LEAST_WEEKLY = 1e-4


class DueAgainConfig(Struct, frozen=True, kw_only=True):
    """Settings of the hazard."""

    cut_offs: int = 6
    """How many past weeks are learned from, each asking: what was bought in the seven days after?"""
    active_days: float = 56.0
    """Customers without a purchase for longer are not learned from."""
    rows: int = 600_000
    """Most training rows; more are sampled down."""
    proposed: int = 60
    """Most styles proposed per decision, the likeliest first."""
    gap_weight: float = 2.0
    """How many gaps the style's usual gap is worth against the customer's own."""
    seed: int = 8321


class DueAgainState(Struct, kw_only=True):
    """What was learned."""

    rhythms: Rhythms = Rhythms()
    weekly: dict[str, float] = {}
    """By style id: purchases a week and active customer; under `ANY` that of a style nobody bought of late."""
    model: Logistic | None = None


class DueAgain(Source):
    """Propose what the customer has bought for themselves before; the score is P(buys the style within seven days).

    What was last bought so long ago that its order is no longer kept is not due: they have shopped for more than a year without it.
    Without a trained model, the customer's own log-normal gaps are the answer (needs two purchases). Unknown customer: nothing.
    """

    name: ClassVar[str] = "due_again"
    form: ClassVar[int] = 2
    writes: ClassVar[bool] = True
    outranks: ClassVar[int] = 1
    calibrates_itself: ClassVar[bool] = True

    def __init__(self, config: DueAgainConfig | None = None) -> None:
        self.config = config or DueAgainConfig()
        self.state = DueAgainState()
        self.gap_days: Floats = np.empty(0)
        self.repeat_share: Floats = np.empty(0)
        self.spread: Floats = np.empty(0)
        self.weekly: Floats = np.empty(0)
        self._type_of: NDArray[np.int64] = np.empty(0, np.int64)

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn usual gaps and the hazard from the weeks before the end of the window."""
        cut_offs = [purchases.until_day - HORIZON_DAYS * (i + 1) for i in range(self.config.cut_offs)]
        catalog = purchases.catalog
        pairs = summarise(purchases.customer, catalog.group_of[purchases.row], purchases.day)
        self.state = DueAgainState(rhythms=learn_rhythms(pairs, catalog), weekly=_weekly(purchases, self.config.active_days))
        self.bind(catalog)
        parts = [part for cut_off in cut_offs if (part := self._examples(purchases, cut_off)) is not None]
        if not parts:
            return {"rows": 0}
        features = np.concatenate([part[0] for part in parts])
        label = np.concatenate([part[1] for part in parts])
        if len(label) > self.config.rows:
            sample = np.random.default_rng(self.config.seed).choice(len(label), self.config.rows, replace=False)
            features, label = features[sample], label[sample]
        if label.all() or not label.any():
            return {"rows": len(label)}
        self.state.model = fit_logistic(features, label)
        return {"rows": len(label), "base_rate": float(label.mean())} | _fit_figures(self.state.model.probability(features), label)

    def _examples(self, purchases: PurchaseTable, cut_off: float) -> tuple[Floats, NDArray[np.bool_]] | None:
        pairs, trips = self.active_pairs(purchases, cut_off)
        return (self._features(pairs, trips, pairs.customer, cut_off), bought_within(purchases, pairs, cut_off)) if len(pairs.key) else None

    def active_pairs(self, purchases: PurchaseTable, day: float) -> tuple[Pairs, Pairs]:
        """Every (customer, style) bought before a day by who still shops here, and shopping days by customer index."""
        past = purchases.before(day)
        pairs, trips = summarise(past.customer, past.catalog.group_of[past.row], past.day), _trips(past)
        active = day - trips.last_day[pairs.customer] <= self.config.active_days
        return msgspec.structs.replace(pairs, **{name: getattr(pairs, name)[active] for name in pairs.__struct_fields__}), trips

    def probabilities(self, pairs: Pairs, trips: Pairs, day: float) -> Floats:
        """P(bought within the horizon from a day on) of `active_pairs`, float64 [n]."""
        return self._untrained(pairs, day) if self.state.model is None else self.state.model.probability(self._features(pairs, trips, pairs.customer, day))

    def bind(self, catalog: CatalogTable) -> None:
        """Lay usual gaps over the styles of a catalogue; a new style takes its type's."""
        rhythms = self.state.rhythms.of_groups(catalog)
        usual = self.state.weekly.get(ANY, LEAST_WEEKLY)
        self.weekly = np.array([self.state.weekly.get(name, usual) for name in catalog.groups])
        self._type_of = types_of_groups(catalog)
        self.gap_days = np.array([rhythm.gap_days for rhythm in rhythms])
        self.repeat_share = np.array([rhythm.repeat_share for rhythm in rhythms])
        self.spread = np.array([rhythm.spread for rhythm in rhythms])

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Lay usual gaps over new styles."""
        known, types = len(self._type_of), types_of_groups(catalog)
        if not np.array_equal(types[:known], self._type_of):
            self.bind(catalog)
            return
        usual, news = self.state.weekly.get(ANY, LEAST_WEEKLY), catalog.groups[known:]
        rhythms = self.state.rhythms.of_groups(catalog, since=known)
        self.weekly = np.append(self.weekly, [self.state.weekly.get(name, usual) for name in news])
        self._type_of = types
        self.gap_days = np.append(self.gap_days, [rhythm.gap_days for rhythm in rhythms])
        self.repeat_share = np.append(self.repeat_share, [rhythm.repeat_share for rhythm in rhythms])
        self.spread = np.append(self.spread, [rhythm.spread for rhythm in rhythms])

    def _features(self, pairs: Pairs, trips: Pairs, who: NDArray[np.int64], day: float) -> Floats:
        """Features float64 [n, 25] of pairs at a day; ``who`` is the row of ``trips`` each pair belongs to."""
        count, elapsed = pairs.count, np.maximum(day - pairs.last_day, 0.0)
        gap = self.mean_gap(pairs)
        ratio = np.minimum(np.maximum(elapsed / gap, 0.02), 10.0)
        visits = trips.count[who]
        trip_rate = visits / np.maximum(day - trips.first_day[who], 7.0)
        hazard, survival = self._lognormal(pairs, elapsed)
        away = np.maximum(day - trips.last_day[who], 0.0)
        kinds, kind = by_kind(pairs, self._type_of[pairs.key])
        of_late, visits_of_late = faded(pairs, day), faded(trips, day)[who]
        kind_of_late = faded(kinds, day)[kind]
        return np.column_stack(
            [
                np.log(count),
                np.log1p(elapsed),
                np.log(gap),
                ratio,
                np.exp(-ratio),
                np.abs(np.log(ratio)),
                np.log(self.repeat_share[pairs.key]),
                np.log(trip_rate),
                np.log1p(away),
                np.log(count / visits),
                (np.round(elapsed) % 7 == 0).astype(np.float64),
                np.log(hazard) - np.log1p(-hazard),
                np.log(survival),
                np.log(self.weekly[pairs.key]),
                np.log1p(np.maximum(day - kinds.last_day[kind], 0.0)),
                np.log(kinds.count[kind]),
                np.log(kind_of_late + 0.01),
                np.log((kind_of_late + 0.05) / (visits_of_late + 0.5)),
                np.log((of_late + 0.02) / (kind_of_late + 0.1)),
            ]
        )

    def typical_gap(self, pairs: Pairs) -> Floats:
        """Typical days between purchases, the customer's own shrunk to the style's; float64 [n]. Geometric, so that one long pause does not hide a rhythm."""
        weight, gaps = self.config.gap_weight, pairs.count - 1
        return np.exp((gaps * pairs.log_gap_mean + weight * np.log(self.gap_days[pairs.key])) / (gaps + weight))

    def mean_gap(self, pairs: Pairs) -> Floats:
        """Mean days between purchases, shrunk likewise; float64 [n]."""
        weight = self.config.gap_weight
        span = pairs.last_day - pairs.first_day
        return np.maximum((span + weight * self.gap_days[pairs.key]) / (pairs.count - 1 + weight), 0.5)

    def irregularity(self, pairs: Pairs) -> Floats:
        """Standard deviation of the logarithm of the days between purchases, the customer's own shrunk to the style's; float64 [n]."""
        weight, gaps = self.config.gap_weight, pairs.count - 1
        shift = gaps * weight / (gaps + weight) * (pairs.log_gap_mean - np.log(self.gap_days[pairs.key])) ** 2 * (gaps > 0)
        return np.sqrt((pairs.log_gap_square + 0.25 * shift + weight * self.spread[pairs.key] ** 2) / (gaps + weight))

    def _lognormal(self, pairs: Pairs, elapsed: Floats) -> tuple[Floats, Floats]:
        """P(next purchase within the horizon) and P(not yet), under the customer's own log-normal gaps, both shrunk and clipped."""
        centre, spread = np.log(self.typical_gap(pairs)), self.irregularity(pairs)
        now, then = np.log(np.maximum(elapsed, 0.5)), np.log(elapsed + HORIZON_DAYS)
        survival = np.maximum(ndtr((centre - now) / spread), 1e-6)
        hazard = 1.0 - ndtr((centre - then) / spread) / survival
        return np.minimum(np.maximum(hazard, 1e-4), 1 - 1e-4), survival

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose every style they bought for themselves, with its probability."""
        own = customer.history.own()
        if not len(own.rows):
            return Candidates.none()
        nobody = np.zeros(len(own.rows), np.int32)
        days = own.at / DAY_SECONDS
        pairs, trips = summarise(nobody, own.groups, days), summarise(nobody, nobody, days)
        today = moment.now.timestamp() / DAY_SECONDS
        score = self.probabilities(pairs, trips, today)
        gaps, own_gaps, counts = self.typical_gap(pairs), np.exp(pairs.log_gap_mean), pairs.count
        spread = self.irregularity(pairs)
        likeliest = np.sort(np.argsort(-score, kind="stable")[: min(self.config.proposed, moment.enough)]).tolist()
        return Candidates.of(
            [
                (
                    _variant(rows),
                    float(score[i]),
                    _because(customer, orders, gap_days=float(gaps[i]), own_days=float(own_gaps[i]) if counts[i] > 1 else None, spread=float(spread[i])),
                )
                for i, rows, orders in _lines_of_groups(own, likeliest)
                if orders[-1] >= 0
            ]
        )

    def _untrained(self, pairs: Pairs, today: float) -> Floats:
        """The log-normal hazard of what was bought twice or more, while they still seem to use it: beyond two and a half gaps they hardly do."""
        elapsed = np.maximum(today - pairs.last_day, 0.0)
        still_used = expit(4.0 * (2.5 - elapsed / self.typical_gap(pairs)))
        return np.where(pairs.count > 1, self._lognormal(pairs, elapsed)[0] * still_used, 0.0)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=DueAgainState)


def _weekly(purchases: PurchaseTable, days: float) -> dict[str, float]:
    """How often each style is bought of late, one purchase added, so that nothing is impossible."""
    recent = purchases.day >= purchases.until_day - days
    active = max(len(np.unique(purchases.customer[recent])), 1)
    lines = np.bincount(purchases.catalog.group_of[purchases.row[recent]], minlength=len(purchases.catalog.groups))
    a_week = HORIZON_DAYS / days / active
    bought = np.flatnonzero(lines).tolist()
    return {ANY: a_week} | {purchases.catalog.groups[code]: float((lines[code] + 1) * a_week) for code in bought}


def bought_within(purchases: PurchaseTable, pairs: Pairs, day: float) -> NDArray[np.bool_]:
    """Whether each pair was bought within the horizon from a day on, bool [n]."""
    soon = (purchases.day >= day) & (purchases.day < day + HORIZON_DAYS)
    width = len(purchases.catalog.groups)
    bought = np.unique(purchases.customer[soon].astype(np.int64) * width + purchases.catalog.group_of[purchases.row[soon]])
    return np.isin(pairs.customer * width + pairs.key, bought)


EVIDENCE_KEPT = 3


def _lines_of_groups(own: History, wanted: list[int]) -> Iterator[tuple[int, list[int], list[int]]]:
    """Number, and catalogue rows and orders of the lines, oldest first, of some styles; they are numbered ascending as `summarise` sorts them."""
    sequence = np.argsort(own.groups, kind="stable")
    groups = own.groups[sequence]
    starts = [*np.flatnonzero(np.diff(groups, prepend=-1)).tolist(), len(groups)]
    rows, orders = own.rows[sequence].tolist(), own.orders[sequence].tolist()
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


def _because(customer: Customer, lines: list[int], *, gap_days: float, own_days: float | None, spread: float) -> Because:
    latest_first = list(dict.fromkeys(reversed(lines)))[:EVIDENCE_KEPT]
    orders = [customer.profile.orders[i] for i in latest_first if i >= 0]
    latest = orders[0]
    return Because(
        code=DueAgain.name,
        evidence=tuple(Evidence(message_id=order.event_id, at=order.at) for order in orders),
        source="observed_offline" if latest.channel == "pos" else "observed_here",
        every_days=gap_days if own_days is not None else None,
        spread=spread,
        own_days=own_days,
        last_at=latest.at,
    )


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
