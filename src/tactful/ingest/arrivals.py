"""Whole deliveries: a client's batch, and a shop's history."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Raw

from tactful.ingest.coordinates import without_coordinates
from tactful.ingest.messages import normalise
from tactful.ingest.values import Unusable, read_time
from tactful.ingest.wire import Envelope, open_batch, open_message, open_single, read_json, rewritten
from tactful.model.errors import InvalidInput
from tactful.model.events import DeadLetter, Event

LONGEST_LETTER = 4096
"""Characters of a message kept in its dead letter."""
BATCHES = ("batch", "import")


def read_batch(body: bytes, *, kind: str, received_at: datetime, correct_skew: bool, gpc: bool = False) -> list[Event | DeadLetter]:
    """Read one ingest body, whatever client sent it.

    ``kind`` is ``batch``, ``import`` or the type of a single message. With ``correct_skew`` event times are moved by the difference between our clock
    and the client's, where it told when it sent. ``gpc``: it came with ``Sec-GPC: 1``.
    Raises InvalidInput where the body cannot be taken apart, and TooLarge over 4 MB.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> [event] = read_batch(b'{"userId": 7, "messageId": "m1"}', kind="identify", received_at=noon, correct_skew=True)
    >>> event.user_id, event.at == noon
    ('7', True)
    """
    if kind not in BATCHES:
        asked = {"gpc": True} if gpc else None
        return [read_message(open_single(body), kind=kind, received_at=received_at, correct_skew=correct_skew, context=asked)]
    envelope = open_batch(body)
    context = (envelope.context if isinstance(envelope.context, dict) else {}) | ({"gpc": True} if gpc else {})
    return [read_message(raw, kind=None, received_at=received_at, correct_skew=correct_skew, envelope=envelope, context=context) for raw in envelope.batch]


def read_history(lines: Iterable[bytes], *, received_at: datetime) -> Iterator[Event | DeadLetter]:
    """Read messages one a line, oldest client quirks included; times are taken as they are. Empty lines are skipped; a broken line is a dead letter."""
    for line in lines:
        if not line.isspace() and line:
            yield read_line(line, received_at=received_at)


def read_line(line: bytes, *, received_at: datetime) -> Event | DeadLetter:
    """One line of a history. Text that was cut inside a character is repaired, as in a batch."""
    outcome = read_message(line, kind=None, received_at=received_at, correct_skew=False)
    if not isinstance(outcome, DeadLetter) or outcome.code != "bad_message":
        return outcome
    try:
        return read_message(rewritten(read_json(line)), kind=None, received_at=received_at, correct_skew=False)
    except InvalidInput as problem:
        return dead_letter(line, code=problem.reason_code, message=problem.message, received_at=received_at)


def read_message(
    raw: Raw | bytes,
    *,
    kind: str | None,
    received_at: datetime,
    correct_skew: bool,
    envelope: Envelope | None = None,
    context: dict[str, Any] | None = None,
) -> Event | DeadLetter:
    """One message of a delivery; ``envelope`` and ``context`` are the delivery's; its times and its context hold where the message has none of its own."""
    try:
        message = open_message(raw)
        if context:
            message.context = {**context, **(message.context if isinstance(message.context, dict) else {})}
        sent = read_time(message.sent_at or (envelope and envelope.sent_at)) if correct_skew else None
        made = read_time(envelope.timestamp) if envelope else None
        return normalise(message, kind=kind, received_at=received_at, sent_at=sent, batched_at=made)
    except Unusable as problem:
        return dead_letter(raw, code=problem.code, message=problem.message, received_at=received_at)


def dead_letter(raw: Raw | bytes, *, code: str, message: str, received_at: datetime) -> DeadLetter:
    """Keep what could not be understood, with the reason, but not where on earth it happened."""
    body = without_coordinates(bytes(memoryview(raw)[: 4 * LONGEST_LETTER]).decode("utf-8", "replace"))[:LONGEST_LETTER]
    return DeadLetter(received_at=received_at, code=code, message=message, body=body)
