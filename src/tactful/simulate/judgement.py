"""What an item would mean to somebody, by the hidden truth: a help, an annoyance, or neither."""

from collections import defaultdict
from typing import Literal

from msgspec import Struct

from tactful.simulate.shop import Shop
from tactful.simulate.truth import WANTED, Person, Want

Ending = Literal["here", "elsewhere", "dropped"]

HELPS = frozenset({"helpful", "near"})
CLOSED = frozenset({"bought_here", "bought_elsewhere", "dropped", "variant_of_owned"})
MISTAKEN = CLOSED | {"gift", "slip", "looked_once", "research", "someone_else", "trip"}
"""Codes of slots spent on gifts, slips, trips and needs that are over."""
TOO_EARLY = 0.6
"""Share of a gap before which a reminder is too early (handbook, running out)."""
REMEMBERED_DAYS = 365.0
"""How long something that is over annoys when it is shown again."""
_FLEETING = {"gift": "gift", "research": "research", "slip": "slip", "check": "looked_once", "someone_else": "someone_else"}


class End(Struct, frozen=True):
    """How a want ended, and when."""

    how: Ending
    day: float


class Truth:
    """What is true of one life up to now: which wants are open, which are over and how."""

    def __init__(self, shop: Shop, person: Person) -> None:
        self.shop, self.person = shop, person
        self.ends: dict[int, End] = {}
        self.bought: dict[int, End] = {}
        """The last purchase of each style, wherever it was."""
        self.last_of_type: dict[int, End] = {}
        self._by_style: dict[int, list[Want]] = defaultdict(list)
        self._by_type: dict[int, list[Want]] = defaultdict(list)
        for want in person.wants:
            self._by_style[want.style].append(want)
            self._by_type[want.type].append(want)

    def end(self, want: Want, how: Ending, *, day: float) -> None:
        """A want is over."""
        self.ends[want.number] = End(how, day)
        if how != "dropped" and want.kind != "gift":
            self.own(want.style, how, day=day)

    def own(self, style: int, how: Ending, *, day: float) -> None:
        """Something was bought for themselves."""
        self.bought[style] = self.last_of_type[self.shop.styles[style].type] = End(how, day)

    def exists(self, want: Want) -> bool:
        """Whether a want came up at all: what goes with a thing is wanted only by who has the thing."""
        return want.parent is None or (want.parent in self.ends and self.ends[want.parent].how != "dropped")

    def open_wants(self, product_type: int, day: float) -> list[Want]:
        """Their own wants of a type that are open."""
        return [want for want in self._by_type[product_type] if want.kind in WANTED and want.opens <= day < want.closes and self.exists(want)]

    def served(self, style: int, day: float) -> Want | None:
        """The open want that an item would serve, the very style before its kind."""
        wants = self.open_wants(self.shop.styles[style].type, day)
        return next((want for want in wants if want.style == style), wants[0] if wants else None)

    def judge(self, style: int, day: float) -> str:
        """One word for what an item means to them on a day."""
        kind = self.shop.styles[style].type
        want = self.served(style, day)
        if want is not None and want.style == style:
            return "helpful"
        if (owned := self._owned(style, kind, day)) is not None:
            return owned
        if want is not None:
            return "near"
        if kind in self.person.usual:
            return self._of_use(kind, day)
        return self._looked_at(style, day) or ("find" if self.person.tastes[kind] * len(self.person.tastes) > 1 else "irrelevant")

    def _owned(self, style: int, kind: int, day: float) -> str | None:
        described = self.shop.world.types[kind]
        if described.kind != "durable":
            return None
        if (end := self.bought.get(style)) is not None and day < end.day + described.days:
            return f"bought_{end.how}"
        end = self.last_of_type.get(kind)
        if not described.many and end is not None and day < end.day + described.days * TOO_EARLY:
            return "variant_of_owned"
        return None

    def _of_use(self, kind: int, day: float) -> str:
        """Of what they use up: too early where the last purchase, wherever it was, is fresh."""
        last = self.last_of_type.get(kind)
        upcoming = next((want for want in self._by_type[kind] if want.kind == "replenish" and want.closes > day), None)
        if last is None or upcoming is None or upcoming.gap <= 0:
            return "neutral"
        return "too_early" if day - last.day < TOO_EARLY * upcoming.gap else "neutral"

    def _looked_at(self, style: int, day: float) -> str | None:
        """What an earlier look at it was."""
        for want in reversed(self._by_style[style]):
            if want.opens > day or day - want.closes > REMEMBERED_DAYS:
                continue
            if want.kind in _FLEETING:
                return _FLEETING[want.kind]
            if want.kind == "trip" and self._is_home(want, day):
                return "trip"
            if want.number in self.ends:
                return "dropped" if self.ends[want.number].how == "dropped" else f"bought_{self.ends[want.number].how}"
        return None

    def _is_home(self, want: Want, day: float) -> bool:
        return not any(first <= want.opens < last and first <= day < last for first, last, _ in self.person.trips)
