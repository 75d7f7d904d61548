"""The messages and shelves of an earlier life, as they were: to ask how they would be taken under other assumptions."""

from collections.abc import Mapping, Sequence

from tactful.simulate.policy import Seen, Send


class Replay:
    """Show what was shown before, whatever is seen; the messages of that life are given to the new one as they were."""

    plans_after_visits = False
    days_between_plans = 1e6

    def __init__(self, shelves: Mapping[float, Sequence[int]]) -> None:
        self._shelves = shelves

    def saw(self, seen: Seen) -> None:
        """Nothing depends on it."""

    def plan(self, day: float) -> Sequence[Send]:
        """Nothing: what was sent comes by itself."""
        return ()

    def due(self, send: Send, day: float) -> Send | None:
        """It was sent then."""
        return send

    def shelf(self, day: float) -> Sequence[int]:
        """What was shown on that visit; nothing where there was none."""
        return self._shelves.get(day, ())
