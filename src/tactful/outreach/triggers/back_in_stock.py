from datetime import timedelta
from typing import ClassVar

from tactful.outreach._opportunity import NewsTrigger


class BackInStockTrigger(NewsTrigger):
    """What they asked for, or want, can be had again."""

    name: ClassVar[str] = "back_in_stock"
    fresh: ClassVar[timedelta] = timedelta(hours=72)
