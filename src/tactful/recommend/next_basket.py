"""What will be in the next basket, whenever it comes: what they had before, what is like it, and what everybody takes of late, in one ranking.

Source: re-ranking a customer's own history is most of the value of next-basket models; neighbours and popularity decide what fills the rest of the list.
The ranker asks of each thing some thirty figures (`FEATURES`) and has learned from everybody's last basket what they tell; trees, because the worth of a
best seller depends on how much this customer repeats.
"""

from itertools import pairwise
from typing import Any, ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.profile import Order
from tactful.model.tables import DAY_SECONDS, History, PurchaseTable
from tactful.recommend._alike import Alike, AlikeConfig, learn_alike
from tactful.recommend._baskets import FEATURES, Baskets, Items, Proposed, baskets_of, features, learn_items, taste
from tactful.recommend._component import Facts, Source
from tactful.recommend._pairs import distinct
from tactful.recommend._rhythm import types_of_groups

Floats = NDArray[np.float64]
CHUNK = 256
"""Customers ranked at once: as many rows of all things are held in memory."""


class NextBasketConfig(Struct, frozen=True, kw_only=True):
    """Settings of the ranker."""

    popular: int = 50
    """Best sellers of late that everybody is asked about."""
    like: int = 50
    """Things most like what a customer has, likewise."""
    most_customers: int = 6_000
    """Customers learned from; of more a sample."""
    least_hits: int = 1_000
    """Things of last baskets among those asked about; with fewer there is nothing to learn, and nothing is proposed."""
    negatives: float = 0.2
    """Share kept of what was not bought."""
    rounds: int = 100
    leaves: int = 15
    proposed: int = 60
    seed: int = 8321
    alike: AlikeConfig = AlikeConfig()


class NextBasketState(Struct, kw_only=True):
    """What was learned."""

    model: str = ""
    """Trees, as LightGBM writes them; empty where there was too little to learn from."""
    items: dict[str, tuple[float, float, float, float, float]] = {}
    """By style id, the figures of `Items` in order."""
    alike: Alike = Alike()


