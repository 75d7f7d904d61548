"""The one place that picks adapters."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import uuid4

from msgspec import Struct

from tactful.app.engine import Engine
from tactful.app.ports import Sender, Store
from tactful.model.errors import NotReady
from tactful.outreach import way_out_token
from tactful.senders import Letterhead, open_sender
from tactful.store import MemoryStore, SqliteStore

DATABASE_NAME = "tactful.sqlite3"


def open_engine(location: str | Path) -> Engine:
    """Open the engine over a data directory (made when missing), over a ``postgresql://`` URL, or over ``memory:``. Raises NotReady where that cannot be."""
    return Engine(_open_store(str(location)), new_id=_new_id)


class Postroom(Struct, frozen=True, kw_only=True):
    """Which senders a shop has, and how a letter says who writes."""

    senders: tuple[str, ...]
    """Addresses such as ``file:outbox``."""
    letterhead: Letterhead = Letterhead()
    links_key: bytes = b""
    """Signs the links in letters."""

    def way_out(self, message_id: str) -> str | None:
        """The link that ends a message's channel; None where the shop has given no address for links."""
        base = self.letterhead.links_url
        return f"{base.rstrip('/')}/u/{way_out_token(message_id, self.links_key)}" if base and self.links_key else None

    @contextmanager
    def opened(self) -> Iterator[list[Sender]]:
        """Open every sender, for one run. Raises InvalidInput and NotReady where one cannot be opened."""
        with ExitStack() as stack:
            yield [stack.enter_context(closing(open_sender(address, self.letterhead))) for address in self.senders]


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
