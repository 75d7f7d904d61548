"""Every expectation, once holding and once falling short."""

import re
from datetime import UTC, datetime

import pytest

from tactful.rehearse.answers import Answer, Scene
from tactful.rehearse.expect import EXPECTATIONS, read_expectations

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
SCENE = Scene(at=NOW, timezone="America/New_York", types={"tote-tan": "Bags > Totes", "mug": "Kitchen"}, knows_event={"e1", "late"}.__contains__)


def item(product="tote-tan", *, group=None, code="considering", text="You looked at it twice.", evidence=(("e1", "2026-02-28T10:00:00Z"),)):
    told = [{"messageId": message, "at": at} for message, at in evidence]
    return {"productId": product, "groupId": group or product, "score": 0.2, "reason": {"code": code, "text": text, "source": "x", "evidence": told}}


def shelf(*items, **more):
    return Answer(kind="decide", body={"items": list(items), "silence": None, **more})


def usually(product, **options):
    return shelf(usual={"productId": product, "options": options})


def silent(code="nothing_relevant", text="There is nothing to say."):
    return Answer(kind="decide", body={"items": [], "silence": {"code": code, "text": text}})


def message(*items, trigger="due_again", channel="email", send_at="2026-03-01T18:00:00Z", subject="Your beans", text="They may be low."):
    told = {"trigger": trigger, "channel": channel, "sendAt": send_at, "items": list(items), "subject": subject, "text": text}
    return Answer(kind="outreach", body={"message": told, "silence": None})


def outbox(state=None, code=None):
    return Answer(kind="outbox", body={"messages": [{"state": state, "code": code}] if state else [], "stopped": None})


NO_MESSAGE = Answer(kind="outreach", body={"message": None, "silence": {"code": "too_soon", "text": "Later."}})

