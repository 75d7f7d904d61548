from typing import Annotated, ClassVar

from tactful.model.settings import setting
from tactful.outreach._opportunity import NewsTrigger


class BackInStockTrigger(NewsTrigger, frozen=True, kw_only=True):
    """What they asked for, or want, can be had again.

    Source: a commercial suite gives up a message that was held for 72 hours; whether it is still there is asked again before it is sent.
    """

    name: ClassVar[str] = "back_in_stock"
    fresh_hours: Annotated[float, setting("For how long it is still news, in hours.", gt=0)] = 72.0
