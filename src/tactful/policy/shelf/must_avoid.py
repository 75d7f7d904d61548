from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class MustAvoid(ShelfRule, frozen=True, kw_only=True):
    """Withhold what holds a thing that they said they must not have, or avoid: an allergy outranks every want, on a page as in a message.

    Source: the substances of Regulation (EU) 1169/2011, annex II, in the words by which products tell of them; any other word at its face value.
    """

    code: ClassVar[str] = "must_avoid"
    needs: ClassVar[Needs] = Needs.FORBIDDEN
    order: ClassVar[int] = 12

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold every candidate that says one of their words."""
        assert facts.forbidden is not None
        return Verdicts.deny(where=facts.forbidden, code=self.code)
