"""Options that many commands share, and what they mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tactful.app.engine import Engine
    from tactful.app.policy import Policy

DEFAULT_DATA = Path("tactful-data")


def parse_time(text: str) -> datetime:
    """A point in time from RFC 3339; the offset is required.

    >>> parse_time("2026-03-01T10:00:00Z").isoformat()
    '2026-03-01T10:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write it like 2026-03-01T10:00:00Z") from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no time zone; add Z or an offset like +01:00")
    return moment.astimezone(UTC)


Data = Annotated[Path, typer.Option("--data", envvar="TACTFUL_DATA", metavar="DIR", help="Directory that holds everything; created when missing.")]
Store = Annotated[
    str | None, typer.Option("--store", metavar="URL", help="Database to use instead of the one in the data directory: postgresql://user@host/name.")
]
Config = Annotated[
    Path | None, typer.Option("--config", envvar="TACTFUL_CONFIG", metavar="FILE", help="Policy to use instead of the data directory's tactful.toml.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Now = Annotated[datetime | None, typer.Option("--now", parser=parse_time, metavar="TIME", help="Act as if it were this time, RFC 3339.")]


def clock(now: datetime | None) -> datetime:
    """The given time, or the real one."""
    return now or datetime.now(UTC)


def engine(data: Path, store: str | None, config: Path | None = None) -> "Engine":
    """The engine over the database of the data directory, or over the given one, with the policy of the directory, or the given one."""
    from tactful.wiring import open_engine

    return open_engine(store or data, policy=policy_in(data, config))


@contextmanager
def at_work(data: Path, store: str | None, config: Path | None = None) -> Iterator["Engine"]:
    """The engine as above, for one command; its database is closed at the end, whatever happens."""
    work = engine(data, store, config)
    try:
        yield work
    finally:
        work.store.close()


def policy_in(data: Path, config: Path | None) -> "Policy":
    """The given policy, or that of the data directory. Raises NotReady and InvalidInput."""
    from tactful.wiring import load_policy, policy_of

    return load_policy(config) if config else policy_of(data)
