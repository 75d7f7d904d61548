"""What a word is worth, against what it costs, a later slot, and silence."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from small_shop import NOW, ago
from tactful.model.profile import Contact, Response
from tactful.model.rhythms import Rhythms
from tactful.outreach import Opportunity, Receiver, best_channels, best_slot, bid, choose_slot, hour_weights

DAY = timedelta(days=1)
OPPORTUNITY = Opportunity(trigger="due_again", value=0.5, earliest=NOW, deadline=NOW + 7 * DAY, indices=(0,))
LONDON = ZoneInfo("Europe/London")


def receiver(*days_ago, channel="email", trigger="new_style", last_own_at=None, responses=(), remaining=100.0):
    contacts = tuple(Contact(ago(day), channel, f"c{day}", trigger) for day in days_ago)
    return Receiver(contacts=contacts, responses=tuple(responses), last_own_at=last_own_at, order_value=30.0, remaining=remaining)


def judged(to, *, wanted=0.5, price=20.0, channel="email", at=NOW):
    return bid(OPPORTUNITY, to, wanted=[wanted], prices=[price], channel=channel, send_at=at)


def test_fatigue_grows_with_messages_and_halves_in_two_weeks():
    assert receiver().fatigue(NOW) == 0
    assert receiver(14).fatigue(NOW) == pytest.approx(0.5)
    assert receiver(14, 0.0).fatigue(NOW) == pytest.approx(1.5)
    assert receiver(0.0, channel="sms").fatigue(NOW) == pytest.approx(3.0)


def test_a_move_of_theirs_settles_half_and_what_was_owed_never_tires():
    assert receiver(14, last_own_at=ago(1)).fatigue(NOW) == pytest.approx(0.25)
    assert receiver(1, trigger="order_confirmation").fatigue(NOW) == 0


def test_a_likelier_want_is_worth_more_and_a_tired_person_less():
    rested, tired = receiver(), receiver(1, 2, 3)
    assert judged(rested, wanted=0.8).worth > judged(rested, wanted=0.3).worth > judged(tired, wanted=0.3).worth
    assert judged(rested).worth > judged(rested, channel="sms").worth


def test_the_more_somebody_is_still_worth_the_more_is_at_risk():
    assert judged(receiver(1, 2, remaining=5_000.0)).risk > judged(receiver(1, 2, remaining=50.0)).risk > 0


def test_silence_wins_where_little_is_wanted_by_somebody_who_has_had_enough():
    assert judged(receiver(), wanted=0.05).worth > 0
    assert judged(receiver(*range(1, 9)), wanted=0.05).worth < 0


def test_answers_count_and_opens_do_not():
    clicked = [Response(ago(day - 1), "email", "clicked") for day in (30, 20)]
    opened = [Response(ago(day - 1), "email", "opened") for day in (30, 20)]
    assert receiver(30, 20, responses=clicked).heard() > 1 > receiver(30, 20, responses=opened).heard() == receiver(30, 20).heard()


def test_a_later_slot_wins_only_where_rest_is_worth_more_than_haste():
    at_once = best_slot(judged(receiver()), receiver(), deadline=NOW + 7 * DAY)
    assert at_once.send_at == NOW
    weary = receiver(*[0.1 * i for i in range(1, 12)], remaining=40_000.0)
    waits = best_slot(judged(weary, wanted=0.3), weary, deadline=NOW + 7 * DAY)
    assert NOW < waits.send_at <= NOW + 7 * DAY
    assert waits.worth > judged(weary, wanted=0.3).worth


def evenings(count):
    return [datetime(2026, 1, 5, 19, 30, tzinfo=UTC) + i * DAY for i in range(count)]


def test_few_visits_say_nothing_and_many_say_when():
    assert hour_weights([], LONDON) == pytest.approx(np.full(168, 1 / 168))
    assert hour_weights(evenings(40), LONDON).sum() == pytest.approx(1)
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    for count, hour in ((3, 12), (40, 19)):
        assert choose_slot(noon, noon + 2 * DAY, hour_weights(evenings(count), LONDON), zone=LONDON, episode="b").at.hour == hour


def test_a_newcomer_comes_when_everybody_does_and_few_visits_show_with_whom():
    early, late = np.full(168, 0.2 / 168), np.full(168, 0.2 / 168)
    early[8::24] += 0.8 / 7
    late[19::24] += 0.8 / 7
    shop = Rhythms(common=(0.7, 0.3), hours=(tuple(early), tuple(late)))
    newcomer, some = hour_weights([], LONDON, shop), hour_weights(evenings(3), LONDON, shop)
    assert newcomer[8] > 2 * newcomer[19]
    assert some[19] > some[8]
    assert hour_weights(evenings(40), LONDON, shop)[19] > hour_weights(evenings(40), LONDON, shop)[8]


def test_the_channel_they_answer_on_comes_first_and_the_less_intrusive_of_equals():
    written = [Contact(NOW - i * DAY, channel, f"{channel}{i}") for i in range(8) for channel in ("email", "push")]
    clicked = [Response(NOW - i * DAY, "push", "clicked") for i in range(8)]
    assert best_channels(["email", "sms", "push"], [], []) == ["email", "push", "sms"]
    assert best_channels(["email", "push"], written, clicked) == ["push", "email"]
    assert best_channels(["email", "push"], written, [Response(one.at, "push", "opened") for one in clicked]) == ["email", "push"]


def test_no_wait_goes_beyond_a_day_or_the_deadline():
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    slots = [choose_slot(noon, noon + timedelta(hours=3), hour_weights(evenings(40), LONDON), zone=LONDON, episode=str(i)) for i in range(400)]
    assert all(noon <= slot.at <= noon + timedelta(hours=3) for slot in slots)


def test_one_in_twenty_goes_by_lot_and_the_same_episode_draws_the_same():
    noon, weights = datetime(2026, 3, 4, 12, tzinfo=UTC), hour_weights(evenings(40), LONDON)
    slots = [choose_slot(noon, noon + 2 * DAY, weights, zone=LONDON, episode=str(i)) for i in range(2_000)]
    again = [choose_slot(noon, noon + 2 * DAY, weights, zone=LONDON, episode=str(i)) for i in range(2_000)]
    assert slots == again
    assert 0.02 < np.mean([slot.at.hour != 19 for slot in slots]) < 0.08
    assert np.mean([1 / slot.propensity for slot in slots]) == pytest.approx(25, rel=0.6)
