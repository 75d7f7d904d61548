"""What each rule about products withholds and what it lets through, case by case."""

import math
from datetime import timedelta

import msgspec
import numpy as np
import pytest

from small_shop import NOW
from tactful.model.candidates import Because, Shelf
from tactful.model.profile import Dismissal
from tactful.model.verdicts import ShelfFacts
from tactful.policy import Thresholds, judge_shelf, shelf_rules

RULES = {rule.code: rule for rule in shelf_rules()}
LONG_AGO = (NOW - timedelta(days=100)).timestamp()
DAY = 86_400.0
USED_UP = {"life_seconds": 20 * DAY, "purchase_days": 3}
NEVER = {"product_bought_at": math.nan, "group_bought_at": math.nan, "type_bought_at": math.nan}
UNTOUCHED = {
    "need_state": "",
    "closed_by": "",
    "need_in_visit": False,
    "contextual": False,
    "stray_department": False,
    "passed_over": False,
    "rested": 0.0,
    "listed": False,
    "never_bought": False,
    "sure": 1.0,
    "occasions": 0,
    "for_another": False,
    "stated_wanted_at": math.nan,
}


def answer(reason):
    return Dismissal(NOW, "m1", reason, "camera")


def judge(code, *, source="popular_here", score=0.5, interrupts=False, **facts):
    """The verdict of one rule on one candidate."""
    shelf = Shelf(
        rows=np.zeros(1, np.int32),
        groups=np.zeros(1, np.int32),
        types=np.zeros(1, np.int32),
        score=np.array([score]),
        because=(Because(code=source),),
        source=np.array([source]),
        alive=np.ones(1, np.bool_),
    )
    facts = {"outlived": False, "seldom_again": False} | facts
    columns = {name: value if name == "dismissed_by" else np.array([value]) for name, value in facts.items()}
    if "dismissed_by" in columns:
        columns["dismissed_by"] = (columns["dismissed_by"],)
    return RULES[code].check(shelf, ShelfFacts(interrupts=interrupts, **columns), now=NOW)


