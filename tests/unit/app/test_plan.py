"""Outreach plans, through the engine."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from small_shop import NOW, PRODUCTS, STORES, ago, bought, carted, happened, looked
from tactful.app.facts import contact_facts
from tactful.app.place import possible_zones
from tactful.app.profiles import rebuild
from tactful.cli._planning import one_round
from tactful.model.events import (
    Address,
    ConsentUpdated,
    Context,
    DecisionMade,
    Identified,
    MessageAnswered,
    MessageDelivered,
    OutreachPaused,
    PageViewed,
    Traits,
    Unsubscribed,
)
from tactful.model.products import Store
from tactful.profile import fold_all, new_profile
from tactful.wiring import open_engine
from tactful.words import built_in

DAY = timedelta(days=1)
HOME = happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London"))


LONG_AGO = ago(299)


def consent(at=LONG_AGO, *, granted=True, channel="email", **fields):
    return happened(ConsentUpdated, at, purpose="marketing", channel=channel, granted=granted, **fields)


YES = consent()
COFFEE = [bought(ago(17 + 14 * n), "coffee") for n in range(8)]
"""Due now, with the prior still in the usual gap."""


def engine_after(*events):
    engine = open_engine("memory:")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record(list(events), now=NOW)
    return engine


def plan(engine, *, now=NOW, dry_run=True, user="ann"):
    (found,) = engine.plan([user], now=now, dry_run=dry_run)
    return found


def silence_after(*events, now=NOW):
    found = plan(engine_after(*events), now=now)
    assert found.message is None
    assert found.silence.text == built_in().speak("en").silence(found.silence.code)
    assert msgspec.json.encode(found)
    return found.silence.code, found.silence.until


def test_what_runs_out_is_a_message_with_its_reason():
    found = plan(engine_after(HOME, YES, *COFFEE))
    assert found.silence is None
    message = found.message
    assert (message.trigger, message.channel, message.send_at) == ("due_again", "email", NOW)
    assert message.subject == "Peakroast coffee may be running out"
    assert message.text.startswith("You buy Peakroast coffee about every 14 days, last on 15 February.\n")
    assert [item.product_id for item in message.items] == ["coffee"]
    assert message.items[0].reason.evidence[0].message_id == COFFEE[0].message_id
    assert message.message_id == found.decision_id


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([HOME, *COFFEE], "no_consent"),
        ([HOME, consent(granted=False), *COFFEE], "no_consent"),
        ([HOME, YES, consent(ago(20), granted=False), *COFFEE], "no_consent"),
        ([HOME, YES, consent(ago(20), granted=False, channel=None), *COFFEE], "no_consent"),
        ([HOME, YES, happened(Unsubscribed, ago(20), channel="email"), consent(ago(10), channel=None), *COFFEE], "unreachable"),
        ([YES, *COFFEE], "unreachable"),
        ([HOME, YES, happened(MessageAnswered, ago(20), channel="email", answer="bounced"), *COFFEE], "unreachable"),
        ([HOME, YES, happened(MessageAnswered, ago(20), channel="email", answer="complained"), *COFFEE], "unreachable"),
        ([HOME, consent(channel="push"), *COFFEE], "unreachable"),
        ([HOME, YES, happened(OutreachPaused, ago(20)), *COFFEE], "paused_by_customer"),
        ([HOME, YES, looked("camera", ago(1))], "nothing_relevant"),
        ([HOME, YES], "nothing_relevant"),
        ([HOME, YES, *(bought(ago(2 + 14 * n), "coffee") for n in range(8))], "nothing_relevant"),
    ],
)
def test_silence_has_a_reason(events, code):
    assert silence_after(*events)[0] == code


@pytest.mark.parametrize(
    "events",
    [
        [HOME, consent(channel=None), *COFFEE],
        [HOME, consent(granted=False, channel=None), consent(ago(20)), *COFFEE],
        [HOME, happened(Unsubscribed, ago(30), channel="email"), consent(ago(20)), *COFFEE],
        [HOME, consent(granted=False, channel="sms"), YES, *COFFEE],
        [HOME, YES, happened(OutreachPaused, ago(20), until=ago(1)), *COFFEE],
    ],
)
def test_a_yes_that_stands_is_enough(events):
    assert plan(engine_after(*events)).message is not None


def test_somebody_unknown_is_left_alone():
    found = plan(engine_after(), user="who")
    assert (found.user_id, found.silence.code, found.message) == ("who", "unknown_customer", None)


def test_the_channel_is_one_they_agreed_to_and_that_reaches_them():
    phone = happened(Identified, ago(250), traits=Traits(phone="+44 20 7946 0000"))
    bounced = happened(MessageAnswered, ago(20), channel="email", answer="bounced")
    assert plan(engine_after(HOME, phone, YES, consent(channel="sms"), *COFFEE)).message.channel == "email"
    assert plan(engine_after(HOME, phone, YES, consent(channel="sms"), bounced, *COFFEE)).message.channel == "sms"


def written_to(at, **fields):
    return happened(MessageDelivered, at, **({"channel": "email", "contact_id": f"c{at}"} | fields))


def test_a_cap_puts_off_and_says_until_when_where_it_is_too_late():
    assert plan(engine_after(HOME, YES, *COFFEE, written_to(ago(0.5)))).message.send_at == datetime(2026, 3, 5, 9, tzinfo=UTC)
    full = [written_to(ago(n)) for n in (0.1, 3)]
    assert plan(engine_after(HOME, YES, *COFFEE, *full)).message.send_at == ago(-4)
    month = [written_to(ago(0.1 + 2.8 * n)) for n in range(8)]
    came_by = looked("novel", ago(0.05))
    assert silence_after(HOME, YES, *COFFEE, *month, came_by) == ("frequency_cap", ago(0.1 + 2.8 * 7) + timedelta(days=30))


def test_a_dry_run_changes_nothing():
    engine = engine_after(HOME, YES, *COFFEE)
    before = engine.store.profiles.load("u:ann"), engine.store.events.count()
    first, second = plan(engine), plan(engine)
    assert (engine.store.profiles.load("u:ann"), engine.store.events.count()) == before
    assert first.message.send_at == second.message.send_at
    assert engine.decision(first.decision_id) == first


def test_a_reserved_message_counts_at_once():
    engine = engine_after(HOME, YES, *COFFEE, carted("novel", ago(0.2)))
    first, second = plan(engine, dry_run=False), plan(engine, dry_run=False)
    assert first.message is not None
    gap = timedelta(0) if second.message is None else second.message.send_at - first.message.send_at
    assert second.message is None or gap >= DAY
    (reserved, *_) = engine.customer("ann", now=NOW)["contactHistory"]
    assert (reserved["messageId"], reserved["reserved"], reserved["trigger"]) == (first.decision_id, True, first.message.trigger)


def test_however_often_it_is_planned_the_caps_hold():
    engine = engine_after(HOME, YES, *COFFEE, *(bought(ago(6.9 + 7 * n), "milk") for n in range(12)), carted("novel", ago(0.2)))
    sent = [found.message.send_at for _ in range(6) if (found := plan(engine, dry_run=False)).message is not None]
    assert 1 <= len(sent) <= 2
    assert all(abs(a - b) >= DAY for a in sent for b in sent if a != b)
    assert engine.store.profiles.load("u:ann") == rebuild(engine.store, "u:ann")
    assert len(set(sent)) == len(sent)


def test_a_plan_that_is_no_dry_run_is_an_event_even_when_silent():
    engine = engine_after(HOME, *COFFEE)
    found = plan(engine, dry_run=False)
    customer_id, event = engine.store.events.find(found.decision_id)
    assert isinstance(event, DecisionMade)
    assert (customer_id, event.placement, event.silence, event.channel) == ("u:ann", "outreach", "no_consent", None)
    assert plan(engine, user="who", dry_run=False).silence.code == "unknown_customer"


def test_many_are_planned_in_turn_and_lazily():
    engine = engine_after(HOME, YES, *COFFEE, looked("camera", ago(1), user_id="bob"))
    plans = engine.plan(iter(["bob", "ann", "who"]), now=NOW)
    assert [found.user_id for found in plans] == ["bob", "ann", "who"]


def test_in_the_past_nothing_later_is_seen():
    engine = engine_after(HOME, YES, *COFFEE, happened(OutreachPaused, ago(0.1)))
    assert plan(engine).silence.code == "paused_by_customer"
    assert plan(engine, now=ago(0.2)).message is not None


def test_a_basket_waits_for_the_evening_where_they_are():
    there = happened(PageViewed, ago(1), context=Context(timezone="Asia/Kathmandu"))
    away = plan(engine_after(HOME, YES, there, carted("novel", datetime(2026, 3, 4, 3, tzinfo=UTC))), now=datetime(2026, 3, 4, 9, tzinfo=UTC)).message
    assert away.send_at == datetime(2026, 3, 4, 12, 15, tzinfo=UTC)
    here = plan(engine_after(HOME, YES, carted("novel", ago(hours=3)))).message
    assert (here.trigger, here.send_at, here.subject) == ("cart_waiting", datetime(2026, 3, 4, 18, tzinfo=UTC), "A long novel in your basket")


def test_a_message_explains_what_it_left_out():
    found = plan(
        engine_after(HOME, YES, *COFFEE, *(bought(ago(2 + 14 * n), "bread") for n in range(4)), *(bought(ago(20 * n + 10), "vitamins") for n in range(4)))
    )
    codes = {item.product_id: item.code for item in found.withheld}
    assert codes == {"bread": "not_due_yet", "vitamins": "sensitive"}


@pytest.mark.parametrize(
    ("events", "zones"),
    [
        ([happened(PageViewed, ago(1), context=Context(timezone="Europe/Rome"))], ("Europe/Rome",)),
        ([happened(Identified, ago(9), traits=Traits(address=Address(country="NP")))], ("Asia/Kathmandu",)),
        ([happened(Identified, ago(9), traits=Traits(address=Address(country="XX")))], ("UTC",)),
        ([], ("Europe/London", "Europe/Paris")),
    ],
)
def test_the_zones_they_may_be_in(events, zones):
    stores = {store.store_code: store for store in STORES}
    assert possible_zones(fold_all(new_profile("u:ann"), events), stores, now=NOW) == zones


def test_without_any_hint_the_clock_is_utc():
    assert possible_zones(new_profile("u:ann"), {}, now=NOW) == ("UTC",)
    moon = Store(store_code="m", name="Moon", lat=0, lon=0, country="ZZ", timezone="UTC")
    assert possible_zones(new_profile("u:ann"), {"m": moon}, now=NOW) == ("UTC",)


def consented(*events):
    return contact_facts(fold_all(new_profile("u:ann"), sorted(events, key=lambda event: event.at)), zones=("UTC",)).consented


@pytest.mark.parametrize(
    ("answers", "email", "sms"),
    [
        ([], False, False),
        ([("email", True)], True, False),
        ([(None, True)], True, True),
        ([(None, True), ("email", False)], False, True),
        ([("email", False), (None, True)], False, True),
        ([(None, False), ("email", True)], True, False),
        ([("email", True), (None, False)], False, False),
        ([("email", True), (None, False), (None, True)], True, True),
    ],
)
def test_consent_is_the_strictest_answer_that_stands(answers, email, sms):
    """A no to everything withdraws every earlier yes; a later yes to one channel opens that one."""
    events = [consent(ago(50 - n), channel=channel, granted=granted) for n, (channel, granted) in enumerate(answers)]
    found = consented(*events)
    assert (found["email"], found["sms"]) == (email, sms)


def test_planned_day_after_day_it_is_said_once():
    """Nothing is bought meanwhile, and consent and caps would let a second message through."""
    engine = engine_after(HOME, YES, *COFFEE)
    plans = [plan(engine, now=NOW + n * DAY, dry_run=False) for n in range(10)]
    assert [found.message.trigger for found in plans if found.message is not None] == ["due_again"]
    assert {found.silence.code for found in plans[1:]} == {"better_message_waiting"}
    assert {message["message_id"] for found in plans[1:] for message in found.silence.facts["messages"]} == {plans[0].message.message_id}
    engine.send([], now=NOW + 9 * DAY)  # too late by now: dropped
    sent = happened(MessageDelivered, NOW + 9 * DAY, channel="email", contact_id="by-hand", trigger="due_again", product_ids=("coffee",))
    engine.record([sent], now=NOW + 9 * DAY)
    told = plan(engine, now=NOW + 9 * DAY).silence
    assert (told.code, told.text) == ("nothing_relevant", "They have been told of what they may want now, and nothing is new since.")
    assert [message["message_id"] for message in told.facts["messages"]] == ["by-hand"]


def shop_of(*people):
    """An engine, and everybody's coffee due."""
    engine = engine_after()
    for name in people:
        events = [HOME, YES, *COFFEE]
        named = [msgspec.structs.replace(event, message_id=f"{name}-{n}", user_id=name, traits=None) for n, event in enumerate(events)]
        address = happened(Identified, ago(300), user_id=name, traits=Traits(email=f"{name}@customers.example", timezone="Europe/London"))
        engine.record([address, *named], now=NOW)
    return engine


