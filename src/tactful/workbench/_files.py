"""A workbench in a directory: lines as Parquet, and what is finished, so that an interrupted training goes on where it was."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct

from tactful.model.errors import NotReady
from tactful.model.lines import LINES, Columns, Tables
from tactful.workbench._duckdb import Counter
from tactful.workbench._spark import SparkCounter

if TYPE_CHECKING:
    import ibis

LINES_FOLDER = "lines"
FINISHED_FOLDER = "finished"
SPILL_FOLDER = "spill"
WINDOW_FILE = "window.json"
LOCK_FILE = "lock"
PART = ".part"
"""End of the name of what is being written."""


class Window(Struct, frozen=True):
    """What a training learns from."""

    state: str
    """Fingerprint of the log up to then, and of the catalogue."""
    now: datetime


class Engine(Protocol):
    """What counts lines in files."""

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Let a table be what is in Parquet files."""
        ...

    def count(self, expression: "ibis.Table") -> Columns:
        """What an expression says. Raises OSError or NotReady where the files cannot be read."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class FileTraining:
    """A training whose files stay when it is interrupted."""

    def __init__(self, directory: Path, *, now: datetime, spark: str | None) -> None:
        self.now = now
        self._spark = spark
        self._directory, self._lines, self._finished = directory, directory / LINES_FOLDER, directory / FINISHED_FOLDER
        self._shards: list[str] = []
        """Those laid out or found, in the order of asking."""

    def holds(self, shard: str) -> bool:
        """Whether the lines of a shard are laid out, as a whole."""
        held = (self._lines / shard).is_dir()
        if held:
            self._shards.append(shard)
        return held

    def lay_out(self, shard: str, tables: Tables) -> None:
        """Keep the lines of a shard, all of its tables or none."""
        part = self._lines / (shard + PART)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        with closing(self._duckdb()) as counter:
            for table, columns in tables.items():
                file = part / f"{table}.parquet"
                counter.write(table, columns, file)
                _settle(file)
        part.rename(self._lines / shard)
        self._shards.append(shard)

    def count(self, expression: "ibis.Table") -> Columns:
        """What an expression says of all lines laid out. Raises NotReady where lines were taken away meanwhile."""
        files = {table: self._files(table) for table in LINES}
        try:
            with closing(self._engine()) as engine:
                for table, parts in files.items():
                    engine.read(table, parts)
                return engine.count(expression)
        except (OSError, NotReady):
            if all(file.exists() for parts in files.values() for file in parts):
                raise
            raise NotReady("somebody was erased while this training read the log, so it was broken off: train again") from None

    def _engine(self) -> Engine:
        """What counts, for one task: what it holds in memory is given back before the next one."""
        return SparkCounter(self._spark) if self._spark else self._duckdb()

    def _duckdb(self) -> Counter:
        return Counter(spill=self._directory / SPILL_FOLDER)

    def _files(self, table: str) -> list[Path]:
        name = f"{table}.parquet"
        catalogue = table == "products"
        return [self._lines / shard / name for shard in self._shards if (shard == "products") == catalogue]

    def finished(self, name: str) -> bytes | None:
        """What was kept under a name, also before this training was interrupted; or None."""
        file = self._finished / name
        return file.read_bytes() if file.is_file() else None

    def finish(self, name: str, blob: bytes) -> None:
        """Keep what is finished."""
        self._finished.mkdir(parents=True, exist_ok=True)
        part = self._finished / (name + PART)
        part.write_bytes(blob)
        _settle(part)
        part.rename(self._finished / name)

    def forget(self) -> None:
        """Forget everything."""
        _empty(self._directory)


class FileWorkbench:
    """One training at a time in a directory, across processes."""

    def __init__(self, directory: Path, *, spark: str | None = None) -> None:
        """``spark``: the master of the Spark that counts, such as ``spark://host:7077``; without one DuckDB does."""
        self._directory, self._spark = directory, spark

    @contextmanager
    def begin(self, state: Callable[[datetime], str], *, now: datetime, resume_within: timedelta) -> Iterator[FileTraining]:
        """Begin a training, or go on with an interrupted one whose window holds the same. Raises NotReady while another one is under way."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with (self._directory / LOCK_FILE).open("a") as lock:
                _take(lock)
                yield FileTraining(self._directory, now=self._window_end(state, now=now, resume_within=resume_within), spark=self._spark)
        except OSError as error:
            raise NotReady(f"{error.filename or self._directory} cannot be written to ({error.strerror}): training needs room for its work there") from error

    def _window_end(self, state: Callable[[datetime], str], *, now: datetime, resume_within: timedelta) -> datetime:
        """The end of the window of the training to go on with, or the one asked for, begun anew."""
        file = self._directory / WINDOW_FILE
        with suppress(OSError, msgspec.DecodeError):
            begun = msgspec.json.decode(file.read_bytes(), type=Window)
            if begun.now <= now <= begun.now + resume_within and begun.state == state(begun.now):
                return begun.now
        _empty(self._directory)
        part = file.with_name(WINDOW_FILE + PART)
        part.write_bytes(msgspec.json.encode(Window(state(now), now)))
        _settle(part)
        part.rename(file)
        return now

    def clear(self) -> None:
        """Take away every line about anybody, also from under a training that is interrupted or under way."""
        (self._directory / WINDOW_FILE).unlink(missing_ok=True)
        shutil.rmtree(self._directory / LINES_FOLDER, ignore_errors=True)


def _take(lock: IO[str]) -> None:
    """Lock a file until it is closed, or its process is dead. Raises NotReady."""
    try:
        import fcntl  # noqa: PLC0415 - only where there is one
    except ImportError:  # on Windows two trainings at once are not kept apart
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotReady("another training is under way: wait until it is done") from None


def _settle(file: Path) -> None:
    """Make sure that a file is on disk before it gets its name."""
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _empty(directory: Path) -> None:
    """Remove everything but the lock: the window first, so that no half of it is ever gone on with."""
    (directory / WINDOW_FILE).unlink(missing_ok=True)
    for folder in (LINES_FOLDER, FINISHED_FOLDER, SPILL_FOLDER):
        shutil.rmtree(directory / folder, ignore_errors=True)
