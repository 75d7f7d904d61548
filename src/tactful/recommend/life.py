"""How long one thing closes the want for another of its type, and when even a durable has served its time: learned from repurchases.

Source: the ban on a type ends when one owner in ten has bought another; types that few owners ever buy again never call for a second one. The gaps are
survival times: an owner who has not bought again yet counts up to the end of the log (Kaplan and Meier 1958), and the hazard of a type is shrunk to that of
its parent type, the parents' to everything's, and that to a durable's. What comes in sizes is clothing, of which one has several: there the ban ends at the
tenth percentile of the gaps of those who did buy again.
"""

from typing import ClassVar, TypeVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.tables import PurchaseTable
from tactful.recommend._component import Component, Facts
from tactful.recommend._pairs import purchase_days

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EVERYTHING = ""
Value = TypeVar("Value")
EDGES = np.unique(np.round(np.geomspace(1, 7300, 64)))
"""Ends of the bins of age in days, up to twenty years."""


class LifeConfig(Struct, frozen=True, kw_only=True):
    """Settings of expected life."""

    durable_below: float = 0.15
    """Share of owners who buy the type again within the time that the log has seen, under which it counts as durable."""
    prior_yearly: float = 0.1
    """Before there is a log, one owner in ten buys again within a year: everything counts as durable, the cautious error."""
    prior_weight: float = 5.0
    """How many owners the parent's hazard is worth."""
    gap_weight: float = 2.0
    """How many owners the parent's gap is worth."""
    quantile: float = 0.1
    """Share of the owners who have bought another when the want opens again; of what comes in sizes, of those who buy again at all."""
    filler: float = 0.5
    """The same for what nothing of theirs speaks for: what is popular, or new of a brand."""
    least_sized: float = 0.5
    """Share of what was bought of a type that came in a size, from which on one has several of it."""
    least_replaced: int = 20
    """Repurchases of a durable that must have been seen before it is said to outlive."""
    worn: float = 0.9
    """Of those who replaced a durable, the share that had by the age at which it counts as worn. The early ones among them bought a second, or the log was too
    short to see the late ones: at the median, simulated shops showed people their own belts."""


class Lives(Struct, frozen=True, kw_only=True):
    """What was learned, by type path or the beginning of one, in days. What is absent takes its parent's."""

    closes: dict[str, float] = {}
    """How long a purchase closes the want; durables are absent."""
    fillers: dict[str, float] = {}
    """How long it does for what nothing of theirs speaks for; inf where that is for good."""
    outlives: dict[str, float] = {}
    """Age by which nearly all who ever replace a durable have, where enough did."""


class _Spans(Struct, frozen=True, kw_only=True):
    """One row a purchase day of an owner: what came after it. Columns of equal length n, sorted by type."""

    age: Floats
    """Days until the next purchase of the type, or until the log ended."""
    again: NDArray[np.bool_]
    """Whether there was a next one."""
    code: Ints
    """Type code."""
    weight: Floats
    """All rows of one owner of one type weigh one together."""

    def of(self, codes: list[int]) -> "_Spans":
        """Those of some types."""
        start, end = (np.searchsorted(self.code, sorted(codes), side=side).tolist() for side in ("left", "right"))
        mine = np.concatenate([np.arange(a, b) for a, b in zip(start, end, strict=True)]) if codes else np.empty(0, np.int64)
        return _Spans(age=self.age[mine], again=self.again[mine], code=self.code[mine], weight=self.weight[mine])


