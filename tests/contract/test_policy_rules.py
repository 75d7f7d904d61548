"""What every rule of policy keeps, whatever it is about. A new rule is found here by itself."""

import math
from datetime import timedelta
from typing import get_args

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_shop import NOW
from tactful.model.candidates import Because, Shelf
from tactful.model.events import DismissalReason
from tactful.model.profile import Contact, Dismissal
from tactful.model.verdicts import ContactFacts, Needs, Proposal, ShelfFacts
from tactful.policy import contact_rules, judge_contact, judge_shelf, merged_needs, shelf_rules
from tactful.words import built_in

SILENCE, WITHHELD = (built_in().speak("en").sentences(kind) for kind in ("silence", "withheld"))
SHELF_RULES, CONTACT_RULES = shelf_rules(), contact_rules()
each_shelf_rule = pytest.mark.parametrize("rule", SHELF_RULES, ids=lambda rule: rule.code)
each_contact_rule = pytest.mark.parametrize("rule", CONTACT_RULES, ids=lambda rule: rule.code)
ANSWERS = get_args(DismissalReason)


def pick(rng, n, *values):
    """A column of n values out of these."""
    return np.array(values)[rng.integers(0, len(values), n)]


def shelf_and_facts(n, seed):
    """A shelf of n candidates and facts about them, any combination of what the rules ask for."""
    rng = np.random.default_rng(seed)
    seconds = (math.nan, NOW.timestamp() - 1e7, NOW.timestamp() - 10.0)
    yes_or_no = (False, True)
    source = pick(rng, n, "due_again", "considering", "completes", "popular_here")
    shelf = Shelf(
        rows=np.arange(n, dtype=np.int32),
        groups=pick(rng, n, 0, 1, 2, 3).astype(np.int32),
        types=pick(rng, n, 0, 1, 2).astype(np.int32),
        score=np.sort(rng.random(n))[::-1].copy(),
        because=tuple(Because(code=code) for code in source.tolist()),
        source=source,
        alive=pick(rng, n, *yes_or_no),
    )
    facts = ShelfFacts(
        interrupts=bool(rng.integers(2)),
        threshold=pick(rng, n, 0.004, 0.5, math.inf),
        product_bought_at=pick(rng, n, *seconds),
        purchase_days=pick(rng, n, 0, 1, 2, 3),
        group_bought_at=pick(rng, n, *seconds),
        type_bought_at=pick(rng, n, *seconds),
        never_bought=pick(rng, n, *yes_or_no),
        life_seconds=pick(rng, n, 86_400.0, math.inf),
        need_state=pick(rng, n, "", "look", "open", "closed"),
        need_in_visit=pick(rng, n, *yes_or_no),
        occasions=pick(rng, n, 0, 1, 2, 3),
        stray_department=pick(rng, n, *yes_or_no),
        passed_over=pick(rng, n, *yes_or_no),
        rested=pick(rng, n, 0.0, 0.5, 0.99),
        sure=pick(rng, n, 0.1, 0.9, 1.0),
        listed=pick(rng, n, *yes_or_no),
        for_another=pick(rng, n, *yes_or_no),
        explanations=tuple({"own": 0.4, "gift": 0.6} if told else None for told in pick(rng, n, *yes_or_no).tolist()),
        contextual=pick(rng, n, *yes_or_no),
        closed_by=pick(rng, n, "", "bought_here", "bought_elsewhere", "dismissed"),
        elapsed_ratio=pick(rng, n, math.nan, 0.1, 0.9, 3.0),
        dismissed_by=tuple(Dismissal(NOW, "m1", str(reason), "camera") if reason else None for reason in pick(rng, n, "", *ANSWERS)),
        sensitive=pick(rng, n, "none", "none", "health", "unknown"),
        sensitive_asked_for=pick(rng, n, *yes_or_no),
        in_stock=pick(rng, n, *yes_or_no),
        available_there=pick(rng, n, *yes_or_no),
        within_reach=pick(rng, n, *yes_or_no),
        only_from_trips=pick(rng, n, *yes_or_no),
        forbidden=pick(rng, n, *yes_or_no),
        featured=pick(rng, n, *yes_or_no),
        fits=pick(rng, n, *yes_or_no),
        tired=pick(rng, n, 0.0, 0.1, 0.99),
        gift_only=pick(rng, n, *yes_or_no),
        sent_back=pick(rng, n, *yes_or_no),
        outlived=pick(rng, n, *yes_or_no),
        seldom_again=pick(rng, n, *yes_or_no),
        stated_wanted_at=pick(rng, n, *seconds),
        stated_unwanted=pick(rng, n, *yes_or_no),
    )
    return shelf, facts


