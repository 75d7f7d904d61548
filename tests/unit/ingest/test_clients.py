"""Bodies in the image of what real clients send, and the one event each must become."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tactful.ingest import read_batch
from tactful.model.events import (
    Aliased,
    CartItemAdded,
    Grouped,
    Identified,
    OrderCompleted,
    PageViewed,
    ProductViewed,
    Tracked,
)

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def read(body, kind="batch", *, correct_skew=True):
    return read_batch(json.dumps(body).encode(), kind=kind, received_at=RECEIVED, correct_skew=correct_skew)


def test_python_server_client_sends_nulls_for_ids_it_does_not_have():
    events = read(
        {
            "batch": [
                {
                    "anonymousId": None,
                    "userId": "u1",
                    "type": "identify",
                    "traits": {"email": "a@example.com", "plan": "gold"},
                    "messageId": "m1",
                    "timestamp": "2026-03-01T11:00:00.484+00:00",
                },
                {
                    "anonymousId": "anon2",
                    "userId": None,
                    "type": "track",
                    "event": "Order Completed",
                    "properties": {"order_id": "O1", "products": [{"product_id": "P1"}]},
                    "messageId": "m2",
                },
                {"previousId": "anon1", "userId": "u1", "type": "alias", "messageId": "m3", "anonymousId": None},
                {"groupId": "g1", "userId": "u1", "type": "group", "messageId": "m4", "traits": {"email": "office@example.com"}},
            ],
            "writeKey": "WK",
        }
    )
    assert [type(event) for event in events] == [Identified, OrderCompleted, Aliased, Grouped]
    assert events[0].traits.email == "a@example.com"
    assert events[1].anonymous_id == "anon2"
    assert events[1].lines[0].product_id == "P1"
    assert events[1].lines[0].price is None
    assert events[2].previous_id == "anon1"
    assert events[3].traits is None, "a group's traits are the organisation's, not the person's"


def test_rudder_server_client_keeps_traits_in_the_context_and_time_in_original_timestamp():
    [event] = read(
        {
            "batch": [
                {
                    "userId": "u1",
                    "type": "identify",
                    "context": {"traits": {"email": "a@example.com"}},
                    "originalTimestamp": "2026-03-01T09:00:00Z",
                    "messageId": "m1",
                }
            ]
        }
    )
    assert isinstance(event, Identified)
    assert event.traits.email == "a@example.com"
    assert event.at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_rudder_browser_client_says_empty_user_and_a_zone_that_is_none():
    [event] = read(
        {
            "userId": "",
            "anonymousId": "x",
            "messageId": "m",
            "event": "Product Viewed",
            "properties": {"product_id": "P1"},
            "context": {"timezone": "GMT+0000", "locale": "en-US", "sessionId": 1795303303485},
        },
        "track",
    )
    assert isinstance(event, ProductViewed)
    assert (event.user_id, event.anonymous_id) == (None, "x")
    assert event.context.timezone is None
    assert event.context.locale == "en-US"
    assert event.context.session_id == "1795303303485"


def test_browser_client_names_the_type_by_path_only():
    [event] = read({"anonymousId": "x", "messageId": "m", "name": "Home", "properties": {"name": "Start"}, "context": {"timezone": "Europe/Paris"}}, "page")
    assert isinstance(event, PageViewed)
    assert event.name == "Home"
    assert event.context.timezone == "Europe/Paris"


def test_numbers_as_ids_become_text():
    [event] = read({"userId": 42, "messageId": 7.0, "event": "Product Viewed", "properties": {"product_id": 1001, "price": "12.50"}}, "track")
    assert (event.user_id, event.message_id, event.product_id, event.price) == ("42", "7", "1001", 12.5)


def test_the_batch_context_holds_where_the_message_says_nothing():
    events = read(
        {
            "context": {"locale": "de-DE", "timezone": "Europe/Berlin"},
            "batch": [{"type": "page", "userId": "u", "messageId": "1"}, {"type": "page", "userId": "u", "messageId": "2", "context": {"locale": "fr-FR"}}],
        }
    )
    assert [(event.context.locale, event.context.timezone) for event in events] == [("de-DE", "Europe/Berlin"), ("fr-FR", "Europe/Berlin")]


@pytest.mark.parametrize("name", ["Product Added", "product added", "ProductAdded", "Added Product", " added   product ", "add_to_cart"])
def test_event_names_match_without_case_and_spaces_and_under_older_names(name):
    [event] = read({"userId": "u", "messageId": "m", "event": name, "properties": {"product_id": "P1", "quantity": "2"}}, "track")
    assert isinstance(event, CartItemAdded)
    assert event.quantity == 2.0


def test_names_of_other_specs_bring_their_own_shapes():
    [order] = read(
        {"userId": "u", "event": "purchase", "properties": {"transaction_id": "T1", "items": [{"item_id": "P1", "quantity": 2, "price": 3}]}}, "track"
    )
    assert (order.order_id, order.lines[0].product_id, order.lines[0].quantity) == ("T1", "P1", 2.0)
    [view] = read({"userId": "u", "event": "view_item", "properties": {"items": [{"item_id": "P1"}]}}, "track")
    assert view.product_id == "P1"


def test_skew_is_corrected_by_the_difference_of_the_clocks():
    wrong_by_an_hour = {"userId": "u", "type": "page", "messageId": "m", "timestamp": "2026-03-01T09:00:00Z"}
    body = {"batch": [wrong_by_an_hour], "sentAt": "2026-03-01T11:00:00Z"}
    assert read(body)[0].at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert read(body, "import", correct_skew=False)[0].at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert read({"batch": [wrong_by_an_hour]})[0].at == datetime(2026, 3, 1, 9, tzinfo=UTC), "without sentAt nothing is known of the clock"


def test_the_messages_own_time_of_sending_outranks_the_batchs():
    message = {"userId": "u", "type": "page", "messageId": "m", "timestamp": "2026-03-01T09:00:00Z", "sentAt": "2026-03-01T12:00:00Z"}
    assert read({"batch": [message], "sentAt": "2026-03-01T11:00:00Z"})[0].at == datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("2026-03-01T13:00:00+02:00", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        ("2026-03-01T11:00:00", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        (1772362800, datetime(2026, 3, 1, 11, tzinfo=UTC)),
        (1772362800000, datetime(2026, 3, 1, 11, tzinfo=UTC)),
        (None, RECEIVED),
        ("", RECEIVED),
        ("2026-03-02T11:59:00Z", RECEIVED),
    ],
)
def test_event_time(timestamp, at):
    [event] = read({"userId": "u", "messageId": "m", "timestamp": timestamp}, "page")
    assert event.at == at


def test_a_message_without_an_id_gets_the_same_one_on_every_try():
    message = {"userId": "u", "event": "Product Viewed", "properties": {"product_id": "P1"}, "timestamp": "2026-03-01T09:00:00Z"}
    reordered = dict(reversed(message.items()))
    first, again = read(message, "track"), read({**reordered, "sentAt": "2026-03-01T12:00:00Z"}, "track")
    other = read({**message, "properties": {"product_id": "P2"}}, "track")
    assert first[0].message_id == again[0].message_id
    assert first[0].message_id != other[0].message_id


def test_without_id_and_time_equal_messages_are_one_within_the_hour_only():
    body = json.dumps({"userId": "u", "name": "Home"}).encode()
    ids = {minutes: read_batch(body, kind="page", received_at=RECEIVED + timedelta(minutes=minutes), correct_skew=True)[0].message_id for minutes in (0, 1, 90)}
    assert ids[0] == ids[1]
    assert ids[0] != ids[90]


def test_an_unknown_event_is_kept_under_its_name_without_words_about_third_people():
    [event] = read(
        {
            "userId": "u",
            "messageId": "m",
            "event": "Product Shared",
            "properties": {
                "recipient": "friend@example.com",
                "share_message": "look",
                "share_via": "email",
                "deep": {"recipient": "x", "a": 1},
                "long": "x" * 9_000,
            },
        },
        "track",
    )
    assert isinstance(event, Tracked)
    assert event.name == "Product Shared"
    assert event.properties["share_via"] == "email"
    assert event.properties["deep"] == {"a": 1}
    assert len(event.properties["long"]) == 500
    assert "friend" not in str(event)


def test_places_are_kept_coarse_and_only_on_earth():
    def context(place):
        return read({"userId": "u", "messageId": "m", "context": {"location": place}}, "page")[0].context

    kept = context({"lat": 51.5136, "lon": -0.1365, "country": "gb"})
    assert (kept.cell, kept.country) == ("gcpvh", "GB")
    assert context({"latitude": "48.86", "longitude": 2.35}).cell == "u09tv"
    assert context({"lat": None, "latitude": 48.86, "lng": 2.35}).cell == "u09tv"
    for nowhere in ({"lat": 91, "lon": 0}, {"lat": 1}, {"lat": "north", "lon": 1}, {"lat": "nan", "lon": 1}, [1, 2], "here"):
        assert context(nowhere).cell is None


@pytest.mark.parametrize(
    ("said", "cell"),
    [({}, "gcpvh"), ({"accuracyKm": 25}, "gcpvh"), ({"accuracyKm": "40"}, None), ({"accuracy": 800}, "gcpvh"), ({"accuracy": 60_000}, None)],
)
def test_an_inaccurate_place_tells_the_zone_but_no_place(said, cell):
    context = {"timezone": "Europe/Paris", "location": {"lat": 51.5136, "lon": -0.1365, **said}}
    kept = read({"userId": "u", "messageId": "m", "context": context}, "page")[0].context
    assert (kept.cell, kept.timezone) == (cell, "Europe/Paris")


@pytest.mark.parametrize(
    ("context", "zone"),
    [
        ({"timezone": "UTC"}, None),
        ({"timezone": "Etc/GMT+5"}, None),
        ({"timezone": "America/New_York", "library": {"name": "analytics-python"}}, None),
        ({"timezone": "America/New_York", "library": {"name": "analytics-python"}, "userAgent": "Phone"}, "America/New_York"),
        ({"timezone": "America/New_York", "library": {"name": "analytics.js"}}, "America/New_York"),
        ({"timezone": "America/New_York", "library": "analytics-python"}, "America/New_York"),
    ],
)
def test_the_zone_of_a_server_is_not_theirs(context, zone):
    assert read({"userId": "u", "messageId": "m", "context": context}, "page")[0].context.timezone == zone


def test_coordinates_in_other_events_and_in_dead_letters_are_cut_out():
    properties = {"lat": 51.5136, "where": {"Longitude": -0.1365, "n": 1}, "url": "/s?lat=51.5136&q=1", "pair": "at 51.5136,-0.1365"}
    [event] = read({"userId": "u", "messageId": "m", "event": "Store Located", "properties": properties}, "track")
    assert event.properties == {"where": {"n": 1}, "url": "/s?lat=&q=1", "pair": "at "}
    [letter] = read({"messageId": "m", "context": {"location": {"lat": 51.5136, "lng": "-0.1365", "coords": [51.5136, -0.1365]}}}, "page")
    assert letter.code == "no_identity"
    assert '"location"' in letter.body
    assert "5136" not in letter.body
    assert "1365" not in letter.body


def test_traits_of_the_message_outrank_those_of_its_context_and_only_known_ones_are_kept():
    [event] = read(
        {
            "userId": "u",
            "messageId": "m",
            "traits": {"email": "new@example.com", "loyaltyCard": 77001, "address": {"street": "1 High St", "postalCode": "M1 2JW", "country": "gb"}},
            "context": {"traits": {"email": "old@example.com", "firstName": "Ann", "timezone": "Europe/Londn", "salary": 1}},
        },
        "identify",
    )
    traits = event.traits
    assert (traits.email, traits.loyalty_card, traits.first_name, traits.timezone) == ("new@example.com", "77001", "Ann", None)
    assert (traits.address.country, traits.address.postal_code) == ("GB", "M1 2JW")
    assert "High St" not in str(event)


def test_a_loyalty_card_alone_says_who_it_was():
    [event] = read(
        {
            "event": "Order Completed",
            "messageId": "m",
            "properties": {"order_id": "till-1", "channel": "pos"},
            "context": {"traits": {"loyalty_card": "77001"}},
        },
        "track",
    )
    assert isinstance(event, OrderCompleted)
    assert event.traits.loyalty_card == "77001"
