"""Connections to one PostgreSQL database: writers of different people side by side, readers at any time, statements by name."""

import itertools
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar, cast

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import StrDumper, TextLoader

from tactful.app.ports import About, Collision
from tactful.identity import customer_id_of
from tactful.model.errors import NotReady
from tactful.model.identity import Identifier
from tactful.store._database import STATEMENTS as SHARED
from tactful.store._database import Row, read_statements
from tactful.store._known import Known, tables_of
from tactful.store._migrations import migrations, pending

Connection = psycopg.Connection[Row]
Result = TypeVar("Result")

MIGRATIONS = migrations("postgres")

MOST_CONNECTIONS = 20
MOST_WRITERS = 12
"""Transactions of one process at a time. The other connections are for those who only read."""

_MOST_CLAIMED = 500
"""People of one transaction; with more of them it runs alone. Each is a lock in the server's memory."""
_ROWS_AT_ONCE = 1000
_CONNECT_SECONDS = 5
_WAIT_SECONDS = 30.0
_EVERYBODY = 0x54414354 << 32
"""The advisory lock that a transaction about somebody shares and one about everybody has alone."""
_MIGRATING = _EVERYBODY + 1

_SESSION = """
SET idle_in_transaction_session_timeout = '300s';
SET lock_timeout = '30s';
SET client_min_messages = 'warning'
"""
"""A process that hangs in a transaction, or is cut off from the network, must not keep the others waiting for ever."""

_TRIES_TO_CLAIM = 20
_LOST = (psycopg.OperationalError, psycopg.InterfaceError, errors.IdleInTransactionSessionTimeout)
_OUTSIDE_CAUSES = (*_LOST, errors.ReadOnlySqlTransaction)
_COLLISIONS = (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure)


def in_its_words(statement: str) -> str:
    """Translate the marks of bound values.

    >>> in_its_words("UPDATE events SET customer = :into WHERE customer = :from AND at <= ?::bigint")
    'UPDATE events SET customer = %(into)s WHERE customer = %(from)s AND at <= %s::bigint'
    """
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement.replace("%", "%%")).replace("?", "%s")


STATEMENTS = {name: in_its_words(text) for name, text in (SHARED | read_statements("postgres.sql")).items()}

TABLES = {name: tables_of(text) for name, text in STATEMENTS.items()}


class _Dumper(StrDumper):
    """PostgreSQL keeps no NUL in text. Written as two other characters, in a way that keeps every order, it comes back as it was."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\1", "\1\2").replace("\0", "\1\1") if "\0" in obj or "\1" in obj else obj)


class _Loader(TextLoader):
    def load(self, data: bytes | bytearray | memoryview) -> bytes | str:
        text = cast("str", super().load(data))
        return text.replace("\1\1", "\0").replace("\1\2", "\1") if "\1" in text else text


class _Turn(threading.local):
    """What this thread's transaction has."""

    connection: Connection | None = None
    claimed: set[int] | None = None
    """Advisory locks on people; None: everybody."""

    def __init__(self) -> None:
        self.known = Known(TABLES)