shelves = st.builds(shelf_and_facts, st.integers(0, 8), st.integers(0, 2**32 - 1))


FIELDS_OF_NEED = {
    Needs.OWNED: ("product_bought_at", "purchase_days", "group_bought_at", "type_bought_at", "never_bought", "sent_back"),
    Needs.LIFE: ("life_seconds", "outlived", "seldom_again"),
    Needs.INTEREST: (
        *("need_state", "need_in_visit", "occasions", "stray_department", "passed_over", "rested", "sure", "listed"),
        *("contextual", "closed_by", "for_another", "explanations"),
    ),
    Needs.RHYTHM: ("elapsed_ratio",),
    Needs.DISMISSED: ("dismissed_by",),
    Needs.SENSITIVE: ("sensitive", "sensitive_asked_for"),
    Needs.STOCK: ("in_stock", "available_there", "within_reach"),
    Needs.FEATURED: ("featured",),
    Needs.SIZE: ("fits",),
    Needs.GIFTS: ("gift_only",),
    Needs.STATED: ("stated_wanted_at", "stated_unwanted"),
    Needs.TRIPS: ("only_from_trips",),
    Needs.FORBIDDEN: ("forbidden",),
    Needs.SHOWN: ("tired",),
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


@pytest.mark.parametrize(
    ("sentences", "rules", "others"),
    [
        (WITHHELD, SHELF_RULES, {"more_of_the_same"}),
        (SILENCE, CONTACT_RULES, {"nothing_relevant", "nothing_within_reach", "too_late", "unknown_customer", "better_message_waiting"}),
    ],
)
def test_no_sentence_is_left_over(sentences, rules, others):
    assert set(sentences) == {rule.code for rule in rules} | others


@each_shelf_rule
@settings(max_examples=40, deadline=None)
@given(shelves)
def test_a_shelf_rule_judges_every_candidate_with_what_it_declared_and_changes_nothing(rule, found):
    shelf, facts = frozen(found[0]), frozen(only_declared(rule, found[1]))
    verdicts = rule.check(shelf, facts, now=NOW)
    again = rule.check(shelf, facts, now=NOW)
    assert verdicts.code == rule.code
    assert verdicts.denied.shape == (len(shelf),)
    assert verdicts.denied.dtype == np.bool_
    assert np.array_equal(verdicts.denied, again.denied)
    assert all(len(values) == len(shelf) for values in verdicts.facts.values())


@each_shelf_rule
@settings(max_examples=20, deadline=None)
@given(shelves)
def test_a_shelf_rule_that_knows_nothing_of_what_it_asked_for_withholds_nothing(rule, found):
    shelf, facts = found
    if rule.needs and not rule.needs & (Needs.OWNED | Needs.LIFE):
        blank = msgspec.structs.replace(facts, **{field: blank_column(field, len(shelf)) for need, fields in FIELDS_OF_NEED.items() for field in fields})
        assert not rule.check(shelf, blank, now=NOW).denied.any()


def blank_column(field, n):
    """A column as it is where there is nothing to tell."""
    if field in {"dismissed_by", "explanations"}:
        return (None,) * n
    if field in {"need_state", "closed_by"}:
        return np.full(n, "")
    if field in {"occasions", "purchase_days"}:
        return np.zeros(n, np.int64)
    if field == "sensitive":
        return np.full(n, "none")
    if field in {"elapsed_ratio", "stated_wanted_at"} or field.endswith(("bought_at", "seconds")):
        return np.full(n, np.nan)
    return np.full(n, field in {"in_stock", "available_there", "within_reach", "fits"})


@settings(max_examples=60, deadline=None)
@given(shelves)
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
