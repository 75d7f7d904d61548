"""Which accessory is for which model, as titles tell: a cover "for 22 inch griddle", a battery "for Optika", a case for a "Nuvo 7"."""

import re
from collections.abc import Collection
from copy import copy

import numpy as np
from numpy.typing import NDArray

from tactful.model.catalog import CatalogTable
from tactful.model.products import Product, spoken_title

AMOUNTS = frozenset({
    "g", "kg", "mg", "ml", "cl", "dl", "l", "oz", "lb", "lbs", "gb", "tb", "mb", "w", "v", "mah", "pcs", "pack", "pieces", "sheets", "tabs", "capsules",
    "%", "eur", "spf", "stage", "size",
})  # fmt: skip
"""Words beside a number that make it an amount, which two things may share without belonging together."""
LENGTHS = frozenset(["inch", "in", "cm", "mm"])
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*|%")
_MIXED = re.compile(r"(?=.*[^\W\d_])(?=.*\d)[\w-]+")
_GLUED = re.compile(r"\d+([^\W\d_]+)")


def models_of(product: Product) -> frozenset[str]:
    """Words of a title that name a model: letters with digits, a length, or a word with the number that follows it; no amounts.

    >>> sorted(models_of(Product(id="c", title="Nuvo 7 case")))
    ['nuvo 7']
    >>> sorted(models_of(Product(id="c", title="Cover for 22 inch griddle, 500 g")))
    ['22 inch']
    >>> sorted(models_of(Product(id="c", title="Optika X10 with SD card 256 GB")))
    ['x10']
    """
    words = [word.lower() for word in _WORDS.findall(spoken_title(product))]
    found = set()
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if word.isdigit() and after in LENGTHS:
            found.add(f"{word} {after}")
        elif word.isdigit() and before.isalpha() and not {before, after} & AMOUNTS and before != "for":
            found.add(f"{before} {word}")
        elif _MIXED.fullmatch(word) and not _is_amount(word):
            found.add(word)
    return frozenset(found)


def meant_for(product: Product) -> frozenset[str]:
    """Words after "for" in a title, lower case: whose model it is for, where one of them is a brand.

    >>> sorted(meant_for(Product(id="b", title="Voltix NP-40 battery for Optika")))
    ['optika']
    """
    _, said, whom = product.title.partition(" for ")
    return frozenset(word.lower() for word in _WORDS.findall(whom)) if said else frozenset()


class Models:
    """Which accessories are for which models, over one catalogue."""

    def __init__(self, catalog: CatalogTable) -> None:
        self._type_of = catalog.type_of
        self._models: dict[int, frozenset[str]] = {}
        self._for: dict[int, frozenset[str]] = {}
        self._brand = [(product.brand or "").lower() for product in catalog.products]
        self._of_type: dict[int, set[str]] = {}
        self._made: dict[str, dict[int, list[int]]] = {}
        self._named = np.zeros(len(catalog.products), np.bool_)
        for row, product in enumerate(catalog.products):
            self._take(row, product)

    def grown(self, catalog: CatalogTable, *, first: int) -> "Models":
        """The same over a catalogue that is as before up to a row."""
        other = copy(self)
        other.take_in(catalog, first=first)
        return other

    def take_in(self, catalog: CatalogTable, *, first: int) -> None:
        """Read the names of what is new, changing nothing that a copy shares."""
        self._type_of, news = catalog.type_of, catalog.products[first:]
        self._models, self._for, self._of_type, self._made = dict(self._models), dict(self._for), dict(self._of_type), dict(self._made)
        self._brand = [*self._brand, *((product.brand or "").lower() for product in news)]
        self._named = np.append(self._named, np.zeros(len(news), np.bool_))
        for row, product in enumerate(news, first):
            kind = int(catalog.type_of[row])
            if kind in self._of_type:
                self._of_type[kind] = set(self._of_type[kind])
            for model in models_of(product):
                if made := self._made.get(model):
                    self._made[model] = made | {kind: list(made.get(kind, ()))}
            self._take(row, product)

    def reworded(self, catalog: CatalogTable, rows: Collection[int]) -> "Models":
        """The same over a catalogue in which some rows say something else: everything of their types is read again."""
        other = copy(self)
        other.read_again(catalog, set(catalog.type_of[list(rows)].tolist()))
        return other

    def read_again(self, catalog: CatalogTable, kinds: set[int]) -> None:
        """Read the names of everything of some types, changing nothing that a copy shares."""
        rows = np.flatnonzero(np.isin(catalog.type_of, list(kinds))).tolist()
        self._brand, self._named, theirs = list(self._brand), self._named.copy(), set(rows)
        self._models, self._for = ({row: words for row, words in known.items() if row not in theirs} for known in (self._models, self._for))
        self._of_type = {kind: words for kind, words in self._of_type.items() if kind not in kinds}
        left = {model: {kind: rows for kind, rows in made.items() if kind not in kinds} for model, made in self._made.items()}
        self._made = {model: made for model, made in left.items() if made}
        self._named[rows] = False
        for row in rows:
            self._brand[row] = (catalog.products[row].brand or "").lower()
            self._take(row, catalog.products[row])

    def _take(self, row: int, product: Product) -> None:
        kind = int(self._type_of[row])
        if self._brand[row]:
            self._of_type.setdefault(kind, set()).add(self._brand[row])
        if " for " in product.title:
            self._for[row] = meant_for(product)
            self._named[row] = True
        if any(map(str.isdigit, product.title)) and (models := models_of(product)):
            self._models[row] = models
            self._named[row] = True
            self._of_type.setdefault(kind, set()).update(models)
            for model in models:
                self._made.setdefault(model, {}).setdefault(kind, []).append(row)

    def clashes(self, anchors: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of some rows are meant for another thing of their anchor's type, bool [n]: they name a model or a brand of that type, and not the anchor's."""
        clashing = self._named[rows]
        for i in np.flatnonzero(clashing).tolist():
            clashing[i] = self._clash(int(anchors[i]), int(rows[i]))
        return clashing

    def words_of_type(self, kind: int) -> int:
        """How many brands and models are known of a type: with more of them, more things may be meant for another."""
        return len(self._of_type.get(kind, ()))

    def _clash(self, anchor: int, row: int) -> bool:
        own, brand, others = self._models.get(anchor, frozenset()), self._brand[anchor], self._of_type.get(int(self._type_of[anchor]), set())
        models, whom = self._models.get(row, frozenset()), self._for.get(row, frozenset())
        other_model = bool(own) and bool(models & others) and not models & own
        return other_model or (bool(brand) and bool(whom & others) and brand not in whom)

    def made_for(self, anchor: int, types: Collection[int]) -> list[int]:
        """Rows of some types that share a model with the anchor."""
        made = [self._made[model] for model in sorted(self._models.get(anchor, ()))]
        kinds = sorted({kind for of_model in made for kind in of_model if kind in types})
        return [row for kind in kinds for of_model in made for row in of_model.get(kind, ())]


def _is_amount(word: str) -> bool:
    glued = _GLUED.fullmatch(word)
    return glued is not None and glued[1] in AMOUNTS
