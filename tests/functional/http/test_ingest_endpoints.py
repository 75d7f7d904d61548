"""Ingest over HTTP, as clients do it."""

import base64
import gzip
import json
import zlib

import pytest

WRITE = ("public", "")
SECRET = {"Authorization": "Bearer secret"}
OK = {"success": True}


def batch(*messages):
    return json.dumps({"batch": list(messages)}).encode()


def page(message_id, **more):
    return {"type": "page", "userId": "u1", "messageId": message_id, **more}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/batch", {"batch": [page("m")]}),
        ("/v1/batch/", {"batch": [page("m")]}),
        ("/v1/import", {"batch": [page("m")]}),
        ("/v1/b", {"batch": [page("m")], "sentAt": "2026-03-01T12:00:00Z"}),
        ("/v1/track", {"userId": "u1", "event": "Song Sung"}),
        ("/v1/t/", {"userId": "u1", "event": "Song Sung"}),
        ("/v1/identify", {"userId": "u1"}),
        ("/v1/i", {"userId": "u1"}),
        ("/v1/page", {"userId": "u1"}),
        ("/v1/p", {"userId": "u1"}),
        ("/v1/screen", {"userId": "u1"}),
        ("/v1/s", {"userId": "u1"}),
        ("/v1/group", {"userId": "u1", "groupId": "g"}),
        ("/v1/g", {"userId": "u1", "groupId": "g"}),
        ("/v1/alias", {"userId": "u1", "previousId": "x"}),
        ("/v1/a", {"userId": "u1", "previousId": "x"}),
    ],
)
def test_every_path_answers_the_same_once_the_event_is_in_the_log(client, engine, path, body):
    answer = client.post(path, json=body, auth=WRITE)
    assert (answer.status_code, answer.json()) == (200, OK)
    assert engine.store.events.count() == 1


def test_a_browsers_own_measurements_are_taken_and_forgotten(client, engine):
    assert client.post("/v1/m", json={"series": [{}]}).json() == OK
    assert engine.store.events.count() == 0


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json", "application/octet-stream", None])
@pytest.mark.parametrize("encoding", ["gzip", None])
def test_json_is_json_whatever_the_content_type_says(client, engine, content_type, encoding):
    body = batch(page("m1"), page("m2"))
    headers = {name: value for name, value in (("Content-Type", content_type), ("Content-Encoding", encoding)) if value}
    answer = client.post("/v1/batch", content=gzip.compress(body) if encoding else body, headers=headers, auth=WRITE)
    assert (answer.status_code, answer.json()) == (200, OK)
    assert engine.store.events.count() == 2


def key_headers(credentials):
    return {"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (key_headers("public:"), {"batch": []}, 200),
        (key_headers("public"), {"batch": []}, 200),
        (key_headers("public:whatever"), {"batch": []}, 200),
        (SECRET, {"batch": []}, 200),
        ({}, {"batch": [], "writeKey": "public"}, 200),
        ({}, {"batch": [page("m", writeKey="public")]}, 200),
        ({"Authorization": "Bearer some-token"}, {"batch": [], "writeKey": "public"}, 200),
        (key_headers("wrong:"), {"batch": [], "writeKey": "public"}, 401),
        (key_headers("secret:"), {"batch": []}, 401),
        ({"Authorization": "Basic !!!"}, {"batch": []}, 401),
        ({"Authorization": "Bearer public"}, {"batch": []}, 401),
        ({"Authorization": "Bearer \xe9"}, {"batch": []}, 401),
        ({}, {"batch": [], "writeKey": "wrong"}, 401),
        ({}, {"batch": []}, 401),
    ],
)
def test_who_may_send(client, headers, body, status):
    answer = client.post("/v1/batch", json=body, headers={name: value.encode("latin-1") for name, value in headers.items()})
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["success"] is False
        assert set(answer.json()) == {"success", "code", "message"}


