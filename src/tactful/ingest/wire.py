"""Bytes to messages: the outer shape of every Segment-like body, read without trusting what is inside."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from tactful.ingest.values import Unusable
from tactful.model.errors import InvalidInput, TooLarge

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of one ingest body after decompression."""
LARGEST_MESSAGE = 256 * 1024
"""Bytes of one message; a larger one becomes a dead letter."""
LONGEST_INTEGER = 400
"""Digits of an integer; a longer one counts as no number."""


class Message(Struct, rename="camel"):
    """One message as any client may send it. Nothing is checked yet; keys that we do not use are skipped while decoding."""

    type: Any = None
    event: Any = None
    name: Any = None
    message_id: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    previous_id: Any = None
    group_id: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None
    context: Any = None
    traits: Any = None
    properties: Any = None
    partner_action: Any = msgspec.field(default=None, name="action")
    partner_user_id: Any = msgspec.field(default=None, name="user_id")
    partner_anonymous_id: Any = msgspec.field(default=None, name="anonymous_id")

    def settle(self) -> None:
        """Take what partners who send e-mail events write in their own spelling for the usual one, where that is missing."""
        self.type = self.type or self.partner_action
        self.user_id = self.user_id or self.partner_user_id
        self.anonymous_id = self.anonymous_id or self.partner_anonymous_id


class Envelope(Struct, rename="camel"):
    """A batch; its messages stay undecoded, so that one bad message never spoils the others."""

    batch: list[Raw]
    sent_at: Any = None
    timestamp: Any = None
    context: Any = None


class Keyed(Struct, rename="camel"):
    """A body, or a message in it, that may carry a write key."""

    write_key: Any = None
    batch: Any = None


decode_message = msgspec.json.Decoder(Message).decode
decode_envelope = msgspec.json.Decoder(Envelope).decode


def open_batch(body: bytes) -> Envelope:
    """Take a batch apart. Raises TooLarge over 4 MB, and InvalidInput where the body is not JSON or has no list ``batch``."""
    refuse_large(body)
    try:
        return decode_envelope(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = read_json(body)
    if not isinstance(value, Mapping):
        raise InvalidInput('the body must be a JSON object {"batch": [...]}')
    if not isinstance(value.get("batch"), list):
        raise InvalidInput('the body must have a list "batch" of messages; a single message goes to /v1/track, /v1/identify and so on')
    return Envelope(
        batch=[Raw(rewritten(message)) for message in value["batch"]],
        sent_at=repaired(value.get("sentAt")),
        timestamp=repaired(value.get("timestamp")),
        context=repaired(value.get("context")),
    )


def open_single(body: bytes) -> bytes:
    """Check that the body is one JSON object. Raises TooLarge and InvalidInput as `open_batch`."""
    refuse_large(body)
    try:
        decode_message(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = read_json(body)
    else:
        return body
    if not isinstance(value, Mapping):
        raise InvalidInput("the body must be one message, as a JSON object")
    return rewritten(value)


def open_message(raw: Raw | bytes) -> Message:
    """Decode one message. Raises Unusable where it is too large, is no object, or holds what is no JSON."""
    if memoryview(raw).nbytes > LARGEST_MESSAGE:
        raise Unusable("event_too_large", f"the event has {memoryview(raw).nbytes:,} bytes; at most {LARGEST_MESSAGE:,} are allowed")
    try:
        message = decode_message(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        if b"NaN" in bytes(raw) or b"Infinity" in bytes(raw):
            raise Unusable("not_a_number", "NaN and Infinity are no JSON; leave the value out or send null") from problem
        raise Unusable("bad_message", f"the message must be a JSON object: {problem}") from problem
    message.settle()
    return message


def read_json(body: bytes) -> Any:
    """Decode JSON patiently: NaN and Infinity are let through for their message to be sorted out later. Raises InvalidInput with the place."""
    try:
        return json.loads(body, parse_int=short_integer)
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise InvalidInput(f"the body is not valid JSON: {problem.msg} at {where}", code="malformed_json") from problem
    except UnicodeDecodeError as problem:
        raise InvalidInput(f"the body is not UTF-8: byte {problem.start} cannot be read", code="malformed_json") from problem
    except RecursionError as problem:
        raise InvalidInput("the body is nested too deeply", code="malformed_json") from problem


def short_integer(digits: str) -> int | float:
    """An integer, or infinity where it has more digits than anything real."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else float("inf")


def rewritten(value: Any) -> bytes:
    """One message as JSON again, text repaired where it was cut inside a character; NaN stays NaN."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def repaired(value: Any) -> Any:
    """What a batch says for all its messages, as clean JSON; None where it holds NaN."""
    try:
        return msgspec.json.decode(rewritten(value))
    except (msgspec.DecodeError, RecursionError):
        return None


def refuse_large(body: bytes) -> None:
    """Raise TooLarge over the limit."""
    if len(body) > LARGEST_BODY:
        raise TooLarge(f"the body has {len(body):,} bytes; at most {LARGEST_BODY:,} are allowed: send smaller batches")


def write_key(body: bytes) -> str | None:
    """The write key that a body carries, of the batch or else of its first message; None where there is none or the body cannot be read.

    >>> write_key(b'{"batch": [], "writeKey": "k"}')
    'k'
    """
    try:
        keyed = msgspec.json.decode(body, type=Keyed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(keyed.write_key, str):
        return keyed.write_key
    first = keyed.batch[0] if isinstance(keyed.batch, list) and keyed.batch else None
    key = first.get("writeKey") if isinstance(first, dict) else None
    return key if isinstance(key, str) else None
