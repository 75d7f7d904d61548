"""What a rule is: what it needs to know, and one pure check."""

from abc import abstractmethod
from datetime import datetime
from typing import ClassVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Shelf
from tactful.model.verdicts import ContactFacts, Needs, Proposal, ShelfFacts, Verdict, Verdicts


def as_times(seconds: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Epoch seconds as times for people to read, NaN as no time.

    >>> as_times(np.array([0.0, np.nan])).tolist()
    [datetime.datetime(1970, 1, 1, 0, 0), None]
    """
    return seconds.astype("datetime64[s]")


def is_again(shelf: Shelf) -> NDArray[np.bool_]:
    """Which candidates speak of what is bought again and again, so that having bought it is no reason against it; bool [n]."""
    return np.asarray((shelf.source == "due_again") | (shelf.source == "reward"))


class ShelfRule(Struct, frozen=True, kw_only=True):
    """A rule about products: it looks over the whole shelf at once and withholds. It never raises for "no"."""

    code: ClassVar[str]
    needs: ClassVar[Needs]
    order: ClassVar[int]
    """Rules run in this order; the first that withholds a candidate names the reason."""

    @abstractmethod
    def check(self, shelf: Shelf, facts: ShelfFacts, *, now: datetime) -> Verdicts:
        """Say which candidates to withhold. Only facts declared in ``needs`` are filled. Where nothing is known of any of them, nothing is withheld."""


class ContactRule(Struct, frozen=True, kw_only=True):
    """A rule about interrupting somebody: allow, deny, or defer until a time."""

    code: ClassVar[str]
    order: ClassVar[int]

    @abstractmethod
    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Judge one message at its ``send_at``."""
