"""Inferred wants: what kind of thing, for whom, how sure, since when, and whether it is over."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

NeedState = Literal["look", "open", "closed"]
Explanation = Literal["want", "own", "gift", "research", "slip"]


class Contribution(Struct, frozen=True, kw_only=True, rename="camel"):
    """One piece of evidence: what it speaks for, how much, and the events behind it."""

    code: str
    speaks_for: Explanation
    """``want`` speaks for their own want and a gift alike; below zero it speaks against."""
    log_odds: float
    """As of now: what was forgotten is taken off."""
    event_ids: tuple[str, ...] = ()


class Explanations(Struct, frozen=True, kw_only=True):
    """How likely each reason for the looks is; they add up to one."""

    own: float = 0.0
    gift: float = 0.0
    research: float = 0.0
    slip: float = 0.0

    @property
    def for_another(self) -> bool:
        """Whether a gift explains it better than a want of their own."""
        return self.gift > self.own


class Need(Struct, frozen=True, kw_only=True):
    """Interest of one customer in one product type.

    ``look`` is a single occasion, which is not a want; ``open`` is a want; ``closed`` is one that is over, and ``closed_by`` says how.
    """

    type_code: int
    state: NeedState
    probability: float
    """That they still want something of this kind for themselves, 0 to 1."""
    occasions: int
    """Visits or days with a sign of interest since it was last closed; one visit is one occasion, however many clicks."""
    since: datetime
    last_at: datetime
    closed_by: Literal["bought_here", "bought_elsewhere", "dismissed", "dropped", "gift", "slip"] | None = None
    explanations: Explanations = Explanations()
    evidence: tuple[Contribution, ...] = ()
    in_visit: bool = False
    """Part of the visit that is going on now; within it a reminder is a help."""
    rows: tuple[int, ...] = ()
    """Catalogue rows looked at, the latest first."""
    returned_to: dict[int, float] = {}
    """Of these the styles, by code, that they came back to on another day, chose or kept: which of its kind it is. For each the share of the pauses after which
    people come back that are shorter than theirs since, 0 to 1."""
    event_ids: tuple[str, ...] = ()
    """Evidence, the latest first."""
    event_times: tuple[datetime, ...] = ()
