"""Scenario files: what they may say, and how a mistake in one is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rehearsal import WrittenTarget
from tactful.model.errors import InvalidInput
from tactful.rehearse import play, read_scenarios, verdict_lines
from tactful.rehearse.times import read_moment

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
HEAD = "name: a-story\nstory: Somebody.\nshop: shop\nnow: 2026-03-01T10:00:00Z\ncustomer: ann\n"
ASK = "asks: [{at: 0d, decide: {}}]\n"
EMPTY = {"items": [], "silence": {"code": "nothing_relevant", "text": "Nothing to say."}, "withheld": []}
FEED = "id\ttitle\tprice\tproduct_type\nmug\tMug\t9.00 EUR\tKitchen\n"


@pytest.fixture
def write(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "products.tsv").write_text(FEED)

    def write(text):
        (tmp_path / "story.yaml").write_text(text)
        return tmp_path / "story.yaml"

    return write


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no scenario"),
        ("a: [", "line 1: is not YAML"),
        ("just words", "document 1: Expected `object`, got `str`"),
        (HEAD, "a-story: Object missing required field `asks`"),
        (HEAD + "asks: []", "a-story: asks: there is none"),
        (HEAD + ASK + "evnts: []", "a-story: Object contains unknown field `evnts`"),
        (HEAD.replace("10:00:00Z", "10:00:00") + ASK, "a-story: now: 2026-03-01 10:00:00 has no time zone"),
        (HEAD.replace("shop: shop", "shop: nowhere") + ASK, "a-story: shop: "),
        (HEAD.replace("shop: shop", "shop: .") + ASK, "a-story: shop: "),
        (HEAD + ASK + "events: [{track: Product Viewed}]", "a-story: events[0]: None is no time"),
        (HEAD + ASK + "events: [{at: 0d, at_all: 1}]", "a-story: events[0]: needs exactly one of identify, track"),
        (HEAD + ASK + "events: [{at: 0d, track: A, page: B}]", "a-story: events[0]: needs exactly one of"),
        (HEAD + ASK + "events: [{at: 0d, track: A}, {at: yesterday, track: A}]", "a-story: events[1]: 'yesterday' is no time"),
        (HEAD + ASK + "events: [{at: 0d, track: A, propertys: {}}]", "a-story: events[0]: propertys is not known"),
        (HEAD + ASK + "events: [{at: 0d, track: {}}]", "a-story: events[0]: track must be text"),
        (HEAD + ASK + "events: [{at: 0d, identify: ann}]", "a-story: events[0]: identify must be a mapping"),
        (HEAD + ASK + "events: [{at: 0d, track: A, properties: 5}]", "a-story: events[0]: properties must be a mapping"),
        (HEAD + ASK + "events: [{at: 0d, product: {price: 1 EUR}}]", "a-story: events[0]: product needs an id"),
        (HEAD + "asks: [{at: 0d, decide: {placment: home}}]", "a-story: asks[0]: placment is not known"),
        (HEAD + "asks: [{at: 0d, decide: {}, outreach: {}}]", "a-story: asks[0]: needs exactly one of decide, outreach"),
        (HEAD + "asks: [{at: 0d, decide: {}, expect: {nver: []}}]", "a-story: asks[0]: nver is not known"),
        (f"{HEAD}{ASK}---\n{HEAD}{ASK}", "a-story: name is used twice"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_file_scenario_and_field(write, text, told):
    file = write(text)
    with pytest.raises(InvalidInput) as caught:
        read_scenarios(file)
    assert caught.value.message.startswith(f"{file}: {told}")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0d", NOW),
        ("-29d2h", NOW - timedelta(days=29, hours=2)),
        ("+36h", NOW + timedelta(hours=36)),
        ("-1h30m", NOW - timedelta(minutes=90)),
        ("-90s", NOW - timedelta(seconds=90)),
        ("2w", NOW + timedelta(weeks=2)),
        ("2026-02-01T00:00:00+01:00", datetime(2026, 1, 31, 23, tzinfo=UTC)),
        (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_times_are_offsets_or_rfc_3339(written, meant):
    assert read_moment(written, NOW) == meant


@pytest.mark.parametrize("written", ["", "d", "-", "5", "h2", "1d1w", 3, None])
def test_what_is_no_time_is_refused(written):
    with pytest.raises(ValueError, match="is no time"):
        read_moment(written, NOW)


EVENTS = """
events:
  - {at: -5d, identify: {email: ann@customers.example}, traits: {locale: en-GB}}
  - {at: -4d, user: "", anonymous: tablet, track: Product Viewed, properties: {product_id: mug}, context: {timezone: Europe/London}}
  - {at: -3d, arrives: -1d, id: till-1, track: Order Completed, properties: {order_id: o1}}
  - {at: -2d, page: Home}
  - {at: -2d, alias: old-ann}
  - {at: -2d, group: choir}
  - {at: 0d, screen: Start}
