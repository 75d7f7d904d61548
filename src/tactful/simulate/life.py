"""One life under one policy: what happens when, what the shop sees of it, and how messages and shelves are taken."""

from collections import Counter
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import exp
from typing import Any

import msgspec
import numpy as np

from tactful.simulate.judgement import HELPS, MISTAKEN, Truth
from tactful.simulate.policy import Policy, Seen, Send
from tactful.simulate.shop import Shop
from tactful.simulate.streams import stream
from tactful.simulate.traces import Traces
from tactful.simulate.truth import WANTED, Person, Want, ends_here, local_hour

QUIET_FROM, QUIET_UNTIL = 21.0, 8.0
TOO_SOON_DAYS = 2.0
UNANSWERED = 3
MONTH = 30.4
EARLY_DAYS = 91.0


class Luck:
    """A life's chances, drawn beforehand by purpose and day, so that they are the same under every policy."""

    def __init__(self, person: Person, *, seed: int, past: float, days: float) -> None:
        self.past = past
        count = int(past + days) + 2
        self._days: dict[str, np.ndarray[Any, np.dtype[np.float64]]] = {
            purpose: stream(seed, person.number + 1, purpose).random(count)
            for purpose in ("opened", "clicked", "unsubscribed", "complained", "found", "left", "returned", "browsed", "asked")
        }
        looks = stream(seed, person.number + 1, "looked")
        self.looks = {want.number: looks.random(len(want.looks)) for want in sorted(person.wants, key=lambda want: want.number) if want.looks}

    def on(self, purpose: str, day: float) -> float:
        """The chance of a purpose on a day."""
        return float(self._days[purpose][int(day + self.past)])


