from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class Relevance(ShelfRule, frozen=True, kw_only=True):
    """Withhold what is not likely enough to be wanted: fewer items, or none, are better than filler."""

    code: ClassVar[str] = "not_relevant"
    needs: ClassVar[Needs] = Needs.NOTHING
    order: ClassVar[int] = 80

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold candidates under the threshold of their placement and source."""
        assert facts.threshold is not None
        return Verdicts.deny(where=shelf.score < facts.threshold, code=self.code, facts={"probability": shelf.score.round(4)})