"""


def test_events_become_segment_messages_and_arrive_in_order(write):
    [scenario] = read_scenarios(write(HEAD + EVENTS + ASK))
    target = WrittenTarget(EMPTY)
    assert play(scenario, target).holds
    *steps, asked, closed = target.only.log
    sent = [message for _now, _what, message in steps]
    assert [message["messageId"] for message in sent] == ["a-story-0", "a-story-1", "a-story-3", "a-story-4", "a-story-5", "till-1", "a-story-6"]
    assert sent[0] == {
        "type": "identify",
        "userId": "ann",
        "messageId": "a-story-0",
        "timestamp": "2026-02-24T10:00:00+00:00",
        "traits": {"email": "ann@customers.example", "locale": "en-GB"},
        "context": {},
    }
    assert sent[1]["anonymousId"] == "tablet"
    assert "userId" not in sent[1]
    assert [(message["type"], message.get("name"), message.get("previousId"), message.get("groupId")) for message in sent[2:5]] == [
        ("page", "Home", None, None),
        ("alias", None, "old-ann", None),
        ("group", None, None, "choir"),
    ]
    assert steps[5][0] == NOW - timedelta(days=1)
    assert sent[5]["timestamp"] == "2026-02-26T10:00:00+00:00"
    assert asked == (NOW, "decide", {"userId": "ann", "explain": True})
    assert closed == "closed"


def test_an_event_at_the_same_instant_comes_before_the_ask_and_asks_keep_their_order(write):
    text = (
        HEAD
        + """
events:
  - {at: 0d, track: Product Viewed}
  - {at: +1d, product: {id: mug, price: 8.00 EUR}}
asks:
  - {at: 0d, decide: {user: "", anonymous: tablet, placement: cart, limit: 3, context: {productId: mug}}}
  - {at: 0d, outreach: {}}
  - {at: -2d, outreach: {user: bob, dryRun: false}}
  - {at: +1d, customer: {}}
"""
    )
    [scenario] = read_scenarios(write(text))
    target = WrittenTarget({"message": None}, EMPTY, {"message": None}, {})
    play(scenario, target)
    assert [step[1:] for step in target.only.log[:-1] if step[1] != "send"] == [
        ("plan", "bob", False),
        ("decide", {"anonymousId": "tablet", "explain": True, "placement": "cart", "limit": 3, "context": {"productId": "mug"}}),
        ("plan", "ann", True),
        ("product", {"id": "mug", "price": "8.00 EUR"}),
        ("customer", "ann"),
    ]
    assert [step[1] for step in target.only.log[:3]] == ["plan", "send", "decide"]


def test_a_shortfall_shows_what_was_expected_what_was_answered_and_what_was_withheld(write):
    [scenario] = read_scenarios(write(HEAD + "asks: [{at: 0d, decide: {}, expect: {never: [mug], silent: true}}]"))
    shown = {"productId": "mug", "groupId": "mug", "score": 0.25, "reason": {"code": "like_you", "text": "Others have it.", "source": "x", "evidence": []}}
    withheld = [{"productId": "pot", "code": "already_bought", "text": "They have it."}]
    outcome = play(scenario, WrittenTarget({"items": [shown], "silence": None, "withheld": withheld}))
    assert not outcome.holds
    assert verdict_lines(outcome) == [
        "falls short  a-story",
        "    decide at 2026-03-01 10:00",
        "      never: shows mug",
        "      silent: says something: mug",
        "         1. mug  0.250  like_you: Others have it.",
        "        withheld pot  already_bought: They have it.",
    ]


def test_what_the_target_cannot_do_yet_falls_short_and_says_so(write):
    [scenario] = read_scenarios(write(HEAD + "asks: [{at: 0d, moderate: {text: hello, product: mug}, expect: {verdict: [allow]}}]"))
    outcome = play(scenario, WrittenTarget())
    assert [shortfall.missed for shortfall in outcome.shortfalls] == [("moderation is not there yet",)]


def test_local_hours_follow_where_the_customer_was_last_seen_before_the_ask(write):
    text = (
        HEAD
        + """
events:
  - {at: -9d, identify: {timezone: Europe/London}}
  - {at: -8d, page: Home, context: {timezone: America/New_York}}
  - {at: +2d, page: Home, context: {timezone: Asia/Tokyo}}
asks:
  - {at: 0d, outreach: {}, expect: {local_hours: [9, 10]}}
"""
    )
    [scenario] = read_scenarios(write(text))
    message = {"sendAt": "2026-03-02T14:30:00Z", "items": [], "trigger": "due_again", "channel": "email", "subject": "", "text": ""}
    assert play(scenario, WrittenTarget({"message": message, "silence": None})).holds


def test_the_scenarios_of_this_repository_can_be_read():
    files = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
    names = [scenario.name for file in files for scenario in read_scenarios(file)]
    assert len(names) == len(set(names)) >= 39
