"""What each kind of event does to a profile."""

from datetime import UTC, datetime

import pytest

from small_shop import NOW, ago, bought, carted, happened, looked, profile_of
from tactful.model.events import (
    Address,
    BackInStockRequested,
    BaseEvent,
    CartItemRemoved,
    ConsentUpdated,
    Context,
    DecisionMade,
    Grouped,
    Identified,
    MessageAnswered,
    MessageDelivered,
    OrderCompleted,
    OrderLine,
    OrderRefunded,
    OutreachPaused,
    PageViewed,
    PreferenceStated,
    ProductReviewed,
    ProductsSearched,
    RecommendationDismissed,
    RecommendationSeen,
    Tracked,
    Traits,
    Unsubscribed,
    WishlistItemAdded,
    WishlistItemRemoved,
)
from tactful.model.profile import CartLine, Contact, Dismissal, Order, Response, Search
from tactful.profile import fold, new_profile

FAR = datetime(9999, 12, 31, tzinfo=UTC)


def kinds(profile, product_id="camera"):
    return [look.kind for look in profile.products[product_id].looks]


def pieces(profile, product_id="camera"):
    return [purchase.quantity for purchase in profile.products[product_id].purchases]


def ordered(at, *lines, order_id="o1", **fields):
    return happened(OrderCompleted, at, order_id=order_id, lines=tuple(OrderLine(product_id=p, quantity=q) for p, q in lines), **fields)


def refunded(at, *lines, order_id="o1"):
    return happened(OrderRefunded, at, order_id=order_id, lines=tuple(OrderLine(product_id=p, quantity=q) for p, q in lines))


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (looked("camera", NOW), "view"),
        (carted("camera", NOW), "cart"),
        (happened(CartItemRemoved, NOW, product_id="camera"), "uncart"),
        (happened(WishlistItemAdded, NOW, product_id="camera"), "wish"),
        (happened(WishlistItemRemoved, NOW, product_id="camera"), "unwish"),
        (happened(BackInStockRequested, NOW, product_id="camera"), "ask"),
        (happened(RecommendationSeen, NOW, product_id="camera", clicked=True), "click"),
    ],
)
def test_signs_of_interest(event, kind):
    (look,) = profile_of(event).products["camera"].looks
    assert (look.kind, look.at, look.visit, look.event_id) == (kind, NOW, 1, event.message_id)


@pytest.mark.parametrize("fields", [{"product_id": "camera"}, {"clicked": True}])
def test_a_recommendation_seen_is_no_interest(fields):
    assert profile_of(happened(RecommendationSeen, NOW, **fields)).products == {}


@pytest.mark.parametrize("kind", [PageViewed, Grouped, Tracked, Identified])
def test_other_events_only_count(kind):
    fields = {Grouped: {"group_id": "g"}, Tracked: {"name": "Store Entered"}}.get(kind, {})
    profile = profile_of(happened(kind, NOW, **fields))
    assert (profile.events, profile.first_at, profile.last_at, profile.products) == (1, NOW, NOW, {})
    assert profile.visits == (0 if kind is Identified else 1)


def test_only_the_latest_looks_and_searches_are_kept():
    looks = [looked("camera", ago(n)) for n in range(40)]
    searches = [happened(ProductsSearched, ago(n), query=f"q{n}") for n in range(50)]
    profile = profile_of(*looks, *searches)
    assert [look.at for look in profile.products["camera"].looks] == [ago(n) for n in reversed(range(24))]
    assert [search.query for search in profile.searches] == [f"q{n}" for n in reversed(range(40))]
    assert profile.searches[-1] == Search(NOW, "q0", profile.visits, searches[0].message_id)


def test_the_cart_holds_what_was_put_in_and_neither_removed_nor_bought():
    kept = carted("novel", ago(3), quantity=2.0, price=9.5)
    profile = profile_of(carted("camera", ago(4)), carted("case", ago(4)), kept, happened(CartItemRemoved, ago(2), product_id="case"), bought(ago(1), "camera"))
    assert profile.cart == {"novel": CartLine(ago(3), kept.message_id, 2.0, 9.5)}


def test_an_order_is_kept_with_its_lines():
    event = ordered(ago(1), ("camera", 1.0), ("case", 2.0), channel="pos", store_code="london", fulfilment="pickup")
    profile = profile_of(event)
    assert profile.orders == [Order("o1", event.message_id, ago(1), "pos", False, "london", "pickup")]
    assert pieces(profile, "case") == [2.0]


