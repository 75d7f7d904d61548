"""How a text may be read: what the eye sees, whatever characters it is written with."""

import re
import unicodedata
from collections.abc import Iterator

from confusable_homoglyphs import categories, confusables

OTHERS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
"""Scripts with letters that pass for Latin ones."""
ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})
"""Letters that are written both ways, and the stroke that only stretches a word."""
LEET = str.maketrans("013457@$!|", "oieastasil")
WORD = re.compile(r"\w+")
SPELT = re.compile(r"[\w@$!|]+")
SPACED = re.compile(r"\b\w(?: \w)+\b")
LETTER = re.compile(r"LETTER ([A-Z])$")


def visible(text: str) -> str:
    """The text without what nobody sees: zero-width characters, direction marks, piled-up accents; wide and ornate letters become plain ones.

    >>> visible("f\\u200bu\\u0336ｃk")
    'fuck'
    """
    seen = "".join(_drawn(sign) for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return "".join(sign for sign in seen if not unicodedata.combining(sign))


def folded(text: str) -> str:
    """Small letters without accents, words one space apart: the form in which phrases are looked up.

    >>> folded("Nique  TA-mère!")
    'nique ta mere'
    >>> folded("الموت لأعداء")
    'الموت لاعداء'
    """
    plain = unicodedata.normalize("NFKD", visible(text).casefold())
    return " ".join(WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)).translate(ARABIC).replace("_", " ")))


def unmasked(text: str) -> str:
    """The text with letters of other scripts replaced by the Latin ones that they pass for, in words that could be read as Latin.

    >>> unmasked("fսck Москва")
    'fuck Москва'
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", visible(text)) if not unicodedata.combining(sign))
    return WORD.sub(lambda word: _latin(word.group()), plain)


def respelt(text: str) -> str:
    """Folded text with letters where digits and signs stand for them, and spelt-out words joined.

    >>> respelt("H1tl3r"), respelt("J.u.d.e.n raus"), respelt("Arsenal 14")
    ('hitler', 'juden raus', 'arsenal 14')
    """
    words = (word.translate(LEET) if any(sign.isalpha() for sign in word) else word for word in SPELT.findall(visible(text).casefold()))
    return SPACED.sub(lambda spaced: spaced.group().replace(" ", ""), folded(" ".join(words)))


def mixes_scripts(text: str) -> bool:
    """Whether one word has both Latin letters and letters that pass for Latin."""
    return any(len(scripts) > 1 and "LATIN" in scripts and not scripts.isdisjoint(OTHERS) for scripts in map(_scripts, WORD.findall(visible(text))))


def _drawn(sign: str) -> str:
    """The letter that a pictogram shows, as 🅵 does; any other sign as it is."""
    shown = LETTER.search(unicodedata.name(sign, "")) if unicodedata.category(sign) == "So" else None
    return shown[1] if shown else sign


def _latin(word: str) -> str:
    if _scripts(word).isdisjoint(OTHERS):
        return word
    read = [next(_passes_for(sign), "") for sign in word]
    return "".join(read) if all(read) else word


def _passes_for(sign: str) -> Iterator[str]:
    if sign.isdigit() or categories.alias(sign) == "LATIN":
        yield sign
        return
    found = confusables.is_confusable(sign, greedy=True, preferred_aliases=["latin"]) or []
    yield from (glyph["c"] for one in found for glyph in one["homoglyphs"] if len(glyph["c"]) == 1 and glyph["c"].isascii() and glyph["c"].isalpha())


def _scripts(word: str) -> set[str]:
    return {categories.alias(sign) for sign in word if sign.isalpha()}
