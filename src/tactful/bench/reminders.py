"""When a reminder comes before the purchase: on the day on which something is due, or once part of their usual pause between shopping is over, a grocer's year.

Of what a household buys regularly, every purchase makes a case: it is due after .9 of their usual days between. Nobody was reminded of anything; what is
counted is whether the thing was bought within two days of the word. What was bought before the word would have gone is a word saved. Households on which
anything in the code was chosen are left out.
"""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._grocer import Lines, read_lines
from tactful.bench._score import interval_of_ratio
from tactful.bench.usual import CHOSEN_ON
from tactful.model.tables import DAY_SECONDS
from tactful.outreach import shopping_again
from tactful.outreach.triggers.due_again import DueAgainTrigger

Floats = NDArray[np.float64]
SOON_SECONDS = timedelta(days=2).total_seconds()
LEAST_TIMES = 5
"""Purchases from which on they have usual days between."""
LEAST_DAYS = 5.0
"""What is bought more often is bought on every other trip anyway."""
SHARES = (0.0, 0.25, 0.5, 0.75)
"""Of the usual pause; 0 is at once."""
SEED = 8321
Cases = list[tuple[float, float]]
"""When each thing was due and when it was bought, in epoch seconds."""


class Told(Struct, frozen=True):
    """What came of the words to one household."""

    sent: int
    followed: int
    saved: int


def run(console: Console, setting: Setting) -> int:
    """Print what was bought after each way of waiting; 0 where it was no less after the wait that is the default than at once. Raises NotReady without data."""
    shares = judge(console, read_lines(quick=setting.quick))
    return 0 if shares[DueAgainTrigger().after_shopping] >= shares[0.0] else 1


def judge(console: Console, lines: Lines) -> dict[float, float]:
    """Print and give the share of words that were followed by the purchase, by share of the pause waited for."""
    households = list(_households(lines))
    table = Table("waits for", "words", "bought within two days", "95 %", "bought before the word", title=f"{len(households):,} households")
    found: dict[float, float] = {}
    for share in SHARES:
        told = [_told(trips, cases, share) for trips, cases in households]
        sent, followed = (np.array([getattr(one, name) for one in told], np.float64) for name in ("sent", "followed"))
        low, high = interval_of_ratio(followed, sent, seed=SEED)
        found[share] = float(followed.sum() / sent.sum())
        saved = sum(one.saved for one in told)
        table.add_row(f"{share:.2f} of a pause", f"{sent.sum():,.0f}", f"{found[share]:.1%}", f"{low:.1%}–{high:.1%}", f"{saved:,}")
    console.print(table)
    return found


def _households(lines: Lines) -> Iterator[tuple[Floats, Cases]]:
    """Trips and cases of each household that has any."""
    kinds = {number: product.product_type or str(number) for number, product in lines.titles.items()}
    _, kind_of = np.unique([kinds.get(number, str(number)) for number in lines.product.tolist()], return_inverse=True)
    seconds = lines.seconds.astype(np.float64)
    starts = np.flatnonzero(np.diff(lines.household, prepend=-1))
    for first, end in zip(starts.tolist(), [*starts[1:].tolist(), len(seconds)], strict=True):
        if lines.household[first] % 6 == CHOSEN_ON:
            continue
        theirs, kind = seconds[first:end], kind_of[first:end]
        cases = [case for code in np.unique(kind).tolist() if (mine := kind == code).sum() > LEAST_TIMES for case in _cases(theirs[mine])]
        if cases:
            yield np.unique(theirs), cases


def _cases(at: Floats) -> Iterator[tuple[float, float]]:
    """When each purchase of one kind but the first few was due, and when it was made; of what is bought regularly, and not before it was due."""
    trigger = DueAgainTrigger()
    at = at[np.flatnonzero(np.diff(np.floor(at / DAY_SECONDS), prepend=-1.0))]
    for number in range(LEAST_TIMES, len(at)):
        gaps = np.diff(at[:number]) / DAY_SECONDS
        usual = float(np.median(gaps))
        due = float(at[number - 1]) + trigger.lead * usual * DAY_SECONDS
        if usual >= LEAST_DAYS and float(np.log(gaps).std()) <= trigger.most_spread and due < at[number]:
            yield due, float(at[number])


def _told(trips: Floats, cases: Cases, share: float) -> Told:
    went = [(_sent_at(trips, due, share), bought) for due, bought in cases]
    kept = [(at, bought) for at, bought in went if at < bought]
    return Told(sent=len(kept), followed=sum(bought <= at + SOON_SECONDS for at, bought in kept), saved=len(went) - len(kept))


def _sent_at(trips: Floats, due: float, share: float) -> float:
    """When the word goes: whoever shops meanwhile is waited for again."""
    at = due
    while True:
        known = trips[: int(np.searchsorted(trips, at, side="right"))]
        again = shopping_again(known, share=share)
        if again is None or again.timestamp() <= at:
            return at
        at = again.timestamp()
