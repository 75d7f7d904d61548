from typing import Annotated, ClassVar

from tactful.model.settings import setting
from tactful.outreach._opportunity import NewsTrigger


class PriceDropTrigger(NewsTrigger, frozen=True, kw_only=True):
    """What they want costs less than when they looked.

    Source: assumed: two days, so that it can wait for a decent hour and is still true when it comes.
    """

    name: ClassVar[str] = "price_drop"
    fresh_hours: Annotated[float, setting("For how long it is still news, in hours.", gt=0)] = 48.0
