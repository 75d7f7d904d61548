"""What they are considering: products and styles of an open need."""

from datetime import datetime
from itertools import islice
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.needs import Need
from tactful.model.tables import PurchaseTable
from tactful.recommend._component import Facts, Source

OTHERS = 4
"""Styles of a kind that they searched for and have not looked at."""
BESIDE_LOOKED_AT = 1
"""As many where they looked at some: who thinks about a certain thing is not choosing among them all. In simulated shops one helped as many visits as four,
and of things of which one is enough, which many have from elsewhere, four were more than twice as many mistakes (docs/simulator.md)."""
MOST_TYPES = 16
"""Of more kinds of thing those chosen or kept, and then those of the latest looks: whoever browses for years is still answered at once."""
CHOSEN = frozenset({"cart", "wish", "ask"})
ALTERNATIVE_WEIGHT = 0.3
"""A style of the same type that they have never looked at, against one that they have; where they only searched for the kind, there is none to stand behind."""


class Considering(Source):
    """Propose what they looked at, and an alternative of the same type. Looks and closed needs are proposed too: policy tells why they are withheld."""

    name: ClassVar[str] = "considering"

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn nothing: needs come with the customer."""
        return {}

    def bind(self, catalog: CatalogTable) -> None:
        """Index the styles of each type by their first variant of that type that is not private; a style may have variants of several types."""
        members: dict[int, dict[int, int]] = {}
        columns = (catalog.type_of.tolist(), catalog.group_of.tolist(), catalog.sensitive.tolist())
        for row, (type_code, group, private) in enumerate(zip(*columns, strict=True)):
            styles = members.setdefault(type_code, {})
            if not private:
                styles.setdefault(group, row)
        self._members = {type_code: list(styles.values()) for type_code, styles in members.items()}

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Add the styles that are new to their type."""
        self._members = dict(self._members)
        for row in range(first, len(catalog.products)):
            kind = int(catalog.type_of[row])
            known = self._members.setdefault(kind, [])
            if not catalog.sensitive[row] and catalog.group_of[row] not in catalog.group_of[known]:
                self._members[kind] = [*known, row]

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose per need; a need's probability is shared by what was looked at, the latest first. What they have is no other for them."""
        proposals = []
        group_of, own = customer.catalog.group_of, customer.history.own()
        known = {*group_of[list(customer.looked_at)].tolist(), *own.groups.tolist()}
        for need in map(customer.needs.__getitem__, _foremost(customer)):
            because = _because(need, customer.catalog)
            proposals += [(row, need.probability * 0.8**rank, because) for rank, row in enumerate(need.rows)]
            if need.state == "open":
                most = BESIDE_LOOKED_AT if need.rows else OTHERS
                others = islice((row for row in self._members[need.type_code] if int(group_of[row]) not in known), most)
                weight = ALTERNATIVE_WEIGHT if need.rows else 1.0
                proposals += [(row, need.probability * weight * 0.9**rank, because) for rank, row in enumerate(others)]
        return Candidates.of(proposals)

    def prior(self, score: float) -> float:
        """About one open need in four is bought within the week; a stated prior, until a log tells."""
        return score / 4

    def dump(self) -> bytes:
        """Nothing was learned."""
        return b""

    def load(self, blob: bytes) -> None:
        """Nothing was learned."""


def _foremost(customer: Customer) -> list[int]:
    """The types that are asked about, in the order of the needs."""
    if len(customer.needs) <= MOST_TYPES:
        return list(customer.needs)
    rank: dict[int, tuple[bool, datetime]] = {}
    catalog = customer.catalog
    looked = customer.looked_at
    chosen = {row for kind in CHOSEN for row in customer.signs.get(kind, ())}
    types = catalog.type_of[np.fromiter(looked, np.int64, len(looked))].tolist()
    for code, (row, product) in zip(types, looked.items(), strict=True):
        found = row in chosen, product.looks[-1].at
        if code not in rank or found > rank[code]:
            rank[code] = found
    foremost = set(sorted(rank, key=rank.__getitem__, reverse=True)[:MOST_TYPES])
    # What was only searched for has no look to be ranked by; there are few such kinds.
    return [code for code in customer.needs if code in foremost or code not in rank]


def _because(need: Need, catalog: CatalogTable) -> Because:
    """The evidence, and the latest thing looked at that may be named beside another one."""
    evidence = tuple(Evidence(message_id=sign.event_id, at=sign.at) for sign in need.latest)
    return Because(code=Considering.name, evidence=evidence, last_at=need.last_at, anchor=next((row for row in need.rows if not catalog.sensitive[row]), None))
