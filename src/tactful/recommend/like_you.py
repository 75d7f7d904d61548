"""What people who buy what they buy have found as well: only what is new to them, and not what everybody finds anyway.

Source: EASE beats popularity, item cosine and, at the level of products, user-kNN for things never bought; taking a little of each thing's
popularity off its score buys novelty for few hits. What somebody has also speaks as one of its type and of all above that, up to the department, of which
there is more to learn from than of single products: it finds more, and further out of the way (side features in a linear autoencoder, as in CEASE, Jeunen
and others 2020). What others have found of late is found a little more readily, and a second thing of a type says less than the first of another.
Of single things only whether they have them counts: what is asked about is a first purchase.
"""

from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import sparse

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS, PurchaseTable, first_of_each
from tactful.recommend._alike import Alike, AlikeConfig, learn_alike
from tactful.recommend._baskets import Baskets, baskets_of, taste
from tactful.recommend._component import Facts, Source
from tactful.recommend._pairs import distinct, purchase_days
from tactful.recommend._rhythm import types_of_groups

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class LikeYouConfig(Struct, frozen=True, kw_only=True):
    """Settings of finds."""

    least_customers: int = 200
    """Fewer customers teach nothing about each other."""
    modesty: float = 0.3
    """Power of a thing's popularity that its score is divided by: 0 is everybody's taste, more is more out of the way."""
    of_late: float = 0.1
    """Power of the share of a thing's buyers who found it of late, which its score is multiplied by."""
    late_days: float = 56.0
    same_type: float = 0.8
    """What the next find of a type counts beside the one before it."""
    kind_weight: float = 0.35
    """What having one of its type, its category or its department counts beside having the thing."""
    proposed: int = 40
    alike: AlikeConfig = AlikeConfig(ridge=1200.0, kept=200)


class LikeYouState(Struct, kw_only=True):
    """What was learned."""

    alike: Alike = Alike()
    weight: dict[str, float] = {}
    """By style id, what its score is multiplied by: more where few have it, or many have found it of late."""


class Kinds(Struct, frozen=True, kw_only=True):
    """What kinds the styles of one catalogue are of: their type and all that is above it, such as its category and its department."""

    names: tuple[str, ...]
    of_style: Ints
    """Kinds of each style, the narrowest first, int64 [styles, levels]; -1 where its type has fewer above it than another's."""

    @classmethod
    def of(cls, catalog: CatalogTable) -> "Kinds":
        """Lay them out."""
        paths = [_upwards(path) for path in catalog.types]
        names = sorted({name for path in paths for name in path})
        code = {name: i for i, name in enumerate(names)}
        of_type = np.full((len(paths), max(map(len, paths), default=1)), -1, np.int64)
        for row, path in enumerate(paths):
            of_type[row, : len(path)] = [code[name] for name in path]
        return cls(names=tuple(names), of_style=of_type[types_of_groups(catalog)])

    def taste(self, amounts: sparse.csr_matrix) -> sparse.csr_matrix:
        """How much of each kind each customer has: log counts, float32 [customers, kinds], of log counts [customers, styles]."""
        style, level = np.nonzero(self.of_style >= 0)
        shape = (len(self.of_style), len(self.names))
        member = sparse.csr_matrix((np.ones(len(style), np.float32), (style, self.of_style[style, level])), shape=shape)
        counts = amounts.copy()
        counts.data = np.expm1(counts.data)
        found = counts @ member
        found.data = np.log1p(found.data)
        return found

    def heard(self, own: Ints, amount: Floats) -> tuple[Ints, Floats]:
        """The same of one customer: kinds and log counts, by styles and log counts."""
        kinds, times = self.of_style[own].ravel(), np.repeat(np.expm1(amount), self.of_style.shape[1])
        told = kinds >= 0
        found = distinct(kinds[told])
        return found, np.log1p(np.bincount(np.searchsorted(found, kinds[told]), weights=times[told], minlength=len(found)))


def _upwards(path: str) -> list[str]:
    """A type and all above it, the narrowest first.

    >>> _upwards("Food > Fruit > Apples")
    ['Food > Fruit > Apples', 'Food > Fruit', 'Food']
    """
    parts = path.split(" > ")
    return [" > ".join(parts[:depth]) for depth in range(len(parts), 0, -1)]


