"""What tells a want from a look: weights learned without labels, days between looks, what only an owner needs, and the words of the catalogue.

A look was part of a want where its type was looked at again on another day, or bought, within two weeks. That is a label anybody's log holds, but only of
some wants: others end silently. The share of the surest wants that get it, c, corrects for that (Elkan and Noto 2008, positive and unlabelled examples).
"""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.products import Product
from tactful.model.tables import LOOK_KINDS, LookTable, PurchaseTable
from tactful.model.wants import PRIOR, WantModel, WantWeights, words_of
from tactful.recommend._component import Component, Facts
from tactful.recommend._logistic import expit
from tactful.recommend._pairs import purchase_days

Floats = NDArray[np.float64]
LEARNED = ("day", "cart", "wish", "ask")
"""Weights learned from looks, in the order of the features."""


class WantsConfig(Struct, frozen=True, kw_only=True):
    """Settings of learning what a want is."""

    learn_weights: bool = False
    """Use the weights learned, not only tell them: on the logs measured they did no better than the stated ones (docs/benchmarks-intent.md)."""
    horizon_days: float = 14.0
    """Coming back or buying within so long is the label."""
    least_examples: int = 200
    least_positives: int = 20
    prior_strength: float = 30.0
    """How firmly the stated weights hold: precision of the log odds around them."""
    sure_days: int = 4
    """Days with a sign from which on a want is taken for sure."""
    prior_sure: float = 0.7
    """Share of sure wants that come back or buy in time, before a log tells."""
    prior_weight: float = 50.0
    gap_weight: float = 20.0
    """How many gaps the parent type's mean is worth."""
    most_of_one_look: float = 0.5
    """However eager the customers of a log are: one look alone is never more likely a want than not."""
    longest_gap_days: float = 28.0
    """Who comes back after longer began anew."""
    accessory_share: float = 0.6
    """Least share of a type's buyers who had bought the other before, for it to be what only an owner needs."""
    accessory_lift: float = 2.0
    bought_again: float = 0.3
    """Least share of buyers who buy a type again, from which on it is used up and nothing is for its owners only."""
    least_buyers: int = 15
    most_customers: int = 5000
    word_share: float = 0.3
    """A word means a type where at least this share of its titles hold it."""


class _State(Struct):
    weights: WantWeights = PRIOR.weights
    gap_days: dict[str, float] = {}
    accessories: dict[str, list[str]] = {}


