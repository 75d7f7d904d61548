"""What they said about how they like it: allergies and dislikes forbid, a pinned usual is taken at its word.

Stated as `Preference Stated` with one of these keys:

* ``allergy``, ``intolerance``, ``avoid``: a word or words. A product is forbidden whose title, description, brand or type says it, and so is an option
  whose value says it (``milk=dairy``), or whose name says it while its value says yes (``hazelnut syrup=yes``). Allergens are known by all their words.
* ``usual``: ``drink-latte;size=small;milk=oat``, with ``at=morning`` (or ``day``, ``evening``, ``night``) where it is meant for that time only; ``none``
  where they want no usual. Of several that apply, the latest holds.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from tactful.model.products import Product
from tactful.model.profile import Preference

FORBIDDING = frozenset({"allergy", "allergies", "intolerance", "avoid"})
PINNING = "usual"
NOTHING = frozenset({"", "none", "nothing", "off", "no"})
REFUSED = frozenset({"", "no", "none", "without", "false", "0", "off", "never"})
AT = "at"

ALLERGENS = {
    "dairy": "dairy milk lactose cream cheese butter yoghurt yogurt whey casein ghee parmesan mozzarella",
    "gluten": "gluten wheat barley rye spelt kamut semolina",
    "nut": "nut almond hazelnut walnut cashew pecan pistachio macadamia praline marzipan",
    "peanut": "peanut groundnut",
    "soy": "soy soya soybean tofu edamame",
    "egg": "egg mayonnaise meringue albumen",
    "fish": "fish anchovy cod salmon tuna",
    "shellfish": "shellfish crustacean prawn shrimp crab lobster mollusc mussel oyster squid",
    "sesame": "sesame tahini",
    "celery": "celery celeriac",
    "mustard": "mustard",
    "lupin": "lupin",
    "sulphite": "sulphite sulfite",
}
"""The substances that European law (Regulation 1169/2011, annex II) has named on every label, each with words by which products and options tell of it."""
_AS_OPTION = {"dairy": ("whole", "skimmed", "semi-skimmed", "half-fat")}
"""Words that mean a substance only where they are the value of an option: whole beans hold no milk."""
_MADE_OF = {"gluten": ("bread", "pasta", "flour", "couscous", "croissant", "noodle")}
"""Foods that hold a substance unless they say that they are free of it."""
_SAME = {word: name for name, words in ALLERGENS.items() for word in words.split()[: 2 if name in {"dairy", "soy", "peanut"} else 1]} | {
    "lactose": "dairy",
    "wheat": "gluten",
    "tree nut": "nut",
}
_ABSENT = re.compile(r"\b(?:\w+[- ]free|free (?:from|of) \w+|without \w+|no \w+)\b")
_PLANT_MILK = re.compile(r"\b(oat|soya?|almond|coconut|rice|hazelnut|cashew|pea|plant)[- ](?:milk|cream|yoghurt|yogurt|butter|cheese)\b")
_BUTTERS = re.compile(r"\b(peanut|nut|cocoa|shea|body) butter\b")


class Stated(Struct, frozen=True):
    """The words that forbid, each with all that mean it."""

    forbidden: tuple[tuple[str, ...], ...] = ()

    def forbids(self, product: Product, options: dict[str, str]) -> bool:
        """Tell whether a product made this way may not be offered to them."""
        if not self.forbidden:
            return False
        told = _told_by(product)
        return any(_holds(told, words) for words in self.forbidden) or bool(self.forbidden_options(options))

    def forbidden_options(self, options: dict[str, str]) -> set[str]:
        """Names of the options whose value is forbidden: left open, the product may come that way by default."""
        as_options = tuple((*words, *_AS_OPTION.get(_substance(words[0]) or "", ())) for words in self.forbidden)
        return {name for name, value in options.items() for text in _said_by(name, value) if _speaks(text, as_options)}


class Pin(Struct, frozen=True):
    """A usual in their own words. Without a product: none is wanted."""

    product_id: str | None
    options: dict[str, str] = {}
    at: str | None = None


def stated_of(preferences: Iterable[Preference]) -> Stated:
    """Gather what they said may not be offered."""
    values = {_plain(preference.value) for preference in preferences if preference.key in FORBIDDING}
    return Stated(tuple(_meanings(value) for value in sorted(values) if value))


def pin_of(preferences: Iterable[Preference], *, daypart: str) -> Pin | None:
    """Find the usual they stated for this time of day, the latest of them."""
    pins = [read_pin(preference.value) for preference in preferences if preference.key == PINNING]
    return next((pin for pin in reversed(pins) if pin.at in (None, daypart)), None)


def read_pin(value: str) -> Pin:
    """Read a stated usual.

    >>> read_pin("drink-latte; size=small; milk=oat; at=morning")
    Pin(product_id='drink-latte', options={'size': 'small', 'milk': 'oat'}, at='morning')
    """
    product_id, *parts = (part.strip() for part in value.split(";"))
    pairs = (part.partition("=") for part in parts if "=" in part)
    options = {name.strip(): chosen.strip() for name, _, chosen in pairs}
    at = options.pop(AT, None)
    return Pin(None if product_id.lower() in NOTHING else product_id, options, at)


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("_", " ").split())


def _said_by(name: str, value: str) -> list[str]:
    """The texts an option says: its value, and its name too unless the value refuses it or tells what kind."""
    value = _plain(value)
    if value in REFUSED:
        return []
    agreed = value in {"yes", "true", "extra", "double", "single", "on", "with"} or value.replace(".", "").isdigit()
    return [_plain(name)] if agreed else [value]


def _meanings(value: str) -> tuple[str, ...]:
    """All words that mean a stated one.

    >>> _meanings("nuts")[:3]
    ('nuts', 'nut', 'almond')
    """
    name = _substance(value)
    return tuple(dict.fromkeys((value, value.removesuffix("s"), *(ALLERGENS[name].split() if name else ()))))


def _substance(value: str) -> str | None:
    return _SAME.get(value) or _SAME.get(value.removesuffix("s"))


def _told_by(product: Product) -> str:
    """What a product says of what is in it. Its colour is none of that: a cream shirt holds no cream."""
    told = " . ".join(filter(None, (product.title, product.description, product.brand, product.product_type, product.id.replace("-", " "))))
    colour = _plain(product.color or "")
    return re.sub(rf"\b{re.escape(colour)}\b", " ", _plain(told)) if colour else _plain(told)


def _holds(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a product that says this holds a thing, or is a food made of it."""
    free = any(f"{word}{between}free" in text for word in words for between in ("-", " "))
    return _speaks(text, (words,)) or (not free and _speaks(text, (_MADE_OF.get(_substance(words[0]) or "", ()),)))


def _speaks(text: str, forbidden: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether a text says any of the things. Looked for as they stand first: most texts say none of them, and this is asked of a whole shelf."""
    return any(word in text for words in forbidden for word in words) and any(_says(text, words) for words in forbidden)


def _says(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a text says one of the words, and not that it is free of it; oat milk is not milk.

    >>> _says("caffe latte with milk", _meanings("dairy")), _says("oat milk", _meanings("dairy")), _says("lactose-free oats", _meanings("dairy"))
    (True, False, False)
    """
    text = _BUTTERS.sub(r"\1", _PLANT_MILK.sub(r"\1", _ABSENT.sub(" ", text)))
    return any(re.search(rf"\b{re.escape(word)}(?:s|es)?\b", text) for word in words)
