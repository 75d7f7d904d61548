"""Files of words as templates by key, with the mistakes of form that were found on the way."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from string import Formatter
from typing import Any

from babel.core import Locale, UnknownLocaleError
from msgspec import Struct

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""Plural categories of Unicode CLDR."""
PLURAL = "n"
"""The placeholder that is counted."""

Phrase = str | dict[str, str]
"""A sentence with placeholders, or one a plural category."""


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a sentence."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}" if self.key else f"{self.file}: {self.message}"


class File(Struct, frozen=True, kw_only=True):
    """One file of words, read."""

    name: str
    locale: str
    phrases: dict[str, Phrase] = {}
    """By key: ``reason.due_again.since``."""
    faults: tuple[Fault, ...] = ()


def flattened(table: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Any]]:
    """Sentences with their keys; a table of nothing but plural categories is one sentence.

    >>> dict(flattened({"list": {"more": {"one": "a", "other": "b"}, "none": "c"}}))
    {'list.more': {'one': 'a', 'other': 'b'}, 'list.none': 'c'}
    """
    for name, value in table.items():
        if isinstance(value, dict) and not (value and set(value) <= set(CATEGORIES)):
            yield from flattened(value, f"{under}{name}.")
        else:
            yield f"{under}{name}", value


def placeholders(text: str) -> set[str]:
    """Names in braces. Raises ValueError where a brace is not closed, or a name is more than a name.

    >>> sorted(placeholders("{title} since {date}"))
    ['date', 'title']
    """
    names = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"a placeholder is a name in braces, not {{{name}}}")
        names.add(name)
    return names


def plural_forms(locale: str) -> set[str]:
    """The plural categories of a language.

    >>> sorted(plural_forms("fr"))
    ['many', 'one', 'other']
    """
    return set(Locale.parse(locale, sep="-").plural_form.rules) | {"other"}


def read_file(name: str, text: str) -> File:
    """Read one file, named like its locale: ``fr-CA.toml``."""
    locale = name.removesuffix(".toml")
    try:
        Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        return File(name=name, locale=locale, faults=(Fault(file=name, key="", message="a file of words is named like a language: fr.toml, fr-CA.toml"),))
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return File(name=name, locale=locale, faults=(Fault(file=name, key="", message=f"no valid TOML: {error}"),))
    phrases: dict[str, Phrase] = {}
    faults = []
    for key, value in flattened(table):
        found = _broken(value)
        if found:
            faults.append(Fault(file=name, key=key, message=found))
        else:
            phrases[key] = value
    return File(name=name, locale=locale, phrases=phrases, faults=tuple(faults))


def _broken(value: object) -> str | None:
    """What makes a sentence unusable, or None."""
    forms = list(value.values()) if isinstance(value, dict) else [value]
    for form in forms:
        if not isinstance(form, str):
            return "expected a sentence in quotes"
        try:
            placeholders(form)
        except ValueError as error:
            return str(error)
    return None


def forms_of(phrase: Phrase) -> dict[str, str]:
    """Every form of a sentence, by plural category; ``""`` where it does not count."""
    return phrase if isinstance(phrase, dict) else {"": phrase}


def names_in(phrase: Phrase) -> set[str]:
    """All placeholders of a sentence."""
    return {name for form in forms_of(phrase).values() for name in placeholders(form)}


def read_files(texts: Mapping[str, str]) -> tuple[File, ...]:
    """Read several files of words, those of languages before those of regions."""
    return tuple(read_file(name, texts[name]) for name in sorted(texts, key=lambda name: (name.count("-"), name)) if name.endswith(".toml"))


def _shipped() -> dict[str, str]:
    folder = files("tactful.words") / "locales"
    return {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith((".toml", ".html"))}


SHIPPED = _shipped()
"""The files that come with Tactful, by name."""
