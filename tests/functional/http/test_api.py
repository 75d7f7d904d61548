"""Everything but ingest: keys, bodies, answers and errors."""

import jwt
import pytest

from tactful.http import dev_keys, load_keys, new_keys
from tactful.model.errors import InvalidInput, NotReady
from tactful.model.products import Product

WRITE = ("public", "")
SECRET = {"Authorization": "Bearer secret"}
JWT_SECRET = "a-secret-of-more-than-thirty-two-characters"


def token(secret=JWT_SECRET, algorithm="HS256", **claims):
    return {"X-Identity-Token": jwt.encode(claims, secret, algorithm=algorithm)}


def test_a_decision_has_exactly_the_keys_of_the_contract(client):
    answer = client.post("/v1/decide", json={"userId": "u1", "limit": 1}, headers=SECRET)
    assert answer.status_code == 200
    assert list(answer.json()) == ["decisionId", "at", "customerId", "placement", "items", "silence", "usual", "store", "offer"]
    [item] = answer.json()["items"]
    assert item["reason"]["evidence"] == [{"messageId": "m1", "at": "2026-03-01T12:00:00Z"}]


def test_what_was_withheld_is_told_only_when_asked(client):
    body = {"userId": "u1", "explain": True, "context": {"productId": "mug", "location": {"lat": 51.5, "lon": -0.1, "accuracyKm": 1}, "query": None}}
    assert client.post("/v1/decide", json=body, headers=SECRET).json()["withheld"][0]["code"] == "already_bought"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {"anonymousId": "a"}, 200),
        ({}, {"userId": "u1"}, 403),
        ({}, {"userId": "u1", "anonymousId": "a"}, 403),
        (token(sub="u1"), {"userId": "u1"}, 200),
        (token(sub="u2"), {"userId": "u1"}, 403),
        (token("another-secret-of-more-than-thirty-two-characters", sub="u1"), {"userId": "u1"}, 403),
        (token(sub="u1", exp=1), {"userId": "u1"}, 403),
        (token(name="u1"), {"userId": "u1"}, 403),
        (token(None, "none", sub="u1"), {"userId": "u1"}, 403),
        ({"X-Identity-Token": "nonsense"}, {"userId": "u1"}, 403),
    ],
)
def test_the_write_key_decides_for_a_user_id_only_with_a_token_that_proves_it(client, headers, body, status):
    answer = client.post("/v1/decide", json=body, headers=headers, auth=WRITE)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 50_000,
        b'{"a":' * 50_000,
        b"{}",
        b'{"userId": ""}',
        b'{"userId": 7}',
        b'{"userId": "u", "limit": 0}',
        b'{"userId": "u", "limit": 101}',
        b'{"userId": "u", "limit": "many"}',
        b'{"userId": "u", "limit": NaN}',
        b'{"userId": "u", "limit": 1e999}',
        b'{"userId": "u", "placement": null}',
        b'{"userId": "u", "context": []}',
        b'{"userId": "u", "context": {"location": {"lat": 100, "lon": 0}}}',
        b'{"userId": "' + b"x" * 10_000 + b'"}',
        b'{"userId": "\\ud800"}',
    ],
)
def test_a_request_that_makes_no_sense_is_a_400_that_says_why(client, body):
    answer = client.post("/v1/decide", content=body, headers=SECRET)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert len(answer.json()["message"]) > 10
    assert "\n" not in answer.json()["message"]


def test_a_type_mistake_names_the_field(client):
    answer = client.post("/v1/decide", json={"userId": "u", "limit": "many"}, headers=SECRET)
    assert answer.json() == {"success": False, "code": "invalid_input", "message": "limit: Expected `int`, got `str`"}


def test_the_holder_of_the_secret_key_sets_the_time(client):
    assert (
        client.post("/v1/decide", json={"userId": "u"}, headers={**SECRET, "Tactful-Now": "2020-02-01T01:00:00+01:00"}).json()["at"] == "2020-02-01T00:00:00Z"
    )
    assert client.post("/v1/decide", json={"userId": "u"}, headers=SECRET).json()["at"] == "2026-03-01T12:00:00Z"
    assert client.post("/v1/decide", json={"anonymousId": "a"}, headers={"Tactful-Now": "2020-02-01T00:00:00Z"}, auth=WRITE).status_code == 403
    assert client.post("/v1/decide", json={"userId": "u"}, headers={**SECRET, "Tactful-Now": "soon"}).status_code == 400


