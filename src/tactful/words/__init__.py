"""In which words: sentences from one file a language, spoken in the customer's own, and a linter for tone."""

from tactful.words._letter import Letter, Links, letter
from tactful.words._lint import lint
from tactful.words._phrasebook import Phrasebook, built_in
from tactful.words._read import SHIPPED, Fault
from tactful.words._settings import Language
from tactful.words._words import Words

__all__ = ["SHIPPED", "Fault", "Language", "Letter", "Links", "Phrasebook", "Words", "built_in", "letter", "lint"]
