"""What has just arrived and is like something of theirs: how a product that nobody has bought yet is found."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.recommend._content import Content
from tactful.recommend._unlearned import UnlearnedSource

NEWS = timedelta(days=30)
MOST_NEW = 0.2
"""Where more of the catalogue than this is new, a feed was loaded, and nothing is news."""
LATEST = 12
"""Purchases and open wants of theirs that arrivals are compared with."""
LEAST_NEAR = 0.2
PROPOSED = 12
WANTED = 0.03
"""About one in thirty wants what has arrived just like it within the week: a stated prior."""


class NewArrival(UnlearnedSource):
    """Propose styles that arrived in the last month and are near to what they bought of late or want now. It goes by the catalogue: nobody need have bought it.

    Unknown customer: nothing.
    """

    name: ClassVar[str] = "new_arrival"
    reads_words: ClassVar[bool] = True

    def bind(self, catalog: CatalogTable) -> None:
        """Find the styles whose every variant appeared after the catalogue began."""
        self._arrived = {group for group, rows in enumerate(catalog.rows_of_group) if _arrived(rows, catalog)}
        self._content = Content(catalog)
        self._mark(catalog)

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Look again at the styles of what is new."""
        touched = set(catalog.group_of[first:].tolist())
        self._arrived = (self._arrived - touched) | {group for group in touched if _arrived(catalog.rows_of_group[group], catalog)}
        self._content = self._content.over(catalog, range(first, len(catalog.products)))
        self._mark(catalog)

    def reword(self, catalog: CatalogTable, former: Mapping[int, Product]) -> None:
        """Read again only the kinds of what says something else."""
        self._content = self._content.over(catalog, [*former])

    def _mark(self, catalog: CatalogTable) -> None:
        self._is_new = np.zeros(len(catalog.groups), np.bool_)
        if len(self._arrived) <= MOST_NEW * len(catalog.groups):
            self._is_new[list(self._arrived)] = True
        self._types = frozenset(np.unique(catalog.type_of[self._is_new[catalog.group_of]]).tolist())

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose each arrival for the one of their things that it is nearest to."""
        best: dict[int, tuple[float, Because]] = {}
        for row, because in _theirs(customer, self._types) if self._types else []:
            rows, nearness = self._content.near(row)
            for i in np.flatnonzero(self._fresh(rows, moment, customer.catalog) & (nearness >= LEAST_NEAR)).tolist():
                if nearness[i] > best.get(int(rows[i]), (0.0, because))[0]:
                    best[int(rows[i])] = float(nearness[i]), because
        ranked = sorted(best.items(), key=lambda found: (-found[1][0], found[0]))[:PROPOSED]
        return Candidates.of([(row, nearness, because) for row, (nearness, because) in ranked])

    def _fresh(self, rows: NDArray[np.int64], moment: Moment, catalog: CatalogTable) -> NDArray[np.bool_]:
        fresh = self._is_new[catalog.group_of[rows]]
        for i in np.flatnonzero(fresh).tolist():
            since = catalog.product(int(rows[i])).since
            fresh[i] = since is not None and timedelta(0) <= moment.now - since <= NEWS
        return fresh

    def prior(self, score: float) -> float:
        """The nearer, the likelier."""
        return WANTED * score


def _arrived(rows: Sequence[int], catalog: CatalogTable) -> bool:
    """Whether every variant of a style appeared after the catalogue began."""
    return all(catalog.products[row].since is not None for row in rows)


def _theirs(customer: Customer, types: frozenset[int]) -> list[tuple[int, Because]]:
    """What they bought for themselves, the latest first, and what they want now, of some types; nothing private."""
    catalog, own = customer.catalog, customer.history.own()
    found: dict[int, Because] = {}
    for code in types.intersection(customer.needs):
        need = customer.needs[code]
        if need.state == "open" and need.rows:
            evidence = Evidence(message_id=need.latest[0].event_id, at=need.latest[0].at)
            found[need.rows[0]] = Because(code=NewArrival.name, evidence=(evidence,), anchor=need.rows[0], last_at=need.last_at)
    of_types = np.flatnonzero(np.isin(own.types, list(types)) & (own.orders >= 0))[::-1].tolist()
    for line in of_types:
        row = int(own.rows[line])
        if row not in found and len(found) < LATEST:
            order = customer.profile.orders[int(own.orders[line])]
            evidence = Evidence(message_id=order.event_id, at=order.at)
            found[row] = Because(code=NewArrival.name, evidence=(evidence,), anchor=row, anchor_at=order.at, last_at=order.at)
    return [(row, because) for row, because in found.items() if not catalog.sensitive[row]]
