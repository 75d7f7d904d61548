"""What goes with something: in the same basket, or after its purchase; always another type of thing, and made for its model.

Source: a directed conditional probability with a hard type exclusion beats lift, cosine and EASE for things of another type; without the exclusion 12 % of a
list is the same type of thing again. What is bought at once is in `tactful.recommend._together`, what follows in `tactful.recommend._after`.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates, Evidence
from tactful.model.catalog import UNKNOWN_ROW, CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.profile import Order
from tactful.model.tables import LookTable, PurchaseTable, first_of_each
from tactful.recommend._after import AfterConfig, Lines, learn_after
from tactful.recommend._component import Facts, Source
from tactful.recommend._models import Models
from tactful.recommend._pairs import distinct
from tactful.recommend._together import Partners, Together, TogetherConfig, looked_at_together


class CompletesConfig(Struct, frozen=True, kw_only=True):
    """Settings of the complements."""

    after: AfterConfig = AfterConfig()
    together: TogetherConfig = TogetherConfig()
    least_buyers: int = 5
    """Products bought by fewer people are left out: too little to tell."""
    most_products: int = 12_000
    """Of more products those with the most buyers are learned, as pairs grow with the square; the others go with what goes with their type."""
    least_looks: int = 10
    """Customer days on which both were looked at, from which looking at both says something."""
    instead: float = 0.5
    """Power of the lift of being looked at together that the lift of being bought together must exceed: two cameras are compared, not combined."""
    proposed: int = 60
    """Most candidates proposed per decision."""
    fresh_days: float = 60.0
    """Older purchases no longer call for company."""


class Partner(Struct, frozen=True, array_like=True):
    """One thing that goes with another."""

    product_id: str
    probability: float
    """That a buyer of the other buys it too."""
    lift: float
    """Ratio to how often it is bought anyhow."""
    gain: float = 0.0
    """How much likelier after the other than before it."""


class CompletesState(Struct, kw_only=True):
    """What was learned, by product id."""

    after: dict[str, list[Partner]] = {}
    """What first buyers buy within the window."""
    at_once: dict[str, list[Partner]] = {}
    """What is in the same basket."""
    of_kind: dict[str, list[Partner]] = {}
    """By type: what is in the same basket as any of it."""


Known = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Catalogue rows that go with something, best first, and how likely."""
NONE: Known = (np.empty(0, np.int64), np.empty(0))


class _Lines(Struct, frozen=True, kw_only=True):
    """Partners of products as columns of equal length, by product, best first."""

    ids: tuple[str, ...]
    """Every product named, those that have partners first."""
    anchors: int
    """How many have partners."""
    anchor: NDArray[np.int64]
    """Place in ``ids``."""
    partner: NDArray[np.int64]
    """Likewise."""
    probability: NDArray[np.float64]
    gain: NDArray[np.float64]


class _Anchor(Struct, frozen=True):
    """Something that calls for company."""

    row: int
    weight: float
    partners: Known
    order: int | None = None
    """Index into `Profile.orders`; None for what the page is about."""


