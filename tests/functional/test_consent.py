"""What people agree to, and what is left of those who do not."""

import json
from datetime import timedelta

import pytest
from litestar.testing import TestClient

from small_shop import NOW, PRODUCTS, STORES, life_of
from tactful.app.engine import DecideRequest
from tactful.http import create_app, dev_keys
from tactful.ingest import read_history
from tactful.wiring import open_engine

SECRET = {"Authorization": "Bearer dev-secret"}
DAY = timedelta(days=1)
NO = {"consent": {"categoryPreferences": {"Personalization": False}}}


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(tmp_path)
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.import_history(life_of(13), now=NOW)
    yield engine
    engine.store.close()


@pytest.fixture
def shop(engine):
    with TestClient(create_app(engine, keys=dev_keys(), clock=lambda: NOW)) as client:
        yield client


def send(shop, *messages, **headers):
    batch = [
        {"messageId": f"{index}{json.dumps(message, sort_keys=True)}"[:200], "timestamp": NOW.isoformat(), **message} for index, message in enumerate(messages)
    ]
    assert shop.post("/v1/batch", json={"batch": batch}, headers=SECRET | headers).status_code == 200


def consent(granted, channel="email", purpose="marketing", at=NOW, **who):
    properties = {"purpose": purpose, "channel": channel, "granted": granted, "policy_version": "7"}
    return {"type": "track", "event": "Consent Updated", "properties": properties, "timestamp": at.isoformat(), **who}


def page(at=NOW, context=None, **who):
    return {"type": "page", "timestamp": at.isoformat(), "context": context or {}, **who}


def agreed(shop, customer="ann"):
    return shop.get(f"/v1/customers/{customer}", headers=SECRET).json()["consent"]["email"]


@pytest.mark.parametrize(
    ("context", "headers"),
    [
        ({"consent": {"categoryPreferences": {"Marketing": False}}}, {}),
        ({"consentManagement": {"allowedConsentIds": ["C0001"], "deniedConsentIds": ["C0004"]}}, {}),
        ({"consent": {"ad_personalization": "denied", "ad_user_data": "granted"}}, {}),
        ({"consent": {"marketingAllowed": False}}, {}),
        ({"gpc": True}, {}),
        ({}, {"Sec-GPC": "1"}),
    ],
)
def test_the_strictest_signal_wins_until_they_say_so_again(shop, context, headers):
    send(shop, consent(True, at=NOW - 2 * DAY, userId="ann"))
    assert agreed(shop)
    send(shop, page(at=NOW - DAY, context=context, userId="ann"), **headers)
    assert not agreed(shop)
    send(shop, consent(True, userId="ann"))
    assert agreed(shop)


def test_a_yes_to_cookies_is_no_yes_to_letters(shop):
    send(shop, page(context={"consent": {"categoryPreferences": {"Marketing": True, "Advertising": True}}}, userId="ann"))
    assert not agreed(shop)


@pytest.mark.parametrize(
    ("traits", "granted"),
    [
        ({"accepts_marketing": True}, True),
        ({"email_marketing_consent": {"state": "subscribed"}}, True),
        ({"email_marketing_consent": {"state": "pending"}}, False),
        ({"email_marketing_consent": {"state": "unsubscribed"}, "accepts_marketing": True}, False),
    ],
)
def test_shopify_says_it_of_letters(shop, traits, granted):
    send(shop, {"type": "identify", "userId": "ann", "traits": traits})
    assert agreed(shop) is granted


def test_a_merge_takes_the_stricter_and_a_later_yes_of_the_account_counts(shop):
    send(shop, consent(False, at=NOW - 9 * DAY, anonymousId="phone"), consent(True, at=NOW - 8 * DAY, userId="ann"))
    send(shop, {"type": "identify", "userId": "ann", "anonymousId": "phone", "timestamp": (NOW - 7 * DAY).isoformat()})
    assert not agreed(shop)
    send(shop, consent(True, at=NOW - 6 * DAY, userId="ann"))
    assert agreed(shop)