def test_a_gift_is_a_gift_by_its_order_or_by_the_size_of_somebody_else():
    lines = (OrderLine(product_id="boots-42", recipient_size="42"), OrderLine(product_id="novel", options={"wrap": "no"}))
    profile = profile_of(bought(ago(2), "camera", gift=True), happened(OrderCompleted, ago(1), order_id="o", lines=lines))
    assert [profile.products[name].purchases[0].gift for name in ("camera", "boots-42", "novel")] == [True, True, False]
    assert profile.products["novel"].purchases[0].options == {"wrap": "no"}


def test_the_same_order_from_two_systems_is_one_order():
    profile = profile_of(ordered(ago(2), ("camera", 1.0)), ordered(ago(1), ("camera", 1.0), ("case", 1.0)))
    assert (len(profile.orders), pieces(profile), profile.events) == (1, [1.0], 2)
    assert "case" not in profile.products


def test_a_refund_of_all_takes_every_line_back():
    profile = profile_of(ordered(ago(3), ("camera", 1.0), ("case", 2.0)), ordered(ago(2), ("camera", 1.0), order_id="o2"), refunded(ago(1)))
    assert pieces(profile) == [1.0]
    assert pieces(profile, "case") == []
    assert (kinds(profile), kinds(profile, "case")) == (["return"], ["return"])


def test_a_refund_of_some_lines_leaves_the_others():
    profile = profile_of(ordered(ago(3), ("camera", 1.0), ("case", 1.0)), refunded(ago(1), ("case", 1.0)))
    assert (pieces(profile), pieces(profile, "case")) == ([1.0], [])
    assert kinds(profile) == []


def test_a_refund_of_some_pieces_leaves_the_others():
    profile = profile_of(ordered(ago(3), ("milk", 6.0)), refunded(ago(2), ("milk", 2.0)), refunded(ago(1), ("milk", 1.0)))
    assert pieces(profile, "milk") == [3.0]


def test_of_two_lines_of_a_product_only_as_many_pieces_go_as_came_back():
    order = ordered(ago(3), ("milk", 1.0), ("milk", 2.0))
    assert pieces(profile_of(order, refunded(ago(1), ("milk", 1.0))), "milk") == [2.0]
    assert pieces(profile_of(order, refunded(ago(1), ("milk", 2.0))), "milk") == [1.0]
    assert pieces(profile_of(order, refunded(ago(1), ("milk", 1.0), ("milk", 1.0))), "milk") == [1.0]
    assert pieces(profile_of(order, refunded(ago(1), ("milk", 3.0))), "milk") == []


@pytest.mark.parametrize("refund", [refunded(ago(1), order_id="another"), refunded(ago(4)), refunded(ago(1), ("novel", 1.0))])
def test_a_refund_of_nothing_they_have_changes_nothing(refund):
    profile = profile_of(ordered(ago(3), ("camera", 1.0)), refund)
    assert (pieces(profile), kinds(profile)) == ([1.0], [])


def test_a_refund_reported_twice_is_one_refund():
    profile = profile_of(ordered(ago(3), ("camera", 1.0)), refunded(ago(2)), refunded(ago(1)))
    assert kinds(profile) == ["return"]


def test_an_answer_is_kept():
    event = happened(RecommendationDismissed, NOW, reason="gift", product_id="camera")
    assert profile_of(event).dismissals == [Dismissal(NOW, event.message_id, "gift", "camera", None)]


def test_two_stars_are_a_no_and_praise_takes_it_back():
    def said(*stars):
        events = [happened(ProductReviewed, ago(9 - n), product_id="camera", rating=rating) for n, rating in enumerate(stars)]
        return [(known.reason, known.product_id) for known in profile_of(*events).dismissals]

    assert said(2.0) == said(1.0) == [("not_for_me", "camera")]
    assert said(3.0) == said(None) == said(1.0, 5.0) == []


def test_what_is_stated_twice_is_kept_once_as_of_the_last_time():
    events = [happened(PreferenceStated, ago(n), key=key, value=value) for n, key, value in [(3, "likes", "tea"), (2, "likes", "coffee"), (1, "likes", "tea")]]
    assert [(said.value, said.at) for said in profile_of(*events).preferences] == [("coffee", ago(2)), ("tea", ago(1))]


@pytest.mark.parametrize(("until", "paused_until"), [(None, FAR), (ago(-3), ago(-3))])
def test_a_pause_lasts_until_its_end_or_for_good(until, paused_until):
    event = happened(OutreachPaused, NOW, until=until)
    profile = profile_of(event)
    assert (profile.paused_until, profile.pause_event_id) == (paused_until, event.message_id)


def test_a_later_pause_replaces_the_earlier():
    assert profile_of(happened(OutreachPaused, ago(2)), happened(OutreachPaused, ago(1), until=ago(1))).paused_until == ago(1)


def delivered(at, contact_id, **fields):
    return happened(MessageDelivered, at, channel="email", contact_id=contact_id, **fields)