class Completes(Source):
    """Propose what goes with recent purchases, or with what the page is about. Unknown customer: only the page counts."""

    name: ClassVar[str] = "completes"
    reads_words: ClassVar[bool] = True
    form: ClassVar[int] = 2
    follows_days: ClassVar[float] = AfterConfig().window_days

    def __init__(self, config: CompletesConfig | None = None) -> None:
        self.config = config or CompletesConfig()
        self.state = CompletesState()
        self.after: dict[int, Known] = {}
        """By catalogue row: what follows its purchase."""
        self.at_once: dict[int, Known] = {}
        """By catalogue row: what belongs on its page and into its basket."""
        self._lines: tuple[_Lines, _Lines] | None = None
        """What follows and what is bought at once, as columns; None while what was learned last is not laid out."""
        self._rows: tuple[NDArray[np.int64], ...] = ()
        """Of both, the catalogue row of each product named."""

    def train(self, purchases: PurchaseTable) -> Facts:
        """Count what is bought in the same basket, and what first buyers buy in the window from then on."""
        catalog, products = purchases.catalog, _known_products(purchases, self.config)
        self.state, self._lines = CompletesState(), None
        if len(products) < 2:
            return {"products": len(products)}
        column = np.full(len(catalog.products), -1)
        column[products] = np.arange(len(products))
        known = column[purchases.row] >= 0
        lines = Lines(customer=purchases.customer[known], order=purchases.order[known], thing=column[purchases.row[known]], day=purchases.day[known])
        ids = [catalog.products[row].id for row in products.tolist()]
        for i, found in learn_after(lines, kind=catalog.type_of[products], config=self.config.after):
            self.state.after[ids[i]] = _named(found, ids)
        types, levels = _kinds_and_categories(catalog, products)
        together = Together(lines.order, lines.thing, lines.day, levels=levels, config=self.config.together)
        self.state.at_once = {ids[i]: _named(found, ids) for i, found in together.of_things()}
        self.state.of_kind = {types[i]: _named(found, ids) for i, found in together.of_kinds()}
        return {"products": len(products), "followed": len(self.state.after), "with_company": len(self.state.at_once)}

    def watch(self, looks: LookTable, purchases: PurchaseTable) -> Facts:
        """Drop what is looked at instead of the other rather than bought with it."""
        self._lines = None
        row_of, dropped = purchases.catalog.row_of, 0
        rows = np.array(sorted({row_of[name] for name in (*self.state.after, *self.state.at_once)}), np.int64)
        compared = looked_at_together(looks, rows, least=self.config.least_looks)
        for learned in (self.state.after, self.state.at_once):
            for name, partners in learned.items():
                learned[name] = [one for one in partners if one.lift > compared.get((row_of[name], row_of[one.product_id]), 0.0) ** self.config.instead]
                dropped += len(partners) - len(learned[name])
        return {"looked_at_instead": dropped}

    def bind(self, catalog: CatalogTable) -> None:
        """Lay the partners over the rows of a catalogue; what is no longer sold, now the same style or type, or for another model, is left out."""
        self._catalog, self._models = catalog, Models(catalog)
        self._lines = self._lines or (_lines_of(self.state.after), _lines_of(self.state.at_once))
        self._rows = tuple(np.array([catalog.row_of.get(name, UNKNOWN_ROW) for name in lines.ids], np.int64) for lines in self._lines)
        self._of_kind = {
            catalog.type_code[name]: _known(catalog, partners, [one.probability for one in partners])
            for name, partners in self.state.of_kind.items()
            if name in catalog.type_code
        }
        self.after, self.at_once = self._over()
        self._leads = _leads(catalog, self.at_once)

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Read the names of what is new. Partners change where it was learned of before, and for its type where it brings a brand or model to that."""
        former, former_models = self._catalog, self._models
        ids, types = {product.id for product in catalog.products[first:]}, set(catalog.types[len(former.types) :])
        if not (types.isdisjoint(self.state.of_kind) and all(ids.isdisjoint(lines.ids) for lines in self._lines or ())):
            self.bind(catalog)
            return
        self._catalog, self._models = catalog, former_models.grown(catalog, first=first)
        kinds = set(catalog.type_of[first:].tolist())
        changed = [kind for kind in kinds if self._models.words_of_type(kind) > former_models.words_of_type(kind)]
        if changed:
            self._lay_again(changed)

    def reword(self, catalog: CatalogTable, former: Mapping[int, Product]) -> None:
        """Read the names of their types again. Partners change for these types, and for those that go with what says something else."""
        self._catalog, self._models = catalog, self._models.reworded(catalog, former)
        rows = [*former]
        with_them = [known[lines.anchor[np.isin(known[lines.partner], rows)]] for lines, known in zip(self._lines or (), self._rows, strict=True)]
        anchors = np.concatenate([np.array(rows, np.int64), *with_them])
        self._lay_again(np.unique(catalog.type_of[anchors[anchors != UNKNOWN_ROW]]).tolist())

    def _lay_again(self, kinds: list[int]) -> None:
        """Lay the partners of some types over the rows; what had company and has none any more is left out, as where all is laid over."""
        type_of, touched = self._catalog.type_of, set(kinds)
        after, at_once = self._over(np.array(kinds))
        self.after = self.after | after
        self.at_once = {row: known for row, known in self.at_once.items() if int(type_of[row]) not in touched} | at_once
        self._leads = {kind: leads for kind, leads in self._leads.items() if kind not in touched} | _leads(self._catalog, at_once)

    def _over(self, kinds: NDArray[np.int64] | None = None) -> tuple[dict[int, Known], dict[int, Known]]:
        """What follows each product of the catalogue, and what belongs to it at once, each the likelier first; only of products of some types, or of all."""
        assert self._lines is not None
        (following, gained), (at_once, _) = (self._laid_over(lines, rows, kinds) for lines, rows in zip(self._lines, self._rows, strict=True))
        return following, at_once | {row: _likelier(at_once.get(row, NONE), known) for row, known in gained.items() if len(known[0])}

    def _laid_over(self, lines: "_Lines", rows: NDArray[np.int64], kinds: NDArray[np.int64] | None) -> tuple[dict[int, Known], dict[int, Known]]:
        """Of each product of the catalogue that has partners, those that fit: by their probability, and by how much likelier they are than before."""
        one, other = rows[lines.anchor], rows[lines.partner]
        asked = rows != UNKNOWN_ROW
        if kinds is not None:
            asked &= np.isin(self._catalog.type_of[rows], kinds)
        place = np.flatnonzero(asked[lines.anchor] & (other != UNKNOWN_ROW))
        place = place[self._fits(one[place], other[place])]
        nothing: dict[int, Known] = dict.fromkeys(rows[: lines.anchors][asked[: lines.anchors]].tolist(), NONE)
        return nothing | _by_row(one[place], other[place], lines.probability[place]), nothing | _by_row(one[place], other[place], lines.gain[place])

    def _fits(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the other is of another style and type, and for no other model; columns of equal length."""
        types, groups = self._catalog.type_of, self._catalog.group_of
        fits: NDArray[np.bool_] = (types[other] != types[one]) & (groups[other] != groups[one])
        fits[fits] = ~self._models.clashes(one[fits], other[fits])
        return fits

    def _fitting(self, row: int, known: Known) -> Known:
        """What of that fits a product, and is worth anything."""
        others, worth = known
        fits = self._fits(np.full(len(others), row), others) & (worth > 0)
        return others[fits], worth[fits]

    def on_page(self, row: int) -> Known:
        """What goes with a product where it is looked at; with one too new to have been learned, what goes with its type."""
        kind = int(self._catalog.type_of[row])
        learned = self.at_once.get(row) or self._fitting(row, self._of_kind.get(kind, NONE))
        return self._with_made_for(row, learned)

    def _with_made_for(self, row: int, learned: Known) -> Known:
        """Adds what is new and made for its model, of types that go with its type."""
        rows, probability = learned
        leads = self._leads.get(int(self._catalog.type_of[row]))
        if leads is None or not (made := self._models.made_for(row, leads)):
            return learned
        known = set(rows.tolist())
        if not (made := [other for other in made if other not in known]):
            return learned
        likely = [leads[int(self._catalog.type_of[other])] for other in made]
        return np.concatenate([rows, np.array(made, np.int64)]), np.concatenate([probability, likely])

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the partners of each anchor, an older anchor counting less; the best anchor gives the reason."""
        anchors = self._anchors(moment, customer)
        if not anchors:
            return Candidates.none()
        rows = np.concatenate([anchor.partners[0] for anchor in anchors])
        score = np.concatenate([anchor.partners[1] * anchor.weight for anchor in anchors])
        by_anchor = np.repeat(np.arange(len(anchors)), [len(anchor.partners[0]) for anchor in anchors])
        order = np.lexsort((by_anchor, -score, rows))
        best = order[first_of_each(rows[order])]
        strongest = best[np.lexsort((rows[best], -score[best]))][: min(self.config.proposed, moment.enough)].tolist()
        because = {i: self._because(anchors[i], customer) for i in set(by_anchor[strongest].tolist())}
        return Candidates.of([(int(rows[i]), float(score[i]), because[int(by_anchor[i])]) for i in strongest])

    def _anchors(self, moment: Moment, customer: Customer) -> list[_Anchor]:
        """What the page is about and what they bought of late, where anything goes with it; of the same thing only the latest."""
        anchors = {row: _Anchor(row, 1.0, self.on_page(row)) for row in moment.featured}
        own, weights = customer.history.own(), dict[int, float]()
        sensitive = customer.catalog.sensitive
        for row, order_index in zip(own.rows.tolist()[::-1], own.orders.tolist()[::-1], strict=True):
            if order_index < 0:
                break  # so long ago that the order is no longer kept
            if order_index not in weights:
                age_days = (moment.now - customer.profile.orders[order_index].at).total_seconds() / 86_400
                if age_days > self.config.fresh_days:
                    break
                weights[order_index] = float(np.exp(-age_days / self.config.after.window_days))
            if row not in anchors and not sensitive[row]:
                anchors[row] = _Anchor(row, weights[order_index], self._with_made_for(row, self.after.get(row, NONE)), order_index)
        return [anchor for anchor in anchors.values() if len(anchor.partners[0])]

    def _because(self, anchor: _Anchor, customer: Customer) -> Because:
        if anchor.order is None:
            return Because(code=self.name, evidence=customer.last_sign, anchor=anchor.row)
        return _bought(customer.profile.orders[anchor.order], anchor.row)

    def prior(self, score: float) -> float:
        """A month's probability, of which a week is about a third."""
        return score / 3

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state, self._lines = msgspec.msgpack.decode(blob, type=CompletesState), None


