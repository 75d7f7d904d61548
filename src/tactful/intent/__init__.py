"""How evidence becomes needs: a want is told from a look, an own want from a gift, and an open want from one that is over."""

from tactful.intent._answers import ANSWERS, ANSWERS_ABOUT_KIND, all_rests_until, answer_to, as_said, covers
from tactful.intent._gifts import with_gifts
from tactful.intent._needs import needs_of
from tactful.intent._stated import is_shunned, wanted_at

__all__ = [
    "ANSWERS",
    "ANSWERS_ABOUT_KIND",
    "all_rests_until",
    "answer_to",
    "as_said",
    "covers",
    "is_shunned",
    "needs_of",
    "wanted_at",
    "with_gifts",
]
