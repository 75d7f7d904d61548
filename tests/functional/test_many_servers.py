"""Several servers over one PostgreSQL database: what one promised, all keep."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from postgres_server import TOGETHER, new_database
from serving import ask, server
from small_shop import NOW, PRODUCTS, STORES, ago, bought, happened
from tactful.model.events import ConsentUpdated, DecisionMade, Identified, PageViewed, Traits
from tactful.policy.contact.frequency_cap import DEFAULT_CAPS
from tactful.wiring import open_engine

pytestmark = TOGETHER
PLANS = int(os.environ.get("TACTFUL_TEST_PLANS", "160"))
"""How often they plan, all at once; 1000 for a long look."""
PEOPLE = [f"u{number}" for number in range(4)]
TIME = {"Tactful-Now": NOW.isoformat()}


def life_of(user):
    """Somebody who agreed to letters and whose coffee is running out."""
    traits = Traits(email=f"{user}@customers.example", timezone="Europe/London")
    events = [
        happened(Identified, ago(300), traits=traits, user_id=user),
        happened(ConsentUpdated, ago(299), purpose="marketing", channel="email", granted=True, user_id=user),
        *(bought(ago(17 + 14 * n), "coffee", user_id=user) for n in range(8)),
    ]
    return [type(event)(**{name: getattr(event, name) for name in event.__struct_fields__} | {"message_id": f"{user}-{n}"}) for n, event in enumerate(events)]


def open_shop(location):
    engine = open_engine(location)
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record([event for user in PEOPLE for event in life_of(user)], now=NOW)
    return engine


@pytest.fixture(scope="module")
def shop():
    """An engine over the database, and the ports of two servers over the same."""
    with new_database() as url:
        engine = open_shop(url)
        with server(url) as one, server(url) as other:
            yield engine, (one, other)
        engine.store.close()


def reserved(engine, user):
    """What was reserved for somebody: when, through which channel and about what."""
    found = [event for event in engine.store.events.read(f"u:{user}") if isinstance(event, DecisionMade) and event.trigger]
    return sorted((event.send_at, event.channel, event.product_ids) for event in found)


def test_however_many_plan_at_once_nobody_is_written_to_more_often_than_may_be(shop):
    engine, ports = shop

    def plan(number):
        body = {"userIds": [PEOPLE[number % len(PEOPLE)]], "dryRun": False}
        return ask(ports[number % 2 if number < PLANS // 2 else (number // 4) % 2], "POST", "/v1/outreach/plan", body, **TIME)[0]

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(plan, range(PLANS)))
    assert set(statuses) == {200}
    alone = open_shop("memory:")
    for _ in range(PLANS // len(PEOPLE)):
        list(alone.plan(PEOPLE, now=NOW, dry_run=False))
    for user in PEOPLE:
        letters = reserved(engine, user)
        assert letters
        assert letters == reserved(alone, user)
        for cap in DEFAULT_CAPS:
            times = [at for at, channel, _ in letters if cap.channel in (None, channel)]
            assert all(sum(at <= each < at + timedelta(hours=cap.hours) for each in times) <= cap.most for at in times)


def test_what_is_told_to_one_server_the_other_knows(shop):
    _, (one, other) = shop
    visit = {"type": "track", "event": "Product Viewed", "userId": "guest-7", "messageId": "v1", "properties": {"product_id": "camera"}}
    assert ask(one, "POST", "/v1/batch", {"batch": [visit]}, **TIME)[0] == 200
    status, known = ask(other, "GET", "/v1/customers/guest-7", **TIME)
    assert status == 200
    assert any(identity["value"] == "guest-7" for identity in known["identities"])


def test_the_same_batches_at_both_servers_in_any_order_are_kept_once(shop):
    engine, ports = shop
    before = engine.store.events.count()
    batches = [
        {"batch": [{"type": "page", "userId": f"b{n % 3}", "messageId": f"b-{n}-{k}", "timestamp": f"2026-03-0{1 + n % 3}T0{k}:00:00Z"} for k in range(5)]}
        for n in range(20)
    ]
    sent = list(itertools.chain(batches, reversed(batches), batches[::3]))
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda item: ask(ports[item[0] % 2], "POST", "/v1/import", item[1], **TIME)[0], enumerate(sent)))
    assert set(answers) == {200}
    assert engine.store.events.count() == before + 100
    for customer in ("u:b0", "u:b1", "u:b2"):
        events = engine.store.events.read(customer)
        assert len({event.message_id for event in events}) == len(events) >= 30
        assert all(isinstance(event, PageViewed) for event in events)


def test_clocks_two_hours_apart_lose_nothing_and_change_no_ones_history(shop):
    engine, ports = shop
    clocks = [NOW - timedelta(hours=2), NOW]
    for number in range(12):
        at = clocks[number % 2] - timedelta(minutes=12 - number)
        page = {"type": "page", "userId": "late", "messageId": f"late-{number}", "timestamp": at.isoformat(), "sentAt": clocks[number % 2].isoformat()}
        assert ask(ports[number % 2], "POST", "/v1/batch", {"batch": [page]}, **{"Tactful-Now": clocks[number % 2].isoformat()})[0] == 200
    times = [event.at for event in engine.store.events.read("u:late")]
    assert len(times) == 12
    assert times == sorted(times)
    alone = open_engine("memory:")
    alone.record(engine.store.events.read("u:late"), now=NOW)
    assert engine.store.profiles.load("u:late") == alone.store.profiles.load("u:late")
