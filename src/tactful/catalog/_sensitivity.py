"""Which products a tactful shop keeps to itself.

Rules read the category paths (the shop's and Google's) in full, and of the title the plainest words only: "baby spinach" is no baby product. Where there is
no category in words, the title is all there is to go by; what it does not give away is ``unknown`` and kept private too. The merchant's own word on a
product overrules all.
"""

import re
from functools import lru_cache

from tactful.catalog._private_words import HARMLESS, TELLING, WORDS
from tactful.model.products import Product

Patterns = tuple[tuple[str, re.Pattern[str]], ...]
NONE, UNKNOWN = "none", "unknown"


def _patterns(words: dict[str, str]) -> Patterns:
    return tuple((tag, re.compile(rf"\b({alternatives})\b")) for tag, alternatives in words.items())


_OF_CATEGORIES, _OF_TITLES = _patterns(WORDS), _patterns(TELLING)
_HARMLESS = re.compile(rf"\b({HARMLESS})\b")
_ANY_OF_TITLES = re.compile(rf"\b({'|'.join(TELLING.values())})\b")
"""All of them read text in lower case: to ignore case takes a regular expression three times as long."""


def sensitivity_of(product: Product) -> str:
    """Name what is sensitive about a product, ``none`` where nothing is, ``unknown`` where nobody can tell. The merchant's own word overrules.

    >>> sensitivity_of(Product(id="p", title="Cream", product_type="Pharmacy > Treatments"))
    'health'
    >>> sensitivity_of(Product(id="p", title="Baby spinach", product_type="Food > Vegetables")), sensitivity_of(Product(id="p", title="Clarity"))
    ('none', 'unknown')
    """
    if product.sensitivity is not None:
        return product.sensitivity
    if product.adult:
        return "intimacy"
    path = " > ".join(part for part in (product.product_type, product.google_product_category) if part and not part.isdigit())
    found = _in_categories(path) if path else _first(_OF_CATEGORIES, product.title)
    if found == NONE and _ANY_OF_TITLES.search(product.title.lower()):
        found = _first(_OF_TITLES, product.title)
    if found == NONE and product.age_group in ("newborn", "infant"):
        return "pregnancy_baby"
    return UNKNOWN if found == NONE and not path else found


@lru_cache(maxsize=16384)
def _in_categories(path: str) -> str:
    return _first(_OF_CATEGORIES, path)


def _first(patterns: Patterns, text: str) -> str:
    plain = _HARMLESS.sub(" ", text.lower())
    return next((tag for tag, pattern in patterns if pattern.search(plain)), NONE)
