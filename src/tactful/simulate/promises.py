"""What must hold of Tactful in a world: each promise with its figure, the interval over people, and whether it was kept.

The people of all seeds of a world are taken together. A promise is kept where its figure is within the bound; that one policy is worth more than another is
said only where the interval of the difference lies above zero.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from tactful.simulate.play import MONTH_DAYS, Outcome, Setup
from tactful.simulate.scorecard import Figure, FloatArray, Table, resampled
from tactful.simulate.streams import stream

OURS = "tactful"
MOST_MISTAKEN = 0.02
LEAST_KEPT = 0.9
OF_CALENDAR_MESSAGES = 0.5
OF_CALENDAR_PURCHASES = 0.98


class Promise(Struct, frozen=True, kw_only=True):
    """One thing that must hold."""

    world: str
    name: str
    title: str
    figure: Figure | None
    """None where nothing happened that it speaks of."""
    bound: float
    kept: bool
    against: str | None = None
    """Of several policies compared with, the one that comes nearest to breaking it."""
    share: bool = False
    """Whether the figure is a share of one."""


def promises(setups: Sequence[Setup], outcomes: Sequence[Sequence[Outcome]]) -> list[Promise]:
    """What must hold of one world, over the outcomes of several seeds, in the order of their setups."""
    first = setups[0]
    everybody = [outcome for of_seed in outcomes for outcome in of_seed]
    years = first.months * MONTH_DAYS / 365
    tables = {policy: Table([outcome for outcome in everybody if outcome.policy == policy], years) for policy in first.policies}
    drawn = resampled(len(tables[OURS].outcomes), stream(first.seed, 0, "promises"))
    judge = _Judge(first.world, tables, drawn)
    return [*judge.manners(), *judge.against_calendar_caps(), judge.unsubscribed(), judge.value()]


class _Judge:
    """Weighs the promises of one world: columns of every policy, one row a person, and how often each person is in each resample [resamples, people]."""

    def __init__(self, world: str, tables: Mapping[str, Table], drawn: FloatArray) -> None:
        self.world, self.tables, self.drawn = world, tables, drawn
        self.ours = tables[OURS]
        self.each = np.ones(len(self.ours.outcomes))
        self.baselines = [name for name in tables if name not in {OURS, "yours", "oracle"}]

    def manners(self) -> list[Promise]:
        """Slots spent on mistakes, in messages and at home, and own wants served."""
        ours = self.ours
        written = self._figure(ours["message_mistaken"], ours["message_slots"])
        shown = self._figure(ours["shelf_mistaken"], ours["shelf_slots"])
        served = self._figure(ours["wants_kept"], ours["wants_with_evidence"])
        return [
            self._promise("mistaken_outreach", "messages: slots on gifts, slips, trips, closed needs", written, MOST_MISTAKEN, most=True, share=True),
            self._promise("mistaken_home", "home page: the same", shown, MOST_MISTAKEN, most=True, share=True),
            self._promise("wants_kept", "own wants kept", served, LEAST_KEPT, most=False, share=True),
        ]

    def against_calendar_caps(self) -> list[Promise]:
        """Half the messages, and what they bring."""
        caps, silence = self.tables["calendar_caps"], self.tables["silence"]
        messages = self._figure(self.ours["messages"], caps["messages"])
        gained = [table["bought"] - silence["bought"] for table in (self.ours, caps)]
        more = self._figure(gained[0] - OF_CALENDAR_PURCHASES * gained[1], self.each)
        return [
            self._promise("messages", "messages, of calendar caps'", messages, OF_CALENDAR_MESSAGES, most=True, share=True),
            self._promise("purchases", "purchases gained on silence, a customer, above 98 % of calendar caps'", more, 0.0, most=False),
        ]

    def unsubscribed(self) -> Promise:
        """Fewer who unsubscribe than under any policy that writes."""
        gone = {name: table["unsubscribed"] + table["complained"] for name, table in self.tables.items()}
        fewer = {name: self._figure(gone[name] - gone[OURS], self.each) for name in self.baselines if name != "silence"}
        return self._nearest("unsubscribed", "unsubscribed or complained, fewer than under every baseline that writes", fewer, sure=False)

    def value(self) -> Promise:
        """Worth more than under any baseline, silence among them, and surely so."""
        more = {name: self._figure(self.ours.value - self.tables[name].value, self.each) for name in self.baselines}
        return self._nearest("value", "value of a customer, more than under every baseline", more, sure=True)

    def _nearest(self, name: str, title: str, found: Mapping[str, Figure | None], *, sure: bool) -> Promise:
        told = {against: figure for against, figure in found.items() if figure is not None}
        against = min(told, key=lambda one: (told[one].low if sure else told[one].value, one))
        figure = told[against]
        kept = (figure.low if sure else figure.value) > 0
        return Promise(world=self.world, name=name, title=title, figure=figure, bound=0.0, kept=kept, against=against, share=not sure)

    def _promise(self, name: str, title: str, figure: Figure | None, bound: float, *, most: bool, share: bool = False) -> Promise:
        kept = figure is None or (figure.value <= bound if most else figure.value >= bound)
        return Promise(world=self.world, name=name, title=title, figure=figure, bound=bound, kept=kept, share=share)

    def _figure(self, over: FloatArray, under: FloatArray) -> Figure | None:
        return Figure.of(over, under, self.drawn) if under.sum() > 0 else None
