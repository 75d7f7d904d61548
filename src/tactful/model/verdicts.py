"""What policy rules answer, and what they may ask for."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.profile import Contact, Dismissal


class Verdict(Struct, frozen=True, kw_only=True):
    """Allow, deny, or defer until a time; always with a code where it is not allow."""

    code: str | None = None
    """None: allowed."""
    until: datetime | None = None
    """Set: not now, but then."""
    facts: dict[str, Any] = {}

    @property
    def allowed(self) -> bool:
        """Whether the rule has nothing against it."""
        return self.code is None

    @classmethod
    def allow(cls) -> "Verdict":
        """Nothing against it."""
        return cls()

    @classmethod
    def deny(cls, code: str, **facts: object) -> "Verdict":
        """No."""
        return cls(code=code, facts=facts)

    @classmethod
    def defer(cls, code: str, until: datetime, **facts: object) -> "Verdict":
        """Not before a time."""
        return cls(code=code, until=until, facts=facts)


class Verdicts(Struct, frozen=True, kw_only=True):
    """What one rule says of every candidate on a shelf."""

    code: str
    denied: NDArray[np.bool_]
    """bool [n], True where the candidate must be withheld."""
    facts: dict[str, NDArray[Any] | Sequence[Any]] = {}
    """Columns of length n: what the rule looked at, for the explanation."""

    @classmethod
    def deny(cls, *, where: NDArray[np.bool_], code: str, facts: dict[str, NDArray[Any] | Sequence[Any]] | None = None) -> "Verdicts":
        """Withhold the candidates where the mask is True."""
        return cls(code=code, denied=where, facts=facts or {})


class Needs(enum.Flag):
    """What a rule wants to know. Needs of all rules are merged and read once."""

    NOTHING = 0
    OWNED = enum.auto()
    INTEREST = enum.auto()
    LIFE = enum.auto()
    RHYTHM = enum.auto()
    DISMISSED = enum.auto()
    SENSITIVE = enum.auto()
    STOCK = enum.auto()
    FEATURED = enum.auto()
    SIZE = enum.auto()
    GIFTS = enum.auto()
    STATED = enum.auto()
    TRIPS = enum.auto()
    FORBIDDEN = enum.auto()
    SHOWN = enum.auto()


class ShelfFacts(Struct, kw_only=True):
    """Facts about the candidates of one shelf, columns of length n. Only what was declared as needed is filled."""

    interrupts: bool
    nothing: Needs = Needs.NOTHING
    """Of what was asked for, that of which there is nothing to tell: nobody said no, nothing is out of stock. Rules that need no more are not asked."""
    threshold: NDArray[np.float64] | None = None
    """Least calibrated score worth showing at this placement, by source."""
    product_bought_at: NDArray[np.float64] | None = None
    """OWNED: epoch seconds of the latest own purchase of the very product, NaN where none."""
    purchase_days: NDArray[np.int64] | None = None
    """OWNED: days on which they bought the style."""
    group_bought_at: NDArray[np.float64] | None = None
    """OWNED: epoch seconds of the latest own purchase of the style in any colour and size, NaN where none."""
    type_bought_at: NDArray[np.float64] | None = None
    """OWNED: the same for the product type."""
    never_bought: NDArray[np.bool_] | None = None
    """OWNED: a product type that they never bought for themselves, though they bought other things here on several days."""
    life_seconds: NDArray[np.float64] | None = None
    """LIFE: how long something of this type closes the want for another; inf for durables."""
    seldom_again: NDArray[np.bool_] | None = None
    """LIFE: a style that hardly anybody buys a second time, nor have they; or of a kind whose styles are hardly ever bought again, and they have bought it
    less than thrice, or four times: its kind is bought again, but never the same."""
    need_state: NDArray[np.str_] | None = None
    """INTEREST: ``""``, ``look``, ``open`` or ``closed``, per candidate's type."""
    need_in_visit: NDArray[np.bool_] | None = None
    """INTEREST: they turned to this type in the visit that they are in, and not by what looks like a mistaken tap."""
    rested: NDArray[np.float64] | None = None
    """INTEREST: of a style they came back to, the share of people's pauses that are shorter than theirs since; 0 of all others."""
    sure: NDArray[np.float64] | None = None
    """INTEREST: of a style they came back to, how likely they still want its kind for themselves; 1 of all others."""
    listed: NDArray[np.bool_] | None = None
    """INTEREST: a style that they put on the wish list, as part of the want that they have now."""
    occasions: NDArray[np.int64] | None = None
    passed_over: NDArray[np.bool_] | None = None
    """INTEREST: a style they looked at, did not come back to while they want its kind, and did not buy."""
    for_another: NDArray[np.bool_] | None = None
    """INTEREST: a gift explains their looks at this type better than a want of their own."""
    explanations: Sequence[dict[str, float] | None] | None = None
    """INTEREST: how likely own, gift, research and slip are, where there were looks."""
    stray_department: NDArray[np.bool_] | None = None
    """INTEREST: they looked into this department on one occasion only and never bought there, though they buy elsewhere."""
    contextual: NDArray[np.bool_] | None = None
    """INTEREST: the page is about this type of thing."""
    closed_by: NDArray[np.str_] | None = None
    elapsed_ratio: NDArray[np.float64] | None = None
    """RHYTHM: days since the last purchase over the usual days between, NaN where never bought; for a message, at the end of the days planned for."""
    dismissed_by: tuple[Dismissal | None, ...] | None = None
    """DISMISSED: the answer that covers this candidate."""
    sensitive: NDArray[np.str_] | None = None
    """SENSITIVE: the tag, ``""`` where not sensitive."""
    sensitive_asked_for: NDArray[np.bool_] | None = None
    """SENSITIVE: they stated that they want exactly this, or the page is about it."""
    in_stock: NDArray[np.bool_] | None = None
    available_there: NDArray[np.bool_] | None = None
    """STOCK: in stock at the store that is meant, True where no pick-up is meant."""
    within_reach: NDArray[np.bool_] | None = None
    """STOCK: in stock at a store within reach, True where no pick-up is meant or nobody knows where they are."""
    featured: NDArray[np.bool_] | None = None
    fits: NDArray[np.bool_] | None = None
    """SIZE: in the customer's size, or without sizes."""
    tired: NDArray[np.float64] | None = None
    """SHOWN: what passing it by of late takes of how likely it is wanted, 0 to 1."""
    gift_only: NDArray[np.bool_] | None = None
    """GIFTS: known only from gifts to others."""
    sent_back: NDArray[np.bool_] | None = None
    """OWNED: they sent this style back, or it is for a thing that they sent back, and they have shown no new interest since."""
    outlived: NDArray[np.bool_] | None = None
    """LIFE: they own the style, but for longer than such things usually last."""
    stated_wanted_at: NDArray[np.float64] | None = None
    """STATED: epoch seconds of their stating that they want this, NaN where they did not."""
    stated_unwanted: NDArray[np.bool_] | None = None
    """STATED: they said that they do not want this, or in a message, not to be reminded of it."""
    only_from_trips: NDArray[np.bool_] | None = None
    """TRIPS: they bought the style, but only in person on trips that are over."""
    forbidden: NDArray[np.bool_] | None = None
    """FORBIDDEN: it says a thing that they must not have, as they stated."""


class ContactFacts(Struct, kw_only=True):
    """Facts about one person as a receiver of messages."""

    consented: dict[str, bool]
    """Channel to whether marketing is allowed there: absent is denied."""
    reachable: dict[str, bool]
    """Channel to whether there is an open address."""
    contacts: tuple[Contact, ...]
    """Delivered and reserved messages, oldest first."""
    paused_until: datetime | None
    zones: tuple[str, ...]
    """Possible current time zones, IANA; one where it is known."""
    how_often: tuple[str, ...] = ()
    """How often they asked to hear from us, in the words of the preference ``how_often``; of those who share the address too."""
    last_own_at: datetime | None = None
    """Newest thing they did themselves; every message since is unanswered."""
    person: str = ""
    """The customer id: what a share of people is drawn by."""

    @property
    def unanswered(self) -> tuple[Contact, ...]:
        """Messages since their own last move, oldest first, but for those that were owed to them."""
        return tuple(contact for contact in self.contacts if not contact.owed and (self.last_own_at is None or contact.at > self.last_own_at))


class Proposal(Struct, frozen=True, kw_only=True):
    """A message that a trigger would like to send."""

    trigger: str
    channel: str
    send_at: datetime
    deadline: datetime