class Wants(Component):
    """Weights of evidence and what is known of each type. Untrained: stated priors, and what lies below a type in its path is for its owners."""

    name: ClassVar[str] = "wants"
    reads_words: ClassVar[bool] = True

    def __init__(self, config: WantsConfig | None = None) -> None:
        self.config = config or WantsConfig()
        self.state = _State()
        self.model: WantModel = PRIOR
        self._catalog: CatalogTable | None = None

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn which types are bought by owners of another only."""
        self.state = _State(accessories=_accessories(purchases, self.config))
        return {"types_with_accessories": len(self.state.accessories)}

    def watch(self, looks: LookTable, purchases: PurchaseTable) -> Facts:
        """Learn the weights and the days between looks."""
        examples = _examples(looks, purchases, self.config.horizon_days)
        weights = _fit(examples, self.config)
        gaps = _gap_days(examples, purchases.catalog, self.config)
        used = weights if weights is not None and self.config.learn_weights else PRIOR.weights
        self.state = _State(weights=used, gap_days=gaps, accessories=self.state.accessories)
        return {
            "occasions": len(examples.label),
            "came_back_or_bought": int(examples.label.sum()),
            "learned": int(weights is not None),
            **{name: round(getattr(weights or PRIOR.weights, name), 3) for name in ("base", *LEARNED)},
        }

    def bind(self, catalog: CatalogTable) -> None:
        """Lay gaps and accessories over the types, and index the words of the catalogue."""
        if self._catalog is not catalog:
            self._catalog, self._said = catalog, _said(catalog, {}, first=0)
            self._meant = {code: self._means(code) for code in range(len(catalog.types))}
            self._words = _together({(word, code) for code, words in self._meant.items() for word in words})
        self.model = self._model(catalog)

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Count the words of what is new; they change what words mean only of its types."""
        self._catalog, self._said, types = catalog, _said(catalog, self._said, first=first), len(self._meant)
        self._ask_again(catalog.type_of[first:].tolist())
        if len(catalog.types) > types:
            self.model = self._with_types(catalog, since=types)

    def reword(self, catalog: CatalogTable, former: Mapping[int, Product]) -> None:
        """Count the words of the titles that changed; they change what words mean only of their types."""
        self._catalog, self._said = catalog, _said_instead(catalog, self._said, former)
        self._ask_again(catalog.type_of[[*former]].tolist())

    def _ask_again(self, types: list[int]) -> None:
        """Find anew which words mean some types."""
        self._meant, words = dict(self._meant), dict(self._words)
        for code in sorted(set(types)):
            former, self._meant[code] = self._meant.get(code, frozenset()), self._means(code)
            for word in former ^ self._meant[code]:
                codes = {*words.pop(word, ())} ^ {code}
                words |= {word: tuple(sorted(codes))} if codes else {}
        self._words = words
        self.model = msgspec.structs.replace(self.model, words=words)

    def _with_types(self, catalog: CatalogTable, *, since: int) -> WantModel:
        """The model with the types from a code on."""
        named, news = dict(self.model.named), range(since, len(catalog.types))
        for code in news:
            named |= {word: (*named.get(word, ()), code) for word in words_of(catalog.types[code].rpartition(" > ")[2])}
        gaps, accessories = self.model.gap_days | self._gaps(catalog, news), _over_types(self.state.accessories, catalog)
        return msgspec.structs.replace(self.model, gap_days=gaps, accessories=accessories, named=named)

    def _model(self, catalog: CatalogTable) -> WantModel:
        return WantModel(
            weights=self.state.weights,
            gap_days=self._gaps(catalog, range(len(catalog.types))),
            accessories=_over_types(self.state.accessories, catalog),
            words=self._words,
            named=_together(_named(catalog)),
        )

    def _gaps(self, catalog: CatalogTable, types: range) -> dict[int, float]:
        """Days between looks of the types that are known to differ from the usual."""
        learned = ((code, _of_nearest(self.state.gap_days, catalog.types[code])) for code in types)
        return {code: days for code, days in learned if days is not None and days != self.state.weights.gap_days}

    def _means(self, code: int) -> frozenset[str]:
        """The words of the last step of a type's path, and those that many of its titles hold."""
        assert self._catalog is not None
        said = self._said.get(code, _NOTHING_SAID)
        often = {word for word, count in said.words.items() if count >= self.config.word_share * said.titles}
        return frozenset(often.union(words_of(self._catalog.types[code].rpartition(" > ")[2])))

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=_State)


def _of_nearest(values: dict[str, float], path: str) -> float | None:
    """The value of a type, else of the nearest type above it, else of all (keyed by the empty path)."""
    while path and path not in values:
        path = path.rpartition(" > ")[0]
    return values.get(path)


class _Examples(Struct, frozen=True, kw_only=True):
    """One row a day with a sign of a customer and type, columns of equal length n, sorted by customer, type, day."""

    type_code: NDArray[np.int64]
    features: Floats
    """The binary logarithm of one plus the days with a sign so far, less one; then whether there was a cart, a wish, a question so far; float64 [n, 4]."""
    gap: Floats
    """Days until the next day with a sign; NaN where there is none."""
    label: NDArray[np.bool_]
    known: NDArray[np.bool_]
    """The window is long enough to tell the label, and the day did not end with a purchase of it: that is no longer a want."""


def _examples(looks: LookTable, purchases: PurchaseTable, horizon: float) -> _Examples:
    types = purchases.catalog.type_of
    kind = np.array([LOOK_KINDS.index(name) for name in ("cart", "wish", "ask")])
    shown = looks.kind < LOOK_KINDS.index("uncart")
    pair = looks.customer[shown].astype(np.int64) * len(purchases.catalog.types) + types[looks.row[shown]]
    day = np.floor(looks.day[shown])
    order = np.lexsort((day, pair))
    pair, day, strong = pair[order], day[order], looks.kind[shown][order][:, None] == kind[None, :]
    new_day = np.concatenate(([True], (np.diff(pair) != 0) | (np.diff(day) != 0))) if len(pair) else np.empty(0, np.bool_)
    start = np.flatnonzero(new_day)
    flags = np.logical_or.reduceat(strong, start, axis=0) if len(start) else np.empty((0, 3), np.bool_)
    pair, day = pair[start], day[start]
    bought = _next_purchase(pair, day, purchases)
    first = _begins(pair, day, bought)
    begun = np.maximum.accumulate(np.where(first, np.arange(len(pair)), 0)) if len(pair) else np.empty(0, np.int64)
    number = np.arange(len(pair)) - begun
    total = np.cumsum(flags, axis=0)
    so_far = total - (total - flags)[begun] > 0
    following = np.append(np.where(first[1:], np.nan, np.diff(day)), np.nan)[: len(pair)]
    with np.errstate(invalid="ignore"):
        label = (following <= horizon) | (bought - day <= horizon)
    return _Examples(
        type_code=pair % len(purchases.catalog.types),
        features=np.column_stack([np.log2(number + 2.0) - 1.0, so_far]),
        gap=following,
        label=label,
        known=(day + horizon < looks.until_day) & (bought > day),
    )


