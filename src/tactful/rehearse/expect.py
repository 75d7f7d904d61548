"""What a scenario may expect: one function each, found by its name.

`expect_never` is the expectation `never`. The type of its first parameter is what the file must hold; it returns how the answer falls short, or None.
A few values are prepared once, when the file is read, by one of `READERS`.
"""

import re
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from tactful.model.events import Channel
from tactful.rehearse.answers import Answer, Json, Scene
from tactful.rehearse.times import read_moment

Missed = str | None


class ExpectedUsual(Struct, frozen=True, forbid_unknown_fields=True):
    """The usual that should be offered."""

    product: str
    options: dict[str, str] = {}


class Expectation(NamedTuple):
    """One line of an ``expect`` block, ready to be checked."""

    name: str
    value: Any

    def missed(self, answer: Answer, scene: Scene) -> Missed:
        """How the answer falls short of it, or None where it holds."""
        found = EXPECTATIONS[self.name](self.value, answer, scene)
        return None if found is None else f"{self.name}: {found}"


def _matches(product_id: str, globs: list[str]) -> bool:
    return any(fnmatchcase(product_id, glob) for glob in globs)


def _listed(values: list[str]) -> str:
    return ", ".join(values) or "nothing"


def expect_never(globs: list[str], answer: Answer, _scene: Scene) -> Missed:
    """No item matches."""
    found = [product_id for product_id in answer.product_ids if _matches(product_id, globs)]
    return f"shows {_listed(found)}" if found else None


def expect_never_category(prefixes: list[str], answer: Answer, scene: Scene) -> Missed:
    """No item's product type starts so."""
    found = [f"{one} ({scene.types[one]})" for one in answer.product_ids if scene.types.get(one, "").startswith(tuple(prefixes))]
    return f"shows {_listed(found)}" if found else None


def expect_some(globs: list[str], answer: Answer, _scene: Scene) -> Missed:
    """At least one item matches."""
    found = any(_matches(product_id, globs) for product_id in answer.product_ids)
    return None if found else f"shows none of {_listed(globs)}"


def expect_first(glob: str, answer: Answer, _scene: Scene) -> Missed:
    """The first item matches."""
    first = answer.product_ids[:1]
    return None if first and fnmatchcase(first[0], glob) else f"should be {glob}, is {_listed(first)}"


def expect_min_items(least: int, answer: Answer, _scene: Scene) -> Missed:
    """Not fewer items."""
    return None if len(answer.items) >= least else f"should be at least {least}, are {len(answer.items)}"


def expect_max_items(most: int, answer: Answer, _scene: Scene) -> Missed:
    """Not more items."""
    return None if len(answer.items) <= most else f"should be at most {most}, are {len(answer.items)}"


def expect_distinct_groups(wanted: bool, answer: Answer, _scene: Scene) -> Missed:
    """No two items share a group; where false, some do."""
    groups = [item["groupId"] for item in answer.items]
    twice = sorted({group for group in groups if groups.count(group) > 1})
    if wanted:
        return f"more than once: {_listed(twice)}" if twice else None
    return None if twice else "no group is there twice"


def expect_silent(wanted: bool, answer: Answer, _scene: Scene) -> Missed:
    """Silence, or not."""
    if wanted and answer.silence is None:
        return f"says something: {_listed(answer.product_ids)}"
    if not wanted and answer.silence is not None:
        return f"is silent: {answer.silence.get('code')}"
    return None


def expect_because(codes: list[str], answer: Answer, _scene: Scene) -> Missed:
    """Silence, for one of these reasons."""
    if answer.silence is None:
        return f"should be silent because of {_listed(codes)}, is not silent"
    code = answer.silence.get("code")
    return None if code in codes else f"should be {_listed(codes)}, is {code}"


def expect_trigger(codes: list[str], answer: Answer, _scene: Scene) -> Missed:
    """A message, for one of these triggers."""
    return _message_has("trigger", codes, answer)


def expect_channel(channels: list[Channel | Literal["webhook"]], answer: Answer, _scene: Scene) -> Missed:
    """A message, through one of these channels."""
    return _message_has("channel", list(channels), answer)


def _message_has(field: str, allowed: list[str], answer: Answer) -> Missed:
    if answer.message is None:
        return f"should be {_listed(allowed)}, but no message is planned"
    return None if answer.message.get(field) in allowed else f"should be {_listed(allowed)}, is {answer.message.get(field)}"


