"""At which hour of the week somebody comes next: one grocer's year, tills only.

Shopping trips before day 250 of the year are known, those after it are judged. Rhythms are learned from the known trips of half of the households; the other
half is judged. What is fixed in the code was chosen on one household in six, which is left out here. A decent hour is judged too: how many of the trips fall
into the twelve hours of the week that were thought likeliest.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._score import interval_of_ratio
from tactful.bench.usual import CHOSEN_ON
from tactful.demo import complete_journey as grocer
from tactful.learning import fit_rhythms
from tactful.model.rhythms import WEEK, hours_of_week
from tactful.outreach import personal

Floats = NDArray[np.float64]
KNOWN_UNTIL_DAY = 250
LIKELIEST = 12
LEAST_TRIPS = 8
SEED = 8321
QUICK_SHARE = 5
OURS = "own, shrunk to those alike"


class Trips(Struct, frozen=True, kw_only=True):
    """Trips by household and hour of the week, float64 [households, 168], before and after the day."""

    known: Floats
    later: Floats


def run(console: Console, setting: Setting) -> int:
    """Print how well the next trips are foretold; 0 where ours foretells them better than everybody's hours, and than their own alone."""
    trips = read_trips(share=QUICK_SHARE if setting.quick else 1)
    learners = np.random.default_rng(SEED).permutation(len(trips.known)) % 2 == 0
    enough = trips.known.sum(axis=1) >= LEAST_TRIPS
    rhythms = fit_rhythms(trips.known[learners & enough])
    everybody = (trips.known[learners].sum(axis=0) + 1) / (trips.known[learners].sum() + WEEK)
    ways: dict[str, Callable[[Floats], Floats]] = {
        "every hour alike": lambda _: np.full(WEEK, 1 / WEEK),
        "everybody's hours": lambda _: everybody,
        "own alone": lambda counts: (counts + 1) / (counts.sum() + WEEK),
        "own, shrunk to everybody": lambda counts: personal(counts, everybody),
        "those alike": rhythms.expected,
        OURS: lambda counts: personal(counts, rhythms.expected(counts)),
    }
    asked = ~learners & enough & (trips.later.sum(axis=1) > 0)
    losses = judge(console, ways, Trips(known=trips.known[asked], later=trips.later[asked]))
    return 0 if all(losses[OURS] < losses[name] for name in ("everybody's hours", "own alone", "own, shrunk to everybody")) else 1


def judge(console: Console, ways: dict[str, Callable[[Floats], Floats]], trips: Trips) -> dict[str, float]:
    """Print and give the log-loss of each way of foretelling, in nats a trip."""
    known, later = trips.known, trips.later
    table = Table("foretold by", "log-loss", "95 %", f"in the likeliest {LIKELIEST} hours", title=f"{len(known):,} households, {int(later.sum()):,} trips")
    losses, each = {}, later.sum(axis=1)
    for name, way in ways.items():
        foretold = np.array([way(counts) for counts in known])
        lost = -(later * np.log(foretold)).sum(axis=1)
        low, high = interval_of_ratio(lost, each, seed=SEED)
        best = np.argsort(-foretold, axis=1, kind="stable")[:, :LIKELIEST]
        losses[name] = float(lost.sum() / each.sum())
        table.add_row(name, f"{losses[name]:.4f}", f"{low:.4f}–{high:.4f}", f"{np.take_along_axis(later, best, axis=1).sum() / each.sum():.1%}")
    console.print(table)
    return losses


def read_trips(*, share: int) -> Trips:
    """Trips of the households on which nothing was chosen; of one in ``share``."""
    tables = grocer.read_tables(grocer.find_data())
    seconds = grocer.epoch_seconds(tables.transactions["transaction_timestamp"]).tolist()
    trips = {(int(household), int(at)) for household, at in zip(tables.transactions["household_id"], seconds, strict=True)}
    until = min(at for _, at in trips) + KNOWN_UNTIL_DAY * 86_400
    by_household: dict[int, tuple[list[datetime], list[datetime]]] = {}
    for household, at in sorted(trips):
        if household % 6 != CHOSEN_ON and household % share == 0:
            by_household.setdefault(household, ([], []))[at >= until].append(datetime.fromtimestamp(at, UTC))
    counts = [[hours_of_week(part, grocer.SHOP_ZONE) for part in parts] for parts in by_household.values()]
    return Trips(known=np.array([known for known, _ in counts]), later=np.array([later for _, later in counts]))
