"""One SQLite file: one writer at a time across threads, any number of readers, statements by name."""

import re
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from tactful.app.ports import About
from tactful.model.errors import NotReady
from tactful.store._migrations import migrations, pending, single_statements

Row = tuple[Any, ...]

MIGRATIONS = migrations("sqlite")
APPLICATION_ID = 0x54414354
"""Marks the file as ours, so that another program's database is never taken for an old one of ours."""

_OUTSIDE_CAUSES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
"""Primary result codes that are the world's fault, not the statement's."""

_BUSY_SECONDS = 30.0


def statements(text: str) -> dict[str, str]:
    r"""Read SQL statements by name from blocks of a ``-- name --`` line, a comment and the statement.

    >>> statements("-- one --\n-- The number one.\nSELECT 1\n")
    {'one': 'SELECT 1'}
    """
    parts = re.split(r"^-- (\w+) --$", text, flags=re.MULTILINE)[1:]
    return {name: _without_comments(block) for name, block in zip(parts[::2], parts[1::2], strict=True)}


def _without_comments(block: str) -> str:
    return "\n".join(line for line in block.splitlines() if line and not line.startswith("--"))


def read_statements(file: str) -> dict[str, str]:
    """The statements of one of our files."""
    return statements(files("tactful.store").joinpath(file).read_text("utf-8"))


STATEMENTS = read_statements("statements.sql")


class Database:
    """Connections to one file. Reads of the thread that holds the transaction see its writes; all others see what was committed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._owner: int | None = None
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._synchronous = ""
        self._writer = self._open_writer()

    @contextmanager
    def transaction(self, *, durable: bool, about: About | None = None) -> Iterator[None]:  # noqa: ARG002 - the one writer has everybody
        """Commit all writes of the block, or none."""
        if self._in_transaction():
            raise RuntimeError("this thread is in a transaction already, and transactions do not nest")
        with self._turn, self._plain_errors():
            self._begin("FULL" if durable else "NORMAL")
            try:
                yield
                self._writer.execute("COMMIT")
            finally:
                self._owner = None
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    def write(self, name: str, parameters: Row | dict[str, Any] = ()) -> None:
        """Execute a named statement inside the transaction."""
        self._writing().execute(STATEMENTS[name], parameters)

    def write_many(self, name: str, rows: Iterable[Row]) -> None:
        """Execute a named statement once a row, inside the transaction."""
        self._writing().executemany(STATEMENTS[name], rows)

    def row(self, name: str, parameters: Row = ()) -> Row | None:
        """Read the first row of a named statement, or None."""
        with self._reading() as connection:
            found: Row | None = connection.execute(STATEMENTS[name], parameters).fetchone()
            return found

    def rows(self, name: str, parameters: Row = ()) -> list[Row]:
        """Read all rows of a named statement."""
        with self._reading() as connection:
            return connection.execute(STATEMENTS[name], parameters).fetchall()

    def number(self, name: str) -> int:
        """Read the one number of a named statement."""
        found: int = self.rows(name)[0][0]
        return found

    def stream(self, name: str, parameters: Row = ()) -> Iterator[Row]:
        """Read the rows of a named statement one by one, all from the moment of the first."""
        with self._reading() as connection, closing(connection.execute(STATEMENTS[name], parameters)) as cursor:
            yield from cursor

    def found(self, name: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys for which a named statement finds a row."""
        with self._reading() as connection:
            statement = STATEMENTS[name]
            return {key for key in keys if connection.execute(statement, (key,)).fetchone()}

    def scrub(self) -> None:
        """Empty the write-ahead log into the file, where deleted content was overwritten. What a reader still needs stays until the next time."""
        with self._turn, self._plain_errors():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection. A read that is still going on closes its own when it ends."""
        with self._turn:
            self._closed = True
            while self._idle:
                self._idle.pop().close()
            self._writer.close()

    def _in_transaction(self) -> bool:
        return self._owner == threading.get_ident()

    def _begin(self, synchronous: str) -> None:
        if synchronous != self._synchronous:
            self._writer.execute(f"PRAGMA synchronous = {synchronous}")
            self._synchronous = synchronous
        self._writer.execute("BEGIN IMMEDIATE")
        self._owner = threading.get_ident()

    def _writing(self) -> sqlite3.Connection:
        if not self._in_transaction():
            raise RuntimeError("writes belong inside `with store.transaction():`")
        return self._writer

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._in_transaction():
            yield self._writer
            return
        connection = self._borrow()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _borrow(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _open_writer(self) -> sqlite3.Connection:
        try:
            writer = self._connect()
        except sqlite3.Error as error:
            raise NotReady(f"{self.path} cannot be opened ({error}): check the path and its permissions") from error
        try:
            self._prepare(writer)
        except BaseException as error:
            writer.close()
            if isinstance(error, sqlite3.Error):
                raise NotReady(f"{self.path} cannot be used ({error}): choose another data directory, or move this file away") from error
            raise
        return writer

    def _prepare(self, writer: sqlite3.Connection) -> None:
        if not _is_empty(writer) and _pragma(writer, "application_id") != APPLICATION_ID:
            raise NotReady(f"{self.path} is a database of another program: choose another data directory")
        if pending(str(self.path), _applied(writer), MIGRATIONS) or not _keeps_list(writer):
            _migrate(writer, str(self.path))
        writer.execute("PRAGMA journal_mode = WAL")
        # What is deleted or replaced is overwritten with zeros: an erased person is not in the file any more.
        writer.execute("PRAGMA secure_delete = ON")
        # Message ids are random, so their index is written all over: 64 MiB of it in memory, and 64 MiB of changes between two clean-ups.
        writer.execute("PRAGMA cache_size = -65536")
        writer.execute("PRAGMA wal_autocheckpoint = 16384")

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """Say in one line what keeps the file from being written."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _OUTSIDE_CAUSES:
                raise
            raise NotReady(f"{self.path} cannot be written ({error}): nothing was changed, try again when the cause is removed") from error


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _keeps_list(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone() is not None


def _applied(connection: sqlite3.Connection) -> set[str]:
    """The steps of the schema that the file has taken. Before there was a list of them, there was only the first."""
    if _keeps_list(connection):
        return {name for (name,) in connection.execute("SELECT name FROM migrations")}
    return set() if _is_empty(connection) else {MIGRATIONS[0].name}


def _migrate(connection: sqlite3.Connection, place: str) -> None:
    """Take the steps that are missing, all or none."""
    connection.execute("BEGIN IMMEDIATE")
    applied = _applied(connection)  # another process may have been quicker
    missing = pending(place, applied, MIGRATIONS)
    for migration in missing:
        for statement in single_statements(migration.script):
            connection.execute(statement)
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT")
    connection.executemany("INSERT OR IGNORE INTO migrations VALUES (?)", [(name,) for name in sorted({*applied, *(migration.name for migration in missing)})])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")  # a Tactful from before the list looks at this number
    connection.execute("COMMIT")
