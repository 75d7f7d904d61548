"""The fold is pure, and a profile is its events, however they were cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from happenings import NOW, happenings, moments, products
from tactful.model.events import (
    BackInStockRequested,
    CartItemRemoved,
    DecisionMade,
    MessageAnswered,
    OrderLine,
    OrderRefunded,
    OutreachPaused,
    PreferenceStated,
    RecommendationSeen,
    Unsubscribed,
    WishlistItemAdded,
    WishlistItemRemoved,
)
from tactful.profile import decode, encode, fold, fold_all, new_profile

channels = st.sampled_from(["email", "sms", "push"])
ids = {"at": moments, "message_id": st.uuids().map(str), "user_id": st.just("ann")}
returned = st.lists(st.builds(OrderLine, product_id=products, quantity=st.sampled_from([0.5, 1.0, 2.0])), max_size=2).map(tuple)
events = st.one_of(
    happenings,
    st.builds(CartItemRemoved, product_id=products, **ids),
    st.builds(WishlistItemAdded, product_id=products, price=st.floats(0, 9), **ids),
    st.builds(WishlistItemRemoved, product_id=products, **ids),
    st.builds(BackInStockRequested, product_id=products, **ids),
    st.builds(RecommendationSeen, product_id=products, clicked=st.booleans(), **ids),
    st.builds(OrderRefunded, order_id=st.sampled_from(["o1", "o2"]), lines=returned, **ids),
    st.builds(MessageAnswered, channel=channels, answer=st.sampled_from(["opened", "clicked", "bounced", "complained"]), **ids),
    st.builds(Unsubscribed, channel=channels, **ids),
    st.builds(OutreachPaused, until=st.one_of(st.none(), moments), **ids),
    st.builds(PreferenceStated, key=st.sampled_from(["likes", "size"]), value=st.sampled_from(["tea", "39"]), **ids),
    st.builds(DecisionMade, placement=st.just("home"), channel=st.one_of(st.none(), channels), send_at=st.one_of(st.none(), moments), **ids),
)
stories = st.lists(events, max_size=14).map(lambda found: sorted(found, key=lambda event: event.at))


@settings(max_examples=50, deadline=None)
@given(stories, st.integers(0, 14))
def test_all_at_once_is_one_by_one_is_in_two_parts(story, cut):
    at_once = encode(fold_all(new_profile("u:ann"), story))
    profile = new_profile("u:ann")
    for event in story:
        before = encode(profile)
        following = fold(profile, event)
        assert encode(profile) == before
        profile = following
    assert encode(profile) == at_once
    assert encode(fold_all(fold_all(new_profile("u:ann"), story[:cut]), story[cut:])) == at_once


@settings(max_examples=60, deadline=None)
@given(stories)
def test_a_snapshot_holds_the_whole_profile(story):
    profile = fold_all(new_profile("u:ann"), story)
    assert decode(encode(profile)) == profile
    assert encode(decode(encode(profile))) == encode(profile)


@settings(max_examples=60, deadline=None)
@given(stories)
def test_what_a_profile_refers_to_is_there(story):
    profile = fold_all(new_profile("u:ann"), story)
    message_ids = {event.message_id for event in story}
    assert profile.events <= len(story)
    assert 0 <= profile.visits <= len(story)
    assert len({order.order_id for order in profile.orders}) == len(profile.orders)
    for history in profile.products.values():
        assert all(look.event_id in message_ids and 0 <= look.visit <= profile.visits for look in history.looks)
        assert all(0 <= purchase.order - profile.orders_before < len(profile.orders) and purchase.quantity > 0 for purchase in history.purchases)
    assert {line.event_id for line in profile.cart.values()} | {answer.event_id for answer in profile.dismissals} <= message_ids
    assert profile.last_own_at is None or profile.last_own_at <= profile.last_at <= NOW
