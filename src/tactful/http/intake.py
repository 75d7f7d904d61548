"""Bodies of events on their way into the log. One thread records, and what comes in meanwhile is recorded together next.

A thread for each request would spend more time on passing the turn on than on recording: many wait, one works, and each has to be woken.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from litestar.concurrency import sync_to_thread
from msgspec import Struct

from tactful.app.engine import Batch, Engine, Receipt
from tactful.ingest import read_batch
from tactful.model.errors import TactfulError

MOST_BYTES = 8 * 1024 * 1024
"""Of bodies that are read and recorded together; with more, the first of them would wait long for the last."""


class Body(Struct, frozen=True, kw_only=True):
    """A body as it came in, and who sent it."""

    content: bytes
    kind: str
    now: datetime
    vouched: bool
    """With a secret key."""
    gpc: bool
    """With ``Sec-GPC: 1``."""


class Intake:
    """Takes bodies from many requests of one event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: deque[tuple[Body, asyncio.Future[Receipt]]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def take(self, body: Body) -> Receipt:
        """Record a body; returns when it is on disk. Raises what `read_batch` and recording raise."""
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((body, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            taken, size = list[tuple[Body, asyncio.Future[Receipt]]](), 0
            while self._waiting and size < MOST_BYTES:
                taken.append(self._waiting.popleft())
                size += len(taken[-1][0].content)
            try:
                outcomes = await sync_to_thread(record_each, self._engine, [body for body, _ in taken])
            except Exception as problem:  # noqa: BLE001 - it is raised where the bodies came from
                outcomes = [problem] * len(taken)
            for (_, future), outcome in zip(taken, outcomes, strict=True):
                if future.cancelled():
                    continue
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)


def record_each(engine: Engine, bodies: Sequence[Body]) -> list[Receipt | Exception]:
    """Read and record bodies, each for itself; what became of each."""
    read = [_read(body) for body in bodies]
    done = iter(engine.record_each([each for each in read if isinstance(each, Batch)]))
    return [next(done) if isinstance(each, Batch) else each for each in read]


def _read(body: Body) -> Batch | TactfulError:
    try:
        arrivals = read_batch(body.content, kind=body.kind, received_at=body.now, correct_skew=body.kind != "import", gpc=body.gpc)
    except TactfulError as problem:
        return problem
    return Batch(arrivals, body.now, vouched=body.vouched)
