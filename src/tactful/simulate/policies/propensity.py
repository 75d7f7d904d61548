"""Whatever is likeliest to be bought next, every week, with no manners beside consent."""

from collections.abc import Sequence

from tactful.simulate.policies._base import Baseline
from tactful.simulate.policies._rules import next_morning
from tactful.simulate.policy import Send

RECENT_DAYS = 14


class Propensity(Baseline):
    """Rank by likelihood alone: what was looked at lately, what is due, what is bought most."""

    def plan(self, day: float) -> Sequence[Send]:
        """The three likeliest, once a week."""
        memory = self.memory
        likely = [*memory.due(day, early=0.8), *memory.last_viewed(day, within=RECENT_DAYS, limit=3)]
        likely += sorted((style for style in memory.bought if style not in likely), key=lambda style: (-len(memory.bought[style]), style))
        return [Send(day=next_morning(day), styles=tuple(dict.fromkeys(likely))[:3], trigger="likely")] if likely else []

    def shelf(self, day: float) -> Sequence[int]:
        """The same, on the page."""
        likely = [*self.memory.due(day, early=0.8), *self.memory.shelf(day, limit=8)]
        return list(dict.fromkeys(likely))[:8]
