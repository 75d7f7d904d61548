"""What every rule of policy keeps, whatever it is about. A new rule is found here by itself."""

from datetime import timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from small_shop import NOW

from tactful.model.candidates import Because, Shelf
from tactful.model.profile import Contact, Dismissal
from tactful.model.verdicts import ContactFacts, Needs, Proposal, ShelfFacts
from tactful.policy import SILENCE, WITHHELD, contact_rules, judge_contact, judge_shelf, merged_needs, shelf_rules

SHELF_RULES, CONTACT_RULES = shelf_rules(), contact_rules()
each_shelf_rule = pytest.mark.parametrize("rule", SHELF_RULES, ids=lambda rule: rule.code)
each_contact_rule = pytest.mark.parametrize("rule", CONTACT_RULES, ids=lambda rule: rule.code)
seconds = st.sampled_from([float("nan"), NOW.timestamp() - 1e7, NOW.timestamp() - 10.0])
answers = st.sampled_from(["not_for_me", "gift", "bought_elsewhere", "already_have", "by_mistake", "researching", "too_often", "stop_topic"])
dismissals = st.one_of(st.none(), answers.map(lambda reason: Dismissal(NOW, "m1", reason, "camera")))


def column(draw, dtype, n, values):
    return draw(arrays.arrays(dtype, n, elements=values))


@st.composite
def shelves(draw):
    n = draw(st.integers(0, 6))
    sources = st.sampled_from(["due_again", "considering", "completes", "popular_here"])
    source = column(draw, "<U12", n, sources)
    shelf = Shelf(
        rows=np.arange(n, dtype=np.int32),
        groups=column(draw, np.int32, n, st.integers(0, 3)),
        types=column(draw, np.int32, n, st.integers(0, 2)),
        score=np.sort(column(draw, np.float64, n, st.floats(0, 1)))[::-1].copy(),
        because=tuple(Because(code=code) for code in source.tolist()),
        source=source,
        alive=column(draw, np.bool_, n, st.booleans()),
    )
    facts = ShelfFacts(
        interrupts=draw(st.booleans()),
        threshold=column(draw, np.float64, n, st.sampled_from([0.004, 0.5, float("inf")])),
        product_bought_at=column(draw, np.float64, n, seconds),
        purchase_days=column(draw, np.int64, n, st.integers(0, 3)),
        group_bought_at=column(draw, np.float64, n, seconds),
        type_bought_at=column(draw, np.float64, n, seconds),
        life_seconds=column(draw, np.float64, n, st.sampled_from([86_400.0, float("inf")])),
        need_state=column(draw, "<U6", n, st.sampled_from(["", "look", "open", "closed"])),
        need_in_visit=column(draw, np.bool_, n, st.booleans()),
        occasions=column(draw, np.int64, n, st.integers(0, 3)),
        stray_department=column(draw, np.bool_, n, st.booleans()),
        contextual=column(draw, np.bool_, n, st.booleans()),
        closed_by=column(draw, "<U16", n, st.sampled_from(["", "bought_here", "bought_elsewhere", "dismissed"])),
        elapsed_ratio=column(draw, np.float64, n, st.sampled_from([float("nan"), 0.1, 0.9, 3.0])),
        dismissed_by=tuple(draw(dismissals) for _ in range(n)),
        sensitive=column(draw, "<U14", n, st.sampled_from(["none", "health", "unknown"])),
        sensitive_asked_for=column(draw, np.bool_, n, st.booleans()),
        in_stock=column(draw, np.bool_, n, st.booleans()),
        available_there=column(draw, np.bool_, n, st.booleans()),
        featured=column(draw, np.bool_, n, st.booleans()),
        fits=column(draw, np.bool_, n, st.booleans()),
        gift_only=column(draw, np.bool_, n, st.booleans()),
    )
    return shelf, facts


FIELDS_OF_NEED = {
    Needs.OWNED: ("product_bought_at", "purchase_days", "group_bought_at", "type_bought_at"),
    Needs.LIFE: ("life_seconds",),
    Needs.INTEREST: ("need_state", "need_in_visit", "occasions", "stray_department", "contextual", "closed_by"),
    Needs.RHYTHM: ("elapsed_ratio",),
    Needs.DISMISSED: ("dismissed_by",),
    Needs.SENSITIVE: ("sensitive", "sensitive_asked_for"),
    Needs.STOCK: ("in_stock", "available_there"),
    Needs.FEATURED: ("featured",),
    Needs.SIZE: ("fits",),
    Needs.GIFTS: ("gift_only",),
}


def only_declared(rule, facts):
    """The facts with everything gone that the rule did not say it needs."""
    hidden = {field: None for need, fields in FIELDS_OF_NEED.items() if need not in rule.needs for field in fields}
    return msgspec.structs.replace(facts, **hidden)


def frozen(struct):
    """A struct whose columns refuse to be written to."""
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return struct


def test_rules_are_found():
    assert {"already_bought", "sensitive", "dismissed", "not_relevant", "variant_of_shown"} <= {rule.code for rule in SHELF_RULES}
    assert {"no_consent", "frequency_cap", "too_soon", "quiet_hours"} <= {rule.code for rule in CONTACT_RULES}


