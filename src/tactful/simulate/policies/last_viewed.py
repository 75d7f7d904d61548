"""Retargeting: what was looked at last is written about twice a week for ninety days, bought or not."""

from collections.abc import Sequence

from tactful.simulate.policies._base import Baseline
from tactful.simulate.policies._rules import next_morning
from tactful.simulate.policy import Send


class LastViewed(Baseline):
    """Follow everybody with what they looked at."""

    days_between_plans = 3.5

    def plan(self, day: float) -> Sequence[Send]:
        """The last three looks of ninety days."""
        styles = self.memory.last_viewed(day, within=90, limit=3)
        return [Send(day=next_morning(day), styles=tuple(styles), trigger="last_viewed")] if styles else []
