"""Planning for many customers with several processes: each opens the store itself, and the answers come back in order."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from tactful.cli._options import engine

if TYPE_CHECKING:
    from tactful.app.engine import Engine
    from tactful.model.decisions import Plan

CUSTOMERS_A_TASK = 100
TASKS_AHEAD = 3
"""Tasks a worker that wait or are done but not asked for yet: enough that nobody idles, and memory stays flat."""
Place = tuple[Path, str | None, Path | None]
"""The data directory, the database where it is elsewhere, and the policy where it is another."""
_opened: "list[Engine]" = []
"""The engine of this worker process."""


def plan_with(workers: int, place: Place, user_ids: Iterable[str], *, now: datetime, dry_run: bool) -> "Iterator[Plan]":
    """Plan for each customer over the store of a place, in the order given."""
    rest = iter(user_ids)
    waiting: deque[Future[list[Plan]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_open, initargs=place) as pool:
        while True:
            while len(waiting) < workers * TASKS_AHEAD and (task := list(islice(rest, CUSTOMERS_A_TASK))):
                waiting.append(pool.submit(_plan, task, now=now, dry_run=dry_run))
            if not waiting:
                return
            yield from waiting.popleft().result()


def _open(data: Path, store: str | None, config: Path | None) -> None:
    _opened.append(engine(data, store, config))


def _plan(user_ids: list[str], *, now: datetime, dry_run: bool) -> "list[Plan]":
    return list(_opened[0].plan(user_ids, now=now, dry_run=dry_run))
