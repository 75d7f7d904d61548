"""One message to one event: the only place that knows the quirks of every client.

Dead letter codes: ``no_identity`` · ``bad_id`` · ``id_too_long`` · ``bad_timestamp`` · ``timestamp_in_future`` · ``unknown_type`` · ``bad_message`` ·
``not_a_number`` · ``event_too_large`` · ``missing_event_name`` · ``missing_previous_id`` · ``missing_group_id`` · ``missing_order_id`` ·
``missing_product_id`` · ``missing_query`` · ``bad_products`` · ``bad_price`` · ``bad_quantity`` · ``bad_consent`` · ``bad_preference`` ·
``unknown_reason``.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tactful.ingest.consents import read_subscriptions
from tactful.ingest.people import read_context, read_traits
from tactful.ingest.tracks import LONGEST_TEXT, builder
from tactful.ingest.values import Unusable, kind_of, read_id, read_text, read_time
from tactful.ingest.wire import Message
from tactful.model.events import Aliased, Context, Event, Grouped, Identified, PageViewed

FUTURE_ALLOWED = timedelta(hours=24)
"""How far ahead of receipt a clock may be; the event then counts as happening at receipt."""
UNESSENTIAL = frozenset({"message_id", "sent_at", "type"})
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it nobody shopped over a wire: a clock that was never set."""


def normalise(message: Message, *, kind: str | None, received_at: datetime, sent_at: datetime | None, batched_at: datetime | None = None) -> Event:
    """The event that a message tells of.

    ``kind`` is the type where the message names none. ``sent_at`` corrects the client's clock; None leaves it alone. ``batched_at`` is when the client made
    the batch, which counts for a message that tells no time. Raises Unusable.
    """
    kind = message.type or kind
    user_id, anonymous_id = read_id(message.user_id, "userId"), read_id(message.anonymous_id, "anonymousId")
    # A group's traits are the organisation's, not the person's.
    traits = read_traits(message.context, None if kind == "group" else message.traits)
    if user_id is None and anonymous_id is None and not (traits and (traits.email or traits.phone or traits.loyalty_card)):
        raise Unusable("no_identity", "the event needs a userId or an anonymousId")
    common = {
        "message_id": read_id(message.message_id, "messageId") or derived_id(message, kind, received_at),
        "at": event_time(message, received_at, sent_at, batched_at=batched_at),
        "user_id": user_id,
        "anonymous_id": anonymous_id,
        "traits": traits,
        "context": with_subscriptions(read_context(message.context), message),
    }
    if kind == "track":
        return track(message, common)
    return call(message, str(kind or "nothing"), common)


def with_subscriptions(context: Context, message: Message) -> Context:
    """The context, with what the message's traits say about letters and texts."""
    subscriptions = read_subscriptions(message.traits)
    return msgspec.structs.replace(context, signals=(*context.signals, *subscriptions)) if subscriptions else context


def track(message: Message, common: dict[str, Any]) -> Event:
    """A tracked event, by its name."""
    name = message.event
    if not isinstance(name, str) or not (name := name.strip()):
        raise Unusable("missing_event_name", "a track message needs the name of its event")
    properties = message.properties
    return builder(name[:LONGEST_TEXT])(common, properties if isinstance(properties, dict) else {})


def call(message: Message, kind: str, common: dict[str, Any]) -> Event:
    """Any of the other five calls."""
    match kind:
        case "identify":
            return Identified(**common)
        case "page" | "screen":
            properties = message.properties if isinstance(message.properties, dict) else {}
            return PageViewed(**common, name=read_text(message.name or properties.get("name"), LONGEST_TEXT))
        case "alias":
            if (previous_id := read_id(message.previous_id, "previousId")) is None:
                raise Unusable("missing_previous_id", "an alias message needs a previousId")
            return Aliased(**common, previous_id=previous_id)
        case "group":
            if (group_id := read_id(message.group_id, "groupId")) is None:
                raise Unusable("missing_group_id", "a group message needs a groupId")
            return Grouped(**common, group_id=group_id)
    raise Unusable("unknown_type", f"type must be track, identify, page, screen, group or alias, not {kind[:40]!r}")


def event_time(message: Message, received_at: datetime, sent_at: datetime | None, *, batched_at: datetime | None) -> datetime:
    """When it happened: the client's time, on our clock where the client told when it sent, never after receipt."""
    given = message.timestamp if message.timestamp not in (None, "") else message.original_timestamp
    if given in (None, "") and batched_at is None:
        return received_at
    at = batched_at if given in (None, "") else read_time(given)
    if at is None:
        text = repr(given[:40]) if isinstance(given, str) else kind_of(given)
        raise Unusable("bad_timestamp", f"the timestamp must be like 2026-01-31T09:30:00Z, not {text}")
    try:
        at = received_at - (sent_at - at) if sent_at else at
    except OverflowError as problem:
        raise Unusable("bad_timestamp", f"the timestamp {at.isoformat()} is out of range") from problem
    if at > received_at + FUTURE_ALLOWED:
        raise Unusable("timestamp_in_future", f"the timestamp {at.isoformat()} is more than 24 hours after receipt")
    if at < EARLIEST:
        raise Unusable("bad_timestamp", f"the timestamp {at.isoformat()} is before 1990: the clock was not set")
    return min(at, received_at)


def derived_id(message: Message, kind: str | None, received_at: datetime) -> str:
    """An id for a message that has none, the same when the client tries again.

    Two equal messages without any time are one if they arrive within the same hour: most likely a retry.
    """
    timed = message.timestamp or message.original_timestamp
    essence = {name: getattr(message, name) for name in message.__struct_fields__ if name not in UNESSENTIAL and not name.startswith("partner_")}
    text = msgspec.json.encode([kind, None if timed else received_at.strftime("%Y-%m-%dT%H"), essence], order="sorted")
    return "derived-" + hashlib.sha256(text).hexdigest()[:32]
