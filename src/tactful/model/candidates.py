"""What might be shown, before anybody has asked whether it may."""

from datetime import datetime, timedelta
from itertools import compress

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Evidence(Struct, frozen=True, kw_only=True, rename="camel"):
    """An event that carries a reason; it exists in the log."""

    message_id: str
    at: datetime


class Because(Struct, frozen=True, kw_only=True):
    """Why a candidate is proposed, as data: words are made from it later."""

    code: str
    """A reason code of the contract."""
    evidence: tuple[Evidence, ...] = ()
    source: str = "observed_here"
    """``stated``, ``observed_here``, ``observed_offline`` or ``inferred``."""
    anchor: int | None = None
    """Catalogue row it goes with, where the code is ``completes``."""
    anchor_at: datetime | None = None
    """When the anchor was bought; None where it is the page's product."""
    every_days: float | None = None
    """Usual days between purchases, where the code is ``due_again``: what is reckoned with, from their own and everybody's."""
    spread: float = 0.0
    """How irregular that is: the standard deviation of its logarithm, .1 is clockwork, 1 is anyhow."""
    own_days: float | None = None
    """Days between their own purchases alone: what is said, since that is what they did."""
    last_at: datetime | None = None
    """When they last bought or looked at it."""
    stocked_days: float = 0.0
    """How many days longer than usual it lasts, where the code is ``due_again``: they bought more than they usually do."""
    kind_days: float | None = None
    """Usual days between their own purchases of anything of its kind, where the code is ``due_again``; None where they bought the kind on one day only."""
    kind_at: datetime | None = None
    """When they last bought anything of its kind, where the code is ``due_again``."""
    seen_price: float | None = None
    """Lowest price they saw on it, where the code is ``price_drop``; None where it is in another currency than theirs, so that amounts would say little."""
    times: int | None = None
    """Days on which they bought the brand, where the code is ``new_style``."""
    place: str | None = None
    percent_off: float | None = None
    """What the shop gave them on it, where the code is ``reward``."""
    expires_at: datetime | None = None

    @property
    def opened_at(self) -> datetime | None:
        """When the last piece is opened, where the code is ``due_again``: from then on it lasts as long as usual."""
        return self.last_at + timedelta(days=self.stocked_days) if self.last_at is not None and self.stocked_days else self.last_at

    @property
    def rhythms(self) -> tuple[tuple[datetime, float], ...]:
        """Since when it is used up, and in how many days, as far as known: the thing, and its kind, which fills the same shelf at home."""
        opened_at = self.opened_at
        if opened_at is None:
            return ()
        kind_at = max(self.kind_at, opened_at) if self.kind_at is not None and self.stocked_days else self.kind_at
        both = ((opened_at, self.every_days), (kind_at, self.kind_days))
        return tuple([(at, days) for at, days in both if at is not None and days is not None])


class Candidates(Struct, frozen=True, kw_only=True):
    """Proposals of one source, as columns of equal length n."""

    rows: NDArray[np.int32]
    """Catalogue rows, int32 [n]."""
    score: NDArray[np.float64]
    """The source's own score, float64 [n], higher is better, never NaN; calibrated later."""
    because: tuple[Because, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, kept: NDArray[np.bool_]) -> "Candidates":
        """Some of them."""
        return Candidates(rows=self.rows[kept], score=self.score[kept], because=tuple(compress(self.because, kept.tolist())))

    @classmethod
    def none(cls) -> "Candidates":
        """No proposals."""
        return cls(rows=np.empty(0, np.int32), score=np.empty(0), because=())

    @classmethod
    def of(cls, proposals: list[tuple[int, float, Because]]) -> "Candidates":
        """Columns from rows of (catalogue row, score, because)."""
        if not proposals:
            return cls.none()
        rows, score, because = zip(*proposals, strict=True)
        return cls(rows=np.array(rows, np.int32), score=np.array(score, np.float64), because=tuple(because))


class Ranked(Struct, frozen=True, kw_only=True):
    """What a ranker made of all that was said of the candidates of a shelf, in columns of equal length n."""

    worth: NDArray[np.float64]
    """Probability of being wanted within seven days, float64 [n]."""
    sources: tuple[str, ...]
    said: NDArray[np.float64]
    """The same by the word of each source alone, NaN where it was silent; float64 [n, sources]."""


class Shelf(Struct, kw_only=True):
    """All candidates of one decision, best first, with what rules said of each. Columns of equal length n."""

    rows: NDArray[np.int32]
    groups: NDArray[np.int32]
    """Group code per candidate."""
    types: NDArray[np.int32]
    """Type code per candidate."""
    score: NDArray[np.float64]
    """Calibrated probability of being wanted within seven days by the strongest word alone, float64 [n]: by it is judged what is worth saying."""
    because: tuple[Because, ...]
    source: NDArray[np.str_]
    """Reason code per candidate, for comparison in one go."""
    alive: NDArray[np.bool_]
    """Not withheld by an earlier rule."""
    searched: bool = False
    """Whether they search for something, and only what is called so is on it."""
    ranked: Ranked | None = None
    """None where no ranker has heard of it."""

    def __len__(self) -> int:
        return len(self.rows)

    def standing(self, source: str) -> list[int]:
        """Which candidates of a source are still alive, the best first."""
        return [i for i in self.alive.nonzero()[0].tolist() if self.because[i].code == source]

    @property
    def worth(self) -> NDArray[np.float64]:
        """Calibrated probability of being wanted within seven days by all that was said, float64 [n]: it puts in order, and withholds nothing."""
        return self.score if self.ranked is None else self.ranked.worth

    @property
    def stated(self) -> NDArray[np.bool_]:
        """Which candidates the customer asked for in so many words: said outranks inferred."""
        return np.array([because.source == "stated" for because in self.because], np.bool_)
