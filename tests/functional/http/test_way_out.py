"""The link in every message: asks on GET, stops on POST, needs nothing but the link."""

import pytest
from litestar.testing import TestClient

from small_shop import NOW, ago, bought, engine_after, happened
from tactful.http import Keys, create_app
from tactful.model.events import ConsentUpdated, Identified, Traits, Unsubscribed
from tactful.outreach import CUSTOMER_PAGE, WAY_OUT, link_token
from tactful.senders import Letterhead
from tactful.wiring import Postroom

KEYS = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
YES = happened(ConsentUpdated, ago(299), purpose="marketing", channel="email", granted=True)
LIFE = [
    happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London")),
    YES,
    *(bought(ago(17 + 14 * n), "coffee") for n in range(8)),
]


@pytest.fixture
def engine():
    return engine_after(LIFE)


@pytest.fixture
def client(engine):
    with TestClient(create_app(engine, keys=KEYS, clock=lambda: NOW, postroom=Postroom(senders=())), base_url="https://mail.shop.example") as client:
        yield client


@pytest.fixture
def link(engine):
    (plan,) = engine.plan(["ann"], now=NOW, dry_run=False)
    return f"/u/{link_token(plan.message.message_id, KEYS.links_key, leads_to=WAY_OUT)}"


def says_no(engine):
    return [event for event in engine.store.events.read("u:ann") if isinstance(event, Unsubscribed)]


def test_looking_at_the_link_asks_and_changes_nothing(engine, client, link):
    for _ in range(2):
        page = client.get(link)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert '<form method="post">' in page.text
        assert "script" not in page.text
    assert client.head(link).status_code in (200, 405)
    assert says_no(engine) == []


BODIES = [
    {"data": {"List-Unsubscribe": "One-Click"}},
    {"files": {"List-Unsubscribe": (None, "One-Click")}},
    {"content": b""},
    {"content": b"{", "headers": {"Content-Type": "application/json"}},
]


@pytest.mark.parametrize("body", BODIES)
def test_one_post_stops_the_channel_at_once_whatever_the_body(engine, client, link, body):
    client.cookies.clear()
    done = client.post(link, follow_redirects=False, **body)
    assert (done.status_code, "No more" in done.text or "no more" in done.text) == (200, True)
    (event,) = says_no(engine)
    assert (event.channel, event.user_id, event.at) == ("email", "ann", NOW)
    known = engine.customer("ann", now=NOW)
    assert (known["consent"]["email"], known["closedChannels"]) == (False, {"email": "unsubscribed"})


def test_posting_again_does_no_harm_and_after_a_new_yes_it_stops_again(engine, client, link):
    assert [client.post(link).status_code for _ in range(3)] == [200, 200, 200]
    assert len(says_no(engine)) == 1
    engine.record([happened(ConsentUpdated, NOW, purpose="marketing", channel="email", granted=True)], now=NOW)
    assert engine.customer("ann", now=NOW)["consent"]["email"] is True
    client.post(link)
    assert engine.customer("ann", now=NOW)["consent"]["email"] is False


@pytest.mark.parametrize(
    "spoil",
    [lambda link: link[:-2], lambda link: "/u/nonsense", lambda link: link[:3] + ("A" if link[3] != "A" else "B") + link[4:], lambda link: "/u/%F0%9F%90%99"],
)
def test_a_link_that_is_not_ours_stops_nothing(engine, client, link, spoil):
    for ask in (client.get, client.post):
        page = ask(spoil(link))
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert says_no(engine) == []


def test_a_link_signed_by_another_shop_is_not_ours(engine, client):
    (plan,) = engine.plan(["ann"], now=NOW, dry_run=False)
    assert client.post(f"/u/{link_token(plan.message.message_id, b'another key', leads_to=WAY_OUT)}").status_code == 404


def test_a_link_to_what_is_no_message_leads_nowhere(engine, client):
    assert client.post(f"/u/{link_token(YES.message_id, KEYS.links_key, leads_to=WAY_OUT)}").status_code == 404
    assert client.get(f"/u/{link_token('erased', KEYS.links_key, leads_to=WAY_OUT)}").status_code == 404


def test_the_reserved_message_is_then_not_sent(engine, client, link):
    client.post(link)
    (dropped,) = engine.send([], now=NOW).messages
    assert (dropped.state, dropped.code) == ("dropped", "no_consent")


def test_letters_carry_the_links_where_the_shop_has_given_its_address(engine):
    postroom = Postroom(senders=(), letterhead=Letterhead(links_url="https://mail.shop.example/"), links_key=KEYS.links_key)
    links = postroom.links("6f1c1d0e-0000-4000-8000-000000000001")
    assert links.unsubscribe_url.startswith("https://mail.shop.example/u/")
    assert links.preferences_url.startswith("https://mail.shop.example/me/")
    assert len(links.preferences_url) < 76
    assert Postroom(senders=()).links("m1") is None


def test_the_page_is_in_the_language_of_who_got_the_message(engine, client, link):
    assert '<html lang="en" dir="ltr">' in client.get(link).text
    engine.record([happened(Identified, ago(1), traits=Traits(locale="ar"))], now=NOW)
    assert '<html lang="ar" dir="rtl">' in client.get(link).text
    broken = client.get("/u/nonsense", headers={"Accept-Language": "xx, de-CH;q=0.9, en;q=0.8"})
    assert (broken.status_code, "Dieser Link funktioniert nicht" in broken.text) == (404, True)


def test_a_token_for_the_customers_page_ends_no_channel(engine, client):
    (plan,) = engine.plan(["ann"], now=NOW, dry_run=False)
    assert client.post(f"/u/{link_token(plan.message.message_id, KEYS.links_key, leads_to=CUSTOMER_PAGE)}").status_code == 404
    assert says_no(engine) == []
