"""What is called what they search for now: words of titles, brands and types, rare words counting more. It needs no log and no customer."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tactful.model.candidates import Because, Candidates
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.wants import words_of
from tactful.recommend._unlearned import UnlearnedSource

Rows = NDArray[np.int64]
NONE = np.empty(0, np.int64)
LEAST_SAID = 0.5
"""Share of what a search says, by the rarity of its words, that something must be called, or nothing is called so."""
NEAR_BEST = 0.75
"""Of the share of the best, so much still counts as found: who looks for a red lamp is not shown every lamp where there is a red one."""
BOUGHT_OF_SEARCHED = 0.1
"""About one in ten of what a search finds first is bought within the week: a stated prior."""


class Searched(UnlearnedSource):
    """Propose what is called so, the best match first; where nothing is, or nothing is searched for: nothing."""

    name: ClassVar[str] = "searched"
    reads_words: ClassVar[bool] = True

    def bind(self, catalog: CatalogTable) -> None:
        """Prepare to read the catalogue when somebody first searches."""
        self._catalog, self._called = catalog, dict[str, Rows]()

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Read what is new, where the rest was read."""
        self._catalog, called = catalog, dict(self._called)
        for row in range(first, len(catalog.products)) if called else ():
            for word in _words(catalog.products[row]):
                called[word] = np.append(called.get(word, NONE), row)
        self._called = called

    def reword(self, catalog: CatalogTable, former: Mapping[int, Product]) -> None:
        """Read all again when somebody next searches."""
        self.bind(catalog)

    def found(self, query: str) -> tuple[Rows, NDArray[np.float64]]:
        """The rows of all that is called so, ascending, and what share of the query each is called, above 0 to 1."""
        called = self._called = self._called or _rows_by_word(self._catalog)
        said = [called[word] for word in dict.fromkeys(words_of(query)) if word in called]
        if not said:
            return NONE, np.empty(0)
        count, size = [len(rows) for rows in said], len(self._catalog.products)
        rarity = np.log1p(size / np.array(count))
        share = np.bincount(np.concatenate(said), weights=np.repeat(rarity, count), minlength=size) / float(rarity.sum())
        best = float(share.max())
        found = np.flatnonzero(share >= NEAR_BEST * best) if best >= LEAST_SAID else NONE
        return found, share[found]

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the best of each style found; in equal measure, in the order of the catalogue."""
        if not moment.query:
            return Candidates.none()
        rows, share = self.found(moment.query)
        order = np.argsort(-share, kind="stable")
        _, first = np.unique(self._catalog.group_of[rows[order]], return_index=True)
        best = order[np.sort(first)][: moment.enough]
        because = Because(code=self.name, evidence=customer.last_sign)
        return Candidates.of([(row, score, because) for row, score in zip(rows[best].tolist(), share[best].tolist(), strict=True)])

    def prior(self, score: float) -> float:
        """The better it matches, the likelier."""
        return BOUGHT_OF_SEARCHED * score


def _words(product: Product) -> set[str]:
    return {*words_of(product.title), *words_of(product.brand or ""), *words_of(product.product_type or "")}


def _rows_by_word(catalog: CatalogTable) -> dict[str, Rows]:
    """Rows of all that is called so, ascending, by word."""
    called: dict[str, list[int]] = {}
    for row, product in enumerate(catalog.products):
        for word in _words(product):
            called.setdefault(word, []).append(row)
    return {word: np.array(rows, np.int64) for word, rows in called.items()}
