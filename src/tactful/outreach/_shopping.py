"""When somebody begins to think of shopping again: not on the day after."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from tactful.model.tables import DAY_SECONDS

LEAST_PAUSES = 5
"""Pauses between two days of shopping from which on there is a usual one."""
LATEST_PAUSES = 20
LONGEST_WAIT = timedelta(days=3)
"""Who shops once in a month restocks when something runs out, and not when they next come by."""


def shopping_again(at: NDArray[np.float64], *, share: float) -> datetime | None:
    """Find when so large a share of their usual pause is over since they last shopped; None where they are hardly known.

    Source: of a simulated grocer's reminders those soon after shopping hardly ever help (docs/simulator.md); in a real grocer's year waiting does not matter
    to what is bought within two days of the word, and some words are saved (`tactful bench reminders`).

    Args:
        at: Epoch seconds of what they bought, float64 [n], ascending.
        share: Of the pause, 0 to 1.

    >>> every_four_days = np.arange(10) * 4.0 * DAY_SECONDS
    >>> shopping_again(every_four_days, share=0.5)
    datetime.datetime(1970, 2, 8, 0, 0, tzinfo=datetime.timezone.utc)
    """
    days = np.unique(np.floor(at / DAY_SECONDS))[-LATEST_PAUSES - 1 :]
    if len(days) <= LEAST_PAUSES:
        return None
    pause = timedelta(days=share * float(np.median(np.diff(days))))
    return datetime.fromtimestamp(float(at[-1]), UTC) + min(pause, LONGEST_WAIT)
