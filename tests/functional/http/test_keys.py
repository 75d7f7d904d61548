"""Keys that are handed out: made, rotated, revoked and bound to pages while a server runs; and who looked at whom with them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import TestClient

from tactful.app.audit import Audit
from tactful.app.engine import Engine
from tactful.http import Keys, create_app, load_keys
from tactful.http.limits import Limits, Rate
from tactful.model.errors import InvalidInput, NotFound, NotReady
from tactful.store import MemoryStore
from tactful.wiring import open_engine

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
EVENT = {"event": "Seen", "userId": "ann"}


class Shop:
    """A server and a watch that moves only when told."""

    def __init__(self, engine, keys=KEYS):
        self.engine, self.now, self.seconds = engine, NOON, 0.0
        limits = Limits(key=Rate(0.001, 50), ticks=lambda: self.seconds)
        self.client = TestClient(create_app(engine, keys=keys, clock=lambda: self.now, limits=limits), base_url="http://shop.example")

    def later(self, seconds=1.0):
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)

    def track(self, key, **headers):
        return self.client.post("/v1/track", auth=(key, ""), json={**EVENT, "properties": headers}, headers=headers)

    def look(self, key, path="/v1/customers/ann", **headers):
        return self.client.get(path, headers={"Authorization": f"Bearer {key}", **headers})


@pytest.fixture
def engine():
    numbers = iter(range(10**6))
    return Engine(MemoryStore(), new_id=lambda: f"id-{next(numbers)}", erasure_key=b"key")


@pytest.fixture
def shop(engine):
    shop = Shop(engine)
    with shop.client:
        yield shop


def test_a_running_server_knows_a_new_key_and_a_revocation_within_a_second(engine, shop):
    new = engine.add_key("web shop", role="write", now=NOON)
    assert shop.track(new.secret).status_code == 200
    engine.revoke_key("web shop", now=NOON)
    assert shop.track(new.secret).status_code == 200
    shop.later(1)
    assert shop.track(new.secret).status_code == 401


def test_a_revoked_key_opens_nothing_on_a_server_whose_clock_is_behind(engine, shop):
    new = engine.add_key("crm", role="secret", now=NOON)
    engine.revoke_key("crm", now=NOON + timedelta(hours=2))
    assert shop.look(new.secret).status_code == 401


def test_a_server_asks_the_store_about_keys_once_a_second(engine, shop, monkeypatch):
    asked = []
    monkeypatch.setattr(engine.store.keys, "version", lambda: asked.append(shop.seconds) or 0)
    for _ in range(3):
        assert [shop.track("public").status_code for _ in range(5)] == [200] * 5
        shop.later(1)
    assert asked == [0, 1, 2]


def test_a_rotated_key_and_its_successor_both_open_until_the_grace_is_over(engine, shop):
    old = engine.add_key("crm", role="secret", now=NOON)
    shop.track("public")
    new = engine.rotate_key("crm", grace=timedelta(hours=1), now=NOON)
    shop.later(3599)
    assert [shop.look(key.secret).status_code for key in (old, new)] == [200, 200]
    shop.later(1)
    assert [shop.look(key.secret).status_code for key in (old, new)] == [401, 200]
    engine.revoke_key("crm", now=shop.now)
    shop.later(1)
    assert [shop.look(key.secret).status_code for key in (old, new)] == [401, 401]


def test_rotating_twice_does_not_give_the_first_key_more_time(engine):
    engine.add_key("crm", role="secret", now=NOON)
    engine.rotate_key("crm", grace=timedelta(hours=1), now=NOON)
    engine.rotate_key("crm", grace=timedelta(hours=9), now=NOON + timedelta(minutes=30))
    ends = sorted(key.ends_at for key in engine.store.keys.load() if key.ends_at)
    assert ends == [NOON + timedelta(hours=1), NOON + timedelta(hours=9, minutes=30)]


def test_each_key_has_a_limit_of_its_own(engine, shop):
    busy, calm = (engine.add_key(name, role="write", now=NOON).secret for name in ("busy", "calm"))
    assert [shop.track(busy).status_code for _ in range(51)][-2:] == [200, 429]
    assert shop.track(calm).status_code == 200


@pytest.mark.parametrize(
    ("name", "origins", "role", "says"),
    [
        ("", (), "write", "cannot name a key"),
        ("keys.json", (), "write", "cannot name a key"),
        ("x" * 65, (), "write", "cannot name a key"),
        ("a\nb", (), "write", "cannot name a key"),
        ("web", ("shop.example",), "write", "no origin"),
        ("web", ("https://shop.example/path",), "write", "no origin"),
        ("web", ("https://",), "write", "no origin"),
        ("web", ("https://shop.example:99999",), "write", "no origin"),
        ("web", ("*",), "write", "no origin"),
        ("web", ("https://shop.example",), "secret", "no page"),
        ("taken", (), "secret", "there is a key named"),
    ],
)
def test_what_cannot_be_a_key_is_refused_in_one_line(engine, name, origins, role, says):
    engine.add_key("taken", role="write", now=NOON)
    with pytest.raises(InvalidInput, match=says) as error:
        engine.add_key(name, role=role, origins=origins, now=NOON)
    assert "\n" not in error.value.message
    assert len(engine.store.keys.load()) == 1


def test_a_name_is_free_again_when_its_keys_ended(engine):
    engine.add_key("web", role="write", now=NOON)
    engine.revoke_key("web", now=NOON)
    with pytest.raises(NotFound, match=r"'web'.*there are: none"):
        engine.rotate_key("web", now=NOON)
    engine.add_key("web", role="secret", now=NOON)
    assert len(engine.store.keys.load()) == 2


def test_no_key_is_in_any_file(tmp_path):
    engine = open_engine(tmp_path)
    made = [engine.add_key(name, role="secret", now=NOON).secret for name in ("one", "two")]
    made.append(engine.rotate_key("one", now=NOON).secret)
    engine.store.close()
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"two" in written
    assert not any(secret.removeprefix("tactful_secret_").encode() in written or secret.encode() in written for secret in made)


def test_a_key_of_pages_is_good_in_those_pages_only(engine, shop):
    key = engine.add_key("web", role="write", origins=["https://Shop.example:443/", "http://localhost:3000"], now=NOON).secret
    for origin in ("https://shop.example", "http://localhost:3000"):
        answer = shop.track(key, Origin=origin)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)
    for origin in ("https://elsewhere.example", "http://shop.example", "https://shop.example.elsewhere.example", "null", "https://shop.example:8443", ""):
        answer = shop.track(key, Origin=origin)
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert shop.track(key, Referer="https://shop.example/cart?x=1").status_code == 200
    assert shop.track(key, Referer="https://elsewhere.example/https://shop.example").status_code == 403
    assert shop.track(key, Origin="https://elsewhere.example", Referer="https://shop.example/").status_code == 403
    body = {**EVENT, "writeKey": key}
    assert shop.client.post("/v1/t", json=body, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert engine.store.events.count() == 3


def test_a_browsers_question_beforehand_is_answered_where_some_key_serves_the_page(engine):
    shop = Shop(engine, keys=Keys(jwt_secret=KEYS.jwt_secret))
    with shop.client:

        def asked(origin):
            return shop.client.options("/v1/t", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}).headers.get("Access-Control-Allow-Origin")

        engine.add_key("web", role="write", origins=["https://shop.example"], now=NOON)
        assert shop.track("no key").status_code == 401
        assert (asked("https://shop.example"), asked("https://elsewhere.example"), asked("null")) == ("https://shop.example", None, None)
        engine.add_key("app", role="write", now=NOON)
        shop.later()
        assert shop.track("no key").status_code == 401
        assert asked("https://elsewhere.example") == "https://elsewhere.example"


@pytest.mark.parametrize("problem", [NotReady("the database is away"), OSError("the disk is gone")])
def test_while_the_store_cannot_be_read_the_keys_known_last_go_on(engine, shop, monkeypatch, problem):
    new = engine.add_key("crm", role="secret", now=NOON)
    assert shop.look(new.secret).status_code == 404

    def broken():
        raise problem

    monkeypatch.setattr(engine.store.keys, "version", broken)
    shop.later()
    assert shop.look(new.secret).status_code == 404


def test_a_server_that_never_read_the_keys_refuses_nobody_for_good(engine, monkeypatch):
    def broken():
        raise NotReady("the database is away")

    monkeypatch.setattr(engine.store.keys, "version", broken)
    shop = Shop(engine)
    with shop.client:
        assert shop.track("public").status_code == 200
        answer = shop.track("handed out")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_key_file_may_hold_no_keys_but_what_signs_tokens(engine, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps({"jwtSecret": "x" * 32}))
    shop = Shop(engine, keys=load_keys(tmp_path))
    with shop.client:
        assert shop.track("").status_code == shop.look("").status_code == shop.look("None").status_code == 401
        crm, web = (engine.add_key(name, role=role, now=NOON).secret for name, role in (("crm", "secret"), ("web", "write")))
        shop.later()
        assert (shop.track(web).status_code, shop.look(crm).status_code) == (200, 200)


def looks(engine, customer=None):
    found = engine.audit.latest(100)[::-1] if customer is None else engine.audit.of(customer)
    return [(look.key, look.action, look.outcome) for look in found]


def test_every_look_at_a_customer_is_noted_with_the_keys_name(engine, shop):
    crm = engine.add_key("crm", role="secret", now=NOON).secret
    shop.track("public")
    decision = shop.client.post("/v1/decide", json={"userId": "ann"}, headers={"Authorization": "Bearer secret"}).json()["decisionId"]
    for path in ("/v1/customers/ann", "/v1/customers/u:ann/export", f"/v1/decisions/{decision}", "/console?customer=ann"):
        assert shop.look(crm, path).status_code == 200
    assert shop.look("secret", "/v1/customers/nobody").status_code == 404
    assert shop.look("secret", "/v1/dead-letters").status_code == 200
    assert shop.look("guess").status_code == 401
    assert shop.client.get("/v1/customers/ann", auth=("public", "")).status_code == 403
    assert shop.look("secret", "/console").status_code == 200
    hers = [("crm", "profile", "ok"), ("crm", "export", "ok"), ("crm", "decision", "ok"), ("crm", "console", "ok")]
    assert looks(engine, "ann") == hers
    assert looks(engine) == [*hers, ("keys.json", "profile", "not_found"), ("keys.json", "dead_letters", "ok")]
    assert {look.at for look in engine.audit.latest(9)} == {NOON}
    assert "ann" not in str([look.whom for look in engine.audit.latest(9)])


def test_the_clocks_time_is_noted_whatever_the_request_says(engine, shop):
    shop.track("public")
    shop.look("secret", **{"Tactful-Now": "2020-01-01T00:00:00Z"})
    assert [look.at for look in engine.audit.latest(9)] == [NOON]


def test_who_looked_is_part_of_what_is_held_and_of_nobody_else(engine, shop):
    shop.client.post("/v1/identify", auth=("public", ""), json={"anonymousId": "phone", "type": "identify"})
    shop.client.post("/v1/identify", auth=("public", ""), json={"userId": "bob", "type": "identify"})
    shop.look("secret", "/v1/customers/phone")
    shop.client.post("/v1/identify", headers={"Authorization": "Bearer secret"}, json={"userId": "ann", "anonymousId": "phone", "type": "identify"})
    shop.look("secret", "/v1/customers/ann")
    held = shop.look("secret", "/v1/customers/ann/export").json()["looks"]
    assert [look["action"] for look in held] == ["profile", "profile"]
    assert shop.look("secret", "/v1/customers/bob/export").json()["looks"] == []


def test_an_erased_customer_is_a_hash_in_the_audit_log_and_the_log_is_whole(tmp_path):
    engine = open_engine(tmp_path)
    shop = Shop(engine)
    with shop.client:
        event = {"event": "Seen", "userId": "ann-of-the-green-gables"}
        shop.client.post("/v1/track", auth=("public", ""), json=event)
        shop.look("secret", "/v1/customers/ann-of-the-green-gables")
        gone = shop.client.delete("/v1/customers/ann-of-the-green-gables", headers={"Authorization": "Bearer secret"})
        assert gone.json()["events"] == 1
    assert looks(engine, "ann-of-the-green-gables") == [("keys.json", "profile", "ok"), ("keys.json", "erase", "ok")]
    assert len({look.whom for look in engine.audit.latest(9)}) == 1
    engine.store.close()
    assert not any(b"green-gables" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_what_cannot_be_noted_is_not_told(engine, shop, monkeypatch):
    shop.track("public")

    def full(self, **_):
        raise NotReady("the disk is full")

    monkeypatch.setattr(Audit, "note", full)
    answer = shop.look("secret")
    assert (answer.status_code, set(answer.json())) == (503, {"success", "code", "message"})