def test_a_delivery_replaces_its_reservation():
    reserved = happened(
        DecisionMade, ago(3), message_id="d1", placement="outreach", product_ids=("coffee",), trigger="due_again", channel="email", send_at=ago(2)
    )
    profile = profile_of(reserved)
    assert profile.contacts == [Contact(ago(2), "email", "d1", "due_again", True, ("coffee",))]
    sent = profile_of(reserved, delivered(ago(1), "d1", trigger="due_again", product_ids=("coffee",)), delivered(ago(1), "other"))
    assert sent.contacts == [Contact(ago(1), "email", "d1", "due_again", False, ("coffee",)), Contact(ago(1), "email", "other")]


def test_a_delivery_that_does_not_say_what_it_was_about_was_about_what_was_reserved():
    fields = {"placement": "outreach", "product_ids": ("coffee",), "trigger": "due_again", "channel": "email", "send_at": ago(2)}
    profile = profile_of(happened(DecisionMade, ago(3), message_id="d1", **fields), delivered(ago(1), "d1"))
    assert profile.contacts == [Contact(ago(1), "email", "d1", "due_again", False, ("coffee",))]


def test_only_the_latest_contacts_and_responses_are_kept():
    contacts = [delivered(ago(n), f"c{n}") for n in range(70)]
    answers = [happened(MessageAnswered, ago(n), channel="email", answer="opened") for n in range(70)]
    reservations = [happened(DecisionMade, ago(n), placement="outreach", channel="sms", send_at=ago(n)) for n in range(70)]
    profile = profile_of(*contacts, *answers)
    assert [contact.at for contact in profile.contacts] == [ago(n) for n in reversed(range(64))]
    assert len(profile.responses) == 64
    assert len(profile_of(*reservations).contacts) == 64


def test_a_decision_on_a_page_leaves_no_trace():
    shown = happened(DecisionMade, NOW, placement="home", product_ids=("coffee",))
    silent = happened(DecisionMade, NOW, placement="outreach", silence="nothing_relevant")
    assert profile_of(shown, silent) == new_profile("u:ann")


@pytest.mark.parametrize(("answer", "closed", "own"), [("opened", None, 0), ("clicked", None, 1), ("bounced", "bounced", 0), ("complained", "complained", 1)])
def test_answers_to_messages(answer, closed, own):
    profile = profile_of(happened(MessageAnswered, NOW, channel="email", answer=answer))
    assert profile.responses == [Response(NOW, "email", answer)]
    assert (profile.closed_channels.get("email"), profile.visits) == (closed, own)


def identified(at, **traits):
    return happened(Identified, at, traits=Traits(**traits))


def bounced(at):
    return happened(MessageAnswered, at, channel="email", answer="bounced")


def test_a_new_address_opens_what_bounced():
    first = identified(ago(3), email="a@customers.example")
    assert profile_of(first, bounced(ago(2)), identified(ago(1), email="b@customers.example")).closed_channels == {}
    assert profile_of(first, bounced(ago(2)), identified(ago(1), email="a@customers.example")).closed_channels == {"email": "bounced"}
    assert profile_of(first, bounced(ago(2)), identified(ago(1), phone="+44")).closed_channels == {"email": "bounced"}


def test_a_new_address_opens_nothing_that_they_closed():
    gone = happened(Unsubscribed, ago(2), channel="email")
    assert profile_of(gone, identified(ago(1), email="b@customers.example")).closed_channels == {"email": "unsubscribed"}


def consent(at, *, granted, purpose="marketing", channel="email"):
    return happened(ConsentUpdated, at, purpose=purpose, channel=channel, granted=granted)


def granted(profile):
    return {key: consent.granted for key, consent in profile.consents.items()}


def test_consent_is_kept_by_purpose_and_channel():
    event = consent(ago(1), granted=True)
    profile = profile_of(event, consent(ago(1), granted=False, channel=None), consent(ago(1), granted=True, purpose="analytics"))
    assert granted(profile) == {"marketing/email": True, "marketing/*": False, "analytics/email": True}
    assert profile.consents["marketing/email"].event_id == event.message_id


def test_to_unsubscribe_closes_the_channel_and_withdraws():
    profile = profile_of(consent(ago(2), granted=True), happened(Unsubscribed, ago(1), channel="email"))
    assert (profile.closed_channels, granted(profile)) == ({"email": "unsubscribed"}, {"marketing/email": False})


