"""What each rule about interrupting answers, case by case."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from small_shop import NOW
from tactful.model.profile import Contact
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy import contact_rules, judge_contact

RULES = {rule.code: rule for rule in contact_rules()}
HOUR = timedelta(hours=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def proposal(send_at=NOW, *, channel="email", room=timedelta(days=7)):
    return Proposal(trigger="due_again", channel=channel, send_at=send_at, deadline=send_at + room)


def receiver(*contacts, zones=("UTC",), paused_until=None, consented=True, reachable=True):
    sent = tuple(sorted((Contact(at, channel, f"c{i}") for i, (at, channel) in enumerate(contacts)), key=lambda contact: contact.at))
    channels = ("email", "sms", "push")
    return ContactFacts(
        consented=dict.fromkeys(channels, consented), reachable=dict.fromkeys(channels, reachable), contacts=sent, paused_until=paused_until, zones=zones
    )


@pytest.mark.parametrize(("granted", "code"), [({}, "no_consent"), ({"email": False}, "no_consent"), ({"sms": True}, "no_consent"), ({"email": True}, None)])
def test_absent_consent_is_denied(granted, code):
    verdict = RULES["no_consent"].check(proposal(), msgspec.structs.replace(receiver(), consented=granted))
    assert (verdict.code, verdict.until) == (code, None)


@pytest.mark.parametrize(("reachable", "code"), [({}, "unreachable"), ({"email": False}, "unreachable"), ({"email": True}, None)])
def test_no_address_no_message(reachable, code):
    assert RULES["unreachable"].check(proposal(), msgspec.structs.replace(receiver(), reachable=reachable)).code == code


@pytest.mark.parametrize(("until", "deferred"), [(None, False), (NOW - HOUR, False), (NOW, False), (NOW + HOUR, True)])
def test_a_pause_lasts_to_its_end(until, deferred):
    verdict = RULES["paused_by_customer"].check(proposal(), receiver(paused_until=until))
    assert verdict.until == (until if deferred else None)


@pytest.mark.parametrize(
    ("channel", "earlier", "hours_ago", "wait_hours"),
    [
        ("email", "email", 15, 1),
        ("email", "email", 16, 0),
        ("email", "sms", 3, 1),
        ("email", "sms", 4, 0),
        ("sms", "sms", 20, 4),
        ("letter", "letter", 3, 1),
        ("letter", "letter", 5, 0),
    ],
)
def test_messages_keep_their_distance(channel, earlier, hours_ago, wait_hours):
    verdict = RULES["too_soon"].check(proposal(channel=channel), receiver((NOW - hours_ago * HOUR, earlier)))
    assert verdict.until == (NOW + wait_hours * HOUR if wait_hours else None)


def test_distance_is_kept_to_what_is_reserved_for_later_too():
    verdict = RULES["too_soon"].check(proposal(), receiver((NOW + 2 * HOUR, "email")))
    assert verdict.until == NOW + 18 * HOUR


@pytest.mark.parametrize(
    ("contacts", "channel", "until"),
    [
        ([], "email", None),
        ([(utc("2026-03-03T23:00"), "email")], "email", utc("2026-03-04T23:00")),
        ([(NOW - 24 * HOUR, "email")], "email", None),
        ([(NOW - d * 24 * HOUR, "email") for d in (2, 4)], "email", NOW + 3 * 24 * HOUR),
        ([(NOW - d * 24 * HOUR, "email") for d in (2, 4)], "sms", NOW + 3 * 24 * HOUR),
        ([(NOW - d * 24 * HOUR, "sms") for d in (5,)], "sms", NOW + 2 * 24 * HOUR),
        ([(NOW - d * 24 * HOUR, c) for d, c in ((2, "email"), (3, "sms"), (4, "push"))], "email", NOW + 4 * 24 * HOUR),
        ([(NOW - (2 + 3.5 * i) * 24 * HOUR, "email") for i in range(8)], "email", NOW + 3.5 * 24 * HOUR),
    ],
)
def test_caps_are_sliding_windows(contacts, channel, until):
    assert RULES["frequency_cap"].check(proposal(channel=channel), receiver(*contacts)).until == until


def test_a_cap_names_itself():
    facts = RULES["frequency_cap"].check(proposal(), receiver((NOW - HOUR, "sms"))).facts
    assert facts == {"most": 1, "hours": 24, "channel": None}


def test_just_after_midnight_is_still_the_same_day():
    late = utc("2026-03-04T23:00")
    verdict = RULES["frequency_cap"].check(proposal(utc("2026-03-05T00:05")), receiver((late, "email")))
    assert verdict.until == late + timedelta(days=1)


@pytest.mark.parametrize(
    ("send_at", "zones", "until"),
    [
        ("2026-03-04T12:00", ("UTC",), None),
        ("2026-03-04T08:59", ("UTC",), "2026-03-04T09:00"),
        ("2026-03-04T20:59:59", ("UTC",), None),
        ("2026-03-04T21:00", ("UTC",), "2026-03-05T09:00"),
        ("2026-03-07T21:30", ("UTC",), "2026-03-08T10:00"),
        ("2026-03-08T09:30", ("UTC",), "2026-03-08T10:00"),
        ("2026-03-04T12:00", ("America/Los_Angeles",), "2026-03-04T17:00"),
        ("2026-03-04T14:00", ("America/New_York", "America/Los_Angeles"), "2026-03-04T17:00"),
        ("2026-03-29T07:30", ("Europe/London",), "2026-03-29T09:00"),
        ("2026-10-25T09:30", ("Europe/London",), "2026-10-25T10:00"),
        ("2026-03-04T02:00", ("Asia/Kathmandu",), "2026-03-04T03:15"),
        ("2026-03-07T22:00", ("America/New_York",), None),
    ],
)
def test_hours_are_decent_where_they_are(send_at, zones, until):
    verdict = RULES["quiet_hours"].check(proposal(utc(send_at)), receiver(zones=zones))
    assert verdict.until == (utc(until) if until else None)


def test_where_no_hour_is_decent_everywhere_we_stay_silent():
    verdict = RULES["quiet_hours"].check(proposal(), receiver(zones=("America/Los_Angeles", "Asia/Tokyo", "Europe/London")))
    assert (verdict.code, verdict.until) == ("quiet_hours", None)
    assert verdict.facts["zones"] == ("America/Los_Angeles", "Asia/Tokyo", "Europe/London")


def judged(message, facts):
    sent, verdict = judge_contact(contact_rules(), message, facts)
    return sent.send_at, verdict.code, verdict.until


def test_a_free_slot_is_taken_as_it_is():
    assert judged(proposal(), receiver()) == (NOW, None, None)


def test_a_delay_into_the_night_moves_on_to_the_morning():
    """One a day allows it at half past six, and then they are asleep."""
    assert judged(proposal(), receiver((NOW - 5.5 * HOUR, "email"))) == (utc("2026-03-05T09:00"), None, None)


def test_the_deadline_holds_and_the_first_cause_is_named():
    """One a day allows it at half past six, quiet hours only at nine, and then it is too late."""
    nine = utc("2026-03-05T09:00")
    assert judged(proposal(room=timedelta(hours=20)), receiver((NOW - 5.5 * HOUR, "email"))) == (nine, "frequency_cap", nine)


def test_a_night_beyond_the_deadline_is_called_quiet_hours():
    assert judged(proposal(utc("2026-03-04T22:00"), room=HOUR), receiver()) == (utc("2026-03-05T09:00"), "quiet_hours", utc("2026-03-05T09:00"))


def test_no_consent_is_told_before_anything_that_time_would_heal():
    facts = receiver((NOW - HOUR, "email"), consented=False, reachable=False, paused_until=NOW + HOUR)
    assert judged(proposal(), facts)[1:] == ("no_consent", None)


class Never:
    """A rule that always wants an hour more."""

    code = "too_soon"

    def check(self, proposal, facts):
        return Verdict.defer(self.code, proposal.send_at + HOUR)


def test_a_message_that_is_put_off_again_and_again_finds_no_slot():
    sent, verdict = judge_contact((Never(),), proposal(), receiver())
    assert verdict.code == "too_soon"
    assert sent.send_at > NOW


def test_a_share_is_held_out_by_the_person_and_the_same_people_each_time():
    rule = msgspec.structs.replace(RULES["holdout"], percent=10.0)
    people = [f"u:{i}" for i in range(2_000)]
    held = [person for person in people if not rule.check(proposal(), msgspec.structs.replace(receiver(), person=person)).allowed]
    again = [person for person in people if not rule.check(proposal(channel="sms"), msgspec.structs.replace(receiver(), person=person)).allowed]
    assert held == again
    assert 150 < len(held) < 250
    assert all(RULES["holdout"].check(proposal(), msgspec.structs.replace(receiver(), person=person)).allowed for person in people)


def test_what_is_owed_to_them_counts_for_a_day_and_is_no_debt():
    owed = tuple(Contact(NOW - i * 24 * HOUR, "email", f"o{i}", "order_confirmation") for i in range(9, 0, -1))
    facts = msgspec.structs.replace(receiver(), contacts=owed)
    assert RULES["never_responds"].check(proposal(NOW + HOUR), facts).allowed
    assert RULES["frequency_cap"].check(proposal(NOW + HOUR), facts).allowed
    assert RULES["frequency_cap"].check(proposal(NOW - 12 * HOUR), facts).until == NOW
    today = tuple(Contact(NOW - i * HOUR, "email", f"t{i}", "delivery") for i in range(3, 0, -1))
    assert RULES["frequency_cap"].check(proposal(), msgspec.structs.replace(receiver(), contacts=today)).until == NOW + 23 * HOUR


def test_a_message_that_intrudes_more_weighs_more():
    facts = receiver((NOW - 48 * HOUR, "push"))
    assert RULES["frequency_cap"].check(proposal(), facts).allowed
    assert RULES["frequency_cap"].check(proposal(channel="sms"), facts).until == NOW + 5 * 24 * HOUR