def _bought(order: Order, row: int) -> Because:
    source = "observed_offline" if order.channel == "pos" else "observed_here"
    evidence = (Evidence(message_id=order.event_id, at=order.at),)
    return Because(code=Completes.name, evidence=evidence, source=source, anchor=row, anchor_at=order.at, last_at=order.at)


def _named(partners: Partners, ids: list[str]) -> list[Partner]:
    gain = partners.gain if partners.gain is not None else np.zeros(len(partners.thing))
    columns = (column.tolist() for column in (partners.thing, partners.probability, partners.lift, gain))
    return [Partner(ids[thing], *figures) for thing, *figures in zip(*columns, strict=True)]


def _lines_of(learned: dict[str, list[Partner]]) -> _Lines:
    place = {name: number for number, name in enumerate(learned)}
    every = [one for partners in learned.values() for one in partners]
    partner = np.array([place.setdefault(one.product_id, len(place)) for one in every], np.int64)
    return _Lines(
        ids=tuple(place),
        anchors=len(learned),
        anchor=np.repeat(np.arange(len(learned)), [len(partners) for partners in learned.values()]),
        partner=partner,
        probability=np.array([one.probability for one in every], np.float64),
        gain=np.array([one.gain for one in every], np.float64),
    )


def _known(catalog: CatalogTable, partners: list[Partner], worth: list[float]) -> Known:
    """What of the partners is still sold."""
    rows = np.array([catalog.row_of.get(partner.product_id, UNKNOWN_ROW) for partner in partners], np.int64)
    return rows[rows != UNKNOWN_ROW], np.array(worth, np.float64)[rows != UNKNOWN_ROW]


