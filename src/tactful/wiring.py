"""The one place that picks adapters."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import get_args
from urllib.parse import SplitResult, quote, unquote, urlsplit
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import asdict, replace

from tactful.app.engine import Engine
from tactful.app.policy import Policy
from tactful.app.policy_file import FILE_NAME, read_policy, starting_policy
from tactful.app.ports import Sender, Store, Workbench
from tactful.app.sender_settings import Through
from tactful.model.errors import InvalidInput, NotReady
from tactful.model.events import Channel
from tactful.outreach import CUSTOMER_PAGE, WAY_OUT, link_token
from tactful.senders import ForChannel, Letterhead, open_sender
from tactful.store import MemoryStore, SqliteStore
from tactful.words import Links, Phrasebook, built_in
from tactful.workbench import FileWorkbench, MemoryWorkbench

DATABASE_NAME = "tactful.sqlite3"
WORDS_FOLDER = "words"
OUTBOX_NAME = "outbox"
"""Folder of the data directory that messages are written to where nothing else is said."""
ERASURE_KEY_NAME = "erasure.key"
POSTGRES = ("postgresql://", "postgres://")
SPARK = "TACTFUL_SPARK"
"""Environment variable that names the master of the Spark that counts what training counts."""


def open_engine(location: str | Path, *, policy: Policy | None = None, words: Phrasebook | None = None) -> Engine:
    """Open the engine over a data directory (made when missing), over a ``postgresql://`` URL, or over ``memory:``. Raises NotReady where that cannot be.

    Without a policy, the ``tactful.toml`` of the data directory holds, where there is one; without words, its folder of words. Raises InvalidInput where
    these have mistakes.
    """
    place = Path(location)
    policy, words = policy or policy_of(place), words or words_of(place)
    store = _open_store(str(location))
    return Engine(store, new_id=_new_id, policy=policy, words=words, erasure_key=_erasure_key(str(location)), workbench=_workbench(str(location)))


def policy_of(directory: Path) -> Policy:
    """The policy of a data directory; as shipped, where it has none."""
    file = directory / FILE_NAME
    return load_policy(file) if file.is_file() else Policy()


def words_of(directory: Path) -> Phrasebook:
    """The words of a data directory; as shipped, where it has none of its own. Raises InvalidInput with every fault in them."""
    folder = directory / WORDS_FOLDER
    return Phrasebook(load_words(folder)) if folder.is_dir() else built_in()


def load_words(folder: Path) -> dict[str, str]:
    """The files of a folder of words, by name. Raises NotReady where they cannot be read."""
    try:
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith(".")}
    except OSError as error:
        raise NotReady(f"{error.filename or folder} cannot be read ({error.strerror}): give a folder of words, such as fr.toml") from error
    except UnicodeDecodeError:
        raise InvalidInput(f"{folder} holds a file that is not UTF-8 text; words are") from None


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


class Route(Struct, frozen=True, kw_only=True):
    """Through what the messages of one channel leave."""

    channel: str
    address: str
    letterhead: Letterhead


class Postroom(Struct, frozen=True, kw_only=True):
    """Which senders a shop has, and how a letter says who writes."""

    senders: tuple[str, ...]
    """Addresses such as ``file:outbox``, for every channel that has no route of its own."""
    routes: tuple[Route, ...] = ()
    letterhead: Letterhead = Letterhead()
    links_key: bytes = b""
    """Signs the links in letters."""

    def links(self, message_id: str) -> Links | None:
        """The links of a message: one ends its channel, one leads to the customer's page. None where the shop has given no address for links."""
        base = (self.letterhead.links_url or "").rstrip("/")
        if not base or not self.links_key:
            return None
        way_out, page = (link_token(message_id, self.links_key, leads_to=page) for page in (WAY_OUT, CUSTOMER_PAGE))
        return Links(unsubscribe_url=f"{base}/{WAY_OUT}/{way_out}", preferences_url=f"{base}/{CUSTOMER_PAGE}/{page}")

    @contextmanager
    def opened(self) -> Iterator[list[Sender]]:
        """Open every sender, for one run. Raises InvalidInput and NotReady where one cannot be opened."""
        with ExitStack() as stack:
            own: list[Sender] = [ForChannel(open_sender(route.address, route.letterhead), route.channel) for route in self.routes]
            every = [*own, *(open_sender(address, self.letterhead) for address in self.senders)]
            yield [stack.enter_context(closing(sender)) for sender in every]


