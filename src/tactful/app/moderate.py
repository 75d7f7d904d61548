"""Judge what a customer wants on a product, in words that they may read. Nothing of it is kept."""

from tactful.app.requests import ModerateRequest
from tactful.model.errors import InvalidInput
from tactful.model.moderation import Finding, Judgement
from tactful.words import Words


def moderate(request: ModerateRequest, words: Words) -> Judgement:
    """Judge a text by its rules, a picture by sending it to a person. Raises InvalidInput where neither is given, or both are."""
    from tactful.moderation import VERDICTS, judge  # noqa: PLC0415 - its dictionaries take a second to read, and most shops print nothing

    if (request.text is None) == (request.image is None):
        raise InvalidInput("give either text or image")
    found: Finding = "picture" if request.text is None else judge(request.text, locale=request.locale)
    return Judgement(verdict=VERDICTS[found], code=found, message=words.say(f"moderation.{found}"))
