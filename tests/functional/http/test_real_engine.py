"""The whole way over HTTP with the real engine: products and events in, decisions out."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import TestClient

from tactful.http import create_app, dev_keys
from tactful.wiring import open_engine

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
SECRET = {"Authorization": "Bearer dev-secret"}
PRODUCTS = "\n".join(
    [
        "id\ttitle\tprice\tproduct_type",
        *(f"{name}\t{name.title()}\t{price}.00 EUR\tHome > {name.title()}s" for price, name in enumerate(["mug", "bowl", "lamp"], 5)),
    ]
)


def order(user, product, days_ago):
    at = (NOW - timedelta(days=days_ago)).isoformat()
    properties = {"order_id": f"{user}-{product}-{days_ago}", "products": [{"product_id": product, "price": 5, "quantity": 1}]}
    return {
        "type": "track",
        "event": "Order Completed",
        "userId": user,
        "messageId": f"m-{user}-{product}-{days_ago}",
        "timestamp": at,
        "properties": properties,
    }


@pytest.fixture(scope="module")
def client():
    app = create_app(open_engine("memory:"), keys=dev_keys(), clock=lambda: NOW)
    with TestClient(app, base_url="http://127.0.0.1:8321") as client:
        assert client.put("/v1/products", content=PRODUCTS.encode(), headers=SECRET).json()["products"] == 3
        bought = [order(f"u{number}", product, 3 + number + shift) for number in range(30) for shift, product in ((0, "mug"), (40, "mug"), (9, "bowl"))]
        assert client.post("/v1/import", content=json.dumps({"batch": bought}), headers=SECRET).status_code == 200
        assert client.post("/v1/train", headers=SECRET).json()["success"] is True
        yield client


def decide(client, user):
    answer = client.post("/v1/decide", json={"userId": user, "explain": True}, headers=SECRET)
    assert answer.status_code == 200
    return answer.json()


def test_the_next_decision_knows_of_an_event_that_was_just_answered(client):
    assert client.post("/v1/identify", json={"userId": "newcomer", "traits": {"address": {"country": "GB"}}}, headers=SECRET).status_code == 200
    before = decide(client, "newcomer")
    assert "bowl" in [item["productId"] for item in before["items"]]
    dismissed = {"userId": "newcomer", "event": "Recommendation Dismissed", "properties": {"product_id": "bowl", "reason": "not_for_me"}}
    assert client.post("/v1/track", json=dismissed, headers=SECRET).status_code == 200
    after = decide(client, "newcomer")
    assert "bowl" not in [item["productId"] for item in after["items"]]
    assert {"bowl": "dismissed"}.items() <= {each["productId"]: each["code"] for each in after["withheld"]}.items()


def test_a_decision_can_be_looked_at_later(client):
    made = decide(client, "u3")
    assert client.get(f"/v1/decisions/{made['decisionId']}", headers=SECRET).json() == made


def test_a_plan_for_somebody_known_and_for_a_stranger(client):
    plans = client.post("/v1/outreach/plan", json={"userIds": ["u1", "stranger"]}, headers=SECRET).json()["plans"]
    assert [plan["userId"] for plan in plans] == ["u1", "stranger"]
    assert all((plan["message"] is None) != (plan["silence"] is None) for plan in plans)


def test_the_console_shows_a_real_customer(client):
    page = client.get("/console?customer=u1").text
    assert "What we know of them" in page
    assert "Mug" in page
    assert "Nobody is known" in client.get("/console?customer=stranger").text


def test_claiming_to_be_somebody_with_the_public_key_reveals_nothing_of_them(client):
    write = ("dev-write", "")
    claim = {"userId": "u3", "anonymousId": "strangers-phone", "type": "identify", "messageId": "claim"}
    assert client.post("/v1/identify", json=claim, auth=write).status_code == 200
    asked = {"anonymousId": "strangers-phone", "explain": True}
    told = client.post("/v1/decide", json=asked, auth=write).json()
    assert [item["reason"]["code"] for item in told["items"]] == ["popular_here"] * len(told["items"]) != []
    trusted = client.post("/v1/decide", json=asked, headers=SECRET).json()
    assert "not_due_yet" in [each["code"] for each in trusted["withheld"]]
    assert "not_due_yet" not in [each["code"] for each in told["withheld"]]


def test_a_card_shown_before_it_was_claimed_keeps_its_purchases(client):
    sale = order("x", "lamp", 2) | {"userId": None, "anonymousId": "till-1", "messageId": "card-sale", "context": {"traits": {"loyalty_card": "4711"}}}
    assert client.post("/v1/batch", json={"batch": [sale]}, headers=SECRET).status_code == 200
    member = {"userId": "member", "traits": {"loyalty_card": "4711"}, "messageId": "joins"}
    assert client.post("/v1/identify", json=member, headers=SECRET).status_code == 200
    owned = client.get("/v1/customers/member", headers=SECRET).json()["owned"]
    assert [style["groupId"] for style in owned] == ["lamp"]


def test_the_policy_tells_what_holds_and_who_says_so(client):
    assert client.get("/v1/policy").status_code == 401
    policy = client.get("/v1/policy", headers=SECRET).json()
    assert policy["file"] is None
    patience = next(setting for setting in policy["settings"] if setting["key"] == "contact.never_responds.patience")
    assert (patience["value"], patience["default"], patience["source"]) == (3, 3, "default")
    assert patience["means"]
    assert patience["because"]


def test_what_a_customer_wants_on_a_product_is_judged_for_the_shop_alone(client):
    asked = {"text": "fick dich", "productId": "mug", "locale": "de-DE"}
    told = client.post("/v1/moderate", json=asked, headers=SECRET).json()
    assert (told["verdict"], told["code"]) == ("refuse", "abuse")
    assert told["message"].startswith("Dieses Wort bringen wir nicht auf Produkte.")
    assert client.post("/v1/moderate", json=asked, auth=("dev-write", "")).status_code == 403
    empty = client.post("/v1/moderate", json={}, headers=SECRET)
    assert (empty.status_code, empty.json()["message"]) == (400, "give either text or image")