def postroom_of(policy: Policy, directory: Path, *, senders: tuple[str, ...] = (), letterhead: Letterhead | None = None, links_key: bytes = b"") -> Postroom:
    """The senders of a data directory, as its policy says. What is given outranks it: ``senders`` all of its own, ``letterhead`` what it names.

    Raises InvalidInput where a secret is not where the policy says, every one of them named.
    """
    by_file, given = asdict(policy.part("senders.letters")), asdict(letterhead or Letterhead())
    head = Letterhead(**{name: value or by_file.get(name) or value for name, value in given.items()})
    routes, mistakes = list[Route](), list[str]()
    for channel in () if senders else get_args(Channel):
        try:
            routes += _routes(policy, directory, channel, head)
        except InvalidInput as mistake:
            mistakes.append(f"{policy.file or FILE_NAME}: senders.{channel}.secret: {mistake.message}")
    if mistakes:
        raise InvalidInput("; ".join(mistakes))
    rest = senders or (f"file:{(directory / OUTBOX_NAME).absolute()}",)
    return Postroom(senders=rest, routes=tuple(routes), letterhead=head, links_key=links_key)


def _routes(policy: Policy, directory: Path, channel: str, head: Letterhead) -> Iterator[Route]:
    """The route of a channel, where the policy gives it one."""
    own = policy.part(f"senders.{channel}")
    if not isinstance(own, Through) or not own.through:
        return
    secret, address = _secret(own.secret) if own.secret else None, urlsplit(own.through)
    if address.scheme == "file":
        address = SplitResult("file", "", quote(str((directory / unquote(address.path)).absolute())), "", "")
    elif address.scheme.startswith("smtp") and secret is not None:
        address = address._replace(netloc=f"{address.username or ''}:{quote(secret, safe='')}@{address.netloc.rpartition('@')[2]}")
    letterhead = replace(head, from_address=own.from_address or head.from_address, webhook_secret=secret)
    yield Route(channel=channel, address=address.geturl(), letterhead=letterhead)


def _secret(reference: str) -> str:
    """A secret from where it lies. Raises InvalidInput where it is not there."""
    kind, _, place = reference.partition(":")
    if kind == "env":
        value = os.environ.get(place, "")
    else:
        try:
            value = Path(place).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise InvalidInput(f"{place} cannot be read; put the secret there, or say where it lies") from None
    if not value:
        raise InvalidInput(f"{place} holds nothing; put the secret there, or say where it lies")
    return value


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
    directory = _directory(location)
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


def _directory(location: str) -> Path:
    """Where files beside the database lie."""
    return Path(os.environ.get("TACTFUL_DATA", "tactful-data")) if location.startswith(POSTGRES) else Path(location)


def _workbench(location: str) -> Workbench:
    """Where training works, and what counts for it: beside the database; of several databases that share a directory, each has its own."""
    if location == "memory:":
        return MemoryWorkbench()
    folder = f"training-{hashlib.sha256(location.encode()).hexdigest()[:8]}" if location.startswith(POSTGRES) else "training"
    return FileWorkbench(_directory(location) / folder, spark=os.environ.get(SPARK))


def _open_postgres(url: str) -> Store:
    try:
        from tactful.store.postgres import PostgresStore  # noqa: PLC0415 - an extra that most shops do without
    except ImportError as error:
        raise NotReady("the PostgreSQL driver is not installed: pip install 'tactful[postgres]'") from error
    return PostgresStore(url)


def _new_id() -> str:
    return str(uuid4())
