"""The outbox: reserved, judged again, sent once or dropped with a reason."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from small_shop import NOW, PRODUCTS, STORES, ago, bought, carted, happened
from tactful.app.profiles import rebuild
from tactful.ingest import patch_product
from tactful.model.events import (
    CartItemRemoved,
    ConsentUpdated,
    Context,
    Identified,
    MessageAnswered,
    MessageDelivered,
    MessageDropped,
    MessagePutOff,
    OutreachPaused,
    PageViewed,
    RecommendationDismissed,
    Traits,
    Unsubscribed,
)
from tactful.model.outbox import Handover, Reservation
from tactful.wiring import open_engine
from tactful.words import built_in

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOME = happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London"))
YES = happened(ConsentUpdated, ago(299), purpose="marketing", channel="email", granted=True)
COFFEE = [bought(ago(17 + 14 * n), "coffee") for n in range(8)]
"""Due now, at noon of a Wednesday."""


class Pigeon:
    """Carries letters; answers what it is told to, then `sent`."""

    name = "pigeon"
    channels = frozenset({"email"})

    def __init__(self, *answers, knows=False):
        self.answers = list(answers)
        self.knows = knows
        self.letters = []

    def send(self, letter):
        self.letters.append(letter)
        return self.answers.pop(0) if self.answers else Handover(fate="sent")

    def handed_over(self, message_id):
        return self.knows

    def close(self):
        pass


def engine_after(*events):
    engine = open_engine("memory:")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record([HOME, YES, *events], now=NOW)
    return engine


def reserve(engine, *, now=NOW, user="ann"):
    (plan,) = engine.plan([user], now=now, dry_run=False)
    assert plan.message is not None, plan.silence
    return plan.message


def run(engine, pigeon=None, *, now=NOW):
    return engine.send([pigeon or Pigeon()], now=now)


def only(dispatch):
    (message,) = dispatch.messages
    return message


def contacts(engine, now=NOW):
    return [(one["messageId"], one["reserved"]) for one in engine.customer("ann", now=now)["contactHistory"]]


def test_what_is_reserved_is_sent_once_and_counts_once():
    engine, pigeon = engine_after(*COFFEE), Pigeon()
    message = reserve(engine)
    assert contacts(engine) == [(message.message_id, True)]
    sent = only(run(engine, pigeon))
    assert (sent.state, sent.code, sent.message_id, sent.product_ids) == ("sent", None, message.message_id, ("coffee",))
    (letter,) = pigeon.letters
    assert (letter.to, letter.channel, letter.subject) == ("ann@customers.example", "email", message.subject)
    assert contacts(engine) == [(message.message_id, False)]
    assert run(engine, pigeon, now=NOW + DAY).messages == ()
    assert len(pigeon.letters) == 1
    assert engine.store.profiles.load("u:ann") == rebuild(engine.store, "u:ann")
    assert isinstance(engine.store.events.find(f"{message.message_id}:sent")[1], MessageDelivered)


def test_a_delivery_that_the_mail_service_reports_too_is_the_same_message():
    engine = engine_after(*COFFEE)
    message = reserve(engine)
    run(engine)
    engine.record([happened(MessageDelivered, NOW + HOUR, channel="email", contact_id=message.message_id)], now=NOW + HOUR)
    assert contacts(engine, NOW + HOUR) == [(message.message_id, False)]


def test_a_dry_plan_sends_nothing():
    engine = engine_after(*COFFEE)
    list(engine.plan(["ann"], now=NOW, dry_run=True))
    assert run(engine).messages == ()


def test_planned_twice_is_reserved_once():
    engine, pigeon = engine_after(*COFFEE), Pigeon()
    reserve(engine)
    (again,) = engine.plan(["ann"], now=NOW, dry_run=False)
    assert again.message is None
    run(engine, pigeon, now=NOW + HOUR)
    assert len(pigeon.letters) == 1


MEANWHILE = [
    ([bought(ago(hours=-1), "coffee")], "not_due_yet"),
    ([happened(ConsentUpdated, ago(hours=-1), purpose="marketing", channel="email", granted=False)], "no_consent"),
    ([happened(Unsubscribed, ago(hours=-1), channel="email")], "no_consent"),
    ([happened(MessageAnswered, ago(hours=-1), channel="email", answer="bounced")], "unreachable"),
    ([happened(MessageAnswered, ago(hours=-1), channel="email", answer="complained")], "unreachable"),
    ([happened(OutreachPaused, ago(hours=-1))], "paused_by_customer"),
    ([happened(RecommendationDismissed, ago(hours=-1), reason="not_for_me", product_id="coffee")], "dismissed"),
]


@pytest.mark.parametrize(("events", "code"), MEANWHILE)
def test_everything_is_asked_again_at_sending(events, code):
    engine, pigeon = engine_after(*COFFEE), Pigeon()
    message = reserve(engine)
    engine.record(events, now=NOW + HOUR)
    dropped = only(run(engine, pigeon, now=NOW + 2 * HOUR))
    assert (dropped.state, dropped.code, dropped.next_at) == ("dropped", code, None)
    assert dropped.text
    assert pigeon.letters == []
    assert contacts(engine, NOW + 2 * HOUR) == []
    assert isinstance(engine.store.events.find(f"{message.message_id}:dropped")[1], MessageDropped)
    assert engine.store.profiles.load("u:ann") == rebuild(engine.store, "u:ann")


def test_what_is_sold_out_by_then_is_not_offered():
    engine, pigeon = engine_after(*COFFEE), Pigeon()
    reserve(engine)
    engine.change_product("coffee", lambda known: patch_product(known, {"availability": "out_of_stock"}), now=NOW)
    assert only(run(engine, pigeon)).code == "out_of_stock"


def test_what_was_taken_out_of_the_basket_is_not_mentioned_and_the_rest_is():
    engine, pigeon = engine_after(carted("novel", ago(hours=3)), carted("camera", ago(hours=3))), Pigeon()
    message = reserve(engine)
    assert {item.product_id for item in message.items} == {"novel", "camera"}
    engine.record([happened(CartItemRemoved, ago(hours=-1), product_id="camera")], now=NOW + HOUR)
    sent = only(run(engine, pigeon, now=message.send_at))
    assert (sent.state, sent.product_ids) == ("sent", ("novel",))
    assert "Optika" not in pigeon.letters[0].subject + pigeon.letters[0].text


def test_a_dropped_message_frees_its_place():
    engine = engine_after(*COFFEE, carted("novel", ago(hours=3)))
    first = reserve(engine)
    engine.record([happened(RecommendationDismissed, ago(hours=-1), reason="not_for_me", product_id=first.items[0].product_id)], now=NOW + HOUR)
    assert only(run(engine, now=max(NOW + 2 * HOUR, first.send_at))).state == "dropped"
    assert contacts(engine, NOW + DAY) == []


def test_quiet_hours_are_those_of_where_they_are_by_then():
    engine, pigeon = engine_after(*COFFEE), Pigeon()
    message = reserve(engine)
    engine.record([happened(PageViewed, ago(minutes=-5), context=Context(timezone="Asia/Tokyo"))], now=NOW + HOUR)
    later = only(run(engine, pigeon, now=NOW + 2 * HOUR))
    assert (later.state, later.code, later.next_at) == ("put_off", "quiet_hours", datetime(2026, 3, 5, 0, tzinfo=UTC))
    assert pigeon.letters == []
    assert isinstance(engine.store.events.find(f"{message.message_id}:until:{later.next_at.isoformat()}")[1], MessagePutOff)
    (history,) = engine.customer("ann", now=NOW + 2 * HOUR)["contactHistory"]
    assert (history["reserved"], history["at"]) == (True, "2026-03-05T00:00:00Z")
    assert run(engine, pigeon, now=NOW + 3 * HOUR).messages == ()
    assert only(run(engine, pigeon, now=later.next_at)).state == "sent"


def test_over_a_cap_it_waits_and_then_goes():
    engine, pigeon = engine_after(*COFFEE), Pigeon()
    reserve(engine)
    engine.record([happened(MessageDelivered, NOW, channel="email", contact_id="newsletter")], now=NOW)
    later = only(run(engine, pigeon, now=NOW))
    assert (later.state, later.code, later.text) == ("put_off", "frequency_cap", built_in().speak("en").silence("frequency_cap"))
    assert only(run(engine, pigeon, now=later.next_at)).state == "sent"


def test_over_a_cap_until_its_deadline_it_expires_with_that_reason():
    engine, pigeon = engine_after(carted("novel", ago(hours=3))), Pigeon()
    message = reserve(engine)
    engine.record([happened(MessageDelivered, NOW + HOUR, channel="email", contact_id="newsletter")], now=NOW + HOUR)
    dropped = only(run(engine, pigeon, now=message.send_at))
    assert (dropped.state, dropped.code) == ("dropped", "frequency_cap")


def test_what_was_due_while_the_machine_was_off_is_dropped_when_it_is_too_late():
    engine, pigeon = engine_after(carted("novel", ago(hours=3))), Pigeon()
    reserve(engine)
    dropped = only(run(engine, pigeon, now=NOW + 3 * DAY))
    assert (dropped.state, dropped.code, dropped.text) == ("dropped", "too_late", built_in().speak("en").silence("too_late"))
    assert pigeon.letters == []


def test_a_sender_that_says_later_is_asked_again_with_growing_waits():
    engine, pigeon = engine_after(*COFFEE), Pigeon(*[Handover(fate="later", detail="450 busy")] * 2)
    reserve(engine)
    first = only(run(engine, pigeon))
    assert (first.state, first.text, first.next_at) == ("retry", "450 busy", NOW + timedelta(minutes=5))
    assert run(engine, pigeon, now=NOW + timedelta(minutes=4)).messages == ()
    second = only(run(engine, pigeon, now=first.next_at))
    assert second.next_at == first.next_at + timedelta(minutes=30)
    assert only(run(engine, pigeon, now=second.next_at)).state == "sent"
    assert len({letter.message_id for letter in pigeon.letters}) == 1


def test_between_two_tries_everything_is_asked_again():
    engine, pigeon = engine_after(*COFFEE), Pigeon(Handover(fate="later"))
    reserve(engine)
    first = only(run(engine, pigeon))
    engine.record([happened(Unsubscribed, NOW + timedelta(minutes=1), channel="email")], now=first.next_at)
    assert only(run(engine, pigeon, now=first.next_at)).code == "no_consent"
    assert len(pigeon.letters) == 1


def test_nobody_there_closes_the_address():
    engine = engine_after(*COFFEE)
    reserve(engine)
    dropped = only(run(engine, Pigeon(Handover(fate="refused", detail="550 no such user", closes_address=True))))
    assert (dropped.state, dropped.code) == ("dropped", "unreachable")
    known = engine.customer("ann", now=NOW)
    assert (known["closedChannels"], known["reachable"]["email"], known["contactHistory"]) == ({"email": "bounced"}, False, [])


def test_a_letter_refused_for_other_reasons_closes_nothing():
    engine = engine_after(*COFFEE)
    reserve(engine)
    assert only(run(engine, Pigeon(Handover(fate="refused", detail="554 policy")))).code == "unreachable"
    assert engine.customer("ann", now=NOW)["closedChannels"] == {}


def test_a_sender_that_is_down_ends_the_run_and_loses_nothing():
    engine = engine_after(*COFFEE, happened(PageViewed, ago(1), user_id="bob"))
    reserve(engine)
    down = run(engine, Pigeon(Handover(fate="down", detail="nobody listens there")))
    assert (down.stopped, only(down).state) == ("nobody listens there", "retry")
    assert only(run(engine, now=NOW + timedelta(minutes=5))).state == "sent"


class Killed(BaseException):
    """The process ends here."""


class DyingPigeon(Pigeon):
    def send(self, letter):
        super().send(letter)
        raise Killed


@pytest.mark.parametrize(("knows", "letters", "confirmed"), [(True, 1, True), (False, 2, True), (None, 1, False)])
def test_after_a_crash_the_sender_is_asked_and_rather_too_seldom_than_twice(knows, letters, confirmed):
    engine, dying, pigeon = engine_after(*COFFEE), DyingPigeon(), Pigeon(knows=knows)
    message = reserve(engine)
    with pytest.raises(Killed):
        run(engine, dying)
    assert run(engine, pigeon, now=NOW + timedelta(minutes=4)).messages == ()
    assert only(run(engine, pigeon, now=NOW + timedelta(minutes=5))).state == "sent"
    assert len(dying.letters) + len(pigeon.letters) == letters
    assert engine.store.outbox.load(message.message_id).confirmed is confirmed
    assert contacts(engine, NOW + HOUR) == [(message.message_id, False)]


def test_a_channel_without_a_sender_waits():
    engine, pigeon = engine_after(*COFFEE), Pigeon()
    pigeon.channels = frozenset({"sms"})
    reserve(engine)
    assert only(run(engine, pigeon)).state == "waiting"
    assert only(run(engine)).state == "sent"


def test_a_channel_that_closed_meanwhile_gives_way_to_the_next():
    phone = happened(Identified, ago(250), traits=Traits(phone="+44 20 7946 0000"))
    yes = happened(ConsentUpdated, ago(299), purpose="marketing", channel="sms", granted=True)
    engine, pigeon = engine_after(*COFFEE, phone, yes), Pigeon()
    pigeon.channels = frozenset({"email", "sms"})
    assert reserve(engine).channel == "email"
    engine.record([happened(MessageAnswered, ago(hours=-1), channel="email", answer="bounced")], now=NOW + HOUR)
    assert only(run(engine, pigeon, now=NOW + 2 * HOUR)).channel == "sms"
    assert pigeon.letters[0].to == "+44 20 7946 0000"


def test_a_message_of_nobody_is_forgotten():
    engine = engine_after(*COFFEE)
    message = msgspec.structs.replace(reserve(engine), message_id="of-somebody-erased")
    with engine.store.transaction():
        engine.store.outbox.put(Reservation(user_id="who", message=message, next_at=NOW))
    (dropped,) = (one for one in run(engine).messages if one.state == "dropped")
    assert (dropped.message_id, dropped.code) == ("of-somebody-erased", "unknown_customer")


def about_an_order(number, at):
    return happened(MessageDelivered, at, channel="email", contact_id=f"order-{number}", transactional=True)


def test_word_of_an_order_counts_for_a_day_and_no_longer():
    engine = engine_after(*COFFEE, *(about_an_order(n, ago(3 + n / 10)) for n in range(6)))
    assert reserve(engine).send_at == NOW
    engine.record([about_an_order(9, NOW)], now=NOW)
    later = only(run(engine))
    assert (later.state, later.code) == ("put_off", "frequency_cap")
    assert later.next_at < NOW + 2 * DAY


def test_nobody_owes_an_answer_to_word_of_an_order():
    engine = engine_after(*COFFEE, *(about_an_order(n, ago(16 - n)) for n in range(12)))
    assert reserve(engine).send_at == NOW


def test_a_full_mailbox_closes_nothing():
    engine = engine_after(*COFFEE)
    reserve(engine)
    engine.record([happened(MessageAnswered, NOW, channel="email", answer="bounced", passing=True)], now=NOW)
    assert only(run(engine)).state == "sent"


BOB = happened(Identified, ago(200), user_id="bob", traits=Traits(email=" Ann@customers.example", timezone="Europe/London"))
BOB_YES = happened(ConsentUpdated, ago(199), user_id="bob", purpose="marketing", channel="email", granted=True)
BOBS_COFFEE = [bought(ago(17 + 14 * n), "coffee", user_id="bob") for n in range(8)]


@pytest.mark.parametrize(
    "closing",
    [
        {"kind": MessageAnswered, "answer": "bounced"},
        {"kind": MessageAnswered, "answer": "complained"},
        {"kind": Unsubscribed},
    ],
)
def test_an_address_is_closed_to_everybody_who_has_it(closing):
    engine = engine_after(BOB, BOB_YES, *BOBS_COFFEE)
    reserve(engine, user="bob")
    engine.record([happened(closing["kind"], NOW, channel="email", **{name: value for name, value in closing.items() if name != "kind"})], now=NOW)
    assert only(run(engine)).code in ("unreachable", "no_consent")
    (plan,) = engine.plan(["bob"], now=NOW, dry_run=True)
    assert plan.silence.code in ("unreachable", "no_consent")
    assert engine.customer("bob", now=NOW)["reachable"]["email"] is False
    engine.record([happened(Identified, NOW, user_id="bob", traits=Traits(email="bob@customers.example"))], now=NOW)
    assert engine.customer("bob", now=NOW)["reachable"]["email"] is True


def test_a_later_yes_of_their_own_opens_what_another_had_unsubscribed():
    engine = engine_after(BOB, BOB_YES, *BOBS_COFFEE, happened(Unsubscribed, ago(2), channel="email"))
    assert engine.customer("bob", now=NOW)["reachable"]["email"] is False
    engine.record([happened(ConsentUpdated, ago(1), user_id="bob", purpose="marketing", channel="email", granted=True)], now=NOW)
    assert engine.customer("bob", now=NOW)["reachable"]["email"] is True
    assert engine.customer("ann", now=NOW)["reachable"]["email"] is False


def test_a_bounce_in_imported_history_closes_the_address_too():
    engine = engine_after(BOB, BOB_YES, *BOBS_COFFEE)
    engine.import_history([happened(MessageAnswered, ago(1), channel="email", answer="bounced")], now=NOW)
    assert engine.customer("bob", now=NOW)["reachable"]["email"] is False


def test_a_long_run_judges_each_message_by_its_own_time():
    elsewhere = happened(Identified, ago(1), user_id="bob", traits=Traits(email="bob@customers.example"))
    engine, pigeon = engine_after(*COFFEE, BOB, BOB_YES, *BOBS_COFFEE, elsewhere), Pigeon()
    reserve(engine)
    reserve(engine, user="bob")
    times = iter([NOW, NOW + 9 * HOUR + timedelta(minutes=30)])
    states = [(one.state, one.code) for one in engine.send([pigeon], now=NOW, clock=lambda: next(times)).messages]
    assert states == [("sent", None), ("put_off", "quiet_hours")]
