"""The schema as it grew: numbered files, each applied once and remembered by name."""

import sqlite3
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tactful.model.errors import NotReady


class Migration(NamedTuple):
    """One step of the schema. It is never changed once it was released; what comes later is another step."""

    name: str
    """Such as ``001_log``: the number gives the order, the words the topic."""
    script: str


@cache
def migrations(dialect: str) -> tuple[Migration, ...]:
    """All steps for one kind of database (the name of a folder here) in the order in which they are applied.

    >>> migrations("sqlite")[0].name
    '001_log'
    """
    folder = files("tactful.store").joinpath("migrations", dialect)
    found = [Migration(file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql")]
    return tuple(sorted(found))


def pending(place: str, applied: Collection[str], known: tuple[Migration, ...]) -> list[Migration]:
    """The steps that the database at ``place`` lacks. Raises NotReady where it has taken a step that this Tactful does not know."""
    unknown = sorted(set(applied) - {migration.name for migration in known})
    if unknown:
        raise NotReady(f"{place} was written by a newer Tactful (it knows {', '.join(unknown)}, this one does not): upgrade Tactful")
    return [migration for migration in known if migration.name not in applied]


def single_statements(script: str) -> list[str]:
    r"""Cut a script into statements, for databases that take one at a time. Comments and semicolons inside them stay whole.

    >>> single_statements("-- One; two.\nSELECT ';';\nSELECT 2;\n")
    ["-- One; two.\nSELECT ';';", 'SELECT 2;']
    """
    found, lines = [], list[str]()
    for line in script.splitlines():
        lines.append(line)
        if sqlite3.complete_statement("\n".join(lines)):
            found.append("\n".join(lines).strip())
            lines = []
    return found
