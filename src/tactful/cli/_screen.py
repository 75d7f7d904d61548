"""What commands print: JSON for programs, lines for people; progress on standard error, only for people."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from tactful.app.engine import Progress

MOST_PROBLEMS = 20


def show(value: object, lines: Iterable[str], *, as_json: bool) -> None:
    """Print the value as JSON, or the lines."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode() if as_json else "\n".join(lines)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def builtins(value: object) -> Any:
    """The value as it goes over the wire: dicts, lists, strings and numbers.

    >>> builtins((1, "a"))
    [1, 'a']
    """
    return msgspec.json.decode(msgspec.json.encode(value))


def note(message: str) -> None:
    """Tell people something that is not the answer, on standard error."""
    sys.stderr.write(message + "\n")


def note_problems(problems: Sequence[str]) -> None:
    """The first problems one by one, then how many more there are."""
    for problem in problems[:MOST_PROBLEMS]:
        note(f"  {problem}")
    if len(problems) > MOST_PROBLEMS:
        note(f"  and {len(problems) - MOST_PROBLEMS} more")


@contextmanager
def progress(title: str, *, total: int | None, in_bytes: bool = False) -> Iterator["Progress"]:
    """A bar on standard error where that is a terminal; elsewhere the title once. Yields what to call with every bit done."""
    if not sys.stderr.isatty():
        note(title)
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    counted = DownloadColumn() if in_bytes else MofNCompleteColumn()
    with Progress(TextColumn("{task.description}"), BarColumn(), counted, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, advance=done)