def test_a_plan_is_dry_unless_said_otherwise(client):
    dry = client.post("/v1/outreach/plan", json={"userIds": ["u1", "quiet"]}, headers=SECRET).json()["plans"]
    assert [plan["userId"] for plan in dry] == ["u1", "quiet"]
    assert (dry[0]["decisionId"], dry[0]["silence"], dry[0]["message"]["sendAt"]) == ("dry", None, "2026-03-01T12:00:00Z")
    assert (dry[1]["message"], dry[1]["silence"]["code"]) == (None, "no_consent")
    kept = client.post("/v1/outreach/plan", json={"userIds": ["u1"], "dryRun": False}, headers=SECRET).json()["plans"]
    assert kept[0]["decisionId"] == "kept"


def test_a_plan_has_at_most_ten_thousand_customers(client):
    answer = client.post("/v1/outreach/plan", json={"userIds": ["u"] * 10_001}, headers=SECRET)
    assert answer.status_code == 400
    assert "10,000" in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/products"),
        ("PATCH", "/v1/products/mug"),
        ("PUT", "/v1/stores"),
        ("POST", "/v1/outreach/plan"),
        ("GET", "/v1/customers/u1"),
        ("GET", "/v1/decisions/d1"),
        ("GET", "/v1/dead-letters"),
        ("POST", "/v1/train"),
    ],
)
def test_everything_else_needs_the_secret_key(client, method, path):
    assert client.request(method, path, content=b"{}").status_code == 401
    assert client.request(method, path, content=b"{}", auth=("secret", "")).status_code == 401
    answer = client.request(method, path, content=b"{}", auth=WRITE)
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


def test_products_in_changed_and_in_the_catalogue(client, engine):
    feed = "id\ttitle\tprice\na/b\tMug\t9.00 EUR\nbad\tBowl\t\n"
    answer = client.put("/v1/products", content=feed.encode(), headers={**SECRET, "Content-Type": "text/tab-separated-values"})
    assert answer.json() == {"success": True, "products": 1, "problems": [{"line": 3, "message": "price is missing (product bad)"}]}
    changed = client.patch("/v1/products/a/b", json={"price": "8.00 EUR", "availability": "out of stock"}, headers=SECRET)
    assert changed.status_code == 200
    kept = engine.store.catalog.product("a/b")
    assert isinstance(kept, Product)
    assert (str(kept.price.amount), kept.availability) == ("8.00", "out_of_stock")
    assert client.patch("/v1/products/a/b", json={"colour": "red"}, headers=SECRET).status_code == 400
    assert client.patch("/v1/products/a/b", content=b"[1]", headers=SECRET).status_code == 400
    assert client.patch("/v1/products/bowl", json={"price": "1 EUR"}, headers=SECRET).status_code == 404


def test_a_feed_with_a_wrong_header_changes_nothing(client, engine):
    answer = client.put("/v1/products", content=b"sku\tname\n1\tMug\n", headers=SECRET)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_feed")
    assert engine.store.catalog.version() == 0


def test_a_feed_may_be_larger_than_a_batch(client, engine):
    rows = [f"p{number}\t{'Mug ' * 40}\t9.00 EUR" for number in range(40_000)]
    answer = client.put("/v1/products", content="\n".join(["id\ttitle\tprice", *rows]).encode(), headers=SECRET)
    assert answer.json()["products"] == 40_000


def test_stores_in(client, engine):
    store = {"store_code": "soho", "name": "Soho", "lat": 51.5, "lon": -0.1, "country": "GB", "timezone": "Europe/London", "inventory": ["mug"]}
    answer = client.put("/v1/stores", json=[store, {}], headers=SECRET)
    assert answer.json()["stores"] == 1
    assert answer.json()["problems"][0]["line"] == 2
    assert engine.store.catalog.stores()[0].inventory == frozenset({"mug"})