class NextBasket(Source):
    """Propose what belongs into the next basket: their own things as due again, others as like them. Untrained, or unknown customer: nothing.

    It takes milliseconds, and on a page `due_again` speaks for what they had and `like_you` for what is new: so it is not asked there.
    """

    name: ClassVar[str] = "next_basket"
    shows: ClassVar[bool] = False

    def __init__(self, config: NextBasketConfig | None = None) -> None:
        self.config = config or NextBasketConfig()
        self.state = NextBasketState()
        self._trees: Any = None

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn from everybody's last basket, seen from the one before."""
        catalog = purchases.catalog
        everything = _baskets(purchases)
        past, last = everything.without_last()
        self.state = NextBasketState(items=_by_name(learn_items(past, keys=len(catalog.groups)), catalog))
        self.state.alike = learn_alike(taste(past, keys=len(catalog.groups)), catalog.groups, self.config.alike)
        self.bind(catalog)
        rng = np.random.default_rng(self.config.seed)
        asked = np.zeros(len(past.count), np.bool_)
        several = np.flatnonzero(everything.count > 1)
        asked[rng.choice(several, min(len(several), self.config.most_customers), replace=False)] = True
        figures, label = self._examples(past.of(asked), last, rng)
        if label.sum() < self.config.least_hits:
            return {"hits": int(label.sum())}
        self.state.model = _grow(figures, label, self.config)
        self.state.items = _by_name(learn_items(everything, keys=len(catalog.groups)), catalog)
        self.bind(catalog)
        return {"rows": len(label), "hits": int(label.sum()), "customers": int(asked.sum())}

    def _examples(self, past: Baskets, last: Baskets, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Figures and label of what is asked about, of which only a share of what was not bought."""
        keys = len(self._type_of)
        bought = distinct(last.customer * keys + last.key)
        figures, labels = [np.empty((0, len(FEATURES)), np.float32)], [np.empty(0, np.bool_)]
        people = np.unique(past.customer)
        for start in range(0, len(people), CHUNK):
            some = np.zeros(len(past.count), np.bool_)
            some[people[start : start + CHUNK]] = True
            theirs = past.of(some).compact()
            proposed = self._asked_about(theirs)
            label = np.isin(np.flatnonzero(some)[proposed.customer] * keys + proposed.key, bought)
            kept = label | (rng.random(len(label)) < self.config.negatives)
            asked = Proposed(customer=proposed.customer[kept], key=proposed.key[kept], alike=proposed.alike[kept])
            figures.append(features(theirs, asked, self._items, type_of=self._type_of))
            labels.append(label[kept])
        return np.concatenate(figures), np.concatenate(labels)

    def bind(self, catalog: CatalogTable) -> None:
        """Lay what was learned over the styles of a catalogue."""
        figures = np.array([self.state.items.get(name, (0.0, 0.0, 0.0, 0.0, 0.0)) for name in catalog.groups], np.float64).reshape(-1, 5)
        self._items = Items(*figures.T)
        self._type_of = types_of_groups(catalog)
        self._popular = self._popular_of_late()
        self._likeness = self.state.alike.over(catalog.groups)
        self._trees = None

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Make room for new styles, of which nothing was learned."""
        news = catalog.groups[len(self._items.lines) :]
        if not (self.state.items.keys().isdisjoint(news) and set(news).isdisjoint(self.state.alike.names)):
            self.bind(catalog)
            return
        self._items = Items(*(np.append(getattr(self._items, name), np.zeros(len(news))) for name in Items.__struct_fields__))
        self._type_of = types_of_groups(catalog)
        self._popular = self._popular_of_late()
        self._likeness = self._likeness.with_unknown(len(news))

    def _popular_of_late(self) -> NDArray[np.int64]:
        return np.argsort(-(self._items.of_late + 1e-4 * self._items.lines), kind="stable")[: self.config.popular]

    def _asked_about(self, baskets: Baskets) -> Proposed:
        """What might come next for each customer with a basket: their own, what is most like it, what is popular of late."""
        keys, people = len(self._type_of), len(baskets.count)
        code, count = np.unique(baskets.customer * keys + baskets.key, return_counts=True)
        start = np.searchsorted(code, np.arange(people + 1) * keys)
        parts = [self._asked_about_one(code[a:b] % keys, np.log1p(count[a:b])) for a, b in pairwise(start.tolist())]
        return Proposed(
            customer=np.repeat(np.arange(people), [len(key) for key, _ in parts]),
            key=np.concatenate([key for key, _ in parts]),
            alike=np.concatenate([alike for _, alike in parts]),
        )

    def _asked_about_one(self, own: NDArray[np.int64], amount: Floats) -> tuple[NDArray[np.int64], Floats]:
        likeness = self._likeness
        alike = likeness.of(own, amount)
        nearest = np.empty(0, np.int64)
        if self.config.like < len(alike):
            new = alike.copy()
            place = likeness.place[own]
            new[place[place >= 0]] = -np.inf
            nearest = likeness.kept[np.argpartition(-new, self.config.like)[: self.config.like]]
        key = np.unique(np.concatenate((own, nearest, self._popular)))
        place = likeness.place[key]
        return key, np.where(place >= 0, alike[np.maximum(place, 0)], 0.0) if len(alike) else np.zeros(len(key))

    def rank(self, baskets: Baskets) -> tuple[Proposed, Floats]:
        """What each customer might have next, and how likely, float64 [n]; all at once, so give few hundred customers. Needs a trained model."""
        proposed = self._asked_about(baskets)
        figures = features(baskets, proposed, self._items, type_of=self._type_of)
        self._trees = self._trees or _planted(self.state.model)
        odds = self._trees.predict(figures, raw_score=True, num_threads=1)
        return proposed, 1 / (1 + np.exp(-odds) / self.config.negatives)

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the likeliest; what they never had is explained by what of theirs speaks for it most."""
        own = customer.history.own()
        if not self.state.model or not len(own.rows):
            return Candidates.none()
        baskets = baskets_of(np.zeros(len(own.rows), np.int32), own.groups, own.at / DAY_SECONDS, customers=1)
        proposed, score = self.rank(baskets)
        latest = {int(group): line for line, group in enumerate(own.groups.tolist())}
        best = np.argsort(-score, kind="stable")[: self.config.proposed]
        sensitive = customer.catalog.sensitive[own.rows]
        sayable = np.array([group for group, line in latest.items() if own.orders[line] >= 0 and not sensitive[line]], np.int64)
        found = []
        for group, worth, speaker in zip(
            proposed.key[best].tolist(), score[best].tolist(), self._likeness.speakers(proposed.key[best], sayable).tolist(), strict=True
        ):
            if group in latest and own.orders[latest[group]] >= 0:
                found.append((int(own.rows[latest[group]]), worth, _bought("due_again", _order(customer, own, latest[group]))))
            elif group not in latest and speaker >= 0:
                order = _order(customer, own, latest[speaker])
                because = msgspec.structs.replace(_bought("like_you", order), anchor=int(own.rows[latest[speaker]]), anchor_at=order.at)
                found.append((customer.catalog.rows_of_group[group][0], worth, because))
        return Candidates.of(found)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=NextBasketState)


def _baskets(purchases: PurchaseTable) -> Baskets:
    return baskets_of(purchases.customer, purchases.catalog.group_of[purchases.row], purchases.day, customers=len(purchases.customers))


def _by_name(items: Items, catalog: CatalogTable) -> dict[str, tuple[float, float, float, float, float]]:
    columns = (items.lines, items.buyers, items.repeat_share, items.of_late, items.in_last)
    found = np.flatnonzero(items.lines)
    return dict(zip((catalog.groups[code] for code in found.tolist()), zip(*(column[found].tolist() for column in columns), strict=True), strict=True))


def _grow(figures: NDArray[np.float32], label: NDArray[np.bool_], config: NextBasketConfig) -> str:
    """Boosted trees as text."""
    import lightgbm  # noqa: PLC0415 -- only shops with enough baskets need it, and it is slow to import

    settings = {
        "objective": "binary",
        "learning_rate": 0.06,
        "num_leaves": config.leaves,
        "min_data_in_leaf": 200,
        "feature_fraction": 0.7,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "seed": config.seed,
        "deterministic": True,
        "num_threads": 1,
        "verbose": -1,
    }
    rows = lightgbm.Dataset(figures, label, feature_name=list(FEATURES))
    return str(lightgbm.train(settings, rows, config.rounds).model_to_string())


def _planted(model: str) -> Any:
    import lightgbm  # noqa: PLC0415 -- the same

    return lightgbm.Booster(model_str=model)


def _order(customer: Customer, own: History, line: int) -> Order:
    return customer.profile.orders[int(own.orders[line])]


def _bought(code: str, order: Order) -> Because:
    evidence = (Evidence(message_id=order.event_id, at=order.at),)
    return Because(code=code, evidence=evidence, source="observed_offline" if order.channel == "pos" else "observed_here", last_at=order.at)
