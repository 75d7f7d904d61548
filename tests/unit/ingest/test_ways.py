"""How they came and how long they stayed: kept as a class and a length, never as an address."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from tactful.ingest import read_batch

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = "https://www.shop.example/p/camera"


def read(**message):
    body = {"batch": [{"type": "track", "event": "Product Viewed", "userId": "u", "messageId": "m", "properties": {"product_id": "camera"}, **message}]}
    [event] = read_batch(json.dumps(body).encode(), kind="batch", received_at=RECEIVED, correct_skew=True)
    return event


@pytest.mark.parametrize(
    ("context", "way"),
    [
        ({"page": {"url": HERE, "referrer": "https://www.idealo.co.uk/compare/1?q=camera"}}, "compare"),
        ({"page": {"url": HERE, "referrer": "https://shopping.google.com/x"}}, "compare"),
        ({"page": {"url": HERE, "referrer": "https://www.google.co.uk/"}}, "search"),
        ({"page": {"url": HERE, "referrer": "https://search.brave.com/search?q=camera"}}, "search"),
        ({"page": {"url": HERE, "referrer": "android-app://com.google.android.gm/"}}, "email"),
        ({"page": {"url": HERE, "referrer": "https://mail.google.com/mail/u/0"}}, "email"),
        ({"page": {"url": HERE, "referrer": "https://l.facebook.com/l.php"}}, "social"),
        ({"page": {"url": HERE, "referrer": "https://blog.example.org/cameras"}}, "link"),
        ({"page": {"url": f"{HERE}?gclid=abc", "referrer": "https://www.google.com/"}}, "ad"),
        ({"page": {"url": HERE, "referrer": "https://m.shop.example/"}}, None),
        ({"page": {"url": HERE, "referrer": "https://shop.example/"}}, None),
        ({"page": {"url": HERE, "referrer": "https://checkout.shop.example/"}}, None),
        ({"page": {"url": HERE, "referrer": ""}}, "direct"),
        ({"page": {"url": HERE}}, None),
        ({"page": {"referrer": "nonsense"}}, None),
        ({"page": ["x"], "campaign": "spring"}, None),
        ({"campaign": {"medium": "CPC"}}, "ad"),
        ({"campaign": {"medium": "paid_social"}}, "ad"),
        ({"campaign": {"medium": "organic_social"}}, "social"),
        ({"campaign": {"medium": "email", "source": "google"}, "page": {"referrer": "https://www.google.com/"}}, "email"),
        ({"campaign": {"medium": "price-comparison"}}, "compare"),
        ({"campaign": {"medium": 7}}, None),
        ({"timezone": "Europe/London", "sessionId": "s", "campaign": {"medium": "display"}}, "ad"),
    ],
)
def test_the_way_in_is_a_class_of_the_referrer_and_the_campaign(context, way):
    assert read(context=context).context.way_in == way


def test_no_address_and_no_campaign_is_kept():
    event = read(context={"page": {"url": f"{HERE}?ref=ann", "referrer": "https://www.idealo.de/secret"}, "campaign": {"name": "winback-ann", "medium": "crm"}})
    kept = msgspec.json.encode(event)
    assert event.context.way_in == "email"
    assert all(word not in kept for word in (b"idealo", b"secret", b"winback", b"shop.example"))


@pytest.mark.parametrize(
    ("properties", "seconds"),
    [
        ({"duration": 4.4}, 4),
        ({"duration": "75"}, 75),
        ({"engagement_time_msec": 90_000}, 90),
        ({"duration": 1e9}, 3600),
        ({"duration": -3}, None),
        ({"duration": "PT4S"}, None),
        ({"duration": None}, None),
        ({}, None),
    ],
)
def test_how_long_a_look_lasted_never_costs_the_look(properties, seconds):
    assert read(properties={"product_id": "camera", **properties}).seconds == seconds