def test_customers_and_decisions(client):
    assert client.get("/v1/customers/u1", headers=SECRET).json()["customerId"] == "c1"
    assert client.get("/v1/customers/nobody", headers=SECRET).status_code == 404
    assert client.get("/v1/decisions/d1/", headers=SECRET).json()["withheld"][0]["facts"] == {"boughtAt": "2026-03-01T12:00:00Z"}
    assert client.get("/v1/decisions/d2", headers=SECRET).json()["code"] == "not_found"


def test_learning_now_goes_on_with_what_was_interrupted_unless_a_time_is_named(client):
    due = {"rows": 7, "until": "2026-03-01T12:00:00+00:00", "resumed_within_days": 1}
    assert client.post("/v1/train", headers=SECRET).json() == {"models": {"due": due}, "success": True}
    named = client.post("/v1/train", headers=SECRET | {"Tactful-Now": "2026-02-28T12:00:00Z"}).json()
    assert named["models"]["due"] == due | {"until": "2026-02-28T12:00:00+00:00", "resumed_within_days": 0}


@pytest.mark.parametrize("limit", ["0", "1001", "many", ""])
def test_dead_letters_are_told_in_moderation(client, limit):
    assert client.get(f"/v1/dead-letters?limit={limit}", headers=SECRET).status_code == 400


def test_errors_of_the_framework_have_the_same_form(client):
    for answer, status, code in [
        (client.get("/nope"), 404, "not_found"),
        (client.get("/v1/batch"), 405, "method_not_allowed"),
        (client.delete("/v1/decide"), 405, "method_not_allowed"),
    ]:
        assert (answer.status_code, answer.json()["code"], answer.json()["success"]) == (status, code, False)


def test_a_mistake_of_ours_is_told_without_internals_and_logged_in_full(client, engine, caplog):
    engine.broken = True
    answer = client.post("/v1/decide", json={"userId": "u"}, headers=SECRET)
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "sauce" not in answer.text
    assert "secret sauce" in caplog.text


def test_health_readiness_and_counters(client, engine):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    client.post("/v1/decide", json={"userId": "u"}, headers=SECRET)
    counted = client.get("/metrics").text
    assert 'tactful_requests_total{route="/v1/decide",status="200"} 1.0' in counted
    assert "tactful_decision_seconds_count 1.0" in counted


def test_readiness_is_truthful(client, engine):
    class Gone:
        """A store whose disk is gone."""

        @property
        def catalog(self):
            raise OSError("disk I/O error")

    engine.store = Gone()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert client.get("/healthz").status_code == 200


def test_the_api_describes_itself_without_asking_elsewhere(client):
    schema = client.get("/openapi.json").json()
    for path in ("/v1/batch", "/v1/t", "/v1/decide", "/v1/outreach/plan", "/v1/customers/{customer}", "/v1/products", "/healthz"):
        assert path in schema["paths"]
    assert "DecideRequest" in str(schema["paths"]["/v1/decide"]["post"]["requestBody"])
    docs = client.get("/docs")
    assert "POST /v1/decide" in docs.text
    assert "://" not in docs.text


def test_keys_of_a_data_directory(tmp_path):
    with pytest.raises(NotReady, match="tactful init"):
        load_keys(tmp_path)
    made = new_keys(tmp_path)
    assert load_keys(tmp_path) == made == new_keys(tmp_path)
    assert len({made.write, made.secret, made.jwt_secret}) == 3
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    for content in (
        "",
        "{}",
        '{"writeKey": "a", "secretKey": "a", "jwtSecret": "' + "x" * 40 + '"}',
        '{"writeKey": "a", "secretKey": "b", "jwtSecret": "short"}',
    ):
        (tmp_path / "keys.json").write_text(content)
        with pytest.raises(InvalidInput, match=r"keys\.json"):
            load_keys(tmp_path)


def test_development_keys_stay_on_this_machine():
    assert dev_keys("127.0.0.1").dev
    for host in ("0.0.0.0", "shop.example", "192.168.1.5"):
        with pytest.raises(InvalidInput):
            dev_keys(host)
