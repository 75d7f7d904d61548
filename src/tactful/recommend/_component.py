"""What every learned component is: a config, something to learn, something to say."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from tactful.model.candidates import Candidates
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.tables import LookTable, PurchaseTable
from tactful.recommend._proposed import Proposed, Voice

Facts = dict[str, str | int | float]


class Component(ABC):
    """A thing that is learned from the log and laid over a catalogue. Untrained, it works from documented priors.

    What is learned is keyed by product id, style and type path, so that a changed catalogue only needs `bind`, no training.
    """

    name: ClassVar[str]
    shows: ClassVar[bool] = False
    """Whether it proposes where the customer is."""
    writes: ClassVar[bool] = False
    """Whether what it proposes may be the reason of a message."""
    reads_words: ClassVar[bool] = False
    """Whether it lays out what titles and brands say."""
    form: ClassVar[int] = 1
    """Of what `dump` gives. What was learned in another form is left alone, and the component works from its priors until the next training."""

    @abstractmethod
    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn from everybody's own purchases; return figures for people to read."""

    def watch(self, looks: LookTable, purchases: PurchaseTable) -> Facts:
        """Learn from everybody's signs of interest too, after `train`; return figures for people to read. Most components have no use for them."""
        return {}

    def weigh(self, proposed: Callable[[], Proposed]) -> Facts:
        """Learn from what all sources proposed at a past moment, in probabilities, and what was bought of it, after `watch`. Most never ask for it."""
        return {}

    @abstractmethod
    def bind(self, catalog: CatalogTable) -> None:
        """Lay what was learned over the rows of a catalogue. Sets attributes anew and changes none in place, so that a copy can be laid over another one."""

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Lay over a catalogue that has grown: up to row ``first`` it is the one bound to, with the same rows, styles and types, and what is new stands behind.

        The same as `bind`; a component with a shorter way goes it, and sets attributes anew as there.
        """
        self.bind(catalog)

    def reword(self, catalog: CatalogTable, former: Mapping[int, Product]) -> None:
        """Lay over a catalogue in which some rows say another title or brand than in ``former``, by row; nothing else has changed.

        The same as `bind`, and asked only of a component that `reads_words`; one with a shorter way goes it, and sets attributes anew as there.
        """
        self.bind(catalog)

    @abstractmethod
    def dump(self) -> bytes:
        """Turn what was learned into bytes; loaded again, it gives the same numbers."""

    @abstractmethod
    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave. Needs `bind` afterwards."""


class Source(Component):
    """A component that proposes candidates. Its name is the reason code of what it proposes."""

    shows: ClassVar[bool] = True
    outranks: ClassVar[int] = 0
    """Whether its word on a product counts before that of the others, because it speaks from the customer's own purchases of it; the highest counts."""
    generic: ClassVar[bool] = False
    """Whether it speaks of everybody rather than of this customer or this page, and so gives way on a page about something else."""
    unprompted: ClassVar[bool] = False
    """Whether nothing of theirs speaks for another of its kind: what is popular, or new of a brand they like, is no reason for a second drill."""
    exact: ClassVar[bool] = False
    """Whether it means the very product, so that no other variant of the style will do."""
    follows_days: ClassVar[float] = 0.0
    """For so many days from the first purchase of its reason's anchor it has learned what follows: who has gone without for longer is somebody else."""
    calibrates_itself: ClassVar[bool] = False
    """Whether its scores are probabilities of the week to come already."""

    @abstractmethod
    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose; unknown customers get the documented fallback. Pure: the same call gives the same answer."""

    @property
    def voice(self) -> Voice:
        """What a ranker must know of it."""
        return Voice(name=self.name, outranks=self.outranks, follows_days=self.follows_days)

    def prior(self, score: float) -> float:
        """Probability of being wanted within seven days for a score, as long as no log says better."""
        return score
