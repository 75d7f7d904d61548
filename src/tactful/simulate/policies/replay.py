"""The messages and shelves of an earlier life, as they were: to ask how they would be taken under other assumptions."""

from collections.abc import Mapping, Sequence

from tactful.simulate.policy import Seen, Send


class Replay:
    """Send and show what was sent and shown before, whatever is seen."""

    plans_after_visits = False
    days_between_plans = 1e6

    def __init__(self, sends: Sequence[Send], shelves: Mapping[float, Sequence[int]]) -> None:
        self._sends, self._shelves = sends, shelves

    def saw(self, seen: Seen) -> None:
        """Nothing depends on it."""

    def plan(self, day: float) -> Sequence[Send]:
        """All of them, once."""
        sends, self._sends = self._sends, ()
        return sends

    def still(self, send: Send, day: float) -> bool:
        """It was sent then."""
        return True

    def shelf(self, day: float) -> Sequence[int]:
        """What was shown on that visit; nothing where there was none."""
        return self._shelves.get(day, ())
