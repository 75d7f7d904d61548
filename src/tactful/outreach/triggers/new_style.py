from typing import Annotated, ClassVar

from tactful.model.settings import setting
from tactful.outreach._opportunity import NewsTrigger


class NewStyleTrigger(NewsTrigger, frozen=True, kw_only=True):
    """Something is new from a brand, or of a kind, that they keep buying, in their size.

    Source: assumed: what is new is new for a week.
    """

    name: ClassVar[str] = "new_style"
    fresh_hours: Annotated[float, setting("For how long it is still news, in hours.", gt=0)] = 168.0
