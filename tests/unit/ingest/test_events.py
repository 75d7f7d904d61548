"""What each event of the contract needs, keeps, and leaves out."""

import json
from datetime import UTC, datetime

import pytest

from tactful.ingest import read_batch
from tactful.model.events import (
    Address,
    BackInStockRequested,
    CartItemRemoved,
    ConsentUpdated,
    DeadLetter,
    MessageAnswered,
    MessageDelivered,
    OrderCompleted,
    OrderRefunded,
    OutreachPaused,
    PreferenceStated,
    ProductReviewed,
    ProductsSearched,
    RecommendationDismissed,
    RecommendationSeen,
    Unsubscribed,
    WishlistItemAdded,
    WishlistItemRemoved,
)

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def track(name, properties=None):
    body = {"userId": "u", "messageId": "m", "event": name, "properties": {} if properties is None else properties}
    [event] = read_batch(json.dumps(body).encode(), kind="track", received_at=RECEIVED, correct_skew=False)
    return event


def fields(event, *names):
    return tuple(getattr(event, name) for name in names)


@pytest.mark.parametrize(
    ("name", "properties", "kind", "expected"),
    [
        ("Products Searched", {"query": {"query": "pasta"}}, ProductsSearched, {"query": "pasta"}),
        ("Product Removed", {"sku": "S1"}, CartItemRemoved, {"product_id": "S1"}),
        ("Product Added to Wishlist", {"product_id": "P", "price": 120}, WishlistItemAdded, {"price": 120.0}),
        ("Product Removed from Wishlist", {"product_id": "P"}, WishlistItemRemoved, {"product_id": "P"}),
        ("Back In Stock Requested", {"product_id": "P"}, BackInStockRequested, {"product_id": "P"}),
        ("Recommendation Dismissed", {"product_id": "P", "reason": "gift"}, RecommendationDismissed, {"reason": "gift", "product_id": "P"}),
        ("Recommendation Dismissed", {"category": "Baby", "reason": "stop_topic"}, RecommendationDismissed, {"category": "Baby"}),
        ("Recommendation Dismissed", {"reason": "too_often"}, RecommendationDismissed, {"product_id": None}),
        ("Product Reviewed", {"product_id": "P", "rating": "2", "review_body": "Bitter."}, ProductReviewed, {"product_id": "P", "rating": 2.0}),
        ("product_reviewed", {"product_id": "P", "rating": "poor"}, ProductReviewed, {"product_id": "P", "rating": None}),
        ("Recommendation Clicked", {"decision_id": "d", "product_id": "P"}, RecommendationSeen, {"clicked": True, "decision_id": "d"}),
        ("Recommendation Viewed", {"product_id": "P"}, RecommendationSeen, {"clicked": False}),
        (
            "Email Delivered",
            {"message_id": "c1", "trigger": "price_drop", "product_ids": ["P", 2, ""]},
            MessageDelivered,
            {"channel": "email", "contact_id": "c1", "product_ids": ("P", "2")},
        ),
        ("SMS Delivered", {}, MessageDelivered, {"channel": "sms", "contact_id": "m"}),
        ("Push Notification Received", {"push_id": "p1"}, MessageDelivered, {"channel": "push", "contact_id": "p1"}),
        ("Email Opened", {"email_id": "e1"}, MessageAnswered, {"answer": "opened", "contact_id": "e1"}),
        ("Email Link Clicked", {}, MessageAnswered, {"answer": "clicked", "contact_id": None}),
        ("Email Bounced", {}, MessageAnswered, {"answer": "bounced", "passing": False}),
        ("Email Bounced", {"bounce_type": "Soft"}, MessageAnswered, {"answer": "bounced", "passing": True}),
        ("Email Bounced", {"type": "blocked"}, MessageAnswered, {"answer": "bounced", "passing": True}),
        ("Email Delivered", {"transactional": True}, MessageDelivered, {"transactional": True}),
        ("Email Delivered", {"message_type": "transactional"}, MessageDelivered, {"transactional": True}),
        ("Email Delivered", {"trigger": "due_again"}, MessageDelivered, {"transactional": False}),
        ("Email Marked as Spam", {}, MessageAnswered, {"answer": "complained"}),
        ("Unsubscribed", {}, Unsubscribed, {"channel": "email"}),
        ("Unsubscribed", {"channel": "sms"}, Unsubscribed, {"channel": "sms"}),
        ("Push Unsubscribed", {}, Unsubscribed, {"channel": "push"}),
        (
            "Consent Updated",
            {"purpose": "Marketing", "channel": "E-Mail", "granted": "denied"},
            ConsentUpdated,
            {"purpose": "marketing", "channel": "email", "granted": False},
        ),
        ("Consent Updated", {"purpose": "marketing", "granted": True}, ConsentUpdated, {"channel": None, "granted": True}),
        ("Outreach Paused", {"until": "2026-04-01T00:00:00Z"}, OutreachPaused, {"until": datetime(2026, 4, 1, tzinfo=UTC)}),
        ("Outreach Paused", {"until": "when it is warmer"}, OutreachPaused, {"until": None}),
        ("Preference Stated", {"key": "reminders_for", "value": "Baby > Nappies"}, PreferenceStated, {"value": "Baby > Nappies"}),
        ("Preference Stated", {"key": "sizes", "value": ["M", "L"]}, PreferenceStated, {"value": '["M", "L"]'}),
        ("Order Refunded", {"order_id": "O"}, OrderRefunded, {"order_id": "O", "lines": ()}),
        ("Order Cancelled", {"order_id": "O"}, OrderRefunded, {"order_id": "O"}),
    ],
)
def test_meaning(name, properties, kind, expected):
    event = track(name, properties)
    assert type(event) is kind
    assert {field: getattr(event, field) for field in expected} == expected


