"""The base of the baselines: a shop's usual home page, and nothing sent."""

from collections.abc import Sequence

from tactful.simulate.policies._rules import Memory
from tactful.simulate.policy import Seen, Send
from tactful.simulate.shop import Shop

SHELF = 8


class Baseline:
    """Sees, remembers, and shows last viewed and best sellers."""

    plans_after_visits = False
    days_between_plans = 7.0

    def __init__(self, shop: Shop) -> None:
        self.memory = Memory(shop)

    def saw(self, seen: Seen) -> None:
        """Remember it."""
        self.memory.saw(seen)

    def plan(self, day: float) -> Sequence[Send]:
        """Send nothing."""
        return ()

    def due(self, send: Send, day: float) -> Send | None:
        """A rule does not look again."""
        return send

    def shelf(self, day: float) -> Sequence[int]:
        """Last viewed, then best sellers."""
        return self.memory.shelf(day, limit=SHELF)