def _begins(pair: NDArray[np.int64], day: Floats, bought: Floats) -> NDArray[np.bool_]:
    """Where a want begins: another customer or type, or the type was bought since the look before."""
    if not len(pair):
        return np.empty(0, np.bool_)
    return np.concatenate(([True], (np.diff(pair) != 0) | (bought[:-1] < day[1:])))


def _next_purchase(pair: NDArray[np.int64], day: Floats, purchases: PurchaseTable) -> Floats:
    """The day of the next purchase of the pair's type by its customer, on the day itself or later; inf where none."""
    bought = purchases.customer.astype(np.int64) * len(purchases.catalog.types) + purchases.catalog.type_of[purchases.row]
    if not len(bought) or not len(pair):
        return np.full(len(pair), np.inf)
    origin = min(float(purchases.day.min()), float(day.min()))
    step = max(float(purchases.day.max()), float(day.max())) - origin + 2.0
    keys = np.sort(bought * step + np.floor(purchases.day) - origin)
    wanted = pair * step + day - origin
    at = np.searchsorted(keys, wanted - 1e-6)
    found = keys[np.minimum(at, len(keys) - 1)]
    same = (at < len(keys)) & (np.floor(found / step) == pair)
    return np.where(same, found - pair * step + origin, np.inf)


def _fit(examples: _Examples, config: WantsConfig) -> WantWeights | None:
    """Weights by logistic regression around the priors; None where there is too little to learn from."""
    features, label = examples.features[examples.known], examples.label[examples.known]
    if len(label) < config.least_examples or min(label.sum(), (~label).sum()) < config.least_positives:
        return None
    prior = PRIOR.weights
    weight = _around(features, label, prior=np.array([getattr(prior, name) for name in LEARNED]), strength=config.prior_strength)
    sure = (2 ** (features[:, 0] + 1) - 1 >= config.sure_days - 0.5) | (features[:, 2:] > 0).any(axis=1)
    caught = (label[sure].sum() + config.prior_weight * config.prior_sure) / (sure.sum() + config.prior_weight)
    lone = features.sum(axis=1) == 0
    stated = float(expit(np.array(prior.base + prior.day)))
    share = (label[lone].sum() / caught + config.prior_weight * stated) / (lone.sum() + config.prior_weight)
    learned = dict(zip(LEARNED, np.maximum(weight, 0.0).tolist(), strict=True))
    share = float(np.clip(share, 0.02, config.most_of_one_look))
    base = float(np.log(share / (1 - share))) - learned["day"]
    return msgspec.structs.replace(prior, base=base, **learned)


