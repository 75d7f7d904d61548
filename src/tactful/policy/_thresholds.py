"""How likely something must be wanted to be worth saying."""

HERE = 0.004
"""On a page, where they are already: about one in 250 in the week to come is the least that is not filler."""
MESSAGE = {"due_again": 0.5, "cart_waiting": 0.05, "back_in_stock": 0.3, "price_drop": 0.15, "new_style": 0.1, "asked_for": 0.04, "reward": 0.05}
"""To interrupt, by reason. Source: at .5 about three households in ten hear from us in a week, and six words in ten are right (Complete Journey)."""


def threshold_of(source: str, *, interrupts: bool) -> float:
    """Least probability of being wanted within seven days; a reason without a threshold never interrupts.

    >>> threshold_of("popular_here", interrupts=True)
    inf
    """
    return MESSAGE.get(source, float("inf")) if interrupts else HERE
