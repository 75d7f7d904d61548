"""Requests in the image of what each client library really sends: path, headers and body; and the events that must come of them."""

import base64
import gzip
import json
from datetime import UTC, datetime

import pytest
from litestar.testing import TestClient

from tactful.http import Keys, create_app
from tactful.model.errors import NotReady

OK = {"success": True}
KEYS = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = "https://shop.example"
EARLIER, SENT = "2026-03-01T11:00:00.000Z", "2026-03-01T11:59:58.000Z"


def basic(key):
    return {"Authorization": "Basic " + base64.b64encode(key.encode()).decode()}


def packed(body):
    return gzip.compress(json.dumps(body).encode())


PYTHON = {"library": {"name": "analytics-python", "version": "2.4.0"}}
SEGMENT_PYTHON = {
    "batch": [
        {"integrations": {}, "anonymousId": None, "timestamp": EARLIER, "context": PYTHON, "type": "identify", "userId": "u1", "traits": {}, "messageId": "m1"},
        {
            "integrations": {},
            "anonymousId": "a2",
            "properties": {"order_id": "O1", "total": 10, "products": [{"product_id": "P1"}]},
            "timestamp": EARLIER,
            "context": PYTHON,
            "userId": None,
            "type": "track",
            "event": "Order Completed",
            "messageId": "m2",
        },
        {
            "integrations": {},
            "previousId": "a1",
            "timestamp": EARLIER,
            "context": PYTHON,
            "userId": "u1",
            "type": "alias",
            "messageId": "m3",
            "anonymousId": None,
        },
    ],
    "sentAt": "2026-03-01T11:59:58.984921+00:00",
    "writeKey": "public",
}
RUDDER_PYTHON = {
    "batch": [
        {
            "integrations": {"All": True},
            "anonymousId": None,
            "timestamp": EARLIER,
            "context": {"traits": {"email": "a@example.com"}, **PYTHON},
            "type": "identify",
            "userId": "u1",
            "messageId": "m1",
            "channel": "server",
        }
    ],
    "sentAt": SENT,
}
SEGMENT_NODE = {
    "batch": [
        {
            "timestamp": EARLIER,
            "integrations": {},
            "event": "Product Viewed",
            "type": "track",
            "properties": {"product_id": "P1", "price": 9.99},
            "context": {"library": {"name": "@segment/analytics-node", "version": "3.1.0"}},
            "userId": "u1",
            "messageId": "node-next-1795303268358-da1c6ead",
            "_metadata": {"nodeVersion": "v20.20.2", "jsRuntime": "node"},
        }
    ],
    "writeKey": "public",
    "sentAt": SENT,
}
OLD_NODE = {"batch": [SEGMENT_NODE["batch"][0] | {"_metadata": {"nodeVersion": "20.20.2"}}], "timestamp": SENT, "sentAt": SENT}
RUDDER_NODE = {
    "batch": [
        {
            "userId": "u1",
            "event": "Product Viewed",
            "properties": {"product_id": "P1"},
            "type": "track",
            "context": {"library": {"name": "analytics-node", "version": "3.0.13"}},
            "channel": "server",
            "originalTimestamp": EARLIER,
            "messageId": "m1",
            "sentAt": SENT,
        }
    ],
    "timestamp": SENT,
    "sentAt": SENT,
}
BROWSER = {
    "timestamp": EARLIER,
    "integrations": {},
    "type": "page",
    "properties": {"path": "/", "referrer": "", "search": "", "title": "Shop", "url": f"{SHOP}/"},
    "context": {"page": {"path": "/", "url": f"{SHOP}/"}, "userAgentData": {"brands": []}, "locale": "en-US", "timezone": "UTC"},
    "messageId": "ajs-next-1795303292217-a6063c13",
    "anonymousId": "063c13bf",
    "writeKey": "public",
    "userId": None,
    "sentAt": SENT,
    "_metadata": {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []},
}
RUDDER_BROWSER = {
    "properties": {"product_id": "P1"},
    "event": "Product Viewed",
    "type": "track",
    "channel": "web",
    "context": {"traits": {"email": "a@example.com"}, "sessionId": 1795303303485, "timezone": "GMT+0000", "page": {"referrer": "$direct"}},
    "originalTimestamp": EARLIER,
    "messageId": "m1",
    "anonymousId": "1e32b12c",
    "userId": "",
    "sentAt": SENT,
}
JITSU = {
    "type": "page",
    "properties": {"name": "Home", "url": f"{SHOP}/x", "path": "/x"},
    "userId": "u1",
    "anonymousId": "5116a024",
    "timestamp": EARLIER,
    "sentAt": SENT,
    "messageId": "iorq8aspfatxp3yqcswp",
    "writeKey": "key:***",
    "context": {"library": {"name": "@jitsu/js", "version": "1.11.0", "env": "node"}, "page": {}, "clientIds": {}, "campaign": {}},
}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
TEXT = {"Content-Type": "text/plain", "Origin": SHOP}
RUDDER_JS = {"AnonymousId": base64.b64encode(b"1e32b12c").decode(), "SentAt": SENT, "Content-Type": "application/json;charset=UTF-8", "Origin": SHOP}
JITSU_KEY = {"X-Write-Key": "shop:public", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "headers", "body", "ids"),
    [
        ("/v1/batch", basic("public:"), SEGMENT_PYTHON, ["m1", "m2", "m3"]),
        ("/v1/batch", basic("public:") | {"Content-Encoding": "gzip"}, SEGMENT_PYTHON, ["m1", "m2", "m3"]),
        ("/v1/batch", basic("public:") | {"Content-Encoding": "gzip", "Content-Type": "application/json"}, RUDDER_PYTHON, ["m1"]),
        ("/v1/batch", basic("public:"), SEGMENT_NODE, ["node-next-1795303268358-da1c6ead"]),
        ("/v1/batch", {"Authorization": "Bearer some.oauth.token"}, SEGMENT_NODE, ["node-next-1795303268358-da1c6ead"]),
        ("/v1/batch", basic("public:"), OLD_NODE, ["node-next-1795303268358-da1c6ead"]),
        ("/v1/batch", basic("public:") | FORM, RUDDER_NODE, ["m1"]),
        ("/v1/p", basic("public:") | TEXT, BROWSER, ["ajs-next-1795303292217-a6063c13"]),
        ("/v1/p", TEXT, BROWSER, ["ajs-next-1795303292217-a6063c13"]),
        ("/v1/b", basic("public:") | TEXT, {"writeKey": "public", "batch": [BROWSER], "sentAt": SENT}, ["ajs-next-1795303292217-a6063c13"]),
        ("/v1/track", basic("public:") | RUDDER_JS, RUDDER_BROWSER, ["m1"]),
        ("/v1/batch", basic("public:") | RUDDER_JS, {"batch": [RUDDER_BROWSER], "sentAt": SENT}, ["m1"]),
        ("/beacon/v1/batch?writeKey=public", TEXT, {"batch": [RUDDER_BROWSER], "sentAt": SENT}, ["m1"]),
        ("/api/s/page", JITSU_KEY | {"Origin": SHOP}, JITSU, ["iorq8aspfatxp3yqcswp"]),
        ("/api/s/s2s/page", JITSU_KEY, JITSU, ["iorq8aspfatxp3yqcswp"]),
        ("/api/s/s2s/page/", {"X-Write-Key": "public"}, JITSU, ["iorq8aspfatxp3yqcswp"]),
    ],
)
def test_what_each_client_sends_is_taken_as_it_is_and_taken_once(client, engine, path, headers, body, ids):
    content = packed(body) if "Content-Encoding" in headers else json.dumps(body)
    for _ in range(2):
        answer = client.post(path, content=content, headers=headers)
        assert (answer.status_code, answer.json()) == (200, OK)
        assert answer.headers["content-type"] == "application/json"
    assert engine.store.events.known(ids) == set(ids)
    assert engine.store.events.count() == len(ids)
    _, event = engine.store.events.find(ids[0])
    assert event.at.isoformat()[:16] == "2026-03-01T11:00", "what the client's clock said, give or take its two seconds"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/s/page", {"X-Write-Key": "shop:wrong"}),
        ("/api/s/page", {"X-Write-Key": "wrong"}),
        ("/api/s/page", {"X-Write-Key": "shop:secret"}),
        ("/beacon/v1/batch?writeKey=wrong", {}),
        ("/v1/p", {"X-Write-Key": "wrong"}),
        ("/beacon/v1/batch", basic("wrong:")),
    ],
)
def test_the_key_in_header_or_query_outranks_the_one_in_the_body(client, engine, path, headers):
    answer = client.post(path, json={"batch": [BROWSER], **BROWSER}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert engine.store.events.count() == 0


def pixel_data(message):
    return base64.urlsafe_b64encode(json.dumps(message).encode()).decode().rstrip("=")


def test_a_picture_that_is_asked_for_is_an_event(client, engine):
    message = {"writeKey": "public", "userId": "u1", "event": "Song Sung?", "messageId": "m1", "properties": {"who": "ÿ>?"}}
    answer = client.get("/v1/pixel/track", params={"data": pixel_data(message)})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.content.startswith(b"GIF89a")
    assert engine.store.events.known(["m1"]) == {"m1"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/pixel/track?data=" + pixel_data({"userId": "u1", "event": "x"}), 401),
        ("/v1/pixel/track", 401),
        ("/v1/pixel/track?data=%C3%A4&writeKey=public", 400),
        ("/v1/pixel/track?data=a&writeKey=public", 400),
        ("/v1/pixel/batch?data=" + pixel_data({"writeKey": "public"}), 404),
    ],
)
def test_pictures_that_tell_nothing(client, engine, path, status):
    answer = client.get(path)
    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert engine.store.events.count() == 0