@pytest.mark.parametrize("rules", [SHELF_RULES, CONTACT_RULES], ids=["shelf", "contact"])
def test_orders_and_codes_are_unique_and_ascending(rules):
    orders, codes = [rule.order for rule in rules], [rule.code for rule in rules]
    assert orders == sorted(set(orders))
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("rule", [*SHELF_RULES, *CONTACT_RULES], ids=lambda rule: rule.code)
def test_a_rule_says_what_it_does(rule):
    sentences = WITHHELD if rule in SHELF_RULES else SILENCE
    assert sentences[rule.code].endswith(".")
    assert type(rule).__doc__.strip().split("\n")[0].endswith((".", ":"))
    assert not type(rule).__doc__.startswith(type(rule).__name__)
    assert type(rule).check.__doc__


@pytest.mark.parametrize(("sentences", "rules", "others"), [(WITHHELD, SHELF_RULES, set()), (SILENCE, CONTACT_RULES, {"nothing_relevant", "unknown_customer"})])
def test_no_sentence_is_left_over(sentences, rules, others):
    assert set(sentences) == {rule.code for rule in rules} | others


@each_shelf_rule
@settings(max_examples=40, deadline=None)
@given(shelves())
def test_a_shelf_rule_judges_every_candidate_with_what_it_declared_and_changes_nothing(rule, found):
    shelf, facts = frozen(found[0]), frozen(only_declared(rule, found[1]))
    verdicts = rule.check(shelf, facts, now=NOW)
    again = rule.check(shelf, facts, now=NOW)
    assert verdicts.code == rule.code
    assert verdicts.denied.shape == (len(shelf),)
    assert verdicts.denied.dtype == np.bool_
    assert np.array_equal(verdicts.denied, again.denied)
    assert all(len(values) == len(shelf) for values in verdicts.facts.values())


@settings(max_examples=60, deadline=None)
@given(shelves())
def test_all_rules_together(found):
    shelf, facts = frozen(found[0]), frozen(found[1])
    judged, objections = judge_shelf(SHELF_RULES, shelf, facts, now=NOW)
    lost = np.flatnonzero(shelf.alive & ~judged.alive).tolist()
    assert [objection.index for objection in objections] == lost
    assert not (judged.alive & ~shelf.alive).any()
    assert len(set(judged.groups[judged.alive].tolist())) == judged.alive.sum()
    for objection in objections:
        first = next(rule for rule in SHELF_RULES if rule.check(_alive_before(rule, shelf, facts), facts, now=NOW).denied[objection.index])
        assert objection.code == first.code
    assert msgspec.json.decode(msgspec.json.encode([objection.facts for objection in objections])) is not None


def _alive_before(rule, shelf, facts):
    earlier = tuple(other for other in SHELF_RULES if other.order < rule.order)
    return judge_shelf(earlier, shelf, facts, now=NOW)[0]


def test_needs_are_merged():
    assert merged_needs(()) == Needs.NOTHING
    merged = merged_needs(SHELF_RULES)
    assert all(rule.needs in merged for rule in SHELF_RULES)


moments = st.integers(-60 * 24, 10 * 24).map(lambda hours: NOW + timedelta(hours=hours))
channels = st.sampled_from(["email", "sms", "push", "letter"])
receivers = st.builds(
    ContactFacts,
    consented=st.dictionaries(channels, st.booleans()),
    reachable=st.dictionaries(channels, st.booleans()),
    contacts=st.lists(st.builds(Contact, moments, channels, st.uuids().map(str)), max_size=12).map(lambda c: tuple(sorted(c, key=lambda one: one.at))),
    paused_until=st.one_of(st.none(), moments),
    zones=st.sampled_from([("Europe/London",), ("America/New_York", "America/Los_Angeles"), ("Asia/Kathmandu",), ("Pacific/Auckland", "Europe/London")]),
)
proposals = st.builds(
    lambda channel, send_at, room: Proposal(trigger="due_again", channel=channel, send_at=send_at, deadline=send_at + room),
    channels,
    moments,
    st.integers(0, 7).map(lambda days: timedelta(days=days)),
)


@each_contact_rule
@settings(max_examples=60, deadline=None)
@given(proposals, receivers)
def test_a_contact_rule_allows_denies_or_defers_to_a_later_time(rule, proposal, facts):
    before = msgspec.msgpack.encode(facts)
    verdict = rule.check(proposal, facts)
    assert msgspec.msgpack.encode(facts) == before
    assert verdict == rule.check(proposal, facts)
    assert verdict.code in {None, rule.code}
    assert verdict.until is None or verdict.until > proposal.send_at
    assert msgspec.json.encode(verdict.facts)


@settings(max_examples=150, deadline=None)
@given(proposals, receivers)
def test_what_may_go_may_go_at_its_time_by_every_rule(proposal, facts):
    sent, verdict = judge_contact(CONTACT_RULES, proposal, facts)
    if verdict.allowed:
        assert proposal.send_at <= sent.send_at <= proposal.deadline
        assert all(rule.check(sent, facts).allowed for rule in CONTACT_RULES)
    else:
        assert verdict.code in SILENCE
        assert not all(rule.check(proposal, facts).allowed for rule in CONTACT_RULES)
