"""What a person may ask of a shop, over HTTP: with the secret key, whatever their id looks like."""

import json

import pytest
from litestar.testing import TestClient

from tactful.app.engine import Engine
from tactful.http import create_app
from tactful.store import MemoryStore

from .conftest import KEYS, NOON

SECRET = {"Authorization": "Bearer secret"}


@pytest.fixture
def shop():
    engine = Engine(MemoryStore(), new_id=iter(map(str, range(1000))).__next__)
    with TestClient(create_app(engine, keys=KEYS, clock=lambda: NOON), raise_server_exceptions=False) as client:
        yield client


def send(shop, *messages, **options):
    body = json.dumps({"batch": [{"messageId": f"{n}-{message.get('type')}-{len(str(message))}", **message} for n, message in enumerate(messages)]})
    assert shop.post("/v1/batch", content=body, **(options or {"headers": SECRET})).status_code == 200


def look(**who):
    return {"type": "track", "event": "Product Viewed", "properties": {"product_id": "mug"}, **who}


@pytest.mark.parametrize("customer", ["crm/7", "a b", "unmerge", "export/x", "x/export"])
def test_ids_of_any_shape_are_found(shop, customer):
    from urllib.parse import quote

    send(shop, look(userId=customer))
    path = quote(customer, safe="/") if customer != "x/export" else "u:x/export/export"
    answer = shop.get(f"/v1/customers/{path}", headers=SECRET)
    assert answer.status_code == 200
    assert answer.json()["customerId"] == f"u:{customer}"


def test_an_export_is_json_or_a_page(shop):
    send(shop, {"type": "identify", "userId": "crm/7", "traits": {"email": "ann@customers.example", "firstName": "<b>Ann"}})
    held = shop.get("/v1/customers/crm/7/export", headers=SECRET)
    assert [event["type"] for event in held.json()["events"]] == ["identified"]
    page = shop.get("/v1/customers/crm/7/export", headers=SECRET | {"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "ann@customers.example" in page.text
    assert "&lt;b&gt;Ann" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_two_that_were_taken_for_one_are_separated(shop):
    send(shop, look(anonymousId="phone"), {"type": "identify", "userId": "ann", "anonymousId": "phone"}, look(userId="ann"))
    answer = shop.post("/v1/customers/ann/unmerge", json={"anonymousId": "phone"}, headers=SECRET)
    assert answer.json() == {"customerId": "u:ann", "separated": ["a:phone"], "events": 1}
    assert shop.get("/v1/customers/phone", headers=SECRET).json()["customerId"] == "a:phone"


@pytest.mark.parametrize("body", [{}, {"anonymousId": "x", "userId": "y"}, {"anonymousId": "guest"}, {"userId": "ann"}])
def test_an_unclear_separation_changes_nothing(shop, body):
    send(shop, look(userId="ann", anonymousId="phone"))
    answer = shop.post("/v1/customers/ann/unmerge", json=body, headers=SECRET)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_input"


def test_erased_is_erased(shop):
    send(shop, look(userId="crm/7", anonymousId="phone"))
    assert shop.delete("/v1/customers/crm/7", headers=SECRET).json()["events"] == 1
    assert shop.get("/v1/customers/crm/7", headers=SECRET).status_code == 404
    assert shop.delete("/v1/customers/crm/7", headers=SECRET).status_code == 404
    send(shop, look(userId="crm/7", anonymousId="phone"))
    assert shop.get("/v1/customers/crm/7", headers=SECRET).status_code == 404


def test_a_public_key_brings_no_history_along(shop):
    till = {"context": {"traits": {"loyalty_card": "77001"}}, "properties": {"order_id": "o1", "channel": "pos", "products": [{"product_id": "mug"}]}}
    send(shop, {"type": "track", "event": "Order Completed", "anonymousId": "till-3", **till})
    claim = {"type": "identify", "userId": "evil", "traits": {"loyalty_card": "77001"}}
    send(shop, claim, auth=("public", ""))
    assert shop.get("/v1/customers/evil", headers=SECRET).json()["events"] == 1
    send(shop, {**claim, "messageId": "the shop says so"})
    assert shop.get("/v1/customers/evil", headers=SECRET).json()["events"] == 3


def opendsr(kind="erasure", request_id="r1", **identity):
    named = {"identity_type": "email", "identity_value": "ann@customers.example", "identity_format": "raw"} | identity
    return {"subject_request_id": request_id, "subject_request_type": kind, "subject_identities": [named], "regulation": "gdpr", "api_version": "2.0"}


def test_opendsr_gives_access_and_erases(shop):
    send(shop, {"type": "identify", "userId": "ann", "traits": {"email": "ann@customers.example"}})
    assert "erasure" in shop.get("/opendsr/discovery", headers=SECRET).json()["supported_subject_request_types"]
    access = shop.post("/opendsr/requests", json=opendsr("access"), headers=SECRET)
    assert access.status_code == 201
    assert shop.get(access.json()["results_url"], headers=SECRET).json()["customerId"] == "u:ann"
    done = shop.post("/opendsr/requests", json=opendsr(request_id="r2"), headers=SECRET)
    assert (done.json()["request_status"], done.json()["results_count"]) == ("completed", 1)
    assert shop.get("/v1/customers/ann", headers=SECRET).status_code == 404
    kept = shop.get("/opendsr/requests/r2", headers=SECRET).json()
    assert kept["request_status"] == "completed"
    assert "ann" not in json.dumps(kept)
    assert shop.post("/opendsr/requests", json=opendsr(request_id="r2"), headers=SECRET).json()["results_count"] == 1
    assert shop.delete("/opendsr/requests/r2", headers=SECRET).status_code == 400
    assert shop.delete("/opendsr/requests/r3", headers=SECRET).status_code == 404


@pytest.mark.parametrize("wrong", [{"identity_type": "shoe_size"}, {"identity_format": "rot13"}])
def test_opendsr_says_what_is_wrong(shop, wrong):
    assert shop.post("/opendsr/requests", json=opendsr(**wrong), headers=SECRET).status_code == 400
    assert shop.post("/opendsr/requests", json=opendsr("curiosity"), headers=SECRET).status_code == 400
    assert shop.post("/opendsr/requests", content=b"[", headers=SECRET).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/customers/ann"),
        ("GET", "/v1/customers/ann/export"),
        ("DELETE", "/v1/customers/ann"),
        ("POST", "/v1/customers/ann/unmerge"),
        ("GET", "/opendsr/discovery"),
        ("POST", "/opendsr/requests"),
        ("GET", "/opendsr/requests/r1"),
        ("DELETE", "/opendsr/requests/r1"),
    ],
)
@pytest.mark.parametrize(
    ("key", "status"), [({}, 401), ({"auth": ("public", "")}, 403), ({"auth": ("secret", "")}, 401), ({"headers": {"Authorization": "Bearer x"}}, 401)]
)
def test_only_the_secret_key_opens_a_person(shop, method, path, key, status):
    send(shop, look(userId="ann"))
    assert shop.request(method, path, content=b"{}" if method == "POST" else None, **key).status_code == status