@pytest.mark.parametrize(
    ("name", "properties", "code"),
    [
        ("Product Viewed", {}, "missing_product_id"),
        ("Product Viewed", None, "missing_product_id"),
        ("Product Viewed", ["P1"], "missing_product_id"),
        ("Product Viewed", {"product_id": "x" * 256}, "id_too_long"),
        ("Product Viewed", {"product_id": {"id": 1}}, "bad_id"),
        ("Product Viewed", {"product_id": "P", "price": -1}, "bad_price"),
        ("Product Viewed", {"product_id": "P", "price": "nan"}, "bad_price"),
        ("Product Viewed", {"product_id": "P", "price": "free"}, "bad_price"),
        ("Product Added", {"product_id": "P", "quantity": -2}, "bad_quantity"),
        ("Products Searched", {"query": "  "}, "missing_query"),
        ("Order Completed", {"products": []}, "missing_order_id"),
        ("Order Completed", {"order_id": "O", "products": [{"product_id": "P"}, {"name": "Mug"}]}, "missing_product_id"),
        ("Order Completed", {"order_id": "O", "products": "P1,P2"}, "bad_products"),
        ("Order Completed", {"order_id": "O", "products": [{"product_id": "P", "price": -1}]}, "bad_price"),
        ("Recommendation Dismissed", {"product_id": "P", "reason": "bored"}, "unknown_reason"),
        ("Recommendation Dismissed", {"reason": "not_for_me"}, "missing_product_id"),
        ("Consent Updated", {"purpose": "marketing", "granted": "perhaps"}, "bad_consent"),
        ("Consent Updated", {"granted": True}, "bad_consent"),
        ("Preference Stated", {"key": "colour"}, "bad_preference"),
        ("", {}, "missing_event_name"),
        (7, {}, "missing_event_name"),
    ],
)
def test_what_cannot_be_understood_is_a_dead_letter_with_its_code(name, properties, code):
    letter = track(name, properties)
    assert isinstance(letter, DeadLetter)
    assert letter.code == code
    assert letter.message
    assert '"userId"' in letter.body


def test_a_missing_product_is_named_by_its_line():
    letter = track("Order Completed", {"order_id": "O", "products": [{"product_id": "P"}, {"name": "Mug"}]})
    assert "line 2" in letter.message


def test_an_order_in_full():
    order = track(
        "Order Completed",
        {
            "order_id": 991,
            "currency": "eur",
            "channel": "pos",
            "fulfilment": "pickup",
            "store_code": "soho",
            "shipping": {"country": "GB", "postalCode": "M1 2JW", "name": "Aunt May"},
            "products": [
                {"product_id": "drink", "price": "3.20", "options": {"size": "small", "shots": 2, "x": []}, "recipient_size": "38"},
                {"product_id": "cake", "quantity": 0},
                {"sku": "bun", "quantity": 2},
            ],
        },
    )
    assert isinstance(order, OrderCompleted)
    assert fields(order, "order_id", "currency", "channel", "fulfilment", "store_code", "gift") == ("991", "EUR", "pos", "pickup", "soho", False)
    assert order.shipping == Address(country="GB", postal_code="M1 2JW")
    assert [fields(line, "product_id", "quantity", "price") for line in order.lines] == [("drink", 1.0, 3.2), ("bun", 2.0, None)]
    assert order.lines[0].options == {"size": "small", "shots": "2"}
    assert order.lines[0].recipient_size == "38"


@pytest.mark.parametrize(
    ("properties", "gift"),
    [
        ({"gift": True}, True),
        ({"gift": "yes"}, True),
        ({"gift_message": "Welcome to the world!"}, True),
        ({"gift_wrap": "red paper"}, True),
        ({"gift_wrap": False}, False),
        ({"gift": "false", "gift_message": ""}, False),
        ({"shipping": 4.90}, False),
    ],
)
def test_a_gift_is_known_by_flag_message_or_wrapping_and_its_words_are_not_kept(properties, gift):
    order = track("Order Completed", {"order_id": "O", "products": [{"product_id": "P"}], **properties})
    assert order.gift is gift
    assert "Welcome" not in str(order)