@pytest.mark.parametrize(
    ("fields", "opens"),
    [
        ({"granted": True}, True),
        ({"granted": False}, False),
        ({"granted": True, "channel": None}, False),
        ({"granted": True, "channel": "sms"}, False),
        ({"granted": True, "purpose": "analytics"}, False),
    ],
)
def test_only_a_new_yes_to_marketing_on_it_opens_an_unsubscribed_channel(fields, opens):
    profile = profile_of(happened(Unsubscribed, ago(2), channel="email"), consent(ago(1), **fields))
    assert profile.closed_channels == ({} if opens else {"email": "unsubscribed"})


def test_a_channel_stays_closed_for_the_gravest_reason():
    complained = happened(MessageAnswered, ago(9), channel="email", answer="complained")
    gone = happened(Unsubscribed, ago(8), channel="email")
    new_address = identified(ago(1), email="b@customers.example")
    assert profile_of(complained, bounced(ago(5)), new_address).closed_channels == {"email": "complained"}
    assert profile_of(gone, bounced(ago(5)), new_address).closed_channels == {"email": "unsubscribed"}
    assert profile_of(complained, gone, consent(ago(1), granted=True)).closed_channels == {"email": "complained"}
    assert profile_of(bounced(ago(9)), gone, new_address).closed_channels == {"email": "unsubscribed"}


def test_a_complaint_outlasts_a_yes():
    complained = happened(MessageAnswered, ago(2), channel="email", answer="complained")
    assert profile_of(complained, consent(ago(1), granted=True)).closed_channels == {"email": "complained"}


def test_traits_are_taken_over_and_not_forgotten():
    home = Address(country="GB", city="London")
    first = identified(ago(2), email="a@customers.example", phone="+44", first_name="Ann", locale="en-GB", timezone="Europe/London", address=home)
    profile = profile_of(first, identified(ago(1), first_name="Anne"))
    known = (profile.email, profile.phone, profile.first_name, profile.stated_locale, profile.stated_timezone)
    assert known == ("a@customers.example", "+44", "Anne", "en-GB", "Europe/London")
    assert (profile.address, profile.address_event_id, profile.address_at) == (home, first.message_id, ago(2))


def visits(*moments):
    """Visits after page views at (minutes ago, session)."""
    return profile_of(*(happened(PageViewed, ago(minutes=m), context=Context(session_id=session)) for m, session in moments)).visits


@pytest.mark.parametrize(
    ("moments", "count"),
    [
        ([(100, None), (71, None), (45, None)], 1),
        ([(100, None), (69, None)], 2),
        ([(100, "a"), (99, "b")], 2),
        ([(100, "a"), (99, None), (98, "a")], 1),
        ([(100, None), (99, "a"), (98, "b")], 2),
        ([(100, "a"), (60, "a")], 2),
        ([], 0),
    ],
)
def test_a_visit_ends_after_half_an_hour_or_with_its_session(moments, count):
    assert visits(*moments) == count


def test_what_we_do_is_no_visit():
    profile = profile_of(looked("camera", ago(2)), delivered(ago(1), "c1"), identified(ago(1), first_name="Ann"), bounced(ago(1)))
    assert (profile.visits, profile.last_own_at, profile.last_at, profile.events) == (1, ago(2), ago(1), 4)


def test_one_place_in_one_week_counts_once_as_last_seen():
    def seen(at, cell, **context):
        return happened(PageViewed, at, context=Context(cell=cell, **context))

    profile = profile_of(seen(ago(1.5), "gcpvh"), seen(ago(1.2), "u09tv"), seen(ago(1), "gcpvh", timezone="Europe/London"), seen(ago(0.9), "gcpvh"))
    assert [(place.cell, place.first_at, place.last_at, place.timezone) for place in profile.sightings] == [
        ("u09tv", ago(1.2), ago(1.2), None),
        ("gcpvh", ago(1.5), ago(0.9), "Europe/London"),
    ]
    assert len(profile_of(*(seen(ago(7 * n), "gcpvh") for n in range(120))).sightings) == 104
    assert profile.seen_timezone.timezone == "Europe/London"


def test_a_stated_language_is_not_that_of_the_device():
    device = happened(PageViewed, ago(1), context=Context(locale="fr-FR"))
    profile = profile_of(happened(PageViewed, ago(2), traits=Traits(locale="en-GB")), device)
    assert (profile.stated_locale, profile.locale) == ("en-GB", "fr-FR")


def test_the_newest_locale_holds():
    profile = profile_of(happened(PageViewed, ago(2), context=Context(locale="en-GB")), happened(PageViewed, ago(1), context=Context(locale="fr-FR")))
    assert profile.locale == "fr-FR"


def test_a_fold_leaves_the_former_profile_as_it_was():
    before = new_profile("u:ann")
    after = fold(before, carted("camera", NOW))
    assert (before, after.events) == (new_profile("u:ann"), 1)
    assert isinstance(carted("camera", NOW), BaseEvent)
