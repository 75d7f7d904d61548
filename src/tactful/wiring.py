"""The one place that picks adapters."""

import os
import secrets
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
ERASURE_KEY_NAME = "erasure.key"
POSTGRES = ("postgresql://", "postgres://")


def open_engine(location: str | Path) -> Engine:
    """Open the engine over a data directory (made when missing), over a ``postgresql://`` URL, or over ``memory:``. Raises NotReady where that cannot be."""
    store = _open_store(str(location))
    return Engine(store, new_id=_new_id, erasure_key=_erasure_key(str(location)))


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
    if location.startswith(POSTGRES):
        return _open_postgres(location)
    directory = Path(location)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotReady(f"{directory} is a file: give a directory for the data") from error
    except OSError as error:
        raise NotReady(f"{directory} cannot be made ({error.strerror}): give a directory that you may write to") from error
    return SqliteStore(directory / DATABASE_NAME)


def _erasure_key(location: str) -> bytes:
    """The key under which erased identifiers are remembered: a file of its own beside the database, made when missing. Raises NotReady."""
    if location == "memory:":
        return secrets.token_bytes(32)
    directory = Path(os.environ.get("TACTFUL_DATA", "tactful-data")) if location.startswith(POSTGRES) else Path(location)
    path = directory / ERASURE_KEY_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        return path.read_bytes()
    except OSError as error:
        raise NotReady(
            f"{path} cannot be read or written ({error.strerror}): it remembers who was erased, so give it back its place and permissions"
        ) from error


def _open_postgres(url: str) -> Store:
    try:
        from tactful.store.postgres import PostgresStore  # noqa: PLC0415 - an extra that most shops do without
    except ImportError as error:
        raise NotReady("the PostgreSQL driver is not installed: pip install 'tactful[postgres]'") from error
    return PostgresStore(url)


def _new_id() -> str:
    return str(uuid4())
