"""Scenario files: YAML documents, each a story with events, asks and what a considerate shop would answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from tactful.model.errors import InvalidInput
from tactful.rehearse.answers import Json
from tactful.rehearse.expect import Expectation, read_expectations
from tactful.rehearse.shop import PRODUCTS
from tactful.rehearse.times import read_moment

MESSAGE_KINDS = ("identify", "track", "page", "screen", "alias", "group")
ASK_KINDS = ("decide", "outreach", "outbox", "moderate", "customer")
ASK_FIELDS = {
    "decide": {"user", "anonymous", "placement", "limit", "explain", "context"},
    "outreach": {"user", "dryRun"},
    "outbox": {"user"},
    "moderate": {"user", "text", "image", "product", "locale"},
    "customer": {"user"},
}


class Happening(Struct, frozen=True, kw_only=True):
    """Something that happens in the story: a Segment message, or a change of the catalogue."""

    at: datetime
    arrives: datetime
    """When it is sent; the story is played in this order."""
    message: Json | None = None
    product: Json | None = None


class Ask(Struct, frozen=True, kw_only=True):
    """A question to the engine, and what the answer should be."""

    at: datetime
    kind: str
    """One of `ASK_KINDS`."""
    user: str
    parameters: Json
    expect: tuple[Expectation, ...]


class Scenario(Struct, frozen=True, kw_only=True):
    """One story."""

    file: Path
    name: str
    story: str
    shop: Path
    """Folder with the shop's products, stores and history."""
    now: datetime
    customer: str
    events: tuple[Happening, ...]
    asks: tuple[Ask, ...]


class _Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    story: str
    shop: str
    now: Any
    customer: str
    asks: list[Json]
    events: list[Json] = []


def read_scenarios(file: Path) -> list[Scenario]:
    """All scenarios of a file. Raises InvalidInput, in one line with file, scenario and field, where something is wrong."""
    try:
        documents = [document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document is not None]
    except UnicodeDecodeError:
        raise InvalidInput(f"{file}: is not UTF-8; save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"{file}: line {line}: is not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise InvalidInput(f"{file}: is not YAML: {error}") from None
    scenarios = [_read_document(file, number, document) for number, document in enumerate(documents, 1)]
    if not scenarios:
        raise InvalidInput(f"{file}: holds no scenario")
    names = [scenario.name for scenario in scenarios]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InvalidInput(f"{file}: {min(twice)}: name is used twice")
    return scenarios


def _read_document(file: Path, number: int, raw: Any) -> Scenario:
    called = raw.get("name") if isinstance(raw, dict) else None
    where = f"{file}: {called or f'document {number}'}"
    with _told(where):
        document = msgspec.convert(raw, _Document)
    with _told(f"{where}: now"):
        now = read_moment(document.now)
    shop = file.parent / document.shop
    if not shop.is_dir():
        raise InvalidInput(f"{where}: shop: {shop} is not a folder")
    if not (shop / PRODUCTS).is_file():
        raise InvalidInput(f"{where}: shop: {shop} has no {PRODUCTS}; a shop needs one, if only its first line")
    if not document.asks:
        raise InvalidInput(f"{where}: asks: there is none, so nothing is checked")
    events, asks = [], []
    for number_of_event, event in enumerate(document.events):
        with _told(f"{where}: events[{number_of_event}]"):
            events.append(_read_event(document, event, now, unnamed=f"{document.name}-{number_of_event}"))
    for number_of_ask, ask in enumerate(document.asks):
        with _told(f"{where}: asks[{number_of_ask}]"):
            asks.append(_read_ask(document, ask, now))
    described = {"name": document.name, "story": document.story, "customer": document.customer}
    return Scenario(file=file, shop=shop, now=now, events=tuple(events), asks=tuple(asks), **described)


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Say where a mistake is."""
    try:
        yield
    except (ValueError, msgspec.ValidationError) as error:
        raise InvalidInput(f"{where}: {error}") from None


def _one_kind(entry: Json, kinds: tuple[str, ...]) -> str:
    found = [kind for kind in kinds if kind in entry]
    if len(found) != 1:
        raise ValueError(f"needs exactly one of {', '.join(kinds)}" + (f", has {' and '.join(found)}" if found else ""))
    return found[0]


def _refuse_unknown(entry: Json, known: set[str]) -> None:
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"{unknown[0]} is not known; known are {', '.join(sorted(known))}")


def _field(entry: Json, name: str, kind: type) -> Any:
    value = entry.get(name, kind())
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be {'a mapping' if kind is dict else 'text'}, is {value!r}")
    return value


def _read_event(document: _Document, entry: Json, now: datetime, *, unnamed: str) -> Happening:
    kind = _one_kind(entry, (*MESSAGE_KINDS, "product"))
    _refuse_unknown(entry, {kind, "at", "arrives", "user", "anonymous", "properties", "traits", "context", "id"})
    at = read_moment(entry.get("at"), now)
    arrives = read_moment(entry["arrives"], now) if "arrives" in entry else at
    if kind == "product":
        product = _field(entry, "product", dict)
        if not isinstance(product.get("id"), str):
            raise ValueError("product needs an id")
        return Happening(at=at, arrives=arrives, product=product)
    return Happening(at=at, arrives=arrives, message=_message(document, entry, kind, unnamed=unnamed) | {"timestamp": at.isoformat()})


def _message(document: _Document, entry: Json, kind: str, *, unnamed: str) -> Json:
    who = {"userId": entry.get("user", document.customer), "anonymousId": entry.get("anonymous")}
    message = {name: str(value) for name, value in who.items() if value}
    message |= {"type": kind, "messageId": str(entry.get("id", unnamed)), "context": _field(entry, "context", dict)}
    for name in ("properties", "traits"):
        if name in entry:
            message[name] = _field(entry, name, dict)
    return message | dict(_meaning(kind, entry[kind], _field(entry, "traits", dict)))


def _meaning(kind: str, value: Any, traits: Json) -> Iterator[tuple[str, Any]]:
    """The fields that carry what a type of message says."""
    named = {"track": "event", "page": "name", "screen": "name", "alias": "previousId", "group": "groupId"}
    if kind == "identify":
        if not isinstance(value, dict | None):
            raise ValueError(f"identify must be a mapping of traits, is {value!r}")
        yield "traits", {**(value or {}), **traits}
    elif not isinstance(value, str) or not value:
        raise ValueError(f"{kind} must be text, is {value!r}")
    else:
        yield named[kind], value


def _read_ask(document: _Document, entry: Json, now: datetime) -> Ask:
    kind = _one_kind(entry, ASK_KINDS)
    _refuse_unknown(entry, {kind, "at", "expect"})
    parameters = _field(entry, kind, dict)
    _refuse_unknown(parameters, ASK_FIELDS[kind])
    return Ask(
        at=read_moment(entry.get("at"), now),
        kind=kind,
        user=str(parameters.get("user", document.customer)),
        parameters=parameters,
        expect=read_expectations(_field(entry, "expect", dict), now),
    )
