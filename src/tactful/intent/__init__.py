"""How evidence becomes needs: a want is told from a look, an own want from a gift, and an open want from one that is over."""

from tactful.intent._answers import ANSWERS_ABOUT_KIND, covers
from tactful.intent._gifts import with_gifts
from tactful.intent._needs import needs_of

__all__ = ["ANSWERS_ABOUT_KIND", "covers", "needs_of", "with_gifts"]
