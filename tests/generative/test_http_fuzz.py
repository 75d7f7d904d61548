"""Whatever is sent, the answer is ours: never a failure of the server, always in the contract's form."""

import gzip
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from tactful.app.engine import Engine
from tactful.http import create_app, dev_keys
from tactful.store import MemoryStore
from wire_words import WORDS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = {"Authorization": "Bearer dev-secret"}
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["track", "identify", "page", "alias", "Order Completed", "Product Viewed", "Recommendation Dismissed", "Consent Updated", "home", "GB"])
    | st.sampled_from(
        ["2026-03-01T10:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e400", "NaN", "Europe/London", "\x00", "\ud83d", "9" * 400]
    )
)
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=8), inner, max_size=8), max_leaves=25
)
OBJECTS = st.dictionaries(st.sampled_from(WORDS), JSON, max_size=10)
ENCODED = OBJECTS.map(lambda each: json.dumps(each).encode()) | JSON.map(lambda each: json.dumps(each).encode())
BODIES = ENCODED | st.binary(max_size=60) | st.tuples(ENCODED, st.integers(0, 40)).map(lambda cut: cut[0][: -cut[1] or None])
TARGETS = [
    *(f"POST /v1/{name}" for name in ("import", "track", "identify", "page", "screen", "group", "alias", "batch")),
    "PUT /v1/products",
    "PATCH /v1/products/mug",
    "PUT /v1/stores",
    "POST /v1/decide",
    "POST /v1/outreach/plan",
    "POST /v1/customers/u1/unmerge",
    "POST /opendsr/requests",
]


@pytest.fixture(scope="module")
def client():
    numbers = iter(range(10**9))
    engine = Engine(MemoryStore(), new_id=lambda: f"id-{next(numbers)}", erasure_key=b"key")
    with TestClient(create_app(engine, keys=dev_keys(), clock=lambda: NOON)) as client:
        client.put("/v1/products", headers=SECRET, json=[{"id": "mug", "title": "Mug", "price": "9.00 EUR"}])
        client.post("/v1/track", headers=SECRET, json={"userId": "u1", "event": "Product Viewed", "properties": {"product_id": "mug"}})
        yield client


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES, packed=st.booleans(), cut=st.integers(0, 30))
def test_no_body_breaks_the_server(client, target, body, packed, cut):
    method, _, path = target.partition(" ")
    headers = {**SECRET, "Content-Type": "application/json"}
    if packed:
        body, headers["Content-Encoding"] = gzip.compress(body, mtime=0)[: -cut or None], "gzip"
    answer = client.request(method, path, content=body, headers=headers)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert set(answer.json()) == {"success", "code", "message"}


@pytest.mark.parametrize("path", ["/v1/customers/{}", "/v1/decisions/{}", "/opendsr/requests/{}", "/u/{}", "/console?customer={}", "/v1/dead-letters?limit={}"])
@settings(max_examples=40, deadline=None)
@given(name=st.text(max_size=300))
def test_no_path_breaks_the_server(client, path, name):
    assert client.get(path.format(quote(name.encode("utf-8", "surrogatepass"), safe="")), headers=SECRET).status_code < 500


HEADERS = st.sampled_from(["Authorization", "Tactful-Now", "X-Identity-Token", "Content-Encoding", "Sec-GPC", "Accept"])
RAW = st.binary(max_size=60).map(lambda raw: raw.translate(None, b"\r\n\0"))


@settings(max_examples=60, deadline=None)
@given(headers=st.dictionaries(HEADERS, RAW, max_size=5))
def test_no_header_breaks_the_server(client, headers):
    answer = client.post("/v1/decide", headers={name.encode(): value for name, value in headers.items()}, json={"anonymousId": "a", "placement": "home"})
    assert answer.status_code < 500, answer.text