def test_the_ledger_has_every_answer_and_repeats_once(shop):
    signal = {"consent": {"categoryPreferences": {"Analytics": True}, "policyVersion": "8"}}
    send(shop, consent(True, at=NOW - 3 * DAY, userId="ann"), *(page(at=NOW - 2 * DAY, context=signal, userId="ann", messageId=f"p{n}") for n in range(3)))
    send(shop, {"type": "track", "event": "Unsubscribed", "userId": "ann"})
    told = shop.get("/v1/customers/ann", headers=SECRET).json()["consentLedger"]
    assert [(entry["purpose"], entry["channel"], entry["granted"], entry["source"], entry["policyVersion"]) for entry in told] == [
        ("marketing", "email", True, "stated", "7"),
        ("measurement", None, True, "segment", "8"),
        ("marketing", "email", False, "unsubscribed", None),
    ]


def look(product, context=None, **who):
    return {"type": "track", "event": "Product Viewed", "properties": {"product_id": product}, "context": context or {}, **who}


def files_with(tmp_path, text):
    return [file.name for file in tmp_path.iterdir() if text.encode() in file.read_bytes()]


def test_unconsented_browsing_serves_the_visit_and_leaves_nothing_behind(shop, engine, tmp_path):
    product = engine.decide(DecideRequest(user_id="somebody", limit=1), now=NOW).items[0].product_id
    send(shop, *(look(product, NO, anonymousId="shy-visitor", messageId=f"shy-{n}") for n in range(4)))
    send(shop, look(product, NO, anonymousId="shy-visitor", messageId="shy-0"))
    visit = engine._visits.of(None, "shy-visitor", now=NOW)
    assert len(visit) == 4
    shown = shop.post("/v1/decide", json={"anonymousId": "shy-visitor"}, headers=SECRET)
    assert shown.status_code == 200
    assert files_with(tmp_path, "shy-") == []
    assert shop.get("/v1/customers/shy-visitor", headers=SECRET).status_code == 404
    assert engine._visits.of(None, "shy-visitor", now=NOW + timedelta(hours=1)) == ()


def test_who_refuses_in_so_many_words_is_not_followed_but_their_orders_are_kept(shop, engine, tmp_path):
    refusal = consent(False, channel=None, purpose="personalisation", userId="ann")
    order = {"type": "track", "event": "Order Completed", "userId": "ann", "properties": {"order_id": "o1", "products": [{"product_id": PRODUCTS[0].id}]}}
    send(shop, refusal, look(PRODUCTS[1].id, userId="ann", messageId="shy-1"), order)
    send(shop, look(PRODUCTS[1].id, userId="ann", messageId="shy-2"))
    assert files_with(tmp_path, "shy-") == []
    known = shop.get("/v1/customers/ann", headers=SECRET).json()
    assert known["events"] == 2
    decision = engine.decide(DecideRequest(user_id="ann", limit=100), now=NOW)
    assert PRODUCTS[0].id not in {item.product_id for item in decision.items}
    assert engine.store.decisions.of("u:ann") == []
    send(shop, consent(True, channel=None, purpose="personalization", userId="ann"), look(PRODUCTS[1].id, userId="ann", messageId="open-1"))
    assert files_with(tmp_path, "open-1") != []


def test_a_history_is_imported_without_unconsented_browsing(engine, tmp_path):
    told = [{"type": "track", "messageId": f"shy-{n}", "timestamp": NOW.isoformat(), **look(PRODUCTS[1].id, NO, anonymousId="shy")} for n in range(2)]
    lines = [json.dumps({**message, "timestamp": NOW.isoformat()}).encode() for message in told]
    assert engine.import_history(read_history(lines, received_at=NOW), now=NOW).accepted == 0
    assert files_with(tmp_path, "shy") == []
