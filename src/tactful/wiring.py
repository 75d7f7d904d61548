"""The one place that picks adapters."""

from pathlib import Path
from uuid import uuid4

from tactful.app.engine import Engine
from tactful.app.policy import Policy
from tactful.app.policy_file import FILE_NAME, read_policy, starting_policy
from tactful.app.ports import Store
from tactful.model.errors import InvalidInput, NotReady
from tactful.store import MemoryStore, SqliteStore

DATABASE_NAME = "tactful.sqlite3"


def open_engine(location: str | Path, *, policy: Policy | None = None) -> Engine:
    """Open the engine over a data directory (made when missing), over a ``postgresql://`` URL, or over ``memory:``. Raises NotReady where that cannot be.

    Without a policy, the ``tactful.toml`` of the data directory holds, where there is one. Raises InvalidInput where that has mistakes.
    """
    return Engine(_open_store(str(location)), new_id=_new_id, policy=policy or policy_of(Path(location)))


def policy_of(directory: Path) -> Policy:
    """The policy of a data directory; as shipped, where it has none."""
    file = directory / FILE_NAME
    return load_policy(file) if file.is_file() else Policy()


def load_policy(file: Path) -> Policy:
    """Read a policy from a file. Raises NotReady where it cannot be read, InvalidInput with every mistake in it."""
    try:
        return read_policy(file.read_text(encoding="utf-8"), file=str(file))
    except OSError as error:
        raise NotReady(f"{file} cannot be read ({error.strerror}): tactful init writes one to start from") from error
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not UTF-8 text") from None


def start_policy(directory: Path) -> Path:
    """Write a policy that changes nothing and shows everything, unless the directory has one; returns its file."""
    file = directory / FILE_NAME
    if not file.exists():
        file.write_text(starting_policy(), encoding="utf-8")
    return file


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