def read_windows(value: Any, now: datetime) -> list[tuple[datetime, datetime]]:
    """Windows as points in time. Raises ValueError."""
    windows = msgspec.convert(value, list[tuple[Any, Any]])
    return [(read_moment(start, now), read_moment(end, now)) for start, end in windows]


def expect_send_between(windows: list[tuple[datetime, datetime]], answer: Answer, _scene: Scene) -> Missed:
    """A message whose time lies in one of the windows."""
    said = " or ".join(f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}" for start, end in windows)
    if answer.message is None:
        return f"should be {said}, but no message is planned"
    send_at = read_moment(answer.message["sendAt"])
    return None if any(start <= send_at <= end for start, end in windows) else f"should be {said}, is {send_at:%Y-%m-%d %H:%M}"


def expect_local_hours(hours: tuple[float, float], answer: Answer, scene: Scene) -> Missed:
    """A message whose time, on the customer's own clock, lies in these hours."""
    if answer.message is None:
        return f"should be {hours[0]:g} to {hours[1]:g}, but no message is planned"
    local = read_moment(answer.message["sendAt"]).astimezone(ZoneInfo(scene.timezone))
    clock = local.hour + local.minute / 60 + local.second / 3600
    return None if hours[0] <= clock <= hours[1] else f"should be {hours[0]:g} to {hours[1]:g}, is {local:%H:%M} in {scene.timezone}"


def expect_reasons(codes: list[str], answer: Answer, _scene: Scene) -> Missed:
    """Every item's reason is one of these."""
    wrong = [f"{item['productId']} ({item['reason']['code']})" for item in answer.items if item["reason"]["code"] not in codes]
    return f"should be {_listed(codes)}, not so: {_listed(wrong)}" if wrong else None


def expect_explained(wanted: bool, answer: Answer, scene: Scene) -> Missed:
    """Every item has a reason in words with evidence that the log holds; silence has words."""
    wrong = [f"{item['productId']} {trouble}" for item in answer.items if (trouble := _unexplained(item, scene))]
    if answer.silence is not None and not answer.silence.get("text"):
        wrong.append("silence has no text")
    if wanted:
        return "; ".join(wrong) or None
    return None if wrong else "everything is explained"


def _unexplained(item: Json, scene: Scene) -> Missed:
    if not item["reason"].get("text"):
        return "has no reason text"
    evidence = item["reason"].get("evidence") or []
    if not evidence:
        return "has no evidence"
    unknown = [one["messageId"] for one in evidence if not scene.knows_event(one["messageId"])]
    if unknown:
        return f"has evidence that the log does not hold: {unknown[0]}"
    later = [one["messageId"] for one in evidence if read_moment(one["at"]) > scene.at]
    return f"has evidence from the future: {later[0]}" if later else None


def expect_withheld(expected: dict[str, list[str]], answer: Answer, _scene: Scene) -> Missed:
    """For each glob, such an item was withheld with one of the codes."""
    withheld = answer.body.get("withheld") or []
    for glob, codes in expected.items():
        found = [one["code"] for one in withheld if fnmatchcase(one["productId"], glob)]
        if not set(found) & set(codes):
            return f"{glob} should be withheld as {_listed(codes)}, is {_listed(sorted(set(found))) if found else 'not withheld'}"
    return None


def read_patterns(value: Any, _now: datetime) -> list[re.Pattern[str]]:
    """Compiled patterns. Raises ValueError."""
    try:
        return [re.compile(pattern) for pattern in msgspec.convert(value, list[str])]
    except re.error as error:
        raise ValueError(f"{error.pattern!r} is no regular expression: {error.msg}") from None


def expect_text_never(patterns: list[re.Pattern[str]], answer: Answer, _scene: Scene) -> Missed:
    """No word that the customer would read matches."""
    for text in answer.texts:
        for pattern in patterns:
            if pattern.search(text):
                return f"{pattern.pattern} is in {text!r}"
    return None


def read_blocks(value: Any, now: datetime) -> list[tuple[Expectation, ...]]:
    """Blocks of expectations. Raises ValueError."""
    return [read_expectations(block, now) for block in msgspec.convert(value, list[dict[str, Any]])]


