"""All languages: which of them to speak with whom."""

from collections.abc import Mapping
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError

from tactful.model.errors import InvalidInput
from tactful.words._lint import lint
from tactful.words._read import SHIPPED, Phrase, read_files
from tactful.words._words import Words

LAST = "en"
"""What is missing everywhere else is said in this."""
PAGE = "letter.html"
MOST_LOCALES = 1000
"""Kept at once: customers may claim any."""


class Phrasebook:
    """Every language, shipped and the shop's own. Raises InvalidInput where the shop's files have faults, all of them named."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        own = own or {}
        faults = lint(own) if own else []
        if faults:
            raise InvalidInput("; ".join(map(str, faults)))
        self._files: dict[str, dict[str, Phrase]] = {file.locale: dict(file.phrases) for file in read_files(SHIPPED)}
        for file in read_files(own):
            self._files.setdefault(file.locale, {}).update(file.phrases)
        self._page = own.get(PAGE, SHIPPED[PAGE])
        self._spoken: dict[str, Words | None] = {}

    @property
    def locales(self) -> list[str]:
        """Languages and regions that have words of their own, by name."""
        return sorted(self._files)

    def speaks(self, wish: str) -> bool:
        """Whether a language has words here."""
        return self._words(wish) is not None

    def speak(self, *wishes: str | None) -> Words:
        """The words of the first wish that is spoken here; English where none is.

        >>> Phrasebook().speak("xx", "fr-CA", "de").locale
        'fr-CA'
        """
        for wish in wishes:
            if wish and (words := self._words(wish)) is not None:
                return words
        words = self._words(LAST)
        if words is None:
            raise AssertionError("English is always spoken")
        return words

    def _words(self, wish: str) -> Words | None:
        if wish not in self._spoken:
            if len(self._spoken) > MOST_LOCALES:
                self._spoken.clear()
            self._spoken[wish] = self._compiled(wish)
        return self._spoken[wish]

    def _compiled(self, wish: str) -> Words | None:
        """The words for a wish: its region's, before its language's, before English; None where its language is not spoken."""
        try:
            locale = Locale.parse(wish.replace("_", "-"), sep="-")
        except (ValueError, UnknownLocaleError):
            language = wish.replace("_", "-").split("-")[0].lower()
            return self._words(language) if language != wish and language in self._files else None
        name = str(locale).replace("_", "-")
        chain = list(dict.fromkeys((locale.language, f"{locale.language}-{locale.territory}", name)))
        if not any(part in self._files for part in chain):
            return None
        # How English writes dates and money is no fallback for others: Babel knows better.
        phrases = {key: phrase for key, phrase in self._files[LAST].items() if locale.language == LAST or not key.startswith("formats.")}
        for part in chain:
            phrases |= self._files.get(part, {})
        return Words(name, phrases, page=self._page)


@lru_cache(1)
def built_in() -> Phrasebook:
    """The languages as shipped."""
    return Phrasebook()
