from datetime import timedelta
from typing import ClassVar

from tactful.outreach._opportunity import NewsTrigger


class AskedForTrigger(NewsTrigger):
    """What is on their wish list costs less than they saw, or can be had again; once a change, and not twice in a month."""

    name: ClassVar[str] = "asked_for"
    fresh: ClassVar[timedelta] = timedelta(hours=72)
    rests: ClassVar[timedelta] = timedelta(days=30)
