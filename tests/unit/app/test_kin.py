"""Who may be the same person keeps us silent, and is never told of."""

from datetime import timedelta

import pytest

from small_shop import NOW, PRODUCTS, STORES, life_of
from tactful.app.engine import DecideRequest
from tactful.app.facts import contact_facts
from tactful.app.kin import kin_of, reached_facts
from tactful.app.profiles import load_profile
from tactful.model.events import ConsentUpdated, Identified, MessageDelivered, OrderCompleted, OrderLine, OutreachPaused, Traits
from tactful.wiring import open_engine

EMAIL = Traits(email="both@customers.example")
DAY = timedelta(days=1)


@pytest.fixture
def engine():
    engine = open_engine("memory:")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.import_history(life_of(13), now=NOW)
    for user in ("one", "two"):
        consent = ConsentUpdated(message_id=f"yes-{user}", at=NOW - 9 * DAY, user_id=user, purpose="marketing", channel="email", granted=True)
        engine.record([Identified(message_id=f"who-{user}", at=NOW - 9 * DAY, user_id=user, traits=EMAIL), consent], now=NOW)
    return engine


def facts_of(engine, customer_id="u:one"):
    profile = load_profile(engine.store, customer_id, now=NOW)
    return reached_facts(profile, kin_of(engine.store, customer_id, now=NOW), zones=("Europe/London",))


def test_two_accounts_with_one_address_share_its_caps_and_pauses(engine):
    assert facts_of(engine).contacts == ()
    told = MessageDelivered(message_id="d1", at=NOW - DAY, user_id="two", channel="email", contact_id="c1")
    texted = MessageDelivered(message_id="d2", at=NOW - DAY, user_id="two", channel="sms", contact_id="c2")
    engine.record([told, texted, OutreachPaused(message_id="p1", at=NOW - DAY, user_id="two", until=NOW + DAY)], now=NOW)
    assert [contact.contact_id for contact in facts_of(engine).contacts] == ["c1"]
    assert facts_of(engine).paused_until == NOW + DAY


def test_a_no_holds_for_the_address(engine):
    assert facts_of(engine).consented["email"] is True
    engine.record([ConsentUpdated(message_id="no", at=NOW - DAY, user_id="two", purpose="marketing", channel="email", granted=False)], now=NOW)
    assert facts_of(engine).consented["email"] is False
    assert contact_facts(load_profile(engine.store, "u:one", now=NOW), zones=()).consented["email"] is True


def test_a_guests_order_under_the_address_is_not_offered_again_and_not_told(engine):
    asked = DecideRequest(user_id="one", limit=100, explain=True)
    product = engine.decide(asked, now=NOW).items[0].product_id
    line = (OrderLine(product_id=product),)
    engine.record([OrderCompleted(message_id="guest", at=NOW - DAY, anonymous_id="browser", traits=EMAIL, order_id="g1", lines=line)], now=NOW)
    decision = engine.decide(asked, now=NOW)
    assert product not in {item.product_id for item in decision.items}
    assert "guest" not in {evidence.message_id for item in decision.items for evidence in item.reason.evidence}
    assert all((NOW - DAY).isoformat() not in str(withheld.facts) for withheld in decision.withheld or ())
    assert "guest" not in str(engine.export("one", now=NOW)["events"])


def test_an_address_that_many_share_says_nothing(engine):
    many = [Identified(message_id=f"m{n}", at=NOW, user_id=f"m{n}", traits=EMAIL) for n in range(9)]
    engine.record(many, now=NOW)
    assert kin_of(engine.store, "u:one", now=NOW) == []
