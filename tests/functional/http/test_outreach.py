"""Sending over HTTP."""

import json

import pytest
from litestar.testing import TestClient

from small_shop import NOW, ago, bought, engine_after, happened
from tactful.http import Keys, create_app
from tactful.model.events import ConsentUpdated, Identified, Traits
from tactful.wiring import Postroom

KEYS = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
SECRET = {"Authorization": "Bearer secret"}
LIFE = [
    happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London")),
    happened(ConsentUpdated, ago(299), purpose="marketing", channel="email", granted=True),
    *(bought(ago(17 + 14 * n), "coffee") for n in range(8)),
]


@pytest.fixture
def engine():
    return engine_after(LIFE)


@pytest.fixture
def client(engine, tmp_path):
    app = create_app(engine, keys=KEYS, clock=lambda: NOW, postroom=Postroom(senders=(f"file:{tmp_path}/out",)))
    with TestClient(app, base_url="http://shop.example") as client:
        yield client


def test_what_is_due_is_sent_as_of_the_given_time(client, tmp_path):
    (plan,) = client.post("/v1/outreach/plan", json={"userIds": ["ann"], "dryRun": False}, headers=SECRET).json()["plans"]
    early = client.post("/v1/outreach/run", headers=SECRET | {"Tactful-Now": "2026-03-04T11:59:00Z"})
    assert (early.status_code, early.json()) == (200, {"at": "2026-03-04T11:59:00Z", "messages": [], "stopped": None})
    done = client.post("/v1/outreach/run", json={}, headers=SECRET | {"Tactful-Now": "2026-03-04T12:30:00Z"}).json()
    (message,) = done["messages"]
    assert {name: message[name] for name in ("messageId", "userId", "state", "trigger", "channel", "code", "productIds")} == {
        "messageId": plan["message"]["messageId"],
        "userId": "ann",
        "state": "sent",
        "trigger": "due_again",
        "channel": "email",
        "code": None,
        "productIds": ["coffee"],
    }
    (written,) = (tmp_path / "out").iterdir()
    assert json.loads(written.read_bytes())["to"] == "ann@customers.example"


def test_sending_needs_the_secret_key(client):
    assert client.post("/v1/outreach/run").status_code == 401
    assert client.post("/v1/outreach/run", auth=("public", "")).status_code == 403
