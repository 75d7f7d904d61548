"""What is said about a text that a customer wants on a product."""

from typing import Literal

from msgspec import Struct

VerdictOnWords = Literal["allow", "review", "refuse"]
"""``review``: a person looks at it first."""
Finding = Literal["fine", "coarse", "abuse", "hate", "threat", "hate_code", "notorious", "contact_details", "disguised", "too_long", "picture"]


class Judgement(Struct, frozen=True, kw_only=True):
    """Whether it may go on the product, and a sentence for whoever wrote it."""

    verdict: VerdictOnWords
    code: Finding
    message: str