def _around(features: Floats, label: NDArray[np.bool_], *, prior: Floats, strength: float, steps: int = 25) -> Floats:
    """Logistic regression with an unpenalised intercept, drawn to stated weights; float64 [f]."""
    design = np.column_stack([np.ones(len(features)), features])
    penalty = np.diag([1e-6, *([strength] * len(prior))])
    centre = np.concatenate(([0.0], prior))
    weight = centre.copy()
    weight[0] = np.log(label.mean() / (1 - label.mean())) - float(features.mean(axis=0) @ prior)
    for _ in range(steps):
        probability = expit(design @ weight)
        gradient = design.T @ (label - probability) - penalty @ (weight - centre)
        curvature = (design * (probability * (1 - probability) + 1e-9)[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        weight = weight + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-6:
            break
    return np.asarray(weight[1:])


def _gap_days(examples: _Examples, catalog: CatalogTable, config: WantsConfig) -> dict[str, float]:
    """Mean days between looks of people who came back, by type path, each drawn to the path above it; all together under the empty path."""
    back = examples.gap <= config.longest_gap_days
    total: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for code, gap in zip(examples.type_code[back].tolist(), examples.gap[back].tolist(), strict=True):
        path = catalog.types[code]
        while True:
            total[path] += gap
            count[path] += 1
            if not path:
                break
            path = path.rpartition(" > ")[0]
    mean: dict[str, float] = {}
    for path in sorted(count, key=lambda path: (len(path.split(" > ")) if path else 0, path)):
        above = _of_nearest(mean, path.rpartition(" > ")[0]) if path else PRIOR.weights.gap_days
        mean[path] = (total[path] + config.gap_weight * (above or PRIOR.weights.gap_days)) / (count[path] + config.gap_weight)
    return mean


def _accessories(purchases: PurchaseTable, config: WantsConfig) -> dict[str, list[str]]:
    """Types by the type that nearly all of their buyers had bought before, though few others have it."""
    types = purchases.catalog.types
    code = purchases.catalog.type_of[purchases.row]
    kept = np.flatnonzero(np.bincount(code, minlength=len(types)) >= config.least_buyers)
    column = np.full(len(types), -1)
    column[kept] = np.arange(len(kept))
    inside = (column[code] >= 0) & (purchases.customer < config.most_customers)
    first = np.full((min(len(purchases.customers), config.most_customers), len(kept)), np.inf, np.float32)
    np.minimum.at(first, (purchases.customer[inside], column[code[inside]]), purchases.day[inside])
    owns = np.isfinite(first)
    again = _bought_again(purchases, code)[kept]
    share_of_all = owns.mean(axis=0) if len(first) else np.empty(0)
    lasting = np.flatnonzero(again < config.bought_again)
    mains, share = np.ascontiguousarray(first[:, lasting].T), share_of_all[lasting]
    found: dict[str, list[str]] = {}
    for j in np.flatnonzero(owns.sum(axis=0) >= config.least_buyers).tolist() if len(lasting) else ():
        bought = np.where(owns[:, j], first[:, j], -np.inf)  # nobody has anything before that
        before = np.count_nonzero(mains <= bought, axis=1) / owns[:, j].sum()
        main = (before >= config.accessory_share) & (before >= config.accessory_lift * share) & (share >= share_of_all[j])
        for i in lasting[main].tolist():
            if i != j:
                found.setdefault(types[kept[i]], []).append(types[kept[j]])
    return found


def _bought_again(purchases: PurchaseTable, code: NDArray[np.int32]) -> Floats:
    """Share of each type's buyers who bought it on several days, float64 [types]."""
    width = len(purchases.catalog.types)
    pair, days = np.unique(purchase_days(purchases.customer.astype(np.int64) * width + code, purchases.day)[0], return_counts=True)
    buyers = np.bincount(pair % width, minlength=width)
    return np.asarray(np.bincount(pair % width, weights=days > 1, minlength=width) / np.maximum(buyers, 1))


def _over_types(accessories: dict[str, list[str]], catalog: CatalogTable) -> dict[int, tuple[int, ...]]:
    """The learned accessories, and what lies below a type in its path."""
    codes: dict[int, set[int]] = {}
    for name, others in accessories.items():
        if name in catalog.type_code:
            codes.setdefault(catalog.type_code[name], set()).update(catalog.type_code[other] for other in others if other in catalog.type_code)
    for name, code in catalog.type_code.items():
        above = name.rpartition(" > ")[0]
        while above:
            if above in catalog.type_code:
                codes.setdefault(catalog.type_code[above], set()).add(code)
            above = above.rpartition(" > ")[0]
    return {code: tuple(sorted(others)) for code, others in codes.items()}


class _Said(Struct):
    """What the titles of one type say."""

    titles: int = 0
    words: Counter[str] = msgspec.field(default_factory=Counter)
    """By word: how many titles hold it."""


_NOTHING_SAID = _Said()


def _said(catalog: CatalogTable, former: dict[int, _Said], *, first: int) -> dict[int, _Said]:
    """What the titles of each type say: of the rows from ``first`` on, added to what was said before."""
    said, types = dict(former), catalog.type_of[first:].tolist()
    for code in set(types) & former.keys():
        said[code] = _Said(former[code].titles, Counter(former[code].words))
    for product, code in zip(catalog.products[first:], types, strict=True):
        kind = said.setdefault(code, _Said())
        kind.titles += 1
        kind.words.update(set(words_of(product.title)))
    return said


def _said_instead(catalog: CatalogTable, said: dict[int, _Said], former: Mapping[int, Product]) -> dict[int, _Said]:
    """What the titles of each type say, where some rows said what ``former`` holds before."""
    said = dict(said)
    for row, product in former.items():
        kind = said[int(catalog.type_of[row])]
        words = kind.words - Counter(set(words_of(product.title))) + Counter(set(words_of(catalog.products[row].title)))
        said[int(catalog.type_of[row])] = _Said(kind.titles, words)
    return said


def _named(catalog: CatalogTable) -> set[tuple[str, int]]:
    """The words of the last step of each type's path."""
    return {(word, code) for code, name in enumerate(catalog.types) for word in words_of(name.rpartition(" > ")[2])}


def _together(pairs: set[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for word, code in sorted(pairs):
        found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}