CASES = [
    ("never", ["tote-*"], shelf(item("mug")), shelf(item("tote-tan"))),
    ("never", ["tote-*"], message(item("mug")), message(item("tote-tan"))),
    ("never_category", ["Bags"], shelf(item("mug")), shelf(item("tote-tan"))),
    ("some", ["tote-*", "belt-*"], shelf(item("mug"), item("tote-tan")), shelf(item("mug"))),
    ("some", ["tote-*"], message(item("tote-tan")), NO_MESSAGE),
    ("first", "tote-*", shelf(item("tote-tan"), item("mug")), shelf(item("mug"), item("tote-tan"))),
    ("first", "*", shelf(item("mug")), silent()),
    ("min_items", 2, shelf(item("mug"), item("tote-tan")), shelf(item("mug"))),
    ("max_items", 1, shelf(item("mug")), shelf(item("mug"), item("tote-tan"))),
    ("distinct_groups", True, shelf(item("a", group="g"), item("b", group="h")), shelf(item("a", group="g"), item("b", group="g"))),
    ("distinct_groups", False, shelf(item("a", group="g"), item("b", group="g")), shelf(item("a"))),
    ("silent", True, silent(), shelf(item())),
    ("silent", True, NO_MESSAGE, message(item())),
    ("silent", False, shelf(item()), silent()),
    ("because", ["too_soon"], NO_MESSAGE, silent("nothing_relevant")),
    ("because", ["too_soon"], NO_MESSAGE, message(item())),
    ("trigger", ["due_again"], message(item()), message(item(), trigger="cart_waiting")),
    ("trigger", ["due_again"], message(item()), NO_MESSAGE),
    ("channel", ["email"], message(item()), message(item(), channel="sms")),
    ("send_between", [["+5h", "+11h"], ["+6d20h", "+7d4h"]], message(item()), message(item(), send_at="2026-03-02T18:00:00Z")),
    ("send_between", [["+5h", "+11h"], ["+6d20h", "+7d4h"]], message(item(), send_at="2026-03-08T10:00:00+01:00"), NO_MESSAGE),
    ("local_hours", [9, 21], message(item(), send_at="2026-03-01T14:00:00Z"), message(item(), send_at="2026-03-01T13:59:00Z")),
    ("local_hours", [9, 21], message(item(), send_at="2026-03-02T02:00:00Z"), message(item(), send_at="2026-03-02T02:01:00Z")),
    ("local_hours", [9, 21], message(item()), NO_MESSAGE),
    ("reasons", ["considering"], shelf(item()), shelf(item(), item("mug", code="like_you"))),
    ("explained", True, shelf(item()), shelf(item(text=""))),
    ("explained", True, silent(), silent(text="")),
    ("explained", True, shelf(item()), shelf(item(evidence=()))),
    ("explained", True, shelf(item()), shelf(item(evidence=[("unheard-of", "2026-02-28T10:00:00Z")]))),
    ("explained", True, shelf(item()), shelf(item(evidence=[("late", "2026-03-01T10:00:01Z")]))),
    ("explained", False, shelf(item(text="")), shelf(item())),
    ("withheld", {"tote-*": ["is_featured"]}, shelf(withheld=[{"productId": "tote-tan", "code": "is_featured"}]), shelf(withheld=[])),
    ("withheld", {"tote-*": ["x", "y"]}, shelf(withheld=[{"productId": "tote-a", "code": "y"}]), shelf(withheld=[{"productId": "tote-a", "code": "z"}])),
    ("text_never", ["(?i)bean"], message(item(), subject="Coffee"), message(item())),
    ("text_never", ["(?i)forgot"], shelf(item()), shelf(item(text="You forgot this"))),
    ("text_never", ["low"], message(item(), text="Nearly gone."), message(item())),
    ("either", [{"silent": True}, {"some": ["mug"], "max_items": 1}], shelf(item("mug")), shelf(item("mug"), item("tote-tan"))),
    ("usual", {"product": "drink-*", "options": {"size": "small"}}, usually("drink-a", size="small", milk="oat"), shelf(usual=None)),
    ("usual", {"product": "drink-*", "options": {"size": "small"}}, usually("drink-a", size="small"), usually("drink-a", size="large")),
    ("usual", {"product": "drink-b"}, usually("drink-b"), usually("drink-a")),
    ("usual", None, shelf(usual=None), usually("drink-a")),
    ("store", ["soho", "marina"], shelf(store={"storeCode": "soho"}), shelf(store={"storeCode": "leeds"})),
    ("store", ["soho"], shelf(store={"storeCode": "soho"}), shelf(store=None)),
    ("store", None, shelf(store=None), shelf(store={"storeCode": "leeds"})),
    ("verdict", ["allow", "review"], Answer(kind="moderate", body={"verdict": "review"}), Answer(kind="moderate", body={"verdict": "refuse"})),
    ("sent", 1, outbox("sent"), outbox("dropped", "too_late")),
    ("sent", 0, outbox(), outbox("sent")),
    ("dropped", ["too_late", "no_consent"], outbox("dropped", "too_late"), outbox("sent")),
    ("dropped", [], outbox("sent"), outbox("dropped", "too_late")),
    ("put_off", ["quiet_hours"], outbox("put_off", "quiet_hours"), outbox("put_off", "frequency_cap")),
    ("customer", {"needs.0.state": "open"}, Answer(kind="customer", body={"needs": [{"state": "open"}]}), Answer(kind="customer", body={"needs": []})),
    ("customer", {"home.city": None}, Answer(kind="customer", body={"home": {"city": None}}), Answer(kind="customer", body={"home": None})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "holding", "failing"), CASES)
def test_an_expectation_holds_where_it_should_and_says_what_is_missed_where_not(name, value, holding, failing):
    [expectation] = read_expectations({name: value}, NOW)
    assert expectation.missed(holding, SCENE) is None
    assert expectation.missed(failing, SCENE).startswith(f"{name}: ")


def test_every_expectation_has_a_case():
    assert {case[0] for case in CASES} == set(EXPECTATIONS)


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"nevr": ["a"]}, "nevr is not known; known are never, "),
        ({"never": "a"}, "never: Expected `array`, got `str`"),
        ({"text_never": ["("]}, "text_never: '(' is no regular expression"),
        ({"send_between": [["soon", "+1h"]]}, "send_between: 'soon' is no time; write an offset like -29d2h"),
        ({"either": [{"silent": "yes"}]}, "either: silent: Expected `bool`, got `str`"),
        ({"verdict": ["maybe"]}, "verdict: Invalid enum value 'maybe'"),
        ({"usual": {"product": "a", "size": "b"}}, "usual: Object contains unknown field `size`"),
    ],
)
def test_a_mistake_in_an_expectation_is_told_by_name(block, told):
    with pytest.raises(ValueError, match="^" + re.escape(told)):
        read_expectations(block, NOW)
