"""The abandoned cart after an hour, a day and three days."""

from collections.abc import Sequence

from tactful.simulate.policies._base import Baseline
from tactful.simulate.policy import Send

DELAYS = (1 / 24, 1.0, 3.0)


class CartNag(Baseline):
    """Write about every cart that was left, three times."""

    plans_after_visits = True
    days_between_plans = 1e6

    def plan(self, day: float) -> Sequence[Send]:
        """Three messages about what was put in today."""
        fresh = tuple(style for style, since in self.memory.cart.items() if day - since < 0.01)
        return [Send(day=day + delay, styles=fresh, trigger="cart_waiting") for delay in DELAYS] if fresh else []

    def due(self, send: Send, day: float) -> Send | None:
        """Not once they ordered."""
        return send if any(style in self.memory.cart for style in send.styles) else None
