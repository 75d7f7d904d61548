"""What was erased is nowhere any more, and nothing that comes late brings it back; what was exported is all that was held."""

from datetime import UTC, datetime, timedelta

import pytest

from small_shop import NOW, PRODUCTS, STORES, life_of
from tactful.app.engine import DecideRequest, Receipt
from tactful.model.errors import NotFound
from tactful.model.events import Aliased, ConsentUpdated, DeadLetter, Identified, OrderCompleted, OrderLine, ProductViewed, Traits
from tactful.wiring import open_engine

SECRETS = ("erasmus-7001", "erasmus@customers.example", "phone-of-erasmus", "+44 20 7946 0417", "card-880417", "laptop-of-erasmus", "app-of-erasmus-f00d")
EMAIL, PHONE, CARD, APP = SECRETS[1], SECRETS[3], SECRETS[4], SECRETS[6]
LATER = NOW + timedelta(days=1)


def happened() -> list:
    day = timedelta(days=1)
    who = Traits(email=EMAIL, phone=PHONE, push_token=APP, loyalty_card=CARD, first_name="Erasmus")
    bought = OrderCompleted(message_id="o1", at=NOW - day, user_id=SECRETS[0], order_id="erasmus-order", lines=(OrderLine(product_id=PRODUCTS[0].id),))
    guest = OrderCompleted(
        message_id="o2",
        at=NOW - 2 * day,
        anonymous_id="guest-browser",
        traits=Traits(email=EMAIL),
        order_id="o2",
        lines=(OrderLine(product_id=PRODUCTS[1].id),),
    )
    return [
        ProductViewed(message_id="v1", at=NOW - 9 * day, anonymous_id=SECRETS[2], product_id=PRODUCTS[0].id),
        Identified(message_id="i1", at=NOW - 8 * day, user_id=SECRETS[0], anonymous_id=SECRETS[2], traits=who),
        ConsentUpdated(message_id="c1", at=NOW - 8 * day, user_id=SECRETS[0], purpose="marketing", channel="email", granted=True),
        Aliased(message_id="a1", at=NOW - 7 * day, user_id=SECRETS[0], previous_id=SECRETS[5]),
        bought,
        guest,
        DeadLetter(received_at=NOW, code="bad_timestamp", message="no", body='{"userId": "erasmus-7001", "timestamp": "yesterday"}'),
        DeadLetter(received_at=NOW, code="bad_timestamp", message="no", body='{"context": {"traits": {"email": "Erasmus@customers.example"}}, "ti'),
        DeadLetter(received_at=NOW, code="bad_timestamp", message="no", body='{"userId": "somebody-else"}'),
    ]


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(tmp_path)
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.import_history(life_of(13), now=NOW)
    engine.record(happened(), now=NOW)
    engine.decide(DecideRequest(user_id=SECRETS[0], explain=True), now=NOW)
    engine.decide(DecideRequest(anonymous_id=SECRETS[2]), now=NOW)
    list(engine.plan([SECRETS[0]], now=NOW, dry_run=False))
    yield engine
    engine.store.close()


def found_in(tmp_path) -> list[tuple[str, str]]:
    texts = {file.name: file.read_bytes().lower() for file in tmp_path.rglob("*") if file.is_file()}
    return [(name, secret) for name, text in texts.items() for secret in SECRETS if secret.lower().encode() in text]


def test_no_file_holds_an_erased_value(engine, tmp_path):
    assert {secret for _, secret in found_in(tmp_path)} == set(SECRETS)
    engine.train(now=NOW)
    erasure = engine.erase(SECRETS[0], now=NOW)
    assert (erasure.customers, erasure.dead_letters) == (2, 2)
    assert erasure.events >= 9
    assert found_in(tmp_path) == []
    assert engine.store.dead_letters.count() == 1
    for name in SECRETS[:3]:
        with pytest.raises(NotFound):
            engine.customer(name, now=NOW)


def test_what_comes_late_resurrects_nobody(engine, tmp_path):
    engine.erase(SECRETS[0], now=NOW)
    assert engine.record(happened()[:6], now=LATER) == Receipt(erased=6)
    late = ProductViewed(message_id="late", at=LATER, user_id=SECRETS[0], anonymous_id=SECRETS[2], product_id=PRODUCTS[0].id)
    assert engine.record([late], now=LATER) == Receipt(erased=1)
    assert engine.import_history([late], now=LATER) == Receipt(erased=1)
    engine.decide(DecideRequest(user_id=SECRETS[0]), now=LATER)
    list(engine.plan([SECRETS[0]], now=LATER, dry_run=False))
    assert found_in(tmp_path) == []


def test_who_signs_up_anew_is_somebody_new(engine):
    engine.erase(SECRETS[0], now=NOW)
    old = Identified(message_id="old", at=NOW - timedelta(hours=1), user_id=SECRETS[0])
    again = Identified(message_id="again", at=LATER, user_id=SECRETS[0], anonymous_id=SECRETS[2])
    look = ProductViewed(message_id="look", at=LATER, anonymous_id=SECRETS[2], product_id=PRODUCTS[0].id)
    assert engine.record([old, again, look], now=LATER) == Receipt(accepted=2, erased=1)
    assert engine.customer(SECRETS[0], now=LATER)["events"] == 2
    assert engine.customer(SECRETS[0], now=LATER)["consent"]["email"] is False


def test_the_shops_tablet_stays_the_shops(engine):
    def seen(number, user=None):
        return ProductViewed(message_id=f"t{number}", at=NOW, user_id=user, anonymous_id="tablet", product_id=PRODUCTS[0].id)

    engine.record([seen(1, SECRETS[0]), seen(2, "somebody-else")], now=NOW)
    engine.erase(SECRETS[0], now=NOW)
    assert engine.record([seen(3), seen(4, "somebody-else")], now=LATER) == Receipt(accepted=2)


def test_an_export_holds_everything(engine):
    held = engine.export(SECRETS[0], now=NOW)
    assert {event["message_id"] for event in held["events"]} >= {"v1", "i1", "c1", "a1", "o1"}
    assert "o2" not in {event["message_id"] for event in held["events"]}  # a guest's order under the same address is only likely theirs
    assert len(held["decisions"]) == 2
    assert len(held["plans"]) == 1
    assert len(held["deadLetters"]) == 2
    assert held["profile"]["email"] == EMAIL
    assert {link["identifier"]["kind"] for link in held["identities"]} == {"user_id", "anonymous_id", "email", "phone", "loyalty_card", "push_token"}


def test_nobody_is_nobody(engine):
    with pytest.raises(NotFound, match="no customer"):
        engine.erase("nobody", now=datetime(2026, 3, 1, tzinfo=UTC))
