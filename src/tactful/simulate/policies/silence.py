"""Nobody is written to, and nothing is shown: the twin that every other life is compared with."""

from collections.abc import Sequence

from tactful.simulate.policies._base import Baseline


class Silence(Baseline):
    """Show nothing and send nothing."""

    days_between_plans = 1e6

    def shelf(self, day: float) -> Sequence[int]:
        """An empty shelf."""
        return ()
