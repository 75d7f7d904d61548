"""Whatever arrives, the neighbours survive and the sender is told in one line."""

import json
from datetime import UTC, datetime

import pytest

from tactful.ingest import read_batch, read_history, write_key
from tactful.model.errors import InvalidInput, TooLarge
from tactful.model.events import DeadLetter, PageViewed, ProductViewed

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = b'{"type": "page", "userId": "u", "messageId": "good"}'


def batch(*messages):
    body = b'{"batch": [' + b",".join(messages) + b"]}"
    return read_batch(body, kind="batch", received_at=RECEIVED, correct_skew=True)


def test_neighbours_of_every_bad_message_are_kept():
    bad = {
        b'{"type": "track", "userId": "u", "event": "Product Viewed", "properties": {"product_id": "P", "price": NaN}}': "not_a_number",
        b'{"type": "track", "userId": "u", "event": "Product Viewed", "properties": {"product_id": "P", "price": -Infinity}}': "not_a_number",
        b'{"type": "track", "userId": "u", "event": "Product Viewed", "properties": {"product_id": "P", "price": 1e999}}': "not_a_number",
        b'{"type": "sing", "userId": "u"}': "unknown_type",
        b'{"userId": "u"}': "unknown_type",
        b'{"type": {"a": 1}, "userId": "u"}': "unknown_type",
        b'{"type": "page", "userId": "' + b"x" * 10_000 + b'"}': "id_too_long",
        b'{"type": "page", "userId": true}': "bad_id",
        b'{"type": "page", "userId": "a\\u0000b"}': "bad_id",
        b'{"type": "page", "userId": "", "anonymousId": null}': "no_identity",
        b'{"type": "page", "userId": "u", "timestamp": "2026-03-03T12:00:00Z"}': "timestamp_in_future",
        b'{"type": "page", "userId": "u", "timestamp": "soon"}': "bad_timestamp",
        b'{"type": "page", "userId": "u", "timestamp": {}}': "bad_timestamp",
        b'{"type": "page", "userId": "u", "timestamp": "1970-01-01T00:00:00Z"}': "bad_timestamp",
        b'{"type": "page", "userId": "u", "timestamp": "0001-01-01T00:00:00Z", "sentAt": "9999-01-01T00:00:00Z"}': "bad_timestamp",
        b'{"type": "page", "userId": "u", "name": "' + b"x" * 300_000 + b'"}': "event_too_large",
        b'{"type": "alias", "userId": "u"}': "missing_previous_id",
        b'{"type": "group", "userId": "u"}': "missing_group_id",
        b"[1]": "bad_message",
        b"null": "bad_message",
        b'"text"': "bad_message",
    }
    mixed = [each for message in bad for each in (message, GOOD)]
    outcomes = batch(*mixed)
    assert [letter.code for letter in outcomes[::2]] == list(bad.values())
    assert all(isinstance(event, PageViewed) for event in outcomes[1::2])
    assert all(isinstance(letter, DeadLetter) and len(letter.body) <= 4096 and "\n" not in letter.message for letter in outcomes[::2])


def test_text_cut_inside_a_character_is_repaired():
    [event, _] = batch(b'{"type": "page", "userId": "u", "messageId": "m", "name": "caf\\ud83d"}', GOOD)
    assert event.name == "caf?"


def test_a_context_for_all_that_is_no_json_spoils_nothing():
    body = b'{"context": {"locale": "de\\ud800"}, "sentAt": NaN, "batch": [{"type": "page", "userId": "u"}]}'
    [event] = read_batch(body, kind="batch", received_at=RECEIVED, correct_skew=True)
    assert event.context.locale == "de?"
    [event] = read_batch(body.replace(b'"de\\ud800"', b"NaN"), kind="batch", received_at=RECEIVED, correct_skew=True)
    assert event.context.locale is None


def test_numbers_beyond_any_machine_are_taken_for_what_they_are():
    huge = b"9" * 100
    [event, far] = batch(
        b'{"type": "track", "userId": "u", "event": "Song Sung", "properties": {"plays": ' + huge + b"}}",
        b'{"type": "page", "userId": ' + huge + b', "timestamp": "2026-03-01T09:00:00Z"}',
    )
    assert event.properties["plays"] == 1e100
    assert far.user_id == "9" * 100


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"batch": [\n{"userId": }]}', "line 2, column 12"),
        (b"", "line 1, column 1"),
        (b"hello", "not valid JSON"),
        (b'{"batch": [{"userId": "\xff"}]', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "JSON object"),
        (b"17", "JSON object"),
        (b"{}", 'a list "batch"'),
        (b'{"batch": {"userId": "u"}}', 'a list "batch"'),
        (b'{"batch": [1' + b"0" * 5_000 + b"]", "not valid JSON"),
    ],
)
def test_a_body_that_cannot_be_taken_apart_is_refused_in_one_clear_line(body, said):
    with pytest.raises(InvalidInput) as refused:
        read_batch(body, kind="batch", received_at=RECEIVED, correct_skew=True)
    assert said in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("body", [b"[]", b"3", b'{"userId": '])
def test_a_single_message_must_be_an_object(body):
    with pytest.raises(InvalidInput):
        read_batch(body, kind="track", received_at=RECEIVED, correct_skew=True)


def test_five_megabytes_are_too_much():
    body = json.dumps({"userId": "u", "name": "x" * 5_000_000}).encode()
    with pytest.raises(TooLarge, match="5,000,0"):
        read_batch(body, kind="page", received_at=RECEIVED, correct_skew=True)


def test_an_empty_batch_is_fine():
    assert batch() == []


def test_history_lines_stand_alone():
    lines = [
        GOOD + b"\n",
        b"\n",
        b'{"type": "page", "userId": \n',
        (
            b'{"type": "track", "userId": "u", "messageId": "m", "event": "Product Viewed", "properties": {"product_id": "P"}, '
            b'"timestamp": "2024-07-23T19:00:27.516911Z", "sentAt": "2020-01-01T00:00:00Z"}\n'
        ),
        b'{"type": "page", "userId": "u", "name": NaN}',
        b'{"type": "page", "userId": "u", "name": "caf\\ud83d"}',
        b"\xff\xfe{",
    ]
    outcomes = list(read_history(lines, received_at=RECEIVED))
    assert [outcome.code if isinstance(outcome, DeadLetter) else type(outcome) for outcome in outcomes] == [
        PageViewed,
        "malformed_json",
        ProductViewed,
        "not_a_number",
        PageViewed,
        "malformed_json",
    ]
    assert outcomes[2].at == datetime(2024, 7, 23, 19, 0, 27, 516911, tzinfo=UTC), "history is not corrected for clock skew"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"batch": [], "writeKey": "a"}', "a"),
        (b'{"batch": [{"writeKey": "b"}]}', "b"),
        (b'{"writeKey": "c", "userId": "u"}', "c"),
        (b'{"batch": [1]}', None),
        (b'{"writeKey": 5}', None),
        (b"{", None),
        (b"[" * 100_000, None),
    ],
)
def test_the_write_key_of_a_body(body, key):
    assert write_key(body) == key
