from datetime import timedelta
from typing import ClassVar

from tactful.outreach._opportunity import NewsTrigger


class NewStyleTrigger(NewsTrigger):
    """Something is new from a brand they keep buying."""

    name: ClassVar[str] = "new_style"
    fresh: ClassVar[timedelta] = timedelta(hours=168)