def test_a_round_that_was_broken_off_goes_on_and_reserves_nothing_twice():
    people = [f"p{n:02}" for n in range(40)]
    engine, round_id = shop_of(*people), uuid4()
    broken_off = engine.plan(people, now=NOW, dry_run=False, round_id=round_id)
    before = [next(broken_off) for _ in range(5)]
    broken_off.close()
    later = NOW + timedelta(hours=1)
    after = list(engine.plan(people, now=later, dry_run=False, round_id=round_id))
    assert [plan.user_id for plan in after] == people
    assert after[:5] == before
    assert {plan.at for plan in after} == {NOW, later}  # some had their plan, the others got one now
    assert all(plan.message for plan in after)
    assert len(engine.store.outbox.due(NOW + 30 * DAY)) == len(people)
    assert all(len(reserved(engine, name)) == 1 for name in people)


def reserved(engine, name):
    customer_id = engine.customer(name, now=NOW)["customerId"]
    return [event for event in engine.store.events.read(customer_id) if isinstance(event, DecisionMade)]


def test_another_round_plans_anew_and_knows_what_was_reserved():
    engine = shop_of("p1")
    first, second = (next(engine.plan(["p1"], now=NOW, dry_run=False, round_id=uuid4())) for _ in range(2))
    assert first.message
    assert second.silence
    assert first.decision_id != second.decision_id


def test_what_is_reserved_is_folded_onto_the_profile_as_the_log_would():
    engine = shop_of("p1")
    (found,) = engine.plan(["p1"], now=NOW, dry_run=False)
    customer_id = engine.customer("p1", now=NOW)["customerId"]
    assert found.message
    assert engine.store.profiles.load(customer_id) == rebuild(engine.store, customer_id)


def test_a_round_ends_with_its_block_and_is_gone_on_with_for_half_a_day(tmp_path):
    with one_round(tmp_path, now=NOW) as first:
        assert (tmp_path / "planning.json").exists()
    with pytest.raises(KeyError), one_round(tmp_path, now=NOW) as second:
        raise KeyError
    with pytest.raises(KeyError), one_round(tmp_path, now=NOW + timedelta(hours=11)) as resumed:
        raise KeyError
    with one_round(tmp_path, now=NOW + timedelta(hours=13)) as anew:
        pass
    assert second == resumed
    assert len({first, second, anew}) == 3
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "planning.json").write_text("{half", encoding="utf-8")
    with one_round(tmp_path, now=NOW) as other:
        assert other not in {first, second, anew}