DURABLE = {"life_seconds": math.inf, "purchase_days": 1}
CASES = [
    ("sensitive", True, {"sensitive": "health", "sensitive_asked_for": False}),
    ("sensitive", True, {"sensitive": "unknown", "sensitive_asked_for": False}),
    ("sensitive", False, {"sensitive": "health", "sensitive_asked_for": True}),
    ("sensitive", False, {"sensitive": "none", "sensitive_asked_for": False}),
    ("must_avoid", True, {"forbidden": True}),
    ("must_avoid", False, {"forbidden": False}),
    ("dismissed", False, {"dismissed_by": None, "stated_unwanted": False}),
    ("dismissed", True, {"dismissed_by": None, "stated_unwanted": True}),
    *[
        ("dismissed", said, {"dismissed_by": answer(reason), "stated_unwanted": False})
        for reason, said in [("not_for_me", True), ("too_often", True), ("stop_topic", True), ("gift", False)]
    ],
    ("by_mistake", True, {"dismissed_by": answer("by_mistake")}),
    ("by_mistake", False, {"dismissed_by": answer("gift")}),
    ("by_mistake", False, {"dismissed_by": None}),
    ("gift_not_taste", True, {**UNTOUCHED, "gift_only": False, "dismissed_by": answer("gift")}),
    ("gift_not_taste", True, {**UNTOUCHED, "gift_only": True, "dismissed_by": None}),
    ("gift_not_taste", False, {**UNTOUCHED, "gift_only": False, "dismissed_by": answer("not_for_me")}),
    ("gift_not_taste", True, {**UNTOUCHED, "gift_only": False, "dismissed_by": None, "for_another": True}),
    ("gift_not_taste", False, {**UNTOUCHED, "gift_only": False, "dismissed_by": None, "for_another": True, "need_in_visit": True}),
    ("gift_not_taste", False, {**UNTOUCHED, "gift_only": False, "dismissed_by": None, "for_another": True, "source": "due_again"}),
    ("gift_not_taste", False, {**UNTOUCHED, "gift_only": False, "dismissed_by": answer("gift"), "source": "due_again"}),
    ("shown_too_often", True, {"tired": 0.9, "score": 0.03, "threshold": 0.004}),
    ("shown_too_often", False, {"tired": 0.5, "score": 0.03, "threshold": 0.004}),
    ("shown_too_often", False, {"tired": 0.9, "score": 0.03, "threshold": 0.004, "interrupts": True}),
    ("is_featured", True, {"featured": True}),
    ("is_featured", False, {"featured": False}),
    ("already_bought", True, {"product_bought_at": LONG_AGO, **DURABLE}),
    ("already_bought", True, {"product_bought_at": LONG_AGO, "source": "due_again", **DURABLE}),
    ("already_bought", True, {"product_bought_at": LONG_AGO, **USED_UP}),
    ("already_bought", False, {"product_bought_at": LONG_AGO, "source": "due_again", **USED_UP}),
    ("already_bought", False, {"product_bought_at": LONG_AGO, "source": "due_again", "life_seconds": math.inf, "purchase_days": 2}),
    ("already_bought", True, {"product_bought_at": LONG_AGO, "source": "due_again", **USED_UP, "purchase_days": 1, "seldom_again": True}),
    ("already_bought", False, {"product_bought_at": math.nan, **DURABLE}),
    ("already_bought", False, {"product_bought_at": LONG_AGO, **DURABLE, "outlived": True}),
    ("same_style_owned", False, {"group_bought_at": LONG_AGO, **DURABLE, "outlived": True}),
    ("sent_back", True, {"sent_back": True}),
    ("sent_back", False, {"sent_back": False}),
    ("same_style_owned", True, {"group_bought_at": LONG_AGO, **DURABLE}),
    ("same_style_owned", False, {"group_bought_at": LONG_AGO, "source": "due_again", **USED_UP}),
    ("same_style_owned", True, {"group_bought_at": LONG_AGO, "source": "due_again", **USED_UP, "purchase_days": 1, "seldom_again": True}),
    ("same_style_owned", False, {"group_bought_at": math.nan, **DURABLE}),
    ("need_closed", True, {**UNTOUCHED, "type_bought_at": LONG_AGO, "life_seconds": math.inf, "dismissed_by": None}),
    ("need_closed", False, {**UNTOUCHED, "type_bought_at": LONG_AGO, "life_seconds": 20 * DAY, "dismissed_by": None}),
    ("need_closed", False, {**UNTOUCHED, "type_bought_at": math.nan, "life_seconds": math.inf, "dismissed_by": None}),
    ("need_closed", False, {**UNTOUCHED, "type_bought_at": LONG_AGO, "life_seconds": math.inf, "dismissed_by": None, "need_state": "open"}),
    ("need_closed", False, {**UNTOUCHED, "type_bought_at": LONG_AGO, "life_seconds": math.inf, "dismissed_by": None, "source": "due_again"}),
    (
        "need_closed",
        True,
        {**UNTOUCHED, "type_bought_at": math.nan, "life_seconds": 1.0, "dismissed_by": None, "need_state": "closed", "closed_by": "bought_elsewhere"},
    ),
    (
        "need_closed",
        False,
        {**UNTOUCHED, "type_bought_at": math.nan, "life_seconds": 1.0, "dismissed_by": None, "need_state": "closed", "closed_by": "bought_here"},
    ),
    ("need_closed", True, {**UNTOUCHED, "type_bought_at": math.nan, "life_seconds": 1.0, "dismissed_by": answer("already_have"), "need_state": "open"}),
    *[
        ("need_closed", where, {**UNTOUCHED, "type_bought_at": math.nan, "life_seconds": 1.0, "dismissed_by": None, "need_state": "open", **more})
        for where, more in [
            (False, {"rested": 0.4, "sure": 0.6}),
            (True, {"rested": 0.5, "sure": 0.6}),
            (True, {"rested": 0.1, "sure": 0.4}),
            (False, {"rested": 0.1, "sure": 0.5}),
            (True, {"rested": 0.1, "sure": 0.5, "never_bought": True}),
            (False, {"rested": 0.1, "sure": 0.5, "never_bought": True, "listed": True}),
            (False, {"rested": 0.4, "sure": 0.4, "listed": True}),
            (True, {"rested": 0.5, "sure": 0.6, "listed": True}),
            (False, {"rested": 0.8, "sure": 0.6, "interrupts": True}),
            (False, {"rested": 0.4, "sure": 0.4, "interrupts": True, "source": "price_drop"}),
            (True, {"rested": 0.5, "sure": 0.6, "interrupts": True, "source": "price_drop"}),
            (False, {"rested": 0.8, "sure": 0.6, "interrupts": True, "source": "price_drop", "listed": True, "occasions": 3}),
            (True, {"rested": 0.8, "sure": 0.6, "interrupts": True, "source": "price_drop", "listed": True, "occasions": 2}),
            (False, {"rested": 0.8, "sure": 0.6, "interrupts": True, "source": "cart_waiting"}),
            (True, {"rested": 0.95, "sure": 0.6, "interrupts": True, "source": "cart_waiting"}),
            (False, {"rested": 0.95, "sure": 0.6, "interrupts": True, "source": "asked_for"}),
            (False, {"rested": 0.8, "sure": 0.6, "contextual": True}),
            (False, {"rested": 0.8, "sure": 0.6, "need_in_visit": True}),
            (False, {"rested": 0.8, "sure": 0.6, "stated_wanted_at": LONG_AGO}),
            (False, {"rested": 0.8, "sure": 0.6, "source": "due_again"}),
        ]
    ],
    ("one_look_only", True, {**UNTOUCHED, "need_state": "look", "occasions": 1}),
    ("one_look_only", True, {**UNTOUCHED, "need_state": "open", "occasions": 3, "passed_over": True}),
    ("one_look_only", False, {**UNTOUCHED, "need_state": "open", "occasions": 3, "passed_over": True, "need_in_visit": True}),
    ("one_look_only", False, {**UNTOUCHED, "need_state": "open", "occasions": 3, "passed_over": True, "source": "due_again"}),
    ("one_look_only", False, {**UNTOUCHED, "need_state": "look", "occasions": 1, "stated_wanted_at": LONG_AGO}),
    ("one_look_only", True, {**UNTOUCHED, "stray_department": True}),
    ("one_look_only", False, {**UNTOUCHED, "need_state": "open", "occasions": 2}),
    ("one_look_only", False, {**UNTOUCHED}),
    ("one_look_only", False, {**UNTOUCHED, "need_state": "look", "source": "due_again"}),
    ("one_look_only", False, {**UNTOUCHED, "need_state": "look", "need_in_visit": True}),
    ("one_look_only", False, {**UNTOUCHED, "need_state": "look", "contextual": True}),
    ("one_look_only", True, {**UNTOUCHED, "need_state": "look", "need_in_visit": True, "interrupts": True}),
    ("not_due_yet", True, {"elapsed_ratio": 0.59, "source": "due_again"}),
    ("not_due_yet", False, {"elapsed_ratio": 0.6, "source": "due_again"}),
    ("not_due_yet", False, {"elapsed_ratio": 0.1}),
    ("not_due_yet", False, {"elapsed_ratio": math.nan, "source": "due_again"}),
    ("out_of_stock", True, {"in_stock": False}),
    ("out_of_stock", False, {"in_stock": True}),
    ("not_available_there", True, {"available_there": False}),
    ("not_available_there", False, {"available_there": True}),
    ("out_of_radius", True, {"within_reach": False}),
    ("out_of_radius", False, {"within_reach": True}),
    ("trip_is_over", True, {"only_from_trips": True, "source": "due_again"}),
    ("trip_is_over", False, {"only_from_trips": True, "source": "considering"}),
    ("trip_is_over", False, {"only_from_trips": False, "source": "due_again"}),
    ("not_your_size", True, {"fits": False}),
    ("not_your_size", False, {"fits": True}),
    ("not_relevant", True, {"score": 0.0039, "threshold": 0.004}),
    ("not_relevant", False, {"score": 0.004, "threshold": 0.004}),
    ("not_relevant", True, {"score": 1.0, "threshold": math.inf}),
]


