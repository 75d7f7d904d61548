"""Inferred wants: what kind of thing, for whom, how sure, since when, and whether it is over."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol

from msgspec import Struct

from tactful.model.catalog import UNKNOWN_ROW

NeedState = Literal["look", "open", "closed"]
ClosedBy = Literal["bought_here", "bought_elsewhere", "dismissed", "dropped", "gift", "slip"]
Explanation = Literal["want", "own", "gift", "research", "slip"]
SEARCH = "search"
EVIDENCE_KEPT = 8


class HasHappened(Protocol):
    """Anything that an event of the log told."""

    @property
    def event_id(self) -> str:
        """Which event."""


class Sign(Struct, frozen=True, gc=False):
    """One sign of interest in a type; ``row`` is unknown for a search."""

    at: datetime
    kind: str
    visit: int
    event_id: str
    row: int = UNKNOWN_ROW
    brief: bool = False
    """Away again within seconds."""


class Contribution(Struct, frozen=True):
    """One piece of evidence: what it speaks for, how much, and what happened."""

    code: str
    speaks_for: Explanation
    """``want`` speaks for their own want and a gift alike; below zero it speaks against."""
    log_odds: float
    """As of now: what was forgotten is taken off."""
    happened: Sequence[HasHappened] = ()
    """The oldest first."""

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The events behind it, the latest first."""
        return tuple(dict.fromkeys(one.event_id for one in self.happened[::-1]))[:EVIDENCE_KEPT]


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


class Need(Struct, frozen=True, kw_only=True, dict=True):
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
    closed_by: ClosedBy | None = None
    explanations: Explanations = Explanations()
    evidence: tuple[Contribution, ...] = ()
    in_visit: bool = False
    """Part of the visit that is going on now; within it a reminder is a help."""
    signs: Sequence[Sign]
    """All that count, the oldest first."""
    returned_to: dict[int, float] = {}
    """The styles, by code, that they came back to on another day, chose or kept: which of its kind it is. For each the share of the pauses after which people
    come back that are shorter than theirs since, 0 to 1; 0 in the first days."""

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """Catalogue rows looked at, the latest first."""
        return tuple(dict.fromkeys(sign.row for sign in self.signs[::-1] if sign.row != UNKNOWN_ROW))

    @cached_property
    def latest(self) -> list[Sign]:
        """The signs that carry it, the latest first: looks where there are any, else searches."""
        return ([sign for sign in self.signs[::-1] if sign.kind != SEARCH] or list(self.signs[::-1]))[:EVIDENCE_KEPT]
