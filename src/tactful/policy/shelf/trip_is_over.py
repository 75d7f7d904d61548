from datetime import datetime
from typing import Annotated, ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.settings import setting
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class TripIsOver(ShelfRule, frozen=True, kw_only=True):
    """Withhold what they bought again and again, but only in person on a trip that is over.

    A trip is two nights or more, farther than 80 km from home. It ends with the trip: the croissant of three weeks in Paris is not due at home.
    """

    code: ClassVar[str] = "trip_is_over"
    needs: ClassVar[Needs] = Needs.TRIPS
    order: ClassVar[int] = 34
    of_habit: Annotated[
        frozenset[str],
        setting(
            "Reasons that follow from what was bought before; what was looked at or put aside on a trip is still wanted.",
            source="those whose only ground is what was bought",
        ),
    ] = frozenset({"due_again", "usual"})

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold candidates of habit whose only purchases were on trips."""
        assert facts.only_from_trips is not None
        return Verdicts.deny(where=facts.only_from_trips & np.isin(shelf.source, list(self.of_habit)), code=self.code)
