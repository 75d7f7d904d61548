"""Arbitrary JSON never gets further than an event, a dead letter, or a clear refusal."""

import json
from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tactful.ingest import read_batch, read_history, read_products, read_stores, write_key
from tactful.ingest.reports import FeedReport
from tactful.model.errors import InvalidInput
from tactful.model.events import DeadLetter, Event

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = [
    "Product Viewed",
    "Order Completed",
    "Order Refunded",
    "Products Searched",
    "Consent Updated",
    "Preference Stated",
    "Email Delivered",
    "Outreach Paused",
    "Song Sung",
    "Recommendation Dismissed",
    "Product Added",
]
KEYS = [
    "product_id",
    "price",
    "quantity",
    "order_id",
    "products",
    "query",
    "purpose",
    "granted",
    "channel",
    "key",
    "value",
    "until",
    "gift",
    "shipping",
    "options",
    "items",
    "reason",
    "category",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "1e9", "nan", "2026-01-01T00:00:00Z", "0001-01-01", "Europe/Paris", "gift", "\ud800"])
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=6), max_leaves=12
)
mostly_ids = st.sampled_from(["u1", 7, "", None]) | anything
messages = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "identify", "page", "alias", "group"]) | anything, "userId": mostly_ids},
    optional={
        "event": st.sampled_from(NAMES) | anything,
        "anonymousId": mostly_ids,
        "previousId": mostly_ids,
        "groupId": mostly_ids,
        "messageId": mostly_ids,
        "timestamp": anything,
        "sentAt": anything,
        "name": anything,
        "traits": anything | st.dictionaries(st.sampled_from(["email", "phone", "loyalty_card", "timezone", "address", "firstName"]), anything),
        "context": anything | st.dictionaries(st.sampled_from(["timezone", "locale", "location", "traits", "sessionId", "country"]), anything),
        "properties": anything | st.dictionaries(st.sampled_from(KEYS), anything),
    },
)
encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Event).decode


def must_be_storable(outcome):
    """An event survives the log unchanged; a dead letter is plain text."""
    if isinstance(outcome, DeadLetter):
        assert outcome.code
        outcome.body.encode()
        outcome.message.encode()
        return
    assert decode(encode(outcome)) == outcome
    assert outcome.at <= RECEIVED
    assert len(outcome.message_id) <= 255


@given(st.lists(messages | anything, max_size=4), anything, anything, st.booleans())
def test_batches_of_anything(batch, context, sent_at, correct_skew):
    body = json.dumps({"batch": batch, "context": context, "sentAt": sent_at}).encode("utf-8", "replace")
    outcomes = read_batch(body, kind="batch", received_at=RECEIVED, correct_skew=correct_skew)
    assert len(outcomes) == len(batch)
    for outcome in outcomes:
        must_be_storable(outcome)


@given(st.binary(max_size=80) | anything.map(lambda value: json.dumps(value).encode()))
def test_bodies_of_anything(body):
    for kind in ("batch", "track", "identify"):
        try:
            outcomes = read_batch(body, kind=kind, received_at=RECEIVED, correct_skew=True)
        except InvalidInput:
            continue
        for outcome in outcomes:
            must_be_storable(outcome)
    write_key(body)
    for outcome in read_history(body.splitlines(), received_at=RECEIVED):
        must_be_storable(outcome)


@given(
    st.binary(max_size=60)
    | st.text(alphabet='id\ttle\nprc ,.1EUR"', max_size=80).map(lambda rows: b"id\ttitle\tprice\n" + rows.encode())
    | anything.map(lambda value: json.dumps([value]).encode())
)
def test_feeds_of_anything(body):
    for read in (lambda: read_products(body, content_type=None), lambda: read_stores(body)):
        try:
            report = read()
        except InvalidInput:
            continue
        if isinstance(report, FeedReport):
            assert all(product.price is not None and product.price.amount >= 0 for product in report.products)
