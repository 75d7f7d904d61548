"""What they waited for and what can be had again."""

from datetime import timedelta
from typing import ClassVar

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.profile import Look, ProductHistory, Profile
from tactful.recommend._unlearned import UnlearnedSource

ASKED_FOR = 0.9
"""Who asks to be told wants it: a stated prior."""
HOLDS = timedelta(days=365)
"""A request holds as long as a wish list; other systems forget it after 90 days, but it was asked for."""
WITHDRAWS = ("uncart", "unwish", "return")


class BackInStock(UnlearnedSource):
    """Propose what they asked to be told of within a year, and products of an open need that came back after they last looked. For a message only."""

    name: ClassVar[str] = "back_in_stock"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    exact: ClassVar[bool] = True
    outranks: ClassVar[int] = 1

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose also what is not back yet: policy tells that it is out of stock."""
        proposals = []
        asked, restocked = customer.signs.get("ask", ()), customer.catalog.restocked
        for row in [row for row in customer.looked_at if row in restocked or row in asked] if asked or restocked else ():
            sign = _standing(customer.looked_at[row], customer.profile)
            if sign is None or moment.now - sign.at > HOLDS:
                continue
            restocked_at = customer.catalog.product(row).restocked_at
            need = customer.needs.get(int(customer.catalog.type_of[row]))
            came_back = restocked_at is not None and restocked_at > sign.at and need is not None and need.state == "open"
            if sign.kind == "ask" or came_back:
                score = ASKED_FOR if sign.kind == "ask" or need is None else need.probability
                proposals.append((row, score, _because(sign)))
        return Candidates.of(proposals)


def _standing(history: ProductHistory, profile: Profile) -> Look | None:
    """The sign that still holds: the last request, else the last look; none where it was taken back or bought since."""
    asked = [look for look in history.looks if look.kind == "ask"]
    sign = asked[-1] if asked else history.looks[-1]
    if any(look.kind in WITHDRAWS and look.at >= sign.at for look in history.looks):
        return None
    return None if any(profile.orders[purchase.order - profile.orders_before].at >= sign.at for purchase in history.purchases) else sign


def _because(sign: Look) -> Because:
    source = "stated" if sign.kind == "ask" else "observed_here"
    return Because(code=BackInStock.name, evidence=(Evidence(message_id=sign.event_id, at=sign.at),), source=source, last_at=sign.at)
