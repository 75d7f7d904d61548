"""A workbench in memory, for engines that live no longer than their process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tactful.model.lines import Columns, Tables
from tactful.workbench._duckdb import Counter

if TYPE_CHECKING:
    import ibis


class MemoryTraining:
    """A training that leaves nothing behind."""

    def __init__(self, counter: Counter, *, now: datetime) -> None:
        self.now = now
        self._counter = counter
        self._shards: set[str] = set()
        self._finished: dict[str, bytes] = {}

    def holds(self, shard: str) -> bool:
        """Whether the lines of a shard are laid out."""
        return shard in self._shards

    def lay_out(self, shard: str, tables: Tables) -> None:
        """Keep the lines of a shard."""
        for table, columns in tables.items():
            self._counter.insert(table, columns)
        self._shards.add(shard)

    def count(self, expression: "ibis.Table") -> Columns:
        """What an expression says of all lines laid out."""
        return self._counter.count(expression)

    def finished(self, name: str) -> bytes | None:
        """What was kept under a name, or None."""
        return self._finished.get(name)

    def finish(self, name: str, blob: bytes) -> None:
        """Keep what is finished."""
        self._finished[name] = blob

    def forget(self) -> None:
        """Forget everything."""
        self._finished.clear()


class MemoryWorkbench:
    """Nothing of it is ever gone on with."""

    @contextmanager
    def begin(self, state: Callable[[datetime], str], *, now: datetime, resume_within: timedelta) -> Iterator[MemoryTraining]:  # noqa: ARG002 - the port's
        """Begin a training."""
        counter = Counter()
        try:
            counter.create()
            yield MemoryTraining(counter, now=now)
        finally:
            counter.close()

    def clear(self) -> None:
        """Nothing is kept anyway."""