def test_bad_events_become_dead_letters_and_do_not_fail_the_batch(client, engine):
    answer = client.post("/v1/batch", content=batch(page("m1"), {"type": "sing", "userId": "u"}, page("m2"), 5), auth=WRITE)
    assert answer.json() == OK
    assert engine.store.events.count() == 2
    letters = client.get("/v1/dead-letters?limit=1", headers=SECRET).json()
    assert letters["count"] == 2
    assert letters["deadLetters"][0]["code"] == "bad_message"
    counted = client.get("/metrics").text
    assert 'tactful_events_total{outcome="accepted"} 2.0' in counted
    assert 'tactful_events_total{outcome="dead"} 2.0' in counted


def test_a_retry_is_harmless(client, engine):
    for _ in range(3):
        assert client.post("/v1/batch", content=batch(page("m1")), auth=WRITE).json() == OK
    assert engine.store.events.count() == 1


BOMB = gzip.compress(b" " * 50_000_000)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{bad", {}, 400, "malformed_json"),
        (b"", {}, 400, "malformed_json"),
        (b"\xff\xfe\xff", {}, 400, "malformed_json"),
        (b"[" * 50_000, {}, 400, "malformed_json"),
        (b"[]", {}, 400, "invalid_input"),
        (b'{"batch": 1}', {}, 400, "invalid_input"),
        (b'{"batch": ["' + b"x" * 5_000_000 + b'"]}', {}, 413, "too_large"),
        (b"not gzip", {"Content-Encoding": "gzip"}, 400, "malformed_gzip"),
        (gzip.compress(batch(page("m")), mtime=0)[:-12], {"Content-Encoding": "gzip"}, 400, "malformed_gzip"),
        (BOMB, {"Content-Encoding": "gzip"}, 413, "too_large"),
        (zlib.compress(b"{}"), {"Content-Encoding": "deflate"}, 400, "unknown_encoding"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused_and_changes_nothing(client, engine, body, headers, status, code):
    answer = client.post("/v1/batch", content=body, headers={**SECRET, **headers})
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["success"] is False
    assert "\n" not in answer.json()["message"]
    assert engine.store.events.count() == 0


def test_several_gzip_members_are_one_body(client, engine):
    body = batch(page("m1"), page("m2"))
    packed = gzip.compress(body[:30]) + gzip.compress(body[30:])
    assert client.post("/v1/batch", content=packed, headers={**SECRET, "Content-Encoding": "gzip"}).json() == OK
    assert engine.store.events.count() == 2


def test_time_is_the_servers_unless_the_secret_key_says_otherwise(client, engine):
    message = {"type": "page", "userId": "u1", "messageId": "m1"}
    assert client.post("/v1/batch", content=batch(message), headers={"Tactful-Now": "2026-01-01T00:00:00Z"}, auth=WRITE).status_code == 403
    assert client.post("/v1/batch", content=batch(message), headers={"Tactful-Now": "yesterday", **SECRET}).status_code == 400
    assert client.post("/v1/batch", content=batch(message), headers={"Tactful-Now": "2026-01-01T00:00:00", **SECRET}).status_code == 400
    assert engine.store.events.count() == 0
    assert client.post("/v1/batch", content=batch(message), headers={"Tactful-Now": "2026-01-01T00:00:00Z", **SECRET}).status_code == 200
    _, event = engine.store.events.find("m1")
    assert event.at.isoformat() == "2026-01-01T00:00:00+00:00"


def test_browsers_of_the_shops_pages_may_ask_first(client):
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for path in ("/v1/t", "/v1/batch/", "/v1/decide", "/v1/m"):
        answer = client.options(path, headers=asked)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert "authorization" in answer.headers["access-control-allow-headers"]
        assert answer.headers["access-control-max-age"] == "7200"
    refused = client.post("/v1/t", content=b"{", headers={"Origin": "https://shop.example"})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "https://shop.example", "a page may read why it was refused"


def test_nothing_but_ingest_and_decide_is_open_to_foreign_pages(client):
    for path in ("/v1/customers/u1", "/", "/v1/products", "/v1/dead-letters"):
        assert "access-control-allow-origin" not in client.get(path, headers={"Origin": "https://evil.example", **SECRET}).headers
