"""Who asks too much is told when to come back, and nothing else changes."""

import base64
from datetime import UTC, datetime

import pytest
from litestar.testing import TestClient

from tactful.http import create_app
from tactful.http.bodies import depth
from tactful.http.limits import Buckets, Limits, Rate
from tactful.model.errors import TooManyRequests

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WRITE = ("public", "")
SECRET = {"Authorization": "Bearer secret"}
PAGE = {"type": "page", "anonymousId": "a1"}


class Watch:
    """Tells the seconds that the test says."""

    at = 0.0

    def __call__(self):
        return self.at


def taken(buckets, name, times):
    """How many of some requests get through, and what the first that did not was told."""
    for number in range(times):
        try:
            buckets.take(name)
        except TooManyRequests as refused:
            return number, refused.retry_after
    return times, None


def test_a_bucket_is_used_up_and_fills_again():
    watch = Watch()
    buckets = Buckets(Rate(0.5, 3), ticks=watch)
    assert taken(buckets, "a", 9) == (3, 2)
    watch.at += 1.0
    assert taken(buckets, "a", 1) == (0, 1)
    watch.at += 1.0
    assert taken(buckets, "a", 2) == (1, 2)
    assert taken(buckets, "b", 9) == (3, 2)
    watch.at += 3600
    assert taken(buckets, "a", 9) == (3, 2)


def test_the_names_not_seen_for_longest_are_forgotten():
    buckets = Buckets(Rate(1, 1), ticks=Watch(), most=10)
    for number in range(1000):
        buckets.take(f"address {number}")
    assert len(buckets) == 10


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def asking(engine, keys, watch):
    """A client of a server with some limits."""
    return lambda **rates: TestClient(create_app(engine, keys=keys, clock=lambda: NOON, limits=Limits(ticks=watch, **rates)))


def test_a_write_key_used_too_often_is_told_when_to_come_back(engine, asking, watch):
    with asking(key=Rate(0.1, 2)) as client:
        answers = [client.post("/v1/track", auth=WRITE, json={"event": "Seen", "userId": "u", "messageId": f"m{number}"}) for number in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert set(answers[2].json()) == {"success", "code", "message"}
        assert answers[2].json()["code"] == "rate_limited"
        assert answers[2].headers["Retry-After"] == answers[2].headers["X-RateLimit-Reset"] == "10"
        assert engine.store.events.count() == 2
        watch.at += 10
        assert client.post("/v1/track", auth=WRITE, json={"event": "Seen", "userId": "u", "messageId": "m2"}).status_code == 200
        assert engine.store.events.count() == 3


def test_a_page_may_read_that_it_asked_too_often(asking):
    with asking(key=Rate(1, 0)) as client:
        answer = client.post("/v1/track", auth=WRITE, json=PAGE, headers={"Origin": "https://shop.example"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (429, "https://shop.example")


def test_guessing_keys_and_links_is_slowed_down_and_the_shop_is_not(asking):
    with asking(address=Rate(1, 3)) as client:
        guesses = [client.get("/v1/customers/u1", headers={"Authorization": f"Bearer {number}"}).status_code for number in range(4)]
        assert guesses == [401, 401, 401, 429]
        assert client.get("/u/guess").status_code == 429
        assert {client.get("/v1/dead-letters", headers=SECRET).status_code for _ in range(9)} == {200}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_watchman_is_never_told_to_wait(asking, path):
    with asking(address=Rate(1, 0)) as client:
        assert client.get(path).status_code == 200


def nested(levels):
    return b'{"event": "Deep", "userId": "u", "properties": ' + b'{"a": [' * levels + b"1" + b"]}" * levels + b"}"


def test_json_is_nested_so_deep_and_no_deeper(client, engine):
    assert client.post("/v1/track", auth=WRITE, content=nested(31)).status_code == 200
    for levels in (32, 1_000, 100_000):
        answer = client.post("/v1/track", auth=WRITE, content=nested(levels))
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
        pixel = client.get("/v1/pixel/track", auth=WRITE, params={"data": base64.b64encode(nested(min(levels, 1_000))).decode()})
        assert (pixel.status_code, pixel.json()["code"]) == (400, "malformed_json")
    assert engine.store.events.count() == 1


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (b"", 0),
        (b"[]", 1),
        (b'["[[["]', 1),
        (b'{"\\"{{{": 1}', 1),
        (b'["\\\\", [[]]]', 3),
        (b'["", "", {"": ""}]', 2),
        (b"[[[[[", 5),
        (b"]]]][", 0),
        (b" \n[[1]]", 2),
    ],
)
def test_depth_is_counted_outside_strings(text, levels):
    assert depth(text) == levels
