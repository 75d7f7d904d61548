"""When a reason to write is a reason, and which of them wins."""

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_shop import CATALOG, NOW, ago, bought, carted, customer_of, happened, row
from tactful.model.candidates import Because, Evidence, Shelf
from tactful.model.events import MessageDelivered
from tactful.outreach import Opportunity, discover_triggers, ranked
from tactful.words import built_in

TRIGGERS = {trigger.name: trigger for trigger in discover_triggers()}
HOUR = timedelta(hours=1)


def shelf(*candidates):
    """A shelf from (product, source, score, usual gap in days, days since the last, alive), best first."""
    rows = np.array([row(candidate[0]) for candidate in candidates], np.int32)
    because = tuple(
        Because(code=source, every_days=gap, last_at=None if since is None else ago(since), evidence=(Evidence(message_id="m", at=NOW),))
        for _, source, _, gap, since, _ in candidates
    )
    return Shelf(
        rows=rows,
        groups=CATALOG.group_of[rows],
        types=CATALOG.type_of[rows],
        score=np.array([candidate[2] for candidate in candidates], np.float64),
        because=because,
        source=np.array([candidate[1] for candidate in candidates], np.str_),
        alive=np.array([candidate[5] for candidate in candidates], np.bool_),
    )


def due(*candidates, now=NOW):
    found = shelf(*((product, "due_again", score, gap, since, True) for product, score, gap, since in candidates))
    return TRIGGERS["due_again"].propose(customer_of(), found, now=now, zone="UTC")


def test_what_is_bought_at_any_time_has_no_day_on_which_it_runs_out():
    def proposed(spread):
        found = shelf(("coffee", "due_again", 0.9, 10, 9, True))
        irregular = msgspec.structs.replace(found, because=(msgspec.structs.replace(found.because[0], spread=spread),))
        return TRIGGERS["due_again"].propose(customer_of(), irregular, now=NOW, zone="UTC")

    assert proposed(0.6) is not None
    assert proposed(0.8) is None


@pytest.mark.parametrize(
    ("kind_days", "kind_since", "earliest", "deadline"),
    [(None, 1, 0, 16), (10, 9, 0, 16), (10, 1, 8, 16), (4, 1, 2.6, 9), (10, 30, None, None)],
    ids=["bought once", "the thing itself", "another yesterday", "others often", "stopped buying the kind"],
)
def test_another_of_its_kind_bought_since_puts_it_off(kind_days, kind_since, earliest, deadline):
    found = shelf(("coffee", "due_again", 0.9, 10, 9, True))
    because = msgspec.structs.replace(found.because[0], kind_days=kind_days, kind_at=ago(kind_since))
    proposed = TRIGGERS["due_again"].propose(customer_of(), msgspec.structs.replace(found, because=(because,)), now=NOW, zone="UTC")
    if earliest is None:
        assert proposed is None
    else:
        assert (proposed.earliest, proposed.deadline) == (NOW + timedelta(days=earliest), NOW + timedelta(days=deadline))


@pytest.mark.parametrize(
    ("every", "times", "last", "waits"),
    [(4, 8, 1, 1), (4, 8, 2, 0), (4, 8, 3, 0), (30, 8, 1, 2), (4, 5, 1, 0)],
    ids=["here yesterday", "half a pause ago", "longer ago", "shops once in a month", "hardly known"],
)
def test_it_waits_until_they_may_think_of_shopping_again(every, times, last, waits):
    customer = customer_of(*(bought(ago(last + every * number), "milk") for number in range(times)))
    proposed = TRIGGERS["due_again"].propose(customer, shelf(("coffee", "due_again", 0.9, 10, 11, True)), now=NOW, zone="UTC")
    assert proposed.earliest == NOW + timedelta(days=waits)


def test_triggers_are_found_and_say_what_they_are():
    assert set(TRIGGERS) >= {"due_again", "cart_waiting"}
    assert all(type(trigger).__doc__ for trigger in TRIGGERS.values())


@pytest.mark.parametrize("trigger", TRIGGERS.values(), ids=TRIGGERS)
def test_nothing_to_say_nothing_proposed(trigger):
    others = shelf(("coffee", "popular_here", 0.9, None, None, True), ("milk", trigger.name, 0.9, 10.0, 9.0, False))
    for found in (shelf(), others):
        assert trigger.propose(customer_of(carted("milk", ago(1))), found, now=NOW, zone="UTC") is None


@pytest.mark.parametrize(
    ("gap", "since", "earliest", "deadline"),
    [
        (10, 2, 7, 23),
        (10, 9, 0, 16),
        (10, 20, 0, 5),
        (10, 25, 0, 0),
        (10, 26, None, None),
        (None, 5, None, None),
        (10, None, None, None),
    ],
)
def test_the_window_of_a_rhythm_opens_before_it_runs_out_and_closes_when_they_stopped(gap, since, earliest, deadline):
    found = due(("coffee", 0.6, gap, since))
    if earliest is None:
        assert found is None
    else:
        assert (found.earliest, found.deadline) == (NOW + timedelta(days=earliest), NOW + timedelta(days=deadline))
        assert (found.value, found.indices) == (0.6, (0,))


def test_things_due_together_make_one_message_of_at_most_three():
    found = due(("coffee", 0.9, 10, 9.5), ("milk", 0.8, 10, 2), ("bread", 0.7, 7, 7), ("novel", 0.6, 5, 6), ("case", 0.5, 5, 6))
    assert found.indices == (0, 2, 3)
    assert found.value == pytest.approx(0.9 + 0.7 + 0.6)


def test_what_has_no_rhythm_is_not_the_lead():
    assert due(("coffee", 0.9, None, 5), ("milk", 0.8, 10, 10)).indices == (1,)


