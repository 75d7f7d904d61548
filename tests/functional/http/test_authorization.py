"""Who may do what: every endpoint, with every kind of key. The rows are the app's own routes, so a new endpoint needs a line here."""

import base64
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from litestar.testing import TestClient

from tactful.app.engine import Engine
from tactful.app.keys import digest_of
from tactful.http import Keys, create_app
from tactful.model.access import AccessKey
from tactful.store import MemoryStore

KEYS = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def basic(user, password=""):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


PAGE, OTHER_PAGE = {"Origin": "https://shop.example"}, {"Origin": "https://elsewhere.example"}


def issued(secret, role, *, ends_at=None, origins=()):
    return AccessKey(digest=digest_of(secret), name=secret, role=role, origins=origins, created_at=NOON, ends_at=ends_at)


MANAGED = [
    *(issued(f"m-{role}", role) for role in ("write", "secret")),
    *(issued(f"m-{role}-rotated", role, ends_at=NOON + timedelta(seconds=1)) for role in ("write", "secret")),
    *(issued(f"m-{role}-revoked", role, ends_at=NOON) for role in ("write", "secret")),
    issued("m-page", "write", origins=("https://shop.example",)),
]


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


CALLERS = {
    "none": {},
    "wrong secret": bearer("guess"),
    "wrong write": basic("guess"),
    "empty secret": bearer(""),
    "empty write": basic(""),
    "unknown scheme": {"Authorization": "Digest secret"},
    "secret as user name": basic("secret"),
    "write as bearer": bearer("public"),
    "a key's hash": bearer(digest_of("secret")),
    "another customer's token alone": {"X-Identity-Token": jwt.encode({"sub": "u2"}, KEYS.jwt_secret, algorithm="HS256")},
    "another customer's token as bearer": bearer(jwt.encode({"sub": "u2"}, KEYS.jwt_secret, algorithm="HS256")),
    "managed secret as user name": basic("m-secret"),
    "managed write as bearer": bearer("m-write"),
    "managed write, revoked": basic("m-write-revoked"),
    "managed secret, revoked": bearer("m-secret-revoked"),
    "write": basic("public"),
    "write with another customer's token": {**basic("public"), "X-Identity-Token": jwt.encode({"sub": "u2"}, KEYS.jwt_secret, algorithm="HS256")},
    "managed write": basic("m-write"),
    "managed write, rotated": basic("m-write-rotated"),
    "managed write of a page": {**basic("m-page"), **PAGE},
    "managed write of another page": {**basic("m-page"), **OTHER_PAGE},
    "managed write of a page, from nowhere": basic("m-page"),
    "secret": bearer("secret"),
    "managed secret": bearer("m-secret"),
    "managed secret, rotated": bearer("m-secret-rotated"),
}
WRITERS = ("write", "write with another customer's token", "managed write", "managed write, rotated", "managed write of a page")
ELSEWHERE = ("managed write of another page", "managed write of a page, from nowhere")
SECRETS = ("secret", "managed secret", "managed secret, rotated")
KINDS = {
    "open": dict.fromkeys(CALLERS),
    "secret": dict.fromkeys((*WRITERS, *ELSEWHERE), 403) | dict.fromkeys(SECRETS),
    "write": dict.fromkeys(ELSEWHERE, 403) | dict.fromkeys((*WRITERS, *SECRETS)),
    "console": dict.fromkeys(SECRETS),
}
"""What each kind of endpoint answers to the keys that we know; None: not refused. All others get 401."""
EVENTS = ("import", "track", "identify", "page", "screen", "group", "alias", "batch", "t", "i", "p", "s", "g", "a", "b")
TABLE = {
    **{f"POST /v1/{name}": "write" for name in EVENTS},
    **{f"POST /api/s/{way}{name}": "write" for way in ("", "s2s/") for name in ("track", "identify", "page", "screen", "group", "alias")},
    "POST /beacon/v1/batch": "write",
    "GET /v1/pixel/{kind:str}": "write",
    "GET /v1/projects/{key:str}/settings": "write",
    "GET /sourceConfig": "write",
    "GET /analytics.js/v1/{key:str}/analytics.min.js": "write",
    "GET /analytics-next/bundles/{part:str}": "open",
    "GET /v1/policy": "secret",
    "POST /v1/m": "open",
    "PUT /v1/products": "secret",
    "PATCH /v1/products": "secret",
    "PATCH /v1/products/{product_id:path}": "secret",
    "DELETE /v1/products/{product_id:path}": "secret",
    "PUT /v1/stores/inventory": "secret",
    "PUT /v1/stores": "secret",
    "POST /v1/decide": "write",
    "POST /v1/outreach/plan": "secret",
    "POST /v1/outreach/run": "secret",
    "GET /v1/customers/{customer:path}": "secret",
    "DELETE /v1/customers/{customer:path}": "secret",
    "POST /v1/customers/{customer:path}": "secret",
    "GET /opendsr/discovery": "secret",
    "POST /opendsr/requests": "secret",
    "GET /opendsr/requests/{request_id:str}": "secret",
    "DELETE /opendsr/requests/{request_id:str}": "secret",
    "GET /v1/decisions/{decision_id:str}": "secret",
    "POST /v1/train": "secret",
    "POST /v1/moderate": "secret",
    "GET /v1/dead-letters": "secret",
    "GET /healthz": "open",
    "GET /readyz": "open",
    "GET /metrics": "open",
    "GET /docs": "open",
    "GET /": "console",
    "GET /console": "console",
    "GET /console/style.css": "open",
    "GET /u/{token:str}": "open",
    "POST /u/{token:str}": "open",
    "GET /me/{token:str}": "open",
    "POST /me/{token:str}": "open",
    "GET /openapi.json": "open",
    "GET /openapi.json/{path:str}": "open",
    "GET /openapi.json/openapi.json": "open",
}