class Life(Component):
    """Expected life per type in days, infinite for durables. An unknown type takes its parent's life where that was learned, and else is durable."""

    name: ClassVar[str] = "life"
    form: ClassVar[int] = 2

    def __init__(self, config: LifeConfig | None = None) -> None:
        self.config = config or LifeConfig()
        self.state = Lives()
        self.days: Floats = np.empty(0)
        self.filler_days: Floats = np.empty(0)
        self.outlived_days: Floats = np.empty(0)

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn from the gaps between purchase days of the same customer and type, and from the time since the last one."""
        catalog = purchases.catalog
        spans = _spans(purchases)
        sized = _come_in_sizes(purchases, least=self.config.least_sized)
        hazards: dict[str, Floats] = {}
        closes: dict[str, float] = {}
        fillers: dict[str, float] = {}
        outlives: dict[str, float] = {}
        for name, members in _families(np.unique(spans.code), catalog.types):
            mine = spans.of(members)
            if name == EVERYTHING:
                mine = _every_department_alike(mine, catalog.types)
            hazard = hazards[name] = self._hazard(mine, parent=_nearest(name, hazards))
            back = 1.0 - np.cumprod(1.0 - hazard)
            within = float(np.interp(mine.age.max(initial=0.0), EDGES, back))
            if within >= self.config.durable_below and sized[members].all():
                closes[name] = fillers[name] = self._quantile(mine, parent=_nearest(name, closes))
            elif within >= self.config.durable_below:
                closes[name] = float(np.interp(self.config.quantile, back, EDGES))
                fillers[name] = float(np.interp(self.config.filler, back, EDGES)) if within >= self.config.filler else np.inf
            elif mine.again.sum() >= self.config.least_replaced:
                outlives[name] = _weighted_quantile(mine.age[mine.again], mine.weight[mine.again], self.config.worn)
        self.state = Lives(closes=closes, fillers=fillers, outlives=outlives)
        types = {catalog.types[each] for each in np.unique(spans.code).tolist()}
        return {"types": len(types), "durable": len(types - set(closes)), "outlived": len(types & set(outlives))}

    def _hazard(self, spans: _Spans, *, parent: Floats | None) -> Floats:
        """Probability per bin of age that an owner buys again in it, having not done so before; float64 [bins]."""
        if parent is None:
            width = np.diff(EDGES, prepend=0.0)
            parent = 1.0 - (1.0 - self.config.prior_yearly) ** (width / 365.0)
        last = np.minimum(np.searchsorted(EDGES, spans.age), len(EDGES) - 1)
        gone = np.bincount(last, weights=spans.weight, minlength=len(EDGES))
        events = np.bincount(last, weights=spans.weight * spans.again, minlength=len(EDGES))
        at_risk = gone.sum() - np.concatenate(([0.0], np.cumsum(gone)[:-1])) - 0.5 * (gone - events)
        hazard: Floats = (events + self.config.prior_weight * parent) / (np.maximum(at_risk, events) + self.config.prior_weight)
        return hazard

    def _quantile(self, spans: _Spans, *, parent: float | None) -> float:
        """The low quantile of the gaps of those who bought again, shrunk to the parent's on a log scale."""
        age, weight = spans.age[spans.again], spans.weight[spans.again]
        own = _weighted_quantile(age, weight, self.config.quantile) if len(age) else np.inf
        if parent is None or not len(age):
            return own if parent is None else parent
        owners = float(weight.sum())
        return float(np.exp((owners * np.log(own) + self.config.gap_weight * np.log(parent)) / (owners + self.config.gap_weight)))

    def bind(self, catalog: CatalogTable) -> None:
        """Lay the lives over the types of a catalogue."""
        known = self.state.closes.keys() | self.state.outlives.keys()
        kin = [next((path for path in _lineage(name) if path in known), EVERYTHING) for name in catalog.types]
        self.days, self.filler_days, self.outlived_days = (
            np.array([learned.get(name, np.inf) if name != EVERYTHING else np.inf for name in kin])
            for learned in (self.state.closes, self.state.fillers, self.state.outlives)
        )

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Only new types change anything."""
        if len(catalog.types) > len(self.days):
            self.bind(catalog)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=Lives)


def _spans(purchases: PurchaseTable) -> _Spans:
    """Days between purchases of the same customer and type; the last one lasts until the end of the log."""
    width = len(purchases.catalog.types)
    owner, day = purchase_days(purchases.customer.astype(np.int64) * width + purchases.catalog.type_of[purchases.row], purchases.day)
    code, again = owner % max(width, 1), np.append(owner[1:] == owner[:-1], np.zeros(min(len(owner), 1), np.bool_))
    gap = np.append(np.diff(day), np.zeros(min(len(day), 1)))
    number = np.cumsum(np.diff(owner, prepend=-1) > 0) - 1
    days = np.bincount(number)
    age = np.maximum(np.where(again, gap, purchases.until_day - day), 0.5)
    by_type = np.argsort(code, kind="stable")
    return _Spans(age=age[by_type], again=again[by_type], code=code[by_type], weight=1.0 / days[number][by_type])


def _come_in_sizes(purchases: PurchaseTable, *, least: float) -> NDArray[np.bool_]:
    """Types of which so large a share of what was bought came in a size, bool [types]."""
    types, width = purchases.catalog.type_of[purchases.row], len(purchases.catalog.types)
    sized = np.bincount(types, weights=purchases.catalog.sized[purchases.row], minlength=width)
    return sized >= least * np.maximum(np.bincount(types, minlength=width), 1)


def _every_department_alike(spans: _Spans, types: tuple[str, ...]) -> _Spans:
    """The same rows, weighed so that each department counts the same: else everything would be as quickly used up as most of what is bought."""
    _, of_type = np.unique([path.split(" > ", 1)[0] for path in types], return_inverse=True)
    names, department = np.unique(of_type[spans.code], return_inverse=True)
    owners = np.bincount(department, weights=spans.weight, minlength=len(names))
    return msgspec.structs.replace(spans, weight=spans.weight * (owners.sum() / max(len(names), 1) / owners)[department])


def _lineage(path: str) -> list[str]:
    """A type path, its parents, the nearest first.

    >>> _lineage("A > B > C")
    ['A > B > C', 'A > B', 'A']
    """
    steps = path.split(" > ")
    return [" > ".join(steps[:count]) for count in range(len(steps), 0, -1)]


def _families(codes: Ints, types: tuple[str, ...]) -> list[tuple[str, list[int]]]:
    """Everything, then every path with the types at and below it, parents before children."""
    members: dict[str, list[int]] = {EVERYTHING: codes.tolist()}
    for code in codes.tolist():
        for path in _lineage(types[code]):
            members.setdefault(path, []).append(code)
    return sorted(members.items(), key=lambda family: (family[0] != EVERYTHING, family[0].count(" > "), family[0]))


def _nearest(name: str, learned: dict[str, Value]) -> Value | None:
    """What was learned of the nearest ancestor."""
    if name == EVERYTHING:
        return None
    return next((learned[path] for path in _lineage(name)[1:] if path in learned), learned.get(EVERYTHING))


def _weighted_quantile(value: Floats, weight: Floats, quantile: float) -> float:
    """The quantile of weighted values, nearest from below."""
    order = np.argsort(value, kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    return float(value[order][np.searchsorted(share, quantile - 1e-9)])
