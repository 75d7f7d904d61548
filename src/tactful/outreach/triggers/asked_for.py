from typing import Annotated, ClassVar

from tactful.model.settings import setting
from tactful.outreach._opportunity import NewsTrigger


class AskedForTrigger(NewsTrigger, frozen=True, kw_only=True):
    """What is on their wish list costs less than they saw, or can be had again; once a change, and not twice in a month.

    Source: a commercial suite gives up a message that was held for 72 hours; that a style on the list rests for a month is assumed.
    """

    name: ClassVar[str] = "asked_for"
    fresh_hours: Annotated[float, setting("For how long it is still news, in hours.", gt=0)] = 72.0
    rests_days: Annotated[float, setting("Days before anything else of the same style on the list is told of.", ge=0)] = 30.0
