"""What somebody would do who sees the truth: the bound that nobody reaches."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tactful.simulate.life import Life
from tactful.simulate.policies._base import SHELF
from tactful.simulate.policy import Seen, Send
from tactful.simulate.truth import WANTED, Want, ends_here

GAP_DAYS = 6.0


class Oracle:
    """Writes only where a message turns a purchase, at their hour, and not often."""

    plans_after_visits = False
    days_between_plans = 1.0

    def __init__(self, life: Life) -> None:
        self.life = life
        self.wants = [want for want in life.person.wants if want.kind in WANTED]
        self.opens = [want.opens for want in self.wants]
        self.longest = max((want.closes - want.opens for want in self.wants), default=0.0)

    def saw(self, seen: Seen) -> None:
        """It knows already."""

    def plan(self, day: float) -> Sequence[Send]:
        """The open wants that a message would turn, if the last message is long enough ago."""
        life = self.life
        if (life.last_message is not None and day - life.last_message < GAP_DAYS) or life.unanswered >= 2:
            return []
        wants = [want for want in self._open(day) if self._turns(want)]
        hour = int(day) + min(18.0, max(9.0, life.person.hour)) / 24
        return [Send(day=max(day, hour), styles=tuple(want.style for want in wants[:3]), trigger="oracle")] if wants else []

    def due(self, send: Send, day: float) -> Send | None:
        """Only while something of it is open."""
        return send if any(self.life.truth.judge(style, day) == "helpful" for style in send.styles) else None

    def shelf(self, day: float) -> Sequence[int]:
        """Everything they want now."""
        return [want.style for want in self._open(day)][:SHELF]

    def _open(self, day: float) -> list[Want]:
        """Their own wants that are open, of what is sold."""
        first, last = bisect_left(self.opens, day - self.longest), bisect_right(self.opens, day)
        styles, truth = self.life.shop.styles, self.life.truth
        return [want for want in self.wants[first:last] if day < want.closes and styles[want.style].arrives_day <= day and truth.exists(want)]

    def _turns(self, want: Want) -> bool:
        life = self.life
        ends = [ends_here(want, life.world, goodwill=life.goodwill, helped=helped) for helped in (0.0, life.world["message_help"])]
        return ends[0] != "here" and ends[1] == "here"