def expect_either(blocks: list[tuple[Expectation, ...]], answer: Answer, scene: Scene) -> Missed:
    """One of the blocks holds."""
    tried = [[missed for one in block if (missed := one.missed(answer, scene))] for block in blocks]
    return " | ".join("; ".join(missed) for missed in tried) if all(tried) else None


def expect_usual(usual: ExpectedUsual | None, answer: Answer, _scene: Scene) -> Missed:
    """The usual that is offered, or that none is."""
    offered = answer.body.get("usual")
    if offered is None:
        return None if usual is None else f"should be {usual.product}, none is offered"
    if usual is None:
        return f"should be none, is {offered['productId']}"
    if not fnmatchcase(offered["productId"], usual.product):
        return f"should be {usual.product}, is {offered['productId']}"
    options = offered.get("options") or {}
    wrong = {name: options.get(name) for name, value in usual.options.items() if options.get(name) != value}
    return f"should be {usual.options}, is {options}" if wrong else None


def expect_store(codes: list[str] | None, answer: Answer, _scene: Scene) -> Missed:
    """The store that is named, or that none is."""
    named = (answer.body.get("store") or {}).get("storeCode")
    if codes is None:
        return None if named is None else f"should be none, is {named}"
    return None if named in codes else f"should be {_listed(codes)}, is {named or 'none'}"


def expect_verdict(verdicts: list[Literal["allow", "review", "refuse"]], answer: Answer, _scene: Scene) -> Missed:
    """The verdict on what a customer wrote."""
    verdict = answer.body.get("verdict")
    return None if verdict in verdicts else f"should be {_listed(list(verdicts))}, is {verdict}"


def expect_sent(count: int, answer: Answer, _scene: Scene) -> Missed:
    """So many of the customer's messages were sent, for an ask `outbox: {}`."""
    found = answer.dispatched("sent")
    return None if len(found) == count else f"should be {count}, are {len(found)}"


def expect_dropped(codes: list[str], answer: Answer, _scene: Scene) -> Missed:
    """A message that was due was dropped with one of these codes; with none given, none was dropped."""
    return _ended_so("dropped", codes, answer)


def expect_put_off(codes: list[str], answer: Answer, _scene: Scene) -> Missed:
    """A message that was due was put off for one of these codes; with none given, none was put off."""
    return _ended_so("put_off", codes, answer)


def _ended_so(state: str, codes: list[str], answer: Answer) -> Missed:
    found = [message["code"] for message in answer.dispatched(state)]
    if not codes:
        return f"should be none, are {_listed(found)}" if found else None
    return None if set(found) & set(codes) else f"should be {_listed(codes)}, is {_listed(found)}"


def expect_customer(expected: dict[str, Any], answer: Answer, _scene: Scene) -> Missed:
    """Values in what is known of the customer, by path: ``consent.email`` or ``needs.0.state``."""
    for path, value in expected.items():
        found, there = _look_up(answer.body, path)
        if not there or found != value:
            return f"{path} should be {value!r}, is {repr(found) if there else 'not there'}"
    return None


def _look_up(value: Any, path: str) -> tuple[Any, bool]:
    for step in path.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None, False
    return value, True


EXPECTATIONS: dict[str, Callable[[Any, Answer, Scene], Missed]] = {
    name.removeprefix("expect_"): function for name, function in list(globals().items()) if name.startswith("expect_")
}
READERS: dict[str, Callable[[Any, datetime], Any]] = {"send_between": read_windows, "text_never": read_patterns, "either": read_blocks}


def read_expectations(block: dict[str, Any], now: datetime) -> tuple[Expectation, ...]:
    """An ``expect`` block, ready to be checked. Raises ValueError with the name of what is wrong."""
    return tuple(Expectation(name, _read_value(name, value, now)) for name, value in block.items())


def _read_value(name: str, value: Any, now: datetime) -> Any:
    if name not in EXPECTATIONS:
        raise ValueError(f"{name} is not known; known are {', '.join(EXPECTATIONS)}")
    reader = READERS.get(name)
    try:
        if reader is not None:
            return reader(value, now)
        return msgspec.convert(value, next(iter(get_type_hints(EXPECTATIONS[name]).values())))
    except (ValueError, msgspec.ValidationError) as error:
        raise ValueError(f"{name}: {error}") from None