class PostgresDatabase:
    """Connections to one database. Reads of the thread that holds a transaction see its writes; all others see what was committed.

    Two transactions about different people run side by side, in one process or in several. Each person is an advisory lock, taken in one order before
    anything is read; who turns up later is taken if free, and else the transaction gives way: `Collision`. A transaction about everybody runs alone.
    """

    def __init__(self, url: str) -> None:
        self._options = _options(url)
        self.place = f"PostgreSQL database {self._options.get('dbname', '')} at {self._options.get('host', 'localhost')}"
        self._idle: deque[Connection] = deque()
        self._closed = False
        self._connections = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._writers = threading.BoundedSemaphore(MOST_WRITERS)
        self._turn = _Turn()
        self._streams = itertools.count()
        self._migrate()

    @contextmanager
    def transaction(self, *, durable: bool, about: About | None) -> Iterator[None]:
        """Commit all writes of the block, or none."""
        if self._turn.connection is not None:
            raise RuntimeError("this thread is in a transaction already, and transactions do not nest")
        begin = partial(_begin, durable=durable, about=about)
        with self._plain_errors(), _place_in(self._writers), self._connected(begin) as (connection, claimed):
            self._turn.connection, self._turn.claimed = connection, claimed
            try:
                _learn(connection, about or (), self._turn.known)
                yield
                self._send(connection)
                connection.execute("COMMIT")
            finally:
                self._turn.connection = None
                self._turn.known.clear()

    def claim(self, customer_id: str) -> None:
        """Inside a transaction, make sure that nobody else works on this customer until it ends. Raises Collision where somebody does."""
        connection, claimed, key = self._turn.connection, self._turn.claimed, _lock_of(customer_id)
        if connection is None or claimed is None or key in claimed:
            return
        if connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (key,)).fetchall() != [(True,)]:
            raise Collision(f"somebody else is at work on {customer_id[:80]!r}: try again")
        claimed.add(key)

    def write(self, name: str, parameters: Row | dict[str, Any] = ()) -> None:
        """Execute a named statement inside the transaction."""
        self.write_many(name, [parameters])

    def write_many(self, name: str, rows: Iterable[Any]) -> None:
        """Execute a named statement once a row, inside the transaction; at the latest when it ends, and before what it changes is read."""
        if self._turn.connection is None:
            raise RuntimeError("writes belong inside `with store.transaction():`")
        self._turn.known.wrote(name, list(rows))

    def row(self, name: str, parameters: Row = ()) -> Row | None:
        """Read the first row of a named statement, or None."""
        return next(iter(self.rows(name, parameters)), None)

    def rows(self, name: str, parameters: Row = ()) -> list[Row]:
        """Read all rows of a named statement."""
        connection = self._turn.connection
        if connection is None:
            return self._read_anew(name, parameters)
        known = self._turn.known
        found = known.rows(name, parameters)
        if found is None:
            if known.must_send(name, [parameters]):
                self._send(connection)
            found = connection.execute(STATEMENTS[name], parameters).fetchall()
            known.keep(name, parameters, found)
        return found

    def _read_anew(self, name: str, parameters: Row) -> list[Row]:
        with self._plain_errors(), self._connected(lambda connection: connection.execute(STATEMENTS[name], parameters).fetchall()) as (_, found):
            return found

    def _send(self, connection: Connection) -> None:
        """Send the writes that wait."""
        waiting = list(self._turn.known.take_waiting())
        if waiting:
            with connection.pipeline():
                for name, rows in waiting:
                    connection.cursor().executemany(STATEMENTS[name], rows)

    def number(self, name: str) -> int:
        """Read the one number of a named statement."""
        found: int = self.rows(name)[0][0]
        return found

    def stream(self, name: str, parameters: Row = ()) -> Iterator[Row]:
        """Read the rows of a named statement some at a time, all from the moment of the first."""
        if self._turn.connection is not None:
            self._send(self._turn.connection)
            yield from self._cursor(name, parameters, self._turn.connection)
            return
        with self._plain_errors(), self._connected(partial(self._open_cursor, name, parameters)) as (_, cursor):
            yield from cursor

    def found(self, name: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys for which a named statement finds a row."""
        if self._turn.connection is not None:
            if self._turn.known.must_send(name, [(key,) for key in keys]):
                self._send(self._turn.connection)
            return {key for (key,) in self._turn.connection.execute(STATEMENTS[name], (list(keys),))}
        return {key for (key,) in self._read_anew(name, (list(keys),))}

    def scrub(self) -> None:
        """Nothing to do: what was erased is overwritten when PostgreSQL vacuums, and leaves its log with the next checkpoints."""

    def close(self) -> None:
        """Close every connection. A read that is still going on closes its own when it ends."""
        self._closed = True
        self._forget_idle()

    def _open_cursor(self, name: str, parameters: Row, connection: Connection) -> Iterator[Row]:
        connection.execute("BEGIN READ ONLY")
        return self._cursor(name, parameters, connection)

    def _cursor(self, name: str, parameters: Row, connection: Connection) -> Iterator[Row]:
        cursor = connection.cursor(name=f"stream_{next(self._streams)}")
        cursor.itersize = _ROWS_AT_ONCE
        return iter(cursor.execute(STATEMENTS[name], parameters))

    @contextmanager
    def _connected(self, first: Callable[[Connection], Result]) -> Iterator[tuple[Connection, Result]]:
        """Lend a connection, and what came of the first work on it. One that died while nobody used it is replaced, once."""
        with _place_in(self._connections):
            connection = self._borrow()
            try:
                try:
                    result = first(connection)
                except _LOST:
                    if not connection.closed:
                        raise
                    self._forget_idle()  # a server that ended one connection has ended all
                    connection = self._connect()
                    result = first(connection)
                yield connection, result
            finally:
                self._give_back(connection)

    def _borrow(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _give_back(self, connection: Connection) -> None:
        with suppress(*_LOST):
            connection.rollback()  # of what was not committed, nothing stays
        if self._closed or connection.closed:
            connection.close()
        else:
            self._idle.append(connection)

    def _forget_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> Connection:
        connection = psycopg.connect(**self._options, autocommit=True)
        connection.adapters.register_dumper(str, _Dumper)
        connection.adapters.register_loader("text", _Loader)
        connection.execute(_SESSION)
        return connection

    def _migrate(self) -> None:
        """Take the steps of the schema that are missing, all or none."""
        try:
            with self._connected(_begin_migrating) as (connection, applied):
                for migration in pending(self.place, applied, MIGRATIONS):
                    connection.execute(migration.script)
                    connection.execute("INSERT INTO migrations (name) VALUES (%s)", (migration.name,))
                connection.execute("COMMIT")
        except psycopg.Error as error:
            raise NotReady(
                f"{self.place} cannot be used ({_in_one_line(error)}): check the URL, and that the server is up and lets you create tables"
            ) from error

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """Say in one line what keeps the database from being used."""
        try:
            yield
        except _COLLISIONS as error:
            raise Collision(f"somebody else was quicker with the same people ({_in_one_line(error)}): try again") from error
        except _OUTSIDE_CAUSES as error:
            raise NotReady(f"{self.place} cannot be used ({_in_one_line(error)}): try again when the cause is removed") from error


def _options(url: str) -> dict[str, Any]:
    try:
        return {"connect_timeout": _CONNECT_SECONDS, "fallback_application_name": "tactful"} | conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise NotReady("the URL of the store cannot be read: write it like postgresql://user:password@host:5432/database") from None


def _begin_migrating(connection: Connection) -> set[str]:
    """Begin alone, and return the steps that were taken before. Raises NotReady for another program's tables."""
    connection.execute("BEGIN")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATING,))
    ours, others = connection.execute("SELECT to_regclass('migrations'), to_regclass('events')").fetchall()[0]
    if ours is None and others is not None:
        raise NotReady("the PostgreSQL database has tables of another program: choose another database")
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)")
    return {name for (name,) in connection.execute("SELECT name FROM migrations")}


