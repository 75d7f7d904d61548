"""How likely something must be wanted to be worth saying."""

from typing import Annotated

from msgspec import Struct, field

from tactful.model.settings import setting

MESSAGE = {"due_again": 0.5, "cart_waiting": 0.1, "back_in_stock": 0.3, "price_drop": 0.25, "new_style": 0.1, "asked_for": 0.04, "reward": 0.05}


class Thresholds(Struct, frozen=True, kw_only=True):
    """How likely something must be wanted within seven days to be worth saying."""

    here: Annotated[
        float,
        setting("On a page, where they are already, 0 to 1.", source="about one in 250 in the week to come is the least that is not filler", ge=0, le=1),
    ] = 0.004
    here_once: Annotated[
        float,
        setting(
            "The same for what is due again of a kind of thing that they bought on one day only, 0 to 1.",
            source="one purchase is no habit; in a simulated shop of what lasts six in ten of those less likely were presents (docs/simulator.md)",
            ge=0,
            le=1,
        ),
    ] = 0.05
    message: Annotated[
        dict[str, Annotated[float, setting("0 to 1", ge=0, le=1)]],
        setting(
            "To interrupt, by reason, 0 to 1. A reason without one never interrupts.",
            source="at .5 about three households in ten hear from us in a week, and six words in ten are right (Complete Journey)",
        ),
    ] = field(default_factory=MESSAGE.copy)

    def least(self, source: str, *, interrupts: bool) -> float:
        """Least probability of being wanted within seven days.

        >>> Thresholds().least("popular_here", interrupts=True)
        inf
        """
        return self.message.get(source, float("inf")) if interrupts else self.here