class Life:
    """A person living under a policy. Call `live` with ever later days."""

    def __init__(self, shop: Shop, person: Person, *, seed: int, past: float, days: float) -> None:
        self.shop, self.world, self.person = shop, shop.world, person
        self.truth = Truth(shop, person)
        self.luck = Luck(person, seed=seed, past=past, days=days)
        self.wants = {want.number: want for want in person.wants}
        self.goodwill = self.world["goodwill_start"]
        self.fatigue, self.fatigue_since = 0.0, -past
        self.subscribed, self.active = person.consented, True
        self.helped: dict[int, float] = {}
        self.last_message: float | None = None
        self.unanswered = 0
        self.cart_day: dict[int, float] = {}
        self.looked_on: dict[int, set[int]] = {}
        self.tally: Counter[str] = Counter()
        self.past: Counter[str] = Counter()
        """What the shop saw before the policies began."""
        self.early: dict[str, int] = {}
        """The tally after the first quarter."""
        self.sends: list[Send] = []
        self.shelves: list[tuple[float, tuple[int, ...]]] = []
        self.policy: Policy | None = None
        self.day = -past
        self._end = days
        self._queue: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = 0
        self.traces = Traces(shop, person, seed=seed, tell=self._tell)
        self._schedule(past)

    def _schedule(self, past: float) -> None:
        self._at(-past, self.traces.sign_up, ())
        self._at(EARLY_DAYS, self._note_early, ())
        for want in self.person.wants:
            for index, day in enumerate(want.looks):
                self._at(day, self._look, (want, index))
            self._at(want.closes, self._close, (want,))
        for day in self.person.visits:
            self._at(day, self._browse, ())
        month = -past + MONTH
        while month < self._end:
            self._at(month, self._month, ())
            month += MONTH

    def begin(self, policy: Policy) -> None:
        """Put the life under a policy; before, nobody plans and nothing is shown."""
        self.policy = policy

    def rule_from(self, day: float) -> None:
        """Let the policy plan from this day on, in turns that differ from person to person."""
        if self.policy is not None:
            self._at(day + self.person.number % 7 / 7 * self.policy.days_between_plans + 6 / 24, self._turn, ())

    def expect(self, sends: Sequence[Send]) -> None:
        """Let messages come, each at its time or at once where that is past."""
        for send in sends:
            self._at(max(send.day, self.day), self._deliver, (send,))

    def live(self, until: float) -> None:
        """Let time pass up to a day."""
        while self._queue and self._queue[0][0] < until:
            self.day, _, happen, details = heappop(self._queue)
            if self.day >= -self.luck.past:
                happen(*details)
        self.day = until

    def _at(self, day: float, happen: Callable[..., None], details: tuple[Any, ...]) -> None:
        self._order += 1
        heappush(self._queue, (day, self._order, happen, details))

    def _tell(self, seen: Seen) -> None:
        if self.policy is not None:
            self.policy.saw(seen)

    # What happens

    def _look(self, want: Want, index: int) -> None:
        keenness = exp(self.world["visit_effect"] * (self.goodwill - self.world["goodwill_start"]))
        there = self.truth.exists(want) and want.number not in self.truth.ends and self.shop.styles[want.style].arrives_day <= self.day
        if not self.active or not there or self.luck.looks[want.number][index] > self.world["look_share"] * keenness:
            return
        self.past["looks"] += self.day < 0
        self.looked_on.setdefault(want.number, set()).add(int(self.day))
        last = index == len(want.looks) - 1
        if want.in_cart and last:
            self.cart_day[want.style] = self.day
        self.traces.look(self.day, want, last=last, place=self.person.place_on(self.day))
        self._visited()

    def _note_early(self) -> None:
        self.early = dict(self.tally)

    def _browse(self) -> None:
        keenness = exp(self.world["visit_effect"] * (self.goodwill - self.world["goodwill_start"]))
        if not self.active or self.luck.on("browsed", self.day) > keenness / 2:
            return
        self.traces.visit(self.day, place=self.person.place_on(self.day), at_home=self.person.place_on(self.day) == self.person.home_on(self.day))
        if self.policy is not None and self.day >= 0 and self.luck.on("asked", self.day) < self.world["home_asked"]:
            self._shown(tuple(self.policy.shelf(self.day)))
        self._visited()

    def _visited(self) -> None:
        self.unanswered = 0
        if self.policy is not None and self.policy.plans_after_visits and self.day >= 0:
            self._plan()

    def _close(self, want: Want) -> None:
        """A want ends; what ends at the same time here makes one order."""
        closing = [want]
        while self._queue and self._queue[0][0] == self.day and self._queue[0][2] == self._close:
            closing.append(heappop(self._queue)[3][0])
        bought: list[Want] = []
        for one in closing:
            if one.number in self.truth.ends or not self.truth.exists(one):
                continue
            how = self._ending(one)
            self.truth.end(one, how, day=self.day)
            if how == "here":
                bought.append(one)
        if bought:
            self._bought(bought)

    def _ending(self, want: Want) -> Any:
        if want.kind not in WANTED and want.kind != "gift":
            return "dropped"
        if not self.active or self.shop.styles[want.style].arrives_day > self.day:
            return "elsewhere"
        return ends_here(want, self.world, goodwill=self.goodwill, helped=self.helped.get(want.number, 0.0))

    def _bought(self, wants: Sequence[Want]) -> None:
        self.unanswered = 0
        for want in wants:
            self._earn(want.style)
            self.tally["bought"] += self.day >= 0
            self.past["bought"] += self.day < 0
            self.past["spent_cents"] += round(100 * self.shop.styles[want.style].price_at(self.day)) if self.day < 0 else 0
            self.cart_day.pop(want.style, None)
        self.traces.order(self.day, wants)

    def _earn(self, style: int) -> None:
        if self.day >= 0:
            self.tally["margin_cents"] += round(100 * self.world["margin"] * self.shop.styles[style].price_at(self.day))

    def _month(self) -> None:
        start = self.world["goodwill_start"]
        away = (self.goodwill - start) * 0.5 ** (MONTH / self.world["goodwill_half_life_days"])
        self.goodwill = start + away
        if self.active and self.luck.on("left", self.day) < self.world["leave_monthly"] * exp(-self.world["leave_effect"] * away):
            self.active = False
            self.tally["left"] += self.day >= 0
        elif not self.active and self.luck.on("returned", self.day) < self.world["return_monthly"]:
            self.active = True

    # What the policy does, and how it is taken

    def _turn(self) -> None:
        if self.policy is not None:
            self._plan()
            self._at(self.day + self.policy.days_between_plans, self._turn, ())

    def _plan(self) -> None:
        if self.policy is not None and self.subscribed:
            self.expect(self.policy.plan(self.day))

    def _deliver(self, send: Send) -> None:
        if self.policy is None or not self.subscribed or self.day >= self._end:
            return
        due = self.policy.due(send, self.day)
        if due is None or due.day > self.day:
            self.expect([due] if due is not None else [])
            return
        send = due
        world, luck = self.world, self.luck
        codes = [self.truth.judge(style, self.day) for style in send.styles]
        manners = self._manners(send)
        self._recover()
        self.sends.append(msgspec.structs.replace(send, day=self.day))
        self.traces.delivered(self.day, send)
        opened = luck.on("opened", self.day) < self._open_chance()
        weights = world.weights
        annoyance = world["contact_weight"] + world["fatigue_weight"] * self.fatigue + sum(weights[code].value for code in manners)
        annoyance += sum(weights[code].value for code in set(codes) if code in weights) * (1.0 if opened else 0.5)
        helped = any(code in HELPS for code in codes)
        self._count("message", codes, manners)
        self.tally["annoyance_thousandths"] += round(1000 * annoyance)
        self._take(send.styles, codes, opened=opened, weight=1.0)
        self._feel(help_=helped and opened, annoyance=annoyance, weight=1.0)
        self.fatigue += 1.0
        self.last_message, self.unanswered = self.day, self.unanswered + 1
        if opened and luck.on("clicked", self.day) < world["click_helpful" if helped else "click_other"]:
            self.traces.clicked(self.day, send)
            self.unanswered = 0
        self._may_unsubscribe(annoyance)

    def _manners(self, send: Send) -> list[str]:
        """What is wrong with the moment, whatever is said."""
        hour = local_hour(self.day, self.person.place_on(self.day))
        wrong = ["quiet_hours"] if hour >= QUIET_FROM or hour < QUIET_UNTIL else []
        if self.last_message is not None and self.day - self.last_message < TOO_SOON_DAYS:
            wrong.append("too_soon_after_last")
        if self.unanswered >= UNANSWERED:
            wrong.append("unanswered")
        if send.trigger == "cart_waiting" and any(self.day - self.cart_day.get(style, -1e9) < 0.2 for style in send.styles):
            wrong.append("cart_at_once")
        return wrong

    def _open_chance(self) -> float:
        world = self.world
        near = abs((self.day % 1) * 24 - self.person.hour) < 3
        odds = world["open_base"] + world["open_goodwill"] * (self.goodwill - world["goodwill_start"]) - world["open_fatigue"] * self.fatigue
        return _chance(odds + (world["open_good_hour"] if near else 0.0))

    def _shown(self, styles: tuple[int, ...]) -> None:
        """A shelf on a page they opened themselves."""
        codes = [self.truth.judge(style, self.day) for style in styles]
        self.shelves.append((self.day, styles))
        self._count("shelf", codes, [])
        self._kept(styles)
        self._take(styles, codes, opened=True, weight=self.world["shelf_weight"])
        wrong = sum(self.world.weights[code].value for code in set(codes) if code in self.world.weights and code != "irrelevant")
        self._feel(help_=any(code in HELPS for code in codes), annoyance=wrong, weight=self.world["shelf_weight"])

    def _kept(self, styles: tuple[int, ...]) -> None:
        """Which of their own open wants with evidence the shelf serves."""
        types = {self.shop.styles[style].type for style in styles}
        for number, days in self.looked_on.items():
            want = self.wants[number]
            if want.kind in {"own", "complement"} and want.opens <= self.day < want.closes and len(days) >= 2:
                self.tally["wants_with_evidence"] += 1
                self.tally["wants_kept"] += want.type in types

    def _take(self, styles: Sequence[int], codes: Sequence[str], *, opened: bool, weight: float) -> None:
        """What a help changes: where a want is met, seconds, and now and then a find that is bought."""
        if not opened:
            return
        world = self.world
        help_ = world["message_help"] if weight == 1.0 else world["shelf_help"]
        for style, code in zip(styles, codes, strict=True):
            want = self.truth.served(style, self.day) if code in HELPS else None
            if want is not None:
                self.helped[want.number] = max(self.helped.get(want.number, 0.0), help_ if code == "helpful" else help_ / 2)
                self.tally["seconds_saved"] += round(world["seconds_saved"] * (1.0 if code == "helpful" else 0.5))
        finds = [style for style, code in zip(styles, codes, strict=True) if code == "find" and self.shop.durable(style)]
        if finds and self.luck.on("found", self.day) < world["find_help"] * (1.0 if weight == 1.0 else weight):
            style = finds[0]
            self.truth.own(style, "here", day=self.day)
            self._earn(style)
            self.tally["bought"] += 1
            self.tally["finds_bought"] += 1
            self.traces.find(self.day, style)

    def _feel(self, *, help_: bool, annoyance: float, weight: float) -> None:
        change = self.world["goodwill_gain"] * help_ - self.world["goodwill_loss"] * annoyance
        self.goodwill = min(1.0, max(0.0, self.goodwill + weight * change))

    def _recover(self) -> None:
        """Fatigue fades with time."""
        self.fatigue *= 0.5 ** ((self.day - self.fatigue_since) / self.world["fatigue_half_life_days"])
        self.fatigue_since = self.day

    def _may_unsubscribe(self, annoyance: float) -> None:
        world = self.world
        chance = _chance(
            world["unsubscribe_base"]
            + world["unsubscribe_annoyance"] * annoyance
            + world["unsubscribe_fatigue"] * self.fatigue
            - world["unsubscribe_goodwill"] * (self.goodwill - world["goodwill_start"])
        )
        complained = self.luck.on("complained", self.day) < chance * world["complaint_share"]
        if complained or self.luck.on("unsubscribed", self.day) < chance:
            self.subscribed = False
            self.tally["complained" if complained else "unsubscribed"] += 1
            self.traces.left(self.day, complained=complained)

    def _count(self, where: str, codes: Sequence[str], manners: Sequence[str]) -> None:
        self.tally[f"{where}s"] += 1
        self.tally[f"{where}_slots"] += len(codes)
        self.tally[f"{where}_helpful"] += any(code in HELPS for code in codes)
        for code in codes:
            self.tally[f"{where}:{code}"] += 1
            self.tally[f"{where}_mistaken"] += code in MISTAKEN
        for code in manners:
            self.tally[f"{where}:{code}"] += 1


def _chance(odds: float) -> float:
    return 1 / (1 + exp(-odds))