def test_segments_browser_library_is_told_to_come_here_and_to_keep_its_measurements_to_itself(client):
    answer = client.get("/v1/projects/public/settings", headers={"Origin": SHOP})
    assert answer.headers["access-control-allow-origin"] == SHOP
    told = answer.json()
    assert told["integrations"]["Segment.io"]["apiHost"] == "shop.example/v1"
    assert told["integrations"]["Segment.io"]["protocol"] == "http"
    assert told["integrations"]["Segment.io"]["apiKey"] == "public"
    assert told["metrics"] == {"sampleRate": 0}
    assert client.get("/v1/projects/wrong/settings").status_code == 401


def test_the_script_of_segments_snippet_comes_from_the_copy_that_the_shop_installed(engine, tmp_path):
    installed = tmp_path / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd"
    installed.mkdir(parents=True)
    (installed / "standalone.js").write_text("first()")
    (installed / "later.bundle.1f.js").write_text("later()")
    (installed.parent / "secret.js").write_text("not for anybody")
    with TestClient(create_app(engine, keys=KEYS, clock=lambda: NOON, scripts_in=tmp_path)) as client:
        answer = client.get("/analytics.js/v1/public/analytics.min.js")
        assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "first()", "text/javascript; charset=utf-8")
        assert client.get("/analytics-next/bundles/later.bundle.1f.js").text == "later()"
        assert client.get("/analytics.js/v1/wrong/analytics.min.js").status_code == 401
        for name in ("other.bundle.js", "..%2Fsecret.js", "..", "standalone.js.map"):
            assert client.get(f"/analytics-next/bundles/{name}").status_code == 404


