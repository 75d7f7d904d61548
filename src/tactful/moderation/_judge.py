"""The rules, in the order in which they are asked: the first that has something to say decides."""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from glin_profanity import Filter
from msgspec import Struct

from tactful.model.moderation import Finding, VerdictOnWords
from tactful.moderation._readings import folded, mixes_scripts, respelt, unmasked, visible

LONGEST = 500
"""Characters; more than goes on any product is read by a person."""
DICTIONARIES = {
    "ar": "arabic",
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "tr": "turkish",
}
"""Coarse words by language. English is always looked up; others where somebody writes in them, since a coarse word of one is a plain word of another."""
VERDICTS: dict[Finding, VerdictOnWords] = {
    "fine": "allow",
    "abuse": "refuse",
    "hate": "refuse",
    "threat": "refuse",
    "coarse": "review",
    "hate_code": "review",
    "notorious": "review",
    "contact_details": "review",
    "disguised": "review",
    "too_long": "review",
    "picture": "review",
}
"""What is refused is plain; whatever may be somebody's name or have another meaning is looked at by a person."""

ADDRESS = re.compile(r"\S+@\S+\.\S+|https?://|\bwww\.|\b[\w-]{2,}\.(?:com|net|org|de|fr|co\.uk|io|info|shop|xyz|onlyfans)\b|(?:^|\s)@\w{3,}", re.IGNORECASE)
DATE = re.compile(r"\b\d{1,4}[./ -]\d{1,2}[./ -]\d{1,4}\b")
PHONE = re.compile(r"(?:\+|\b0)\d(?:[ ()/-]*\d){7,}|\b\d(?:[ -]?\d){9,}\b")


class _Lists(Struct, frozen=True, kw_only=True):
    """The lists, as patterns over folded text."""

    abuse: frozenset[str]
    coarse: frozenset[str]
    stems: re.Pattern[str]
    harmless: frozenset[str]
    hate: re.Pattern[str]
    threats: re.Pattern[str]
    notorious: re.Pattern[str]
    codes: re.Pattern[str]
    alone: frozenset[str]
    signs: tuple[str, ...]


def judge(text: str, *, locale: str | None = None) -> Finding:
    """What stands against a text on a product; ``fine`` where nothing does.

    >>> judge("Frederick 9"), judge("Scunthorpe Utd"), judge("f u c k off"), judge("Dick")
    ('fine', 'fine', 'abuse', 'coarse')
    """
    if len(text) > LONGEST:
        return "too_long"
    lists = _lists()
    readings = dict.fromkeys([folded(text), folded(unmasked(text)), respelt(unmasked(text))])
    coarse = _coarse([visible(text), unmasked(text), *readings], language=(locale or "en")[:2].lower())
    return (
        _plain(readings, coarse, lists)
        or _doubtful(text, readings, lists)
        or ("coarse" if coarse or _holds_stem(readings, lists) else None)
        or ("disguised" if mixes_scripts(text) else "fine")
    )


def _plain(readings: Iterable[str], coarse: set[str], lists: _Lists) -> Finding | None:
    if any(lists.hate.search(reading) for reading in readings):
        return "hate"
    if any(lists.threats.search(reading) for reading in readings):
        return "threat"
    return "abuse" if coarse & lists.abuse else None


def _doubtful(text: str, readings: Iterable[str], lists: _Lists) -> Finding | None:
    if any(sign in text for sign in lists.signs) or any(lists.codes.search(reading) or reading in lists.alone for reading in readings):
        return "hate_code"
    if any(lists.notorious.search(reading) for reading in readings):
        return "notorious"
    return "contact_details" if ADDRESS.search(text) or PHONE.search(DATE.sub(" ", text)) else None


def _holds_stem(readings: Iterable[str], lists: _Lists) -> bool:
    return any(lists.stems.search(word) and word not in lists.harmless for reading in readings for word in reading.split())


def _coarse(texts: Iterable[str], *, language: str) -> set[str]:
    """Words of the dictionaries and of our lists that are in a text, also spelt with digits, stars, dots or spaces."""
    found = [_dictionary(language).check_profanity(text)["profane_words"] for text in dict.fromkeys(texts)]
    return {folded(word) for words in found for word in words}


@lru_cache(None)
def _dictionary(language: str) -> Filter:
    spoken = ["english", *([DICTIONARIES[language]] if language in DICTIONARIES else [])]
    return Filter({"languages": spoken, "custom_words": sorted(_lists().abuse | _lists().coarse), "detect_leetspeak": True, "obfuscation": "standard"})


@lru_cache(1)
def _lists() -> _Lists:
    read = tomllib.loads((files("tactful.moderation") / "lists.toml").read_text(encoding="utf-8"))
    groups, people, codes = read["groups"], read["people"], read["codes"]
    who, small = _any(groups["names"]), f"(?:(?:{_any(groups['between'])}) )*"
    attacks = [
        f"(?:{_any(groups['before'])}) ?{small}(?:{who})",
        f"(?:{who}) (?:{_any(groups['after'])})",
        f"(?:{_any(groups['worst'])}) (?:{who})",
        _any(read["slogans"]),
    ]
    return _Lists(
        abuse=frozenset(map(folded, read["abuse"])),
        coarse=frozenset(map(folded, read["coarse"])),
        stems=re.compile(_any(read["stems"])),
        harmless=frozenset(read["harmless"]),
        hate=_phrases(attacks),
        threats=_phrases([_any(people["threats"])]),
        notorious=_phrases([_any(people["notorious"])]),
        codes=_phrases([_any(codes["always"])]),
        alone=frozenset(codes["alone"]),
        signs=tuple(codes["signs"]),
    )


def _any(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(folded(phrase) or phrase) for phrase in sorted(phrases, key=len, reverse=True))


def _phrases(alternatives: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^| )(?:{'|'.join(alternatives)})(?: |$)")
