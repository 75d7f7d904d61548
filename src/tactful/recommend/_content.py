"""How near things of one kind are to each other by what their page says: words of title and brand, weighed by rarity within the kind, and the price.

It needs no log: it is how a thing that nobody has bought or looked at yet is found.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.products import Product
from tactful.model.wants import words_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_OF_A_KIND = 1_000
"""Of more styles of one kind the first in the catalogue are compared."""
PRICE_WEIGHT = 1.0
"""How fast a thing of another price moves away: at the double price, by the logarithm of two."""


class _Kind(Struct, frozen=True):
    """The styles of one type: their first rows of it, and the words of each as a vector of length one."""

    rows: Ints
    words: Floats
    """[styles, words]."""


class Content:
    """The pages of a catalogue; each kind is read when it is first asked about."""

    def __init__(self, catalog: CatalogTable, kinds: dict[int, _Kind] | None = None) -> None:
        self._catalog = catalog
        self._order = np.argsort(catalog.type_of, kind="stable")
        self._start = np.searchsorted(catalog.type_of[self._order], np.arange(len(catalog.types) + 1))
        self._kinds: dict[int, _Kind] = kinds or {}

    def over(self, catalog: CatalogTable, changed: Sequence[int]) -> "Content":
        """The pages of a catalogue that is as before but for some rows, which are new or say something else; their kinds are read again."""
        touched = set(catalog.type_of[list(changed)].tolist())
        return Content(catalog, {code: kind for code, kind in self._kinds.items() if code not in touched})

    def near(self, row: int) -> tuple[Ints, Floats]:
        """The other styles of its type, by a row each, and how near each is, 0 to 1: cosine of the words, less for another price; in catalogue order."""
        catalog = self._catalog
        kind = self._kind(int(catalog.type_of[row]))
        other = catalog.group_of[kind.rows] != catalog.group_of[row]
        own = np.flatnonzero(~other)
        if not len(own):
            return np.empty(0, np.int64), np.empty(0)
        rows = kind.rows[other]
        apart = np.abs(np.log(np.maximum(catalog.price[rows], 0.01) / np.maximum(catalog.price[row], 0.01)))
        return rows, (kind.words[other] @ kind.words[own[0]]) * np.exp(-PRICE_WEIGHT * np.nan_to_num(apart))

    def _kind(self, type_code: int) -> _Kind:
        if type_code not in self._kinds:
            self._kinds[type_code] = self._read(self._order[self._start[type_code] : self._start[type_code + 1]])
        return self._kinds[type_code]

    def _read(self, rows: Ints) -> _Kind:
        _, first = np.unique(self._catalog.group_of[rows], return_index=True)
        rows = rows[np.sort(first)][:MOST_OF_A_KIND].astype(np.int64)
        said = [_words(self._catalog.product(row)) for row in rows.tolist()]
        code = {word: number for number, word in enumerate(dict.fromkeys(word for words in said for word in words))}
        has = np.zeros((len(rows), len(code)))
        for place, words in enumerate(said):
            has[place, [code[word] for word in words]] = 1.0
        weighed = has * (np.log((1 + len(rows)) / (1 + has.sum(axis=0))) + 1)
        return _Kind(rows, weighed / np.maximum(np.sqrt((weighed**2).sum(axis=1)), 1e-9)[:, None])


def _words(product: Product) -> set[str]:
    brand = " ".join(words_of(product.brand or ""))
    return {*words_of(product.title), *([f"brand {brand}"] if brand else [])}