def told(at, *product_ids, trigger="due_again"):
    return happened(MessageDelivered, at, channel="email", contact_id=f"{trigger}{at}", trigger=trigger, product_ids=product_ids)


@pytest.mark.parametrize(
    ("contacts", "indices"),
    [
        ([], (0, 1)),
        ([told(ago(2), "tote-tan")], (1,)),
        ([told(ago(2), "tote-black")], (1,)),
        ([told(ago(2), "tote-tan", "coffee")], None),
        ([told(ago(11), "tote-tan", "coffee")], (0, 1)),
        ([told(ago(2), "tote-tan", trigger="cart_waiting")], (0, 1)),
        ([told(ago(2), "unheard-of")], (0, 1)),
    ],
)
def test_what_runs_out_is_mentioned_once_a_purchase_in_whatever_colour(contacts, indices):
    found = shelf(("tote-tan", "due_again", 0.9, 10.0, 10.0, True), ("coffee", "due_again", 0.8, 10.0, 10.0, True))
    proposed = TRIGGERS["due_again"].propose(customer_of(*contacts), found, now=NOW, zone="UTC")
    assert (proposed and proposed.indices) == indices


def basket(put_in_at, *, now, zone="UTC", contacts=(), more=()):
    customer = customer_of(carted("camera", put_in_at), *more, *contacts)
    waiting = shelf(("camera", "cart_waiting", 0.4, None, None, True))
    return TRIGGERS["cart_waiting"].propose(customer, waiting, now=now, zone=zone)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("put_in_at", "now", "zone", "earliest", "deadline"),
    [
        ("2026-03-04T09:00", "2026-03-04T09:05", "UTC", "2026-03-04T18:00", "2026-03-04T20:30"),
        ("2026-03-04T09:00", "2026-03-04T19:00", "UTC", "2026-03-04T19:00", "2026-03-04T20:30"),
        ("2026-03-04T14:00", "2026-03-04T14:30", "UTC", "2026-03-04T19:00", "2026-03-04T20:30"),
        ("2026-03-04T15:30", "2026-03-04T15:30", "UTC", "2026-03-04T20:30", "2026-03-04T20:30"),
        ("2026-03-04T15:31", "2026-03-04T15:31", "UTC", "2026-03-11T15:31", "2026-03-11T19:31"),
        ("2026-03-04T02:00", "2026-03-04T02:05", "UTC", "2026-03-04T18:00", "2026-03-04T20:30"),
        ("2026-03-04T09:00", "2026-03-04T20:31", "UTC", "2026-03-11T09:00", "2026-03-11T13:00"),
        ("2026-03-04T09:00", "2026-03-11T12:00", "UTC", "2026-03-11T12:00", "2026-03-11T13:00"),
        ("2026-03-04T09:00", "2026-03-11T13:01", "UTC", None, None),
        ("2026-03-04T15:00", "2026-03-04T15:05", "America/New_York", "2026-03-04T23:00", "2026-03-05T01:30"),
        ("2026-03-04T15:00", "2026-03-04T15:05", "Asia/Kathmandu", "2026-03-11T14:45", "2026-03-11T18:45"),
    ],
)
def test_the_basket_is_mentioned_the_same_evening_or_a_week_later(put_in_at, now, zone, earliest, deadline):
    found = basket(utc(put_in_at), now=utc(now), zone=zone)
    assert (found and found.earliest) == (earliest and utc(earliest))
    assert (found and found.deadline) == (deadline and utc(deadline))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 48 * 60), st.integers(0, 10 * 24 * 60), st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "Europe/London"]))
def test_never_sooner_than_five_hours_and_never_in_the_past(put_in_minutes, later_minutes, zone):
    put_in_at = NOW + timedelta(minutes=put_in_minutes)
    now = put_in_at + timedelta(minutes=later_minutes)
    found = basket(put_in_at, now=now, zone=zone)
    if found is not None:
        assert found.earliest >= max(put_in_at + 5 * HOUR, now)
        assert found.earliest <= found.deadline


def reminded(at, trigger="cart_waiting"):
    return happened(MessageDelivered, at, channel="email", contact_id=f"{trigger}{at}", trigger=trigger)


def test_one_basket_is_mentioned_once():
    put_in_at = ago(6, hours=3)
    again = NOW + timedelta(days=1)
    assert basket(put_in_at, now=again, contacts=[reminded(ago(6))]) is None
    assert basket(put_in_at, now=again, contacts=[reminded(ago(6), trigger="due_again")]) is not None
    assert basket(put_in_at, now=again, contacts=[reminded(ago(9))]) is not None


def opportunity(trigger, value, hours):
    return Opportunity(trigger=trigger, value=value, earliest=NOW, deadline=NOW + hours * HOUR, indices=(0,))


def test_the_most_valuable_wins_and_of_equals_the_one_that_cannot_wait():
    one, two, three = opportunity("due_again", 0.9, 9), opportunity("cart_waiting", 0.5, 1), opportunity("due_again", 0.5, 2)
    assert ranked([three, two, one]) == [one, two, three]
    assert ranked([opportunity("due_again", 1, 1), opportunity("cart_waiting", 1, 1)])[0].trigger == "cart_waiting"


@pytest.mark.parametrize("trigger", [name for name in TRIGGERS if name != "still_welcome"])
@pytest.mark.parametrize(("titles", "lead"), [(["Tea"], "Tea"), (["Tea", "Milk"], "Tea and one more"), (["Tea", "Milk", "Rye"], "Tea and 2 more")])
def test_every_trigger_has_a_subject(trigger, titles, lead):
    subject = built_in().speak("en").subject(trigger, titles)
    assert lead in subject
    assert subject != lead
