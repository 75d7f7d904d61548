"""The one place that picks adapters."""

from pathlib import Path
from uuid import uuid4

from tactful.app.engine import Engine
from tactful.app.ports import Store
from tactful.model.errors import NotReady
from tactful.store import MemoryStore, SqliteStore

DATABASE_NAME = "tactful.sqlite3"


def open_engine(location: str | Path) -> Engine:
    """Open the engine over a data directory (made when missing), over a ``postgresql://`` URL, or over ``memory:``. Raises NotReady where that cannot be."""
    return Engine(_open_store(str(location)), new_id=_new_id)


def _open_store(location: str) -> Store:
    if location == "memory:":
        return MemoryStore()
    if location.startswith(("postgresql://", "postgres://")):
        return _open_postgres(location)
    directory = Path(location)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotReady(f"{directory} is a file: give a directory for the data") from error
    except OSError as error:
        raise NotReady(f"{directory} cannot be made ({error.strerror}): give a directory that you may write to") from error
    return SqliteStore(directory / DATABASE_NAME)


def _open_postgres(url: str) -> Store:
    try:
        from tactful.store.postgres import PostgresStore  # noqa: PLC0415 - an extra that most shops do without
    except ImportError as error:
        raise NotReady("the PostgreSQL driver is not installed: pip install 'tactful[postgres]'") from error
    return PostgresStore(url)


def _new_id() -> str:
    return str(uuid4())
