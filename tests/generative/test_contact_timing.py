"""Sliding windows and decent hours hold whatever was sent and wherever somebody is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tactful.model.verdicts import ContactFacts, Proposal
from tactful.policy import contact_rules
from tactful.policy.contact._windows import earliest_within

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUIET = next(rule for rule in contact_rules() if rule.code == "quiet_hours")
hours = st.integers(0, 96).map(lambda n: EPOCH + n * HOUR)
windows = st.integers(1, 30).map(lambda n: n * HOUR)
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Asia/Gaza", "America/Sao_Paulo", "UTC"]
EDGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2018, 11, 4, 3, tzinfo=UTC),
]


def most_in_a_window(moments, window):
    """The largest number of messages in any half-open window of this length."""
    return max((sum(end - window < moment <= end for moment in moments) for end in moments), default=0)


@settings(max_examples=300, deadline=None)
@given(st.lists(hours, max_size=9), hours, st.integers(1, 4), windows)
@example([EPOCH + 23 * HOUR], EPOCH + 24 * HOUR + timedelta(minutes=5), 1, 24 * HOUR)
def test_no_window_ever_holds_too_many(sent, at, most, window):
    kept = []
    for moment in sorted(sent):
        if most_in_a_window([*kept, moment], window) <= most:
            kept.append(moment)
    found = earliest_within(kept, at=at, most=most, window=window)
    assert found >= at
    assert most_in_a_window([*kept, found], window) <= most
    waits = [moment for moment in (at + n * HOUR for n in range(int((found - at) / HOUR))) if moment < found]
    assert all(most_in_a_window([*kept, moment], window) > most for moment in waits), "there was room earlier"


def test_at_most_one_a_day_is_a_day_and_no_midnight():
    late = datetime(2026, 1, 1, 23, tzinfo=UTC)
    assert earliest_within([late], at=late + timedelta(minutes=65), most=1, window=timedelta(days=1)) == late + timedelta(days=1)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(EDGES),
    st.integers(-3 * 24 * 60, 3 * 24 * 60),
    st.one_of(st.sampled_from(ZONES).map(lambda zone: (zone,)), st.just(("Europe/London", "America/New_York")), st.just(("Asia/Kathmandu", "Europe/London"))),
)
def test_the_hour_is_decent_in_every_zone_and_never_earlier_than_asked(edge, minutes, zones):
    at = edge + timedelta(minutes=minutes)
    facts = ContactFacts(consented={}, reachable={}, contacts=(), paused_until=None, zones=zones)
    verdict = QUIET.check(Proposal(trigger="due_again", channel="email", send_at=at, deadline=at), facts)
    if all(decent(at, zone) for zone in zones):
        assert verdict.allowed
    else:
        assert verdict.until > at
        assert all(decent(verdict.until, zone) for zone in zones)
        assert not any(decent_everywhere(at + step * timedelta(minutes=15), zones) for step in range(int((verdict.until - at) / timedelta(minutes=15))))


def decent_everywhere(at, zones):
    return all(decent(at, zone) for zone in zones)


def decent(at, zone):
    local = at.astimezone(ZoneInfo(zone))
    return (10 if local.weekday() == 6 else 9) <= local.hour < 21
