"""How long one thing closes the want for another of its type: learned from repurchases, durables for ever.

Source: the ban on a type ends at the tenth percentile of its repurchase gaps; types that few buyers ever buy again never call for a second one.
"""

from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.tables import PurchaseTable
from tactful.recommend._component import Component, Facts
from tactful.recommend._pairs import summarise


class LifeConfig(Struct, frozen=True, kw_only=True):
    """Settings of expected life."""

    durable_below: float = 0.15
    """Share of buyers who buy the type again, under which it counts as durable."""
    prior_share: float = 0.1
    """Before there is a log, everything counts as durable: the cautious error."""
    prior_weight: float = 3.0
    """How many buyers the prior is worth."""
    quantile: float = 0.1


class Life(Component):
    """Expected life per type in days, infinite for durables. An unknown type is durable."""

    name: ClassVar[str] = "life"

    def __init__(self, config: LifeConfig | None = None) -> None:
        self.config = config or LifeConfig()
        self.state: dict[str, float] = {}
        self.days: NDArray[np.float64] = np.empty(0)

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn from gaps between purchase days of the same customer and type."""
        config, catalog = self.config, purchases.catalog
        pairs = summarise(purchases.customer, catalog.type_of[purchases.row], purchases.day)
        buyers = np.bincount(pairs.key, minlength=len(catalog.types))
        again = np.bincount(pairs.key[pairs.count > 1], minlength=len(catalog.types))
        share = (again + config.prior_weight * config.prior_share) / (buyers + config.prior_weight)
        lives = _quantiles(pairs.key[pairs.count > 1], np.exp(pairs.log_gap_mean[pairs.count > 1]), config.quantile)
        self.state = {catalog.types[code]: days for code, days in lives.items() if share[code] >= config.durable_below}
        return {"types": int((buyers > 0).sum()), "durable": int(((buyers > 0) & (share < config.durable_below)).sum())}

    def bind(self, catalog: CatalogTable) -> None:
        """Lay the lives over the types of a catalogue."""
        self.days = np.array([self.state.get(name, np.inf) for name in catalog.types])

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=dict[str, float])


def _quantiles(key: NDArray[np.int64], value: NDArray[np.float64], quantile: float) -> dict[int, float]:
    """The quantile of the values of each key, nearest from below."""
    order = np.lexsort((value, key))
    key, value = key[order], value[order]
    codes, start, count = np.unique(key, return_index=True, return_counts=True)
    return dict(zip(codes.tolist(), value[start + np.floor(quantile * (count - 1)).astype(np.int64)].tolist(), strict=True))
