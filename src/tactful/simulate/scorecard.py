"""What the policies did to people, side by side, with intervals over people."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from tactful.simulate.play import MONTH_DAYS, Outcome, Setup
from tactful.simulate.streams import stream

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

RESAMPLES = 1000
MESSAGE_CENTS = 0.2
"""What a message costs to send; assumed."""


class Figure(Struct, frozen=True, kw_only=True):
    """One number with its interval: the middle 95 % over resampled customers."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, over: FloatArray, under: FloatArray, drawn: FloatArray) -> "Figure":
        """The ratio of two columns [people], with its interval over resamples [resamples, people]."""
        below = drawn @ under
        ratios = (drawn @ over)[below > 0] / below[below > 0]
        low, high = np.percentile(ratios, [2.5, 97.5])
        return cls(value=round(float(over.sum() / under.sum()), 4), low=round(float(low), 4), high=round(float(high), 4))


class Row(Struct, frozen=True, kw_only=True):
    """One policy's figures by name, and its annoyances by kind for each hundred messages."""

    policy: str
    figures: dict[str, Figure]
    annoyances: dict[str, float]


class Scorecard(Struct, frozen=True, kw_only=True):
    """A world's figures for every policy."""

    setup: Setup
    rows: list[Row]

    def row(self, policy: str) -> Row:
        """One policy's figures."""
        return next(row for row in self.rows if row.policy == policy)


class Table:
    """Counts of one policy as columns, one row a person."""

    def __init__(self, outcomes: Sequence[Outcome], years: float) -> None:
        self.outcomes, self.years = outcomes, years

    def __getitem__(self, name: str) -> FloatArray:
        """A column; zeros where nothing of the name was counted."""
        return np.array([outcome.counts.get(name, 0) for outcome in self.outcomes], dtype=float)

    @property
    def value(self) -> FloatArray:
        """Margin less the cost of messages over the whole time, in the shop's currency."""
        return np.asarray((self["margin_cents"] - MESSAGE_CENTS * self["messages"]) / 100)


class Ratio(Struct, frozen=True, kw_only=True):
    """A figure: what is summed over what, per person."""

    name: str
    title: str
    over: Callable[[Table], FloatArray]
    under: Callable[[Table], FloatArray]
    against: str | None = None
    """The policy whose lives it is compared with, person by person."""


def _each(table: Table) -> FloatArray:
    return np.ones(len(table.outcomes))


def _years(table: Table) -> FloatArray:
    return np.full(len(table.outcomes), table.years)


def _column(name: str) -> Callable[[Table], FloatArray]:
    return lambda table: table[name]


FIGURES = (
    Ratio(name="messages_a_year", title="messages a customer-year", over=_column("messages"), under=_years),
    Ratio(name="helpful", title="messages that help", over=_column("message_helpful"), under=_column("messages")),
    Ratio(name="annoyance_a_year", title="annoyance a customer-year", over=lambda table: table["annoyance_thousandths"] / 1000, under=_years),
    Ratio(
        name="mistaken_outreach", title="slots on gifts, slips, trips, closed needs: messages", over=_column("message_mistaken"), under=_column("message_slots")
    ),
    Ratio(name="mistaken_home", title="the same: home page", over=_column("shelf_mistaken"), under=_column("shelf_slots")),
    Ratio(name="wants_kept", title="own wants kept", over=_column("wants_kept"), under=_column("wants_with_evidence")),
    Ratio(name="purchases_gained", title="purchases gained on silence, a customer", over=_column("bought"), under=_each, against="silence"),
    Ratio(name="value_gained", title="value gained on silence, a customer", over=lambda table: table.value, under=_each, against="silence"),
    Ratio(name="value", title="value of a customer", over=lambda table: table.value, under=_each),
    Ratio(name="regret", title="value short of the oracle", over=lambda table: -table.value, under=_each, against="oracle"),
    Ratio(name="minutes_saved_a_year", title="minutes saved a customer-year", over=lambda table: table["seconds_saved"] / 60, under=_years),
    Ratio(name="unsubscribed", title="unsubscribed", over=_column("unsubscribed"), under=_each),
    Ratio(name="complained", title="complained", over=_column("complained"), under=_each),
    Ratio(name="left", title="stopped buying here", over=_column("left"), under=_each),
)


def score(setup: Setup, outcomes: Sequence[Outcome]) -> Scorecard:
    """Figures of every policy, each with its interval; the same resampled customers for all."""
    years = setup.months * MONTH_DAYS / 365
    tables = {policy: Table([outcome for outcome in outcomes if outcome.policy == policy], years) for policy in setup.policies}
    count = len(next(iter(tables.values())).outcomes)
    drawn = resampled(count, stream(setup.seed, 0, "bootstrap"))
    return Scorecard(
        setup=setup, rows=[Row(policy=policy, figures=_figures(policy, tables, drawn), annoyances=_annoyances(table)) for policy, table in tables.items()]
    )


def _figures(policy: str, tables: Mapping[str, Table], drawn: FloatArray) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for ratio in FIGURES:
        if ratio.against is not None and ratio.against not in tables:
            continue
        over, under = ratio.over(tables[policy]), ratio.under(tables[policy])
        if ratio.against is not None:
            over = over - ratio.over(tables[ratio.against])
        if under.sum() > 0:
            found[ratio.name] = Figure.of(over, under, drawn)
    return found


def resampled(count: int, random: np.random.Generator) -> FloatArray:
    """How often each customer is in each of many samples drawn with replacement: float64 [resamples, customers]."""
    return random.multinomial(count, np.full(count, 1 / count), size=RESAMPLES).astype(float)


def gap(setup: Setup, outcomes: Sequence[Outcome], *, better: str, worse: str) -> Figure:
    """How much more value one policy makes of a customer than another, with its interval: the same people under both."""
    years = setup.months * MONTH_DAYS / 365
    first, second = (Table([outcome for outcome in outcomes if outcome.policy == policy], years).value for policy in (better, worse))
    count = len(first)
    return Figure.of(first - second, np.ones(count), resampled(count, stream(setup.seed, 0, "bootstrap")))


def _annoyances(table: Table) -> dict[str, float]:
    messages = max(1.0, float(table["messages"].sum()))
    names = sorted({name for outcome in table.outcomes for name in outcome.counts if name.startswith("message:")})
    return {name.removeprefix("message:"): round(100 * float(table[name].sum()) / messages, 2) for name in names}
