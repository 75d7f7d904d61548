"""Three newsletters a week to everybody, with best sellers."""

from collections.abc import Sequence

from tactful.simulate.policies._base import Baseline
from tactful.simulate.policies._rules import next_morning
from tactful.simulate.policy import Send


class BlastAll(Baseline):
    """Write to everybody on three days of the week."""

    def plan(self, day: float) -> Sequence[Send]:
        """Best sellers on three mornings, not the same three each time."""
        popular = self.memory.there(self.memory.popular, day)[:30]
        start = int(day / 7) * 3
        return [Send(day=next_morning(day) + 2 * index, styles=tuple(popular[(start + index) * 3 % 27 :][:3]), trigger="newsletter") for index in range(3)]
