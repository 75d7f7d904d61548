"""What a commercial suite does out of the box: every trigger, by day, under a cap a calendar week."""

from collections.abc import Sequence

from tactful.simulate.policies._base import Baseline
from tactful.simulate.policy import Send
from tactful.simulate.shop import Shop

A_WEEK = 3
"""Messages a calendar week; suites suggest two to four (handbook, peers)."""


class CalendarCaps(Baseline):
    """Carts, looks and replenishment, each as soon as its rule fires, at most three a calendar week and one a day."""

    days_between_plans = 1.0

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.sent: list[int] = []
        self.told: dict[tuple[str, int], float] = {}

    def plan(self, day: float) -> Sequence[Send]:
        """The first trigger that has something new to say."""
        today = int(day)
        if sum(one // 7 == today // 7 for one in self.sent) >= A_WEEK or today in self.sent:
            return []
        memory = self.memory
        carts = [style for style, since in memory.cart.items() if 0.5 < day - since < 7]
        for trigger, styles in (
            ("cart_waiting", carts),
            ("due_again", memory.due(day, early=1.0)),
            ("browse", memory.last_viewed(day, within=3, limit=3)),
            ("recommended", memory.there(memory.popular[:3], day) if today % 7 == 3 else []),
        ):
            fresh = [style for style in styles if day - self.told.get((trigger, style), -1e9) > 14][:3]
            if fresh:
                self.told.update({(trigger, style): day for style in fresh})
                self.sent.append(today)
                return [Send(day=max(day, today + 9 / 24), styles=tuple(fresh), trigger=trigger)]
        return []
