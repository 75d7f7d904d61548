"""Transactions that give way to each other, and small ones that share a commit."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tactful.app.ports import About, Collision, Store
from tactful.model.errors import NotReady

Result = TypeVar("Result")

TRIES = 8
FIRST_WAIT_SECONDS = 0.002
"""Before the second try; each further wait is twice as long."""
MOST_TOGETHER = 64
"""Pieces of work that share a commit. With more, the first of them would wait long for the last."""

_PROBE = "probe"
"""No customer's id: theirs begin with their kind and a colon."""
_PROBE_BYTES = 65_536


def in_turn(store: Store, work: Callable[[], Result], *, about: About | None, durable: bool = True) -> Result:
    """Do some work in one transaction, again from the start where another writer was quicker with the same people. Raises Collision where that never ends."""
    for attempt in range(TRIES - 1):
        try:
            with store.transaction(durable=durable, about=about):
                return work()
        except Collision:
            time.sleep(FIRST_WAIT_SECONDS * 2**attempt)
    with store.transaction(durable=durable, about=about):
        return work()


class _Piece:
    """Work of one caller, and what became of it."""

    def __init__(self, work: Callable[[], Any], about: About) -> None:
        self.work, self.about = work, about
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None


class Together:
    """Durable work of many threads. What comes in while a commit is under way shares the next one, and each caller gets the outcome of their own work."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[_Piece] = deque()
        self._turn = threading.Lock()
        self._failing = False

    def do(self, work: Callable[[], Result], *, about: About) -> Result:
        """Do some work in a transaction and return once it is on disk. Raises what the work raises, and then nothing of it has happened."""
        outcome = self.do_each([(work, about)])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def do_each(self, works: Sequence[tuple[Callable[[], Result], About]]) -> list[Result | Exception]:
        """Do several pieces of work, each for itself, in as few commits as may be; what each came to. What failed has not happened."""
        pieces = [_Piece(work, about) for work, about in works]
        self._waiting.extend(pieces)
        with self._turn:
            while not all(piece.done for piece in pieces):
                self._commit([self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))])
        return [piece.result if piece.error is None else piece.error for piece in pieces]

    def check(self) -> None:
        """Where the last commit failed for a cause outside, try another that changes nothing. Raises NotReady while the cause lasts."""
        if self._failing:
            self.do(self._probe, about=[_PROBE])

    def _probe(self) -> None:
        """Write something that needs room, and remove it."""
        self._store.profiles.save(_PROBE, bytes(_PROBE_BYTES))
        self._store.profiles.drop([_PROBE])

    def _commit(self, pieces: list[_Piece]) -> None:
        try:
            results = in_turn(self._store, lambda: [piece.work() for piece in pieces], about=[who for piece in pieces for who in piece.about])
        except Exception as error:  # noqa: BLE001 - it is raised where the work came from
            outside = isinstance(error, NotReady) and not isinstance(error, Collision)
            self._failing |= outside
            if len(pieces) == 1 or outside:
                for piece in pieces:
                    piece.error, piece.done = error, True
            else:  # one of them is at fault; alone, each fails or succeeds for itself
                for piece in pieces:
                    self._commit([piece])
        else:
            self._failing = False
            for piece, result in zip(pieces, results, strict=True):
                piece.result, piece.done = result, True
