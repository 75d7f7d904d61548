"""Planning for many customers with several processes: each opens the store itself, and the answers come back in order."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from tactful.cli._options import engine
from tactful.cli._screen import note
from tactful.model.errors import NotReady

if TYPE_CHECKING:
    from tactful.app.engine import Engine
    from tactful.model.decisions import Plan

CUSTOMERS_A_TASK = 100
TASKS_AHEAD = 3
"""Tasks a worker that wait or are done but not asked for yet: enough that nobody idles, and memory stays flat."""
Place = tuple[Path, str | None, Path | None]
"""The data directory, the database where it is elsewhere, and the policy where it is another."""
ROUND_NAME = "planning.json"
"""Beside the database, as long as a round of reserving for everybody is under way."""
RESUMED_WITHIN = timedelta(hours=12)
"""After longer everybody is planned for anew: what was due then is not what is due now."""
_opened: "list[Engine]" = []
"""The engine of this worker process."""


def plan_with(workers: int, place: Place, user_ids: Iterable[str], *, now: datetime, dry_run: bool, round_id: UUID | None) -> "Iterator[Plan]":
    """Plan for each customer over the store of a place, in the order given."""
    rest = iter(user_ids)
    waiting: deque[Future[list[Plan]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_open, initargs=place) as pool:
        while True:
            while len(waiting) < workers * TASKS_AHEAD and (task := list(islice(rest, CUSTOMERS_A_TASK))):
                waiting.append(pool.submit(_plan, task, now=now, dry_run=dry_run, round_id=round_id))
            if not waiting:
                return
            yield from waiting.popleft().result()


class Round(Struct, frozen=True, kw_only=True, rename="camel"):
    """One round of reserving for everybody."""

    round_id: UUID
    began_at: datetime


@contextmanager
def one_round(data: Path, *, now: datetime) -> Iterator[UUID]:
    """Begin a round, or go on with the one that was broken off lately; when the block ends without an error, the round is over."""
    file = data / ROUND_NAME
    under_way = _read(file)
    if under_way is None or not timedelta(0) <= now - under_way.began_at <= RESUMED_WITHIN:
        under_way = Round(round_id=uuid4(), began_at=now)
        _write(file, under_way)
    else:
        note(f"going on with the round of {under_way.began_at:%Y-%m-%d %H:%M} UTC that was broken off: who has a plan of it keeps that")
    yield under_way.round_id
    file.unlink(missing_ok=True)


def _write(file: Path, under_way: Round) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(under_way))
    except OSError as error:
        raise NotReady(f"{file} cannot be written ({error.strerror}): it remembers how far a round has come") from error


def _read(file: Path) -> Round | None:
    """The round under way; None where there is none, or its beginning was broken off."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Round)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _open(data: Path, store: str | None, config: Path | None) -> None:
    _opened.append(engine(data, store, config))


def _plan(user_ids: list[str], *, now: datetime, dry_run: bool, round_id: UUID | None) -> "list[Plan]":
    return list(_opened[0].plan(user_ids, now=now, dry_run=dry_run, round_id=round_id))