def test_a_server_without_a_copy_says_how_to_install_one(engine, client, tmp_path):
    assert client.get("/analytics.js/v1/public/analytics.min.js").status_code == 404
    with TestClient(create_app(engine, keys=KEYS, clock=lambda: NOON, scripts_in=tmp_path)) as other:
        assert "npm install" in other.get("/analytics.js/v1/public/analytics.min.js").json()["message"]


@pytest.mark.parametrize("headers", [basic("public:"), {}])
def test_rudders_browser_library_finds_its_source(client, headers):
    asked = "/sourceConfig/?p=npm&v=3.34.1&build=modern&writeKey=public&lockIntegrationsVersion=true&lockPluginsVersion=true"
    source = client.get(asked, headers={"Origin": SHOP, **headers}).json()["source"]
    assert (source["writeKey"], source["enabled"], source["destinations"]) == ("public", True, [])
    assert source["config"]["statsCollection"] == {"errors": {"enabled": False}, "metrics": {"enabled": False}}
    assert client.get("/sourceConfig/?writeKey=wrong").status_code == 401


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/v1/p", "POST", "authorization"),
        ("/v1/b", "POST", "authorization"),
        ("/v1/identify", "POST", "anonymousid,authorization,content-type,sentat"),
        ("/sourceConfig/?writeKey=public", "GET", "authorization"),
        ("/v1/projects/public/settings", "GET", ""),
        ("/api/s/page", "POST", "content-type,x-write-key"),
        ("/beacon/v1/batch", "POST", "content-type"),
    ],
)
def test_every_question_that_a_browser_asks_first_is_answered(client, path, method, headers):
    asked = {"Origin": SHOP, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    answer = client.options(path, headers=asked)
    assert answer.status_code == 204
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert set(headers.split(",")) - {""} <= set(answer.headers["access-control-allow-headers"].split(", "))
    assert "access-control-allow-private-network" not in answer.headers
    answer = client.options(path, headers=asked | {"Access-Control-Request-Private-Network": "true"})
    assert answer.headers["access-control-allow-private-network"] == "true"


def test_a_message_without_a_time_happened_when_its_batch_was_made(client, engine):
    body = {"batch": [{"type": "page", "userId": "u1", "messageId": "m1"}], "timestamp": "2026-03-01T10:00:00Z"}
    client.post("/v1/batch", json=body, headers=basic("public"))
    _, event = engine.store.events.find("m1")
    assert event.at.isoformat() == "2026-03-01T10:00:00+00:00"


def test_partners_spelling_of_letters_that_were_opened(client, engine):
    body = {"batch": [{"action": "track", "user_id": 7, "event": "Email Opened", "messageId": "m1", "properties": {"email_id": "e"}}]}
    client.post("/v1/batch", json=body, headers=basic("public"))
    _, event = engine.store.events.find("m1")
    assert event.user_id == "7"


def test_nothing_is_redirected(client):
    for path in ("/v1/batch/", "/v1/t/", "/api/s/track/", "/beacon/v1/batch/"):
        assert client.post(path, content=b"{}", follow_redirects=False).status_code == 401


@pytest.mark.parametrize(("problem", "status", "again"), [(NotReady("the disk is full"), 503, "5"), (OSError("the disk is gone"), 500, None)])
def test_what_cannot_be_kept_now_is_asked_for_again(client, engine, problem, status, again):
    def fails(*_, **__):
        raise problem

    engine.record_each = fails
    answer = client.post("/v1/batch", json=SEGMENT_NODE, headers=basic("public"))
    assert answer.status_code == status, "every client tries again after 500 and 503, and not after 501 or 4xx"
    assert set(answer.json()) == {"success", "code", "message"}
    assert answer.headers.get("retry-after") == again
