"""Random shop life for tests: few people, few devices and few moments, so that ids meet, events tie, and order matters."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tactful.model.events import (
    Address,
    Aliased,
    CartItemAdded,
    ConsentUpdated,
    Context,
    Event,
    Identified,
    MessageDelivered,
    OrderCompleted,
    OrderLine,
    OrderRefunded,
    ProductsSearched,
    ProductViewed,
    RecommendationDismissed,
    Tracked,
    Traits,
)
from tactful.model.places import cell_of

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)

moments = st.one_of(
    st.integers(0, 12).map(lambda hours: NOW - timedelta(hours=hours)), st.integers(1, 10**9).map(lambda micros: NOW - timedelta(microseconds=micros))
)
products = st.sampled_from(["camera", "case", "coffee", "beans"])
lines = st.builds(OrderLine, product_id=products, quantity=st.sampled_from([1.0, 2.0]), price=st.sampled_from([None, 9.5]))
keys = st.builds(
    Traits,
    email=st.sampled_from([None, None, "ann@customers.example", "Bob@customers.example "]),
    phone=st.sampled_from([None, None, "+44 20 7946 0000"]),
    loyalty_card=st.sampled_from([None, None, "77001", "77002"]),
    timezone=st.sampled_from([None, "Europe/London"]),
    address=st.sampled_from([None, Address(country="GB", city="London")]),
)
contexts = st.sampled_from(
    [Context(), Context(timezone="Europe/Paris", session_id="s1"), Context(cell=cell_of(51.5, -0.1)), Context(locale="en-GB", session_id="s2")]
)
people = {
    "at": moments,
    "message_id": st.uuids().map(str),
    "user_id": st.sampled_from([None, None, "ann", "bob"]),
    "anonymous_id": st.sampled_from([None, "phone", "tablet", "till", "guest"]),
    "traits": st.one_of(st.none(), keys),
    "context": contexts,
}

happenings: st.SearchStrategy[Event] = st.one_of(
    st.builds(Identified, **people),
    st.builds(ProductViewed, product_id=products, **people),
    st.builds(OrderCompleted, order_id=st.sampled_from(["o1", "o2", "o3"]), lines=st.lists(lines, max_size=3).map(tuple), gift=st.booleans(), **people),
    st.builds(OrderRefunded, order_id=st.sampled_from(["o1", "o2"]), **people),
    st.builds(CartItemAdded, product_id=products, **people),
    st.builds(ProductsSearched, query=st.text(max_size=8), **people),
    st.builds(RecommendationDismissed, reason=st.sampled_from(["gift", "not_for_me"]), product_id=products, **people),
    st.builds(ConsentUpdated, purpose=st.just("marketing"), channel=st.sampled_from([None, "email"]), granted=st.booleans(), **people),
    st.builds(MessageDelivered, channel=st.just("email"), contact_id=st.sampled_from(["m1", "m2"]), **people),
    st.builds(Aliased, previous_id=st.sampled_from(["phone", "tablet", "ann", "someone-new"]), **people),
    st.builds(Tracked, name=st.just("Store Entered"), properties=st.dictionaries(st.text(max_size=4), st.integers(-9, 9), max_size=2), **people),
)


def story(size: int) -> st.SearchStrategy[list[Event]]:
    """Up to so many events, each with a message id of its own, in any order of time."""
    return st.lists(happenings, max_size=size, unique_by=lambda event: event.message_id)
