from datetime import datetime
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from tactful.model.candidates import Shelf
from tactful.model.settings import setting
from tactful.model.verdicts import Needs, ShelfFacts, Verdicts
from tactful.policy._rule import ShelfRule, is_again

GOT = frozenset({"bought_elsewhere", "already_have"})
"""Answers that tell of a purchase we did not see."""
OF_WANTS = ("price_drop", "cart_waiting")
"""News that is only news to who still wants the thing. What they asked to be told of, and what is on their list, is theirs to end."""
FIRM_OCCASIONS = 3
"""Days on which they turned to a kind of thing from which on what they put on the list is kept in mind for longer."""


class NeedClosed(ShelfRule, frozen=True, kw_only=True):
    """Withhold a kind of thing that is no longer wanted: bought here, most likely bought elsewhere, dropped, or so they say.

    A purchase closes the whole type for as long as one of its kind usually lasts; durables for good. So does a purchase elsewhere that they tell of. What they
    state they want is open until they have bought it since. The very thing that they looked at goes sooner than its kind: what follows people about
    annoys. What they put into the basket, or on the wish list of a want that is firm, they may be told of for longer.
    """

    code: ClassVar[str] = "need_closed"
    needs: ClassVar[Needs] = Needs.OWNED | Needs.LIFE | Needs.INTEREST | Needs.DISMISSED | Needs.STATED
    order: ClassVar[int] = 42
    longest_rest: Annotated[
        float,
        setting(
            "The very thing they came back to is on a page again, and told of when it costs less, until so large a share of the pauses after which people "
            "come back is over, 0 to 1, and three days in any case, on a wish list a week; then only its kind.",
            source="of simulated shops' later places every second one went to what was over (docs/simulator.md)",
            ge=0,
            le=1,
        ),
    ] = 0.4
    longest_rest_message: Annotated[
        float,
        setting(
            "A message still tells that it waits in the basket, or what it costs now if it is on the wish list and they came back on three days, until so "
            "large a share of those pauses is over, 0 to 1.",
            source="simulated shops: later it is mostly no longer wanted (docs/simulator.md)",
            ge=0,
            le=1,
        ),
    ] = 0.9
    least_sure: Annotated[
        float,
        setting("And while it is so likely that they still want one for themselves, 0 to 1.", source="a little likelier than not", ge=0, le=1),
    ] = 0.45
    least_sure_new: Annotated[
        float,
        setting(
            "The same for a kind of thing that they never bought, though they buy here, 0 to 1: two days of looks are not enough, three or a basket are.",
            source="they have it from elsewhere, or look for somebody else; in simulated shops half of those less sure did (docs/simulator.md)",
            ge=0,
            le=1,
        ),
    ] = 0.6

    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Withhold closed types; of what is due again only what they say they have got."""
        assert facts.type_bought_at is not None and facts.life_seconds is not None
        assert facts.need_state is not None and facts.closed_by is not None and facts.dismissed_by is not None
        assert facts.stated_wanted_at is not None and facts.outlived is not None
        with np.errstate(invalid="ignore"):
            served = ~facts.outlived & (now.timestamp() < facts.type_bought_at + facts.life_seconds) & ~(facts.stated_wanted_at > facts.type_bought_at)
        unasked = ~shelf.stated & np.isnan(facts.stated_wanted_at)
        over = (facts.need_state == "closed") & (facts.closed_by != "bought_here")
        got_at = np.array([answer.at.timestamp() if answer and answer.reason in GOT else np.nan for answer in facts.dismissed_by], np.float64)
        said = now.timestamp() < got_at + facts.life_seconds
        closed_by = np.where(said, "dismissed", np.where(served, "bought_here", facts.closed_by))
        reopened = (facts.need_state == "open") & ~said
        where = (served & ~reopened | over & unasked | self._followed(shelf, facts, unasked=unasked)) & ~is_again(shelf) | said
        return Verdicts.deny(where=where, code=self.code, facts={"closed_by": closed_by, "explanations": facts.explanations or (None,) * len(shelf)})

    def _followed(self, shelf: Shelf, facts: ShelfFacts, *, unasked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The very things that it is late to come back to: in a message that tells of them; on a page unless it is about their kind, or they are at it."""
        assert facts.rested is not None and facts.sure is not None and facts.listed is not None and facts.never_bought is not None
        assert facts.need_in_visit is not None and facts.contextual is not None and facts.occasions is not None
        if facts.interrupts:
            chosen = facts.listed & (facts.occasions >= FIRM_OCCASIONS) | (shelf.source == "cart_waiting")
            late = facts.rested > np.where(chosen, self.longest_rest_message, self.longest_rest)
            return np.asarray(late & np.isin(shelf.source, OF_WANTS))
        late = facts.rested > self.longest_rest
        unsure = (facts.sure < np.where(facts.never_bought, self.least_sure_new, self.least_sure)) & ~facts.listed
        return np.asarray((late | unsure) & ~facts.need_in_visit & ~facts.contextual & unasked)