@pytest.mark.parametrize(("code", "denied", "facts"), CASES, ids=[f"{code}-{i}" for i, (code, _, _) in enumerate(CASES)])
def test_rule(code, denied, facts):
    assert judge(code, **facts).denied.tolist() == [denied]


def test_every_rule_has_cases_both_ways():
    one_by_one = set(RULES) - {"variant_of_shown"}
    assert {(code, denied) for code, denied, _ in CASES} == {(code, denied) for code in one_by_one for denied in (True, False)}


def test_why_a_need_is_closed_is_told():
    open_but_said = {**UNTOUCHED, "type_bought_at": math.nan, "life_seconds": 1.0, "dismissed_by": answer("bought_elsewhere")}
    assert judge("need_closed", **open_but_said).facts["closed_by"].tolist() == ["dismissed"]
    served = {**UNTOUCHED, "type_bought_at": LONG_AGO, "life_seconds": math.inf, "dismissed_by": None}
    assert judge("need_closed", **served).facts["closed_by"].tolist() == ["bought_here"]


def shelf_of(groups, alive):
    n = len(groups)
    return Shelf(
        rows=np.arange(n, dtype=np.int32),
        groups=np.array(groups, np.int32),
        types=np.zeros(n, np.int32),
        score=np.linspace(1, 0.1, n),
        because=tuple(Because(code="popular_here") for _ in groups),
        source=np.array(["popular_here"] * n, np.str_),
        alive=np.array(alive, np.bool_),
    )


