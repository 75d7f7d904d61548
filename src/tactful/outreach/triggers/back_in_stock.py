from typing import Annotated, ClassVar

from tactful.model.settings import setting
from tactful.outreach._opportunity import NewsTrigger


class BackInStockTrigger(NewsTrigger, frozen=True, kw_only=True):
    """What they asked for, or want, can be had again."""

    name: ClassVar[str] = "back_in_stock"
    fresh_hours: Annotated[float, setting("For how long it is still news, in hours.", gt=0)] = 72.0
