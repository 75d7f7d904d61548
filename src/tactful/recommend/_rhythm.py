"""What is usual between two purchases: how long, how regular, and whether there is a second one at all."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.recommend._pairs import Pairs

Floats = NDArray[np.float64]
BUYERS_WEIGHT = 5.0
"""How many customers the parent's figures are worth."""
GAPS_WEIGHT = 10.0
"""How many gaps the parent's regularity is worth."""


class Rhythm(Struct, frozen=True, kw_only=True):
    """What is usual for a style or type."""

    gap_days: float = 30.0
    repeat_share: float = 0.3
    """Share of buyers who buy again."""
    spread: float = 0.7
    """Standard deviation of one customer's log gaps: .1 is clockwork, 1 is anyhow."""


class Rhythms(Struct, frozen=True, kw_only=True):
    """Learned by style id and type path, each shrunk to its parent."""

    everywhere: Rhythm = Rhythm()
    types: dict[str, Rhythm] = {}
    groups: dict[str, Rhythm] = {}

    def of_groups(self, catalog: CatalogTable, *, since: int = 0) -> list[Rhythm]:
        """One rhythm per style of a catalogue, from some style code on; a new style takes its type's."""
        by_type, type_of_group = self.of_types(catalog), types_of_groups(catalog)
        return [self.groups.get(name) or by_type[type_of_group[code]] for code, name in enumerate(catalog.groups[since:], since)]

    def of_types(self, catalog: CatalogTable) -> list[Rhythm]:
        """One rhythm per type of a catalogue."""
        return [self.types.get(name, self.everywhere) for name in catalog.types]


def types_of_groups(catalog: CatalogTable) -> NDArray[np.int64]:
    """Type code per style code."""
    types = np.zeros(len(catalog.groups), np.int64)
    types[catalog.group_of] = catalog.type_of
    return types


def learn_rhythms(pairs: Pairs, catalog: CatalogTable) -> Rhythms:
    """Learn from (customer, style) pairs of all customers."""
    type_of_group = types_of_groups(catalog)
    everywhere = _rhythms(pairs, np.zeros(len(pairs.key), np.int64), [Rhythm()])[0]
    by_type = _rhythms(pairs, type_of_group[pairs.key], [everywhere] * len(catalog.types))
    by_group = _rhythms(pairs, pairs.key, [by_type[code] for code in type_of_group.tolist()])
    return Rhythms(
        everywhere=everywhere,
        types={catalog.types[code]: by_type[code] for code in np.unique(type_of_group[pairs.key]).tolist()},
        groups={catalog.groups[code]: by_group[code] for code in np.unique(pairs.key).tolist()},
    )


def _rhythms(pairs: Pairs, code: NDArray[np.int64], parents: list[Rhythm]) -> list[Rhythm]:
    size = len(parents)
    gap, share, spread = np.array([(parent.gap_days, parent.repeat_share, parent.spread) for parent in parents]).T
    again = pairs.count > 1
    repeaters = np.bincount(code[again], minlength=size)
    log_gap = np.bincount(code[again], weights=pairs.log_gap_mean[again], minlength=size)
    freedom = np.bincount(code[again], weights=pairs.count[again] - 2, minlength=size)
    square = np.bincount(code[again], weights=pairs.log_gap_square[again], minlength=size)
    gap = np.exp((log_gap + BUYERS_WEIGHT * np.log(gap)) / (repeaters + BUYERS_WEIGHT))
    share = (repeaters + BUYERS_WEIGHT * share) / (np.bincount(code, minlength=size) + BUYERS_WEIGHT)
    spread = np.sqrt((square + GAPS_WEIGHT * spread**2) / (freedom + GAPS_WEIGHT))
    return [Rhythm(gap_days=g, repeat_share=r, spread=s) for g, r, s in zip(gap.tolist(), share.tolist(), spread.tolist(), strict=True)]
