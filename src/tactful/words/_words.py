"""One language: every sentence that Tactful says in it."""

from collections.abc import Sequence
from datetime import datetime

from babel.core import Locale

from tactful.model.candidates import Because
from tactful.model.catalog import CatalogTable
from tactful.model.decisions import Item
from tactful.words._formats import Formats
from tactful.words._read import PLURAL, Phrase
from tactful.words._reasons import REASONS, Case


class Words:
    """Sentences of one locale, ready to be filled. What the locale lacks was taken from its language, then from English."""

    def __init__(self, locale: str, phrases: dict[str, Phrase], *, page: str) -> None:
        self.locale, self.phrases, self.page = locale, phrases, page
        patterns = {key.removeprefix("formats."): form for key, form in phrases.items() if key.startswith("formats.") and isinstance(form, str)}
        self.formats = Formats(Locale.parse(locale, sep="-"), patterns)

    def say(self, key: str, n: int = 0, /, **values: str) -> str:
        """Fill one sentence; where it counts, in the plural form of ``n``."""
        phrase = self.phrases[key]
        if isinstance(phrase, dict):
            form = phrase.get(self.formats.plural_form(n)) or phrase["other"]
            return form.format_map(values | {PLURAL: self.formats.count(n)})
        return phrase.format_map(values)

    def reason(self, because: Because, row: int, catalog: CatalogTable, *, now: datetime) -> str:
        """Say why a product is proposed, in one sentence."""
        return REASONS[because.code](self, Case(because, row, catalog, now))

    def explains(self, code: str) -> bool:
        """Whether there are reasons of this code."""
        return any(key.startswith(f"reason.{code}.") for key in self.phrases)

    def silence(self, code: str) -> str:
        """Say why nothing is said, to the shop."""
        return self.say(f"silence.{code}")

    def withheld(self, code: str) -> str:
        """Say why a product is not shown, to the shop."""
        return self.say(f"withheld.{code}")

    def sentences(self, kind: str) -> dict[str, str]:
        """All sentences of a kind without placeholders, by code: ``silence`` or ``withheld``."""
        return {key.removeprefix(f"{kind}."): self.say(key) for key in self.phrases if key.startswith(f"{kind}.")}

    def subject(self, trigger: str, titles: Sequence[str]) -> str:
        """Say in one line what a message is about.

        >>> from tactful.words import built_in
        >>> built_in().speak("en").subject("due_again", ["Peakroast filter coffee", "Oat milk"])
        'Peakroast filter coffee and one more may be running out'
        """
        if not titles:
            return self.say(f"subject.{trigger}")
        lead = self.formats.named(titles[0])
        what = self.say("list.more", len(titles) - 1, title=lead) if len(titles) > 1 else lead
        return self.say(f"subject.{trigger}", what=what)

    def text(self, items: Sequence[Item]) -> str:
        """Say why, product by product, and how to answer back; without products it is the question whether we are welcome."""
        if not items:
            return self.say("letter.question")
        return "\n".join([*(item.reason.text for item in items), "", self.say("letter.closing")])
