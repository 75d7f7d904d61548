"""What must hold, and when it is said to."""

import pytest

from tactful.simulate.play import Outcome, Setup
from tactful.simulate.promises import promises

POLICIES = ("tactful", "calendar_caps", "cart_nag", "silence", "oracle")
SETUP = Setup(world="fashion", customers=20, months=12, policies=POLICIES)
GOOD = {
    "tactful": {
        "messages": 4,
        "message_slots": 100,
        "message_mistaken": 1,
        "shelf_slots": 100,
        "shelf_mistaken": 2,
        "wants_with_evidence": 10,
        "wants_kept": 9,
        "bought": 12,
        "margin_cents": 2000,
    },
    "calendar_caps": {"messages": 40, "bought": 11, "margin_cents": 1500, "unsubscribed": 1},
    "cart_nag": {"messages": 9, "bought": 10, "margin_cents": 1600, "complained": 1},
    "silence": {"bought": 10, "margin_cents": 1400},
    "oracle": {"messages": 5, "bought": 30, "margin_cents": 9000},
}


def lives(counts=GOOD, **changed):
    """Twenty people who all live alike, but for what is changed of Tactful's lives: by name, one value for each person."""
    return [
        Outcome(
            person=person,
            policy=policy,
            counts=counts[policy] | ({name: values[person] for name, values in changed.items()} if policy == "tactful" else {}),
            past={},
            early={},
            goodwill=0.5,
        )
        for person in range(SETUP.customers)
        for policy in POLICIES
    ]


def held(*seeds):
    return {promise.name: promise for promise in promises([SETUP] * len(seeds), seeds)}


def test_all_is_kept_where_manners_are_good_and_nobody_is_worth_less():
    found = held(lives())
    assert {promise.name for promise in found.values() if not promise.kept} == set()
    assert found["mistaken_outreach"].figure.value == 0.01
    assert found["messages"].figure.value == 0.1
    assert found["value"].against == "cart_nag"
    assert found["value"].figure.value == pytest.approx(4.01)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("mistaken_outreach", {"message_mistaken": 3}),
        ("mistaken_home", {"shelf_mistaken": 3}),
        ("wants_kept", {"wants_kept": 8}),
        ("messages", {"messages": 21}),
        ("purchases", {"bought": 10}),
        ("unsubscribed", {"unsubscribed": 1}),
        ("value", {"margin_cents": 1390}),
    ],
)
def test_each_promise_can_be_broken_alone(name, counts):
    found = held(lives({**GOOD, "tactful": GOOD["tactful"] | counts}))
    assert [promise.name for promise in found.values() if not promise.kept] == [name]


def test_worth_more_on_the_whole_is_not_enough_where_the_interval_includes_nothing_gained():
    found = held(lives(margin_cents=[60_000, *[1590] * 19]))
    assert found["value"].figure.value > 0
    assert found["value"].figure.low < 0
    assert not found["value"].kept


def test_people_of_all_seeds_count_together():
    found = held(lives(), lives({**GOOD, "tactful": GOOD["tactful"] | {"message_mistaken": 5}}))
    assert found["mistaken_outreach"].figure.value == 0.03


def test_what_never_happened_breaks_no_promise():
    silent = {name: count for name, count in GOOD["tactful"].items() if not name.startswith("message")}
    found = held(lives({**GOOD, "tactful": silent}))
    assert found["mistaken_outreach"].figure is None
    assert found["mistaken_outreach"].kept