def app():
    engine = Engine(MemoryStore(), new_id=lambda: "id")
    with engine.store.transaction():
        engine.store.keys.save(MANAGED)
    return create_app(engine, keys=KEYS, clock=lambda: NOON)


def endpoints():
    """Method and path of everything that is served; OPTIONS is the framework's, and tells only the methods."""
    return sorted(f"{method} {route.path}" for route in app().routes for method in route.methods if method != "OPTIONS")


@pytest.fixture(scope="module")
def client():
    with TestClient(app(), base_url="http://shop.example") as client:
        yield client


def test_the_table_knows_every_endpoint():
    assert endpoints() == sorted(TABLE)


@pytest.mark.parametrize("endpoint", endpoints())
def test_every_endpoint_with_every_kind_of_key(client, endpoint):
    answers = {caller: answered(client, endpoint, caller) for caller in CALLERS}
    expected = {caller: KINDS[TABLE[endpoint]].get(caller, 401) for caller in CALLERS}
    assert {caller: status if status in {401, 403} else None for caller, status in answers.items()} == expected


def answered(client, endpoint, caller):
    """The status of an endpoint for a caller."""
    method, _, path = endpoint.partition(" ")
    path = path.replace("/{customer:path}", "/u1/unmerge" if method == "POST" else "/u1").replace("{product_id:path}", "p")
    path = path.replace("{request_id:str}", "r").replace("{decision_id:str}", "d").replace("{token:str}", "t").replace("{path:str}", "x")
    path = path.replace("{kind:str}", "track").replace("{key:str}", "guess")
    body = {"anonymousId": "a"} if path.startswith("/v1/decide") or "unmerge" in path else {}
    return client.request(method, path, headers=CALLERS[caller], json=body).status_code


def token(claims, key=KEYS.jwt_secret, algorithm="HS256"):
    return jwt.encode(claims, key, algorithm=algorithm)


SOON, LONG_AGO = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (token({"sub": "u1"}), 200),
        (token({"sub": "u1", "exp": SOON, "nbf": LONG_AGO}), 200),
        (token({"sub": "u2"}), 403),
        (token({"sub": "u1", "exp": LONG_AGO}), 403),
        (token({"sub": "u1", "nbf": SOON}), 403),
        (token({"sub": "u1"}, key="another-secret-of-more-than-32-characters"), 403),
        (token({"sub": "u1"}, key=KEYS.jwt_secret * 2, algorithm="HS384"), 403),
        (token({"sub": "u1"}, key="", algorithm="none"), 403),
        (token({"name": "u1"}), 403),
        ("no token", 403),
        (None, 403),
    ],
)
@pytest.mark.parametrize("caller", WRITERS)
def test_a_write_key_decides_for_a_customer_with_their_own_token_only(client, given, status, caller):
    headers = {key: value for key, value in CALLERS[caller].items() if key != "X-Identity-Token"} | ({} if given is None else {"X-Identity-Token": given})
    answer = client.post("/v1/decide", json={"userId": "u1", "placement": "home"}, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/", "/console", "/docs", "/u/t"])
def test_a_page_runs_no_script_and_is_in_no_frame(client, path):
    headers = client.get(path, headers=CALLERS["secret"]).headers
    assert headers["Content-Type"].startswith("text/html")
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(headers["Content-Security-Policy"].split("; "))
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