class LikeYou(Source):
    """Propose what is new to the customer and goes with all they have. Untrained, or unknown customer: nothing."""

    name: ClassVar[str] = "like_you"
    form: ClassVar[int] = 3

    def __init__(self, config: LikeYouConfig | None = None) -> None:
        self.config = config or LikeYouConfig()
        self.state = LikeYouState()

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn what goes with what everybody has."""
        catalog, customers = purchases.catalog, len(np.unique(purchases.customer))
        self.state = LikeYouState()
        if customers < self.config.least_customers:
            return {"customers": customers}
        size = len(catalog.groups)
        baskets = baskets_of(purchases.customer, catalog.group_of[purchases.row], purchases.day, customers=len(purchases.customers))
        amounts = taste(baskets, keys=size)
        weight = self._weights(baskets, size, customers=customers, late=purchases.until_day - self.config.late_days)
        kinds = Kinds.of(catalog)
        heard = sparse.hstack([amounts > 0, self.config.kind_weight * kinds.taste(amounts)], format="csr", dtype=np.float32)
        alike = learn_alike(heard, catalog.groups, self.config.alike, kinds=kinds.names)
        self.state = LikeYouState(alike=alike, weight={name: weight[code] for code, name in enumerate(catalog.groups) if weight[code] > 0})
        return {"customers": customers, "styles": len(self.state.alike.names)}

    def _weights(self, baskets: Baskets, size: int, *, customers: int, late: float) -> list[float]:
        """What the score of each of so many styles is multiplied by; 0 for what nobody has."""
        pairs, first = np.unique(baskets.customer * size + baskets.key, return_index=True)  # a customer's lines stand in order of time
        buyers = np.bincount(pairs % size, minlength=size)
        found_late = np.bincount(pairs % size, weights=baskets.day[first] >= late, minlength=size)
        had = np.maximum(buyers, 1)
        weight = (had / customers) ** -self.config.modesty * ((found_late + 1) / had) ** self.config.of_late
        return [float(one) for one in np.where(buyers > 0, weight, 0.0)]

    def bind(self, catalog: CatalogTable) -> None:
        """Lay what was learned over the styles of a catalogue."""
        self._kinds = Kinds.of(catalog)
        self._likeness = self.state.alike.over(catalog.groups, self._kinds.names)
        self._weight = np.array([self.state.weight[catalog.groups[code]] for code in self._likeness.kept.tolist()])
        private = np.zeros(len(catalog.groups), np.bool_)
        private[catalog.group_of[catalog.sensitive > 0]] = True
        self._private = private

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Make room for new styles, of which nothing was learned."""
        news, kinds = catalog.groups[len(self._private) :], Kinds.of(catalog)
        if kinds.names != self._kinds.names or not set(news).isdisjoint(self.state.alike.names):
            self.bind(catalog)
            return
        self._kinds = kinds
        self._likeness = self._likeness.with_unknown(len(news))
        self._private = np.append(self._private, np.zeros(len(news), np.bool_))
        self._private[catalog.group_of[first:][catalog.sensitive[first:] > 0]] = True

    def finds(self, own: Ints, amount: Floats, *, count: int) -> tuple[Ints, Floats]:
        """The best styles somebody has not got, by what they have and how often (log of one and the count): styles and scores, best first."""
        likeness = self._likeness
        kinds, times = self._kinds.heard(own, amount)
        score = (likeness.of(own, np.ones(len(own))) + likeness.of_kinds(kinds, self.config.kind_weight * times)) * self._weight
        place = likeness.place[own]
        score[place[place >= 0]] = -np.inf
        best = np.argpartition(-score, count)[:count] if count < len(score) else np.arange(len(score))
        best = best[np.argsort(-score[best], kind="stable")]
        best = best[score[best] > 0]
        styles = likeness.kept[best]
        worth = score[best] * self.config.same_type ** _number_of_its_type(self._kinds.of_style[styles, 0])
        order = np.argsort(-worth, kind="stable")
        return styles[order], worth[order]

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the best finds; the reason is the thing of theirs that speaks for it most and is nothing private."""
        history = customer.history.own()
        latest = {group: line for line, (group, order) in enumerate(zip(history.groups.tolist(), history.orders.tolist(), strict=True)) if order >= 0}
        if not latest or not len(self._likeness.kept):
            return Candidates.none()
        bought, _ = purchase_days(history.groups, history.at / DAY_SECONDS)
        first = np.flatnonzero(first_of_each(bought))
        own, times = bought[first], np.append(first[1:], len(bought)) - first
        open_to_say = ~self._private[own]
        styles, score = self.finds(own[open_to_say], np.log1p(times[open_to_say]), count=min(self.config.proposed, moment.enough))
        sayable = np.array([group for group in latest if not self._private[group]], np.int64)
        found, reasons = [], dict[int, Because]()
        for group, worth, speaker in zip(styles.tolist(), score.tolist(), self._likeness.speakers(styles, sayable).tolist(), strict=True):
            if speaker >= 0 and group not in latest:
                line = latest[speaker]
                if line not in reasons:
                    reasons[line] = because_of(customer, row=int(history.rows[line]), order_index=int(history.orders[line]))
                found.append((customer.catalog.rows_of_group[group][0], worth, reasons[line]))
        return Candidates.of(found)

    def prior(self, score: float) -> float:
        """Hardly ever within one week, until a log tells better."""
        return min(0.01 * score, 0.01)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=LikeYouState)


def _number_of_its_type(types: Ints) -> Ints:
    """How many of its type stand before each, int64 [n].

    >>> _number_of_its_type(np.array([7, 4, 7, 7])).tolist()
    [0, 0, 1, 2]
    """
    order = np.argsort(types, kind="stable")
    started = np.searchsorted(types[order], types[order])
    number = np.empty(len(types), np.int64)
    number[order] = np.arange(len(types)) - started
    return number


def because_of(customer: Customer, *, row: int, order_index: int) -> Because:
    """Because they bought something, as their order tells."""
    order = customer.profile.orders[order_index]
    return Because(
        code=LikeYou.name,
        evidence=(Evidence(message_id=order.event_id, at=order.at),),
        source="observed_offline" if order.channel == "pos" else "observed_here",
        anchor=row,
        anchor_at=order.at,
        last_at=order.at,
    )
