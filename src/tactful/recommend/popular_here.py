"""What is bought here these weeks: by country, in the departments the customer shops in."""

from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.tables import PurchaseTable
from tactful.recommend._component import Facts, Source
from tactful.recommend._pairs import distinct

EVERYWHERE = ""
Floats = NDArray[np.float64]


class PopularHereConfig(Struct, frozen=True, kw_only=True):
    """Settings of popularity."""

    window_days: float = 28.0
    kept: int = 300
    """Styles kept per country."""
    proposed: int = 60
    """Most styles proposed per decision."""
    least_customers: int = 50
    """Countries with fewer active customers take everybody's list."""
    taste_weight: float = 0.5
    """How many order lines the shop's usual mix of departments is worth against the customer's own."""
    most_lift: float = 4.0


class PopularHereState(Struct, kw_only=True):
    """What was learned."""

    weekly: dict[str, dict[str, float]] = {}
    """Country, then product id (the style's best seller): share of active customers that buy the style in a week."""
    departments: dict[str, float] = {}
    """Share of all order lines."""


class _Listed(Struct, frozen=True, kw_only=True):
    """A list over the catalogue, the most popular first. Columns of equal length n."""

    rows: NDArray[np.int32]
    share: Floats
    department: NDArray[np.intp]
    """Position in the names of departments."""


class PopularHere(Source):
    """Propose the shop's weekly best sellers, leaned towards the departments the customer buys in. Unknown customer: everybody's list."""

    name: ClassVar[str] = "popular_here"
    generic: ClassVar[bool] = True
    unprompted: ClassVar[bool] = True

    def __init__(self, config: PopularHereConfig | None = None) -> None:
        self.config = config or PopularHereConfig()
        self.state = PopularHereState()

    def train(self, purchases: PurchaseTable) -> Facts:
        """Count the buyers of each style in the last weeks, and order lines per department."""
        catalog = purchases.catalog
        recent = purchases.day >= purchases.until_day - self.config.window_days
        customer, row = purchases.customer[recent], purchases.row[recent]
        country = np.array(purchases.country, np.str_)[customer] if len(customer) else np.empty(0, np.str_)
        weekly = {EVERYWHERE: self._weekly(customer, row, catalog)}
        for name in sorted(set(country.tolist()) - {EVERYWHERE}):
            there = country == name
            if len(np.unique(customer[there])) >= self.config.least_customers:
                weekly[name] = self._weekly(customer[there], row[there], catalog)
        department = [path.split(" > ", 1)[0] for path in catalog.types]
        lines = np.bincount(catalog.type_of[purchases.row], minlength=len(catalog.types))
        shares: dict[str, float] = {}
        for name, count in zip(department, lines.tolist(), strict=True):
            shares[name] = shares.get(name, 0.0) + count / max(len(purchases.row), 1)
        self.state = PopularHereState(weekly=weekly, departments=shares)
        return {"countries": len(weekly) - 1, "styles": len(weekly[EVERYWHERE])}

    def _weekly(self, customer: NDArray[np.int32], row: NDArray[np.int32], catalog: CatalogTable) -> dict[str, float]:
        if not len(customer):
            return {}
        group = catalog.group_of[row].astype(np.int64)
        sales = np.bincount(row, minlength=len(catalog.products))
        pairs = distinct(customer.astype(np.int64) * len(catalog.groups) + group)
        buyers = np.bincount(pairs % len(catalog.groups), minlength=len(catalog.groups))
        share = buyers / len(np.unique(customer))
        week = 1 - (1 - np.minimum(share, 0.999)) ** (7 / self.config.window_days)
        best = [code for code in np.argsort(-week, kind="stable")[: self.config.kept].tolist() if buyers[code]]
        return {catalog.products[max(catalog.rows_of_group[code], key=lambda r: (sales[r], -r))].id: float(week[code]) for code in best}

    def bind(self, catalog: CatalogTable) -> None:
        """Lay the lists over a catalogue. Untrained there are none: nothing may be called popular that is not."""
        weekly: dict[str, dict[str, float]] = {EVERYWHERE: {}} | self.state.weekly
        self._names = tuple(sorted(set(catalog.department_of_type)))
        self._department = np.searchsorted(np.array(self._names, np.str_), np.array(catalog.department_of_type, np.str_))
        self._lists = {country: self._listed(listed, catalog) for country, listed in weekly.items()}

    def _listed(self, listed: dict[str, float], catalog: CatalogTable) -> _Listed:
        known = [(row, share) for product_id, share in listed.items() if (row := catalog.row_of.get(product_id, UNKNOWN_ROW)) != UNKNOWN_ROW]
        rows = np.array([row for row, _ in known], np.int32)
        return _Listed(rows=rows, share=np.array([share for _, share in known], np.float64), department=self._department[catalog.type_of[rows]])

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the list of their country, or everybody's, by share times taste."""
        country = moment.country or EVERYWHERE
        listed = self._lists.get(country)
        if listed is None or not len(listed.rows):
            listed = self._lists[EVERYWHERE]
        own = customer.history.own()
        counts = (customer.catalog.sensitive[own.rows] == 0) & ~np.isin(own.orders, list(customer.away_orders))
        types = own.types[counts]  # Private things and what they ate on a trip say nothing of their taste at home.
        bought = np.bincount(self._department[types], minlength=len(self._names)).tolist()
        lift = np.array([self._lift(name, lines, of=len(types)) for name, lines in zip(self._names, bought, strict=True)], np.float64)
        score = listed.share * lift[listed.department]
        best = np.argsort(-score, kind="stable")[: min(self.config.proposed, moment.enough)]
        because = _because(customer, country if country in self._lists else EVERYWHERE)
        return Candidates(rows=listed.rows[best], score=np.minimum(score[best], 0.99), because=(because,) * len(best))

    def _lift(self, name: str, lines: int, *, of: int) -> float:
        """How much likelier this customer, with so many of their order lines in a department, buys in it than anybody."""
        usual, weight = self.state.departments.get(name, 0.0), self.config.taste_weight
        if not usual or not of:
            return 1.0
        return min((lines + weight * usual) / ((of + weight) * usual), self.config.most_lift)

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=PopularHereState)


def _because(customer: Customer, country: str) -> Because:
    """The evidence for "here" is the customer's own: their visit, or what told us where they live."""
    profile = customer.profile
    evidence = customer.last_sign
    if country and profile.address_event_id is not None and profile.address_at is not None:
        evidence = (Evidence(message_id=profile.address_event_id, at=profile.address_at),)
    return Because(code=PopularHere.name, evidence=evidence, place=country or None)
