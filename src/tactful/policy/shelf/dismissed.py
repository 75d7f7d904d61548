from datetime import datetime
from typing import Annotated, ClassVar

import numpy as np

from tactful.model.candidates import Shelf
from tactful.model.settings import setting
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule


class Dismissed(ShelfRule, frozen=True, kw_only=True):
    """Withhold what the customer said no to: the style, or the whole kind where the answer speaks of it.

    Said by an answer or by a stated preference. An answer that has its own code (a gift, a mistake, bought elsewhere) is told by that code's rule.
    """

    code: ClassVar[str] = "dismissed"
    needs: ClassVar[Needs] = Needs.DISMISSED | Needs.STATED
    order: ClassVar[int] = 20
    own_codes: Annotated[frozenset[str], setting("Answers that another rule tells of.", source="those that have a code of their own")] = frozenset(
        {"gift", "by_mistake", "bought_elsewhere", "already_have"}
    )

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold candidates covered by an answer."""
        assert facts.dismissed_by is not None and facts.stated_unwanted is not None
        where = np.array([answer is not None and answer.reason not in self.own_codes for answer in facts.dismissed_by], np.bool_)
        said = tuple(answer.reason if answer else None for answer in facts.dismissed_by)
        return Verdicts.deny(where=where | facts.stated_unwanted, code=self.code, facts={"answer": said, "stated": facts.stated_unwanted})
