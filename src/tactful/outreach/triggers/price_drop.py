from datetime import timedelta
from typing import ClassVar

from tactful.outreach._opportunity import NewsTrigger


class PriceDropTrigger(NewsTrigger):
    """What they want costs less than when they looked."""

    name: ClassVar[str] = "price_drop"
    fresh: ClassVar[timedelta] = timedelta(hours=48)
