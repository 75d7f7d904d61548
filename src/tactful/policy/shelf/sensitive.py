from datetime import datetime
from typing import ClassVar

from tactful.model.candidates import Shelf
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class Sensitive(ShelfRule, frozen=True, kw_only=True):
    """Withhold what touches health, pregnancy, intimacy, belief, money trouble, addiction or grief, unless the customer asked for exactly that.

    Source: GDPR article 9; CJEU C-21/23: an order of pharmacy products is health data.
    """

    code: ClassVar[str] = "sensitive"
    needs: ClassVar[Needs] = Needs.SENSITIVE
    order: ClassVar[int] = 10

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold every sensitive candidate that was not asked for."""
        assert facts.sensitive is not None and facts.sensitive_asked_for is not None
        return Verdicts.deny(where=(facts.sensitive != "none") & ~facts.sensitive_asked_for, code=self.code, facts={"about": facts.sensitive})
