"""`tactful.toml`: reading it with every mistake named at once, and writing one with all defaults to start from."""

import textwrap
import tomllib
from collections.abc import Iterable, Iterator
from datetime import time
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import Struct

from tactful.app.facts import CHANNELS
from tactful.app.policy import ALONE, Changes, Condition, Override, Parts, Policy, changed, default_parts, settable, told
from tactful.app.sender_settings import mistakes_in
from tactful.model.errors import InvalidInput

FILE_NAME = "tactful.toml"
SCOPES = {"placements": ("shelf", "thresholds"), "channels": ("contact",), "segments": ("shelf", "contact", "triggers", "thresholds", "words")}
"""Where settings may differ, and which sections may differ there."""
WIDTH = 100


class _Reading:
    """One file being read: what it changes, and every mistake in it."""

    def __init__(self) -> None:
        self.parts: Parts = default_parts()
        self.sections = list(dict.fromkeys(part.partition(".")[0] for part in self.parts))
        self.mistakes: list[str] = []

    def changes(self, table: dict[str, Any], *, under: str = "", allowed: Iterable[str] | None = None) -> Changes:
        """What these sections change. Mistakes are kept, and what is mistaken is left out."""
        changes: Changes = {}
        may = list(allowed) if allowed is not None else self.sections
        for section, content in table.items():
            if section not in may:
                self._unknown(f"{under}{section}", section, may)
            elif section in ALONE:
                self._part(section, content, changes, under=under)
            else:
                codes = [part.partition(".")[2] for part in self.parts if part.startswith(f"{section}.")]
                for code, fields in self._table(content, f"{under}{section}").items():
                    if code in codes:
                        self._part(f"{section}.{code}", fields, changes, under=under)
                    else:
                        self._unknown(f"{under}{section}.{code}", code, codes)
        return changes

    def overrides(self, scope: str, content: object) -> Iterator[Override]:
        """What holds only somewhere."""
        for name, inner in self._table(content, scope).items():
            key = f"{scope}.{name}"
            sections = dict(self._table(inner, key))
            if scope == "channels" and name not in CHANNELS:
                self._unknown(key, name, CHANNELS)
                continue
            when = self._condition(sections.pop("when", {}), f"{key}.when") if scope == "segments" else Condition()
            yield Override(scope=scope, name=name, changes=self.changes(sections, under=f"{key}.", allowed=SCOPES[scope]), when=when)

    def _condition(self, given: object, key: str) -> Condition:
        try:
            condition = msgspec.convert(given, Condition)
        except msgspec.ValidationError as error:
            self.mistakes.append(f"{key}: {_said(error)}; allowed are country, preference and customers")
            return Condition()
        if condition == Condition():
            self.mistakes.append(f'{key}: say who belongs to the segment, for example when = {{ country = ["FR"] }}')
        return condition

    def _part(self, part: str, content: object, changes: Changes, *, under: str) -> None:
        types = settable(type(self.parts[part]))
        for name, value in self._table(content, f"{under}{part}").items():
            key = f"{under}{part}.{name}"
            if name not in types:
                self._unknown(key, name, types)
                continue
            default = getattr(self.parts[part], name)
            if isinstance(default, dict) and isinstance(value, dict):
                for unknown in [inner for inner in value if inner not in default]:
                    self._unknown(f"{key}.{unknown}", unknown, default)
                value = {**default, **value}  # noqa: PLW2901 - what is not said stays as it is
            try:
                changes.setdefault(part, {})[name] = msgspec.convert(value, types[name])
            except msgspec.ValidationError as error:
                self.mistakes.append(f"{key}: {_said(error)}")

    def _table(self, content: object, key: str) -> dict[str, Any]:
        if isinstance(content, dict):
            return content
        self.mistakes.append(f"{key}: expected a table [{key}]")
        return {}

    def _unknown(self, key: str, name: str, known: Iterable[str]) -> None:
        close = get_close_matches(name, list(known), n=1)
        hint = f"did you mean {close[0]}?" if close else f"allowed: {', '.join(known) or 'nothing, it has no settings'}"
        self.mistakes.append(f"{key}: not known; {hint}")


def _said(error: msgspec.ValidationError) -> str:
    """What was wrong, in msgspec's words, without the path that starts at nothing.

    >>> _said(msgspec.ValidationError("Expected `int` >= 1 - at `$[0].most`"))
    'expected `int` >= 1 at [0].most'
    """
    what, _, where = str(error).partition(" - at `$")
    return what[:1].lower() + what[1:] + (f" at {where.rstrip('`').lstrip('.')}" if where else "")


def read_policy(text: str, *, file: str = FILE_NAME) -> Policy:
    """Read a policy. Raises InvalidInput that names every mistake: the file, the key, and what is allowed."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file} is no valid TOML: {error}") from None
    reading = _Reading()
    scoped = {scope: table.pop(scope) for scope in SCOPES if scope in table}
    changes = reading.changes(table, allowed=[*reading.sections])
    overrides = tuple(override for scope, content in scoped.items() for override in reading.overrides(scope, content))
    reading.mistakes += mistakes_in(changed(reading.parts, changes))
    if reading.mistakes:
        raise InvalidInput("; ".join(f"{file}: {mistake}" for mistake in reading.mistakes))
    return Policy(changes, overrides, file=file)


def starting_policy() -> str:
    """A file in which nothing is set: every setting with its default, commented out, with what it means and where the default comes from."""
    lines = [*_comment("The policy of this shop. Every line is commented out and shows what holds without it; see docs/reference/settings.md.")]
    for part, holder in default_parts().items():
        names = list(settable(type(holder)))
        if names:
            lines += ["", f"# [{part}]"]
        for name in names:
            means, because = told(type(holder), name)
            lines += [*_comment(means + (f" Source: {because}." if because else "")), f"# {name} = {as_toml(getattr(holder, name))}"]
    return "\n".join([*lines, ""])


def _comment(text: str) -> list[str]:
    return [f"#   {line}" for line in textwrap.wrap(text, WIDTH - 4)]


def as_toml(value: object) -> str:
    """A setting as one writes it in TOML.

    >>> as_toml({"email": 16.0}), as_toml(("a", "b")), as_toml(time(9))
    ('{ email = 16.0 }', '["a", "b"]', '09:00:00')
    """
    if isinstance(value, Struct):
        value = {name: part for name, part in msgspec.structs.asdict(value).items() if part is not None}
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {as_toml(part)}" for name, part in value.items()) + " }"
    if isinstance(value, (tuple, list, frozenset)):
        ordered = sorted(value) if isinstance(value, frozenset) else value
        return "[" + ", ".join(map(as_toml, ordered)) + "]"
    if isinstance(value, time):
        return value.isoformat()
    return msgspec.json.encode(value).decode()
