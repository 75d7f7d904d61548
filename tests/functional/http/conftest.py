"""A shop's server over a store in memory, at noon of one day, with answers written down beforehand."""

from datetime import UTC, datetime

import pytest
from litestar.testing import TestClient

from tactful.app.decide import _check as check
from tactful.app.engine import Engine
from tactful.http import Keys, create_app
from tactful.model.candidates import Evidence
from tactful.model.decisions import Decision, Item, Message, Plan, Reason, Silence, Withheld
from tactful.model.errors import NotFound
from tactful.store import MemoryStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
SECRET = {"Authorization": "Bearer secret"}
WRITE = ("public", "")

REASON = Reason(code="due_again", text="They buy it about every 9 days.", source="observed_here", evidence=(Evidence(message_id="m1", at=NOON),))
ITEM = Item(product_id="mug", group_id="mug", score=0.31, reason=REASON)
WITHHELD = (Withheld(product_id="bowl", code="already_bought", text="They bought it on 3 May.", facts={"boughtAt": NOON}),)


class CannedEngine(Engine):
    """Records for real; decides what is written here. Fails where it is told to."""

    broken = False

    def decide(self, request, *, now, device_only=False):
        if self.broken:
            raise ZeroDivisionError("the recipe for the secret sauce")
        check(request)
        customer_id = None if request.user_id == "nobody" else "c1"
        withheld = WITHHELD if request.explain else None
        return Decision(decision_id="d1", at=now, customer_id=customer_id, placement=request.placement, items=(ITEM,)[: request.limit], withheld=withheld)

    def preview(self, request, *, now):
        return self.decide(request, now=now)

    def plan(self, user_ids, *, now, dry_run=True):
        for user_id in user_ids:
            if user_id == "quiet":
                yield Plan(user_id=user_id, decision_id="p0", at=now, silence=Silence(code="no_consent", text="They have not agreed to messages."))
                continue
            message = Message(message_id="x1", trigger="due_again", channel="email", send_at=now, items=(ITEM,), subject="Mugs", text="<b>About</b> now.")
            yield Plan(user_id=user_id, decision_id="dry" if dry_run else "kept", at=now, message=message, withheld=WITHHELD)

    def customer(self, customer, *, now):
        if customer == "nobody":
            raise NotFound(f"nobody is known as {customer!r}")
        return {"customerId": "c1", "identities": [{"kind": "user_id", "value": customer}], "firstName": "<script>alert(1)</script>", "needs": []}

    def decision(self, decision_id):
        if decision_id != "d1":
            raise NotFound(f"there is no decision {decision_id!r}")
        return Decision(decision_id="d1", at=NOON, customer_id="c1", placement="home", withheld=WITHHELD)

    def train(self, *, now, resume_within, progress=None):
        return {"due": {"rows": 7, "until": now.isoformat(), "resumed_within_days": resume_within.days}}


@pytest.fixture
def engine():
    return CannedEngine(MemoryStore(), new_id=lambda: "id")


@pytest.fixture
def keys():
    return KEYS


@pytest.fixture
def client(engine, keys):
    with TestClient(create_app(engine, keys=keys, clock=lambda: NOON), base_url="http://shop.example") as client:
        yield client
