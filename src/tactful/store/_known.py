"""What a transaction knows of the database without asking again, and which of its writes may wait until somebody asks.

Each question to a database on another machine costs a crossing of the network. Nobody else changes what a transaction is about, so what it read once stays so
until it writes it itself; and a write need not be sent before something that it changes is read.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

Row = tuple[Any, ...]


class Effect(Struct, frozen=True):
    """What a row that a statement writes changes for one statement that reads."""

    reads: str
    key: tuple[int, ...] | None
    """Which columns of the row are the reader's key; None: any key may be meant."""
    result: tuple[int, ...] | None = None
    """Which columns the reader finds from then on; None: it has to ask."""


EFFECTS: dict[str, tuple[Effect, ...]] = {
    "append_event": (Effect("read_events", (0,)), Effect("find_event", (2,)), Effect("known_event", (2,))),
    "save_profile": (Effect("load_profile", (0,), (1,)),),
    "link_identifier": (Effect("owner_of_identifier", (0, 1), (2,)), Effect("links_of_customer", None)),
    "tie_identifier": (Effect("ties_of_identifier", (0, 1)), Effect("ties_of_customer", (2,))),
    "cut_identifier": (Effect("cut_at", (0, 1, 2), (3,)),),
    "close_address": (Effect("closed_address", (0, 1), (2, 3)),),
}
"""Of other statements it is only known which tables they touch, and so of these for readers that are not named."""
KEY_OF = {"read_events": 1}
"""How many of a reader's values are its key, where those are not all; what it reads is not remembered."""


WHOLE_KEY = {"owner_of_identifier": 2, "ties_of_identifier": 2, "ties_of_customer": 1, "cut_at": 2, "load_profile": 1}
"""Readers whose rows may be known as a whole, and how many of their values say of what."""


def tables_of(statement: str) -> frozenset[str]:
    """The tables that a statement reads or writes.

    >>> sorted(tables_of("DELETE FROM message_ids USING gone WHERE true"))
    ['gone', 'message_ids']
    """
    return frozenset(re.findall(r"(?:FROM|INTO|UPDATE|JOIN|USING)\s+(\w+)", statement))


class Known:
    """Of one transaction."""

    def __init__(self, tables: dict[str, frozenset[str]]) -> None:
        self._tables = tables
        self._rows: dict[str, dict[Row, list[Row]]] = {}
        self._whole: dict[str, set[Row]] = {}
        self._waiting: list[tuple[str, list[Any]]] = []
        self._changed: set[tuple[str, Row | None]] = set()

    def clear(self) -> None:
        """Forget everything, waiting writes too."""
        for each in (self._rows, self._whole, self._waiting, self._changed):
            each.clear()

    def rows(self, reader: str, parameters: Row) -> list[Row] | None:
        """What a statement would find, or None where it has to ask."""
        found = self._rows.get(reader, {}).get(parameters)
        if found is None and parameters[: WHOLE_KEY.get(reader)] in self._whole.get(reader, ()):
            return []
        return found

    def keep(self, reader: str, parameters: Row, rows: list[Row]) -> None:
        """Remember what a statement found."""
        if reader not in KEY_OF:
            self._rows.setdefault(reader, {})[parameters] = rows

    def keep_whole(self, reader: str, keys: Iterable[Row], found: Iterable[tuple[Row, Row]]) -> None:
        """Remember all that a statement would find under some keys: pairs of its parameters and a row. What is not among them is not there."""
        self._whole.setdefault(reader, set()).update(keys)
        kept = self._rows.setdefault(reader, {})
        for parameters, row in found:
            kept.setdefault(parameters, []).append(row)

    def wrote(self, writer: str, rows: list[Any]) -> None:
        """Note a write that waits."""
        if not rows:
            return
        if self._waiting and self._waiting[-1][0] == writer:
            self._waiting[-1][1].extend(rows)
        else:
            self._waiting.append((writer, list(rows)))
        effects = EFFECTS.get(writer, ())
        for reader in self._concerned(writer) - {effect.reads for effect in effects}:
            self._rows.pop(reader, None)
            self._whole.pop(reader, None)
        for effect in effects:
            for row in rows:
                self._change(effect, row)

    def must_send(self, reader: str, keys: Iterable[Row]) -> bool:
        """Whether a write that waits may change what a statement is about to read."""
        for writer, _ in self._waiting:
            if self._tables[writer] & self._tables[reader] and reader not in {effect.reads for effect in EFFECTS.get(writer, ())}:
                return True
        size = KEY_OF.get(reader)
        return (reader, None) in self._changed or any((reader, key[:size]) in self._changed for key in keys)

    def take_waiting(self) -> Iterator[tuple[str, list[Any]]]:
        """The writes that wait, which are to be sent now."""
        waiting, self._waiting = self._waiting, []
        self._changed.clear()
        yield from waiting

    def _concerned(self, writer: str) -> set[str]:
        return {reader for reader in {*self._rows, *self._whole} if self._tables[writer] & self._tables[reader]}

    def _change(self, effect: Effect, row: Row) -> None:
        if effect.key is None:
            self._rows.pop(effect.reads, None)
            self._whole.pop(effect.reads, None)
            self._changed.add((effect.reads, None))
            return
        key = tuple(row[column] for column in effect.key)
        self._changed.add((effect.reads, key))
        if effect.result is not None:
            self.keep(effect.reads, key, [tuple(row[column] for column in effect.result)])
        else:
            self._rows.get(effect.reads, {}).pop(key, None)
            self._whole.get(effect.reads, set()).discard(key[: WHOLE_KEY.get(effect.reads)])