def _likelier(at_once: Known, gained: Known) -> Known:
    """Both, each thing as likely as the one or the other says, best first."""
    found = dict(zip(at_once[0].tolist(), at_once[1].tolist(), strict=True))
    for row, gain in zip(gained[0].tolist(), gained[1].tolist(), strict=True):
        found[row] = max(found.get(row, 0.0), gain)
    best = sorted(found, key=lambda row: -found[row])
    return np.array(best, np.int64), np.array([found[row] for row in best])


def _known_products(purchases: PurchaseTable, config: CompletesConfig) -> NDArray[np.int64]:
    pair = distinct(purchases.customer.astype(np.int64) * len(purchases.catalog.products) + purchases.row)
    buyers = np.bincount(pair % len(purchases.catalog.products), minlength=len(purchases.catalog.products))
    most_bought = np.argsort(-buyers, kind="stable")[: config.most_products]
    return np.sort(most_bought[buyers[most_bought] >= config.least_buyers])


def _kinds_and_categories(catalog: CatalogTable, products: NDArray[np.int64]) -> tuple[list[str], tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Types of the products by dense code; and the code of each product's type, and of the type above it."""
    codes, kind = np.unique(catalog.type_of[products], return_inverse=True)
    types = [catalog.types[code] for code in codes.tolist()]
    _, category = np.unique([path.rpartition(" > ")[0] or path for path in types], return_inverse=True)
    return types, (kind, category[kind])


def _by_row(one: NDArray[np.int64], other: NDArray[np.int64], worth: NDArray[np.float64]) -> dict[int, Known]:
    """What is worth anything, by row of the one; columns of equal length, the lines of one standing together."""
    one, other, worth = one[worth > 0], other[worth > 0], worth[worth > 0]
    start = np.flatnonzero(first_of_each(one))
    return {int(one[begin]): (other[begin:end], worth[begin:end]) for begin, end in pairwise([*start.tolist(), len(one)])}


def _leads(catalog: CatalogTable, learned: dict[int, Known]) -> dict[int, dict[int, float]]:
    """From each type to those whose products go with it: how likely one that does is bought, on average."""
    if not learned:
        return {}
    kind = np.repeat(catalog.type_of[list(learned)], [len(others) for others, _ in learned.values()]).astype(np.int64)
    other = catalog.type_of[np.concatenate([others for others, _ in learned.values()])]
    pair, place = np.unique(kind * len(catalog.types) + other, return_inverse=True)
    likely = np.bincount(place, weights=np.concatenate([probability for _, probability in learned.values()])) / np.bincount(place)
    leads: dict[int, dict[int, float]] = {}
    for code, value in zip(pair.tolist(), likely.tolist(), strict=True):
        leads.setdefault(code // len(catalog.types), {})[code % len(catalog.types)] = value
    return leads