@pytest.mark.parametrize(
    ("groups", "alive", "denied"),
    [
        ([7, 7, 3], [True, True, True], [False, True, False]),
        ([7, 7, 7], [False, True, True], [False, False, True]),
        ([3, 7, 3], [True, False, False], [False, False, False]),
        ([], [], []),
    ],
)
def test_the_best_variant_still_alive_stays(groups, alive, denied):
    verdicts = RULES["variant_of_shown"].check(shelf_of(groups, alive), ShelfFacts(interrupts=False), now=NOW)
    assert verdicts.denied.tolist() == denied


def test_the_first_objection_counts_and_its_facts_are_plain():
    shelf = shelf_of([1, 2], [True, True])
    facts = ShelfFacts(interrupts=False, in_stock=np.array([False, True]), threshold=np.array([2.0, 2.0]))
    judged, objections = judge_shelf((RULES["out_of_stock"], RULES["not_relevant"]), shelf, facts, now=NOW)
    assert not judged.alive.any()
    assert [(objection.code, objection.facts) for objection in objections] == [("out_of_stock", {}), ("not_relevant", {"probability": 0.1})]


def test_what_json_cannot_say_is_said_as_nothing():
    unlikely = msgspec.structs.replace(shelf_of([1], [True]), score=np.array([-math.inf]))
    _, objections = judge_shelf((RULES["not_relevant"],), unlikely, ShelfFacts(interrupts=False, threshold=np.array([0.1])), now=NOW)
    assert objections[0].facts == {"probability": None}


def test_a_time_is_told_as_a_time():
    facts = ShelfFacts(
        interrupts=False,
        product_bought_at=np.array([NOW.timestamp()]),
        life_seconds=np.array([math.inf]),
        outlived=np.array([False]),
        purchase_days=np.array([1]),
        seldom_again=np.array([False]),
    )
    _, objections = judge_shelf((RULES["already_bought"],), shelf_of([1], [True]), facts, now=NOW)
    assert objections[0].facts == {"bought_at": NOW}


def test_only_reasons_with_a_threshold_interrupt():
    assert Thresholds().least("due_again", interrupts=True) > Thresholds().least("due_again", interrupts=False)
    assert Thresholds().least("considering", interrupts=True) == math.inf