def _begin(connection: Connection, *, durable: bool, about: About | None) -> set[int] | None:
    """Begin a transaction that has its people to itself; the locks it took, None for everybody's."""
    begin = "BEGIN" if durable else "BEGIN; SET LOCAL synchronous_commit = off"
    if about is None or len(about) > _MOST_CLAIMED:
        connection.execute(f"{begin}; SELECT pg_advisory_xact_lock({_EVERYBODY})")
        return None
    named = [one for one in about if isinstance(one, Identifier)]
    owners = _owners(connection, named)
    founded = {customer_id_of(one) for one in named}  # whom they would be, if they are nobody yet
    for _ in range(_TRIES_TO_CLAIM):
        claimed = {_lock_of(one) for one in (*about, *founded, *owners)}
        locks = ",".join(map(str, sorted(claimed)))  # one order for all, so that no two wait for each other
        everybody = f"SELECT pg_advisory_xact_lock_shared({_EVERYBODY})"
        people = f"SELECT pg_advisory_xact_lock(key) FROM unnest('{{{locks}}}'::bigint[]) AS key"
        connection.execute(f"{begin}; {everybody}; {people}")
        owners = _owners(connection, named)
        if {_lock_of(owner) for owner in owners} <= claimed:
            return claimed
        connection.execute("ROLLBACK")  # an identifier has changed hands meanwhile
    raise Collision("these people are being joined over and over: try again")


def _owners(connection: Connection, named: list[Identifier]) -> set[str]:
    if not named:
        return set()
    return {customer for _, _, customer in connection.execute(STATEMENTS["owners_of_identifiers"], _columns(named))}


def _columns(named: list[Identifier]) -> tuple[list[str], list[str]]:
    return [one.kind for one in named], [one.value for one in named]


def _learn(connection: Connection, about: About, known: Known) -> None:
    """Read at once what every event of somebody asks for: who they are, and their snapshots."""
    named = [one for one in about if isinstance(one, Identifier)]
    if not named:
        return
    owners = connection.execute(STATEMENTS["owners_of_identifiers"], _columns(named)).fetchall()
    customers = sorted({*(customer for _, _, customer in owners), *map(customer_id_of, named)})
    identifiers, people = [(one.kind, one.value) for one in named], [(customer,) for customer in customers]
    with connection.pipeline():
        ties = connection.execute(STATEMENTS["ties_of_identifiers"], _columns(named))
        cuts = connection.execute(STATEMENTS["cuts_of_identifiers"], _columns(named))
        theirs = connection.execute(STATEMENTS["ties_of_customers"], (customers,))
        snapshots = connection.execute(STATEMENTS["profiles_of_customers"], (customers,))
    known.keep_whole("owner_of_identifier", identifiers, ((row[:2], row[2:]) for row in owners))
    known.keep_whole("ties_of_identifier", identifiers, ((row[:2], row) for row in ties))
    known.keep_whole("cut_at", identifiers, ((row[:3], row[3:]) for row in cuts))
    known.keep_whole("ties_of_customer", people, ((row[2:3], row) for row in theirs))
    known.keep_whole("load_profile", people, ((row[:1], row[1:]) for row in snapshots))


def _lock_of(who: Identifier | str) -> int:
    """The number of the advisory lock on somebody. Two people with the same number only wait for each other.

    >>> _lock_of("u:ann") == _lock_of(Identifier("user_id", "ann"))
    False
    """
    name = who if isinstance(who, str) else f"{who.kind}\0{who.value}"
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


@contextmanager
def _place_in(semaphore: threading.BoundedSemaphore) -> Iterator[None]:
    if not semaphore.acquire(timeout=_WAIT_SECONDS):
        raise NotReady("too many requests wait for the database: try again in a moment")
    try:
        yield
    finally:
        semaphore.release()


def _in_one_line(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
