"""What the shop gave them, on something that they buy."""

from typing import ClassVar

import numpy as np

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.profile import Reward as Granted
from tactful.recommend._unlearned import UnlearnedSource

NAMED = 0.3
"""A reward on the very thing is followed within the week by about three in ten: a stated prior."""
THEIRS = 0.2
"""On a kind of thing, or on anything."""


class Reward(UnlearnedSource):
    """Propose what a reward is for: the product it names, else the style they bought most often that it covers. For a message only, until it expires."""

    name: ClassVar[str] = "reward"
    shows: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    outranks: ClassVar[int] = 2

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose one product for each reward that still holds; one that covers nothing they know is for a page, not for a message."""
        proposals = []
        for reward in customer.profile.rewards.values():
            row = _row_of(reward, customer) if reward.at <= moment.now < reward.expires_at else None
            if row is not None:
                proposals.append((row, NAMED if reward.product_id else THEIRS, _because(reward)))
        return Candidates.of(proposals)


def _row_of(reward: Granted, customer: Customer) -> int | None:
    catalog, own = customer.catalog, customer.history.own()
    if reward.product_id is not None:
        return catalog.row_of.get(reward.product_id)
    said = (reward.category or "").casefold()
    covered = [i for i, code in enumerate(own.types.tolist()) if not said or f"{catalog.types[code]} > ".casefold().startswith(f"{said} > ")]
    if not covered:
        return None
    groups, times = np.unique(own.groups[covered], return_counts=True)
    most = groups[times == times.max()]
    return int(own.rows[covered][np.isin(own.groups[covered], most)][-1])


def _because(reward: Granted) -> Because:
    evidence = (Evidence(message_id=reward.event_id, at=reward.at),)
    return Because(code=Reward.name, evidence=evidence, last_at=reward.at, percent_off=reward.percent_off, expires_at=reward.expires_at)
