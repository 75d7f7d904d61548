"""The customer's own page, from the letter in a real postbox to what the engine does after an answer."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient

from postbox import server
from small_shop import NOW, PRODUCTS, STORES, ago, bought, happened
from tactful.http import Keys, create_app
from tactful.model.events import ConsentUpdated, Identified, MessageDelivered, Traits
from tactful.outreach import CUSTOMER_PAGE, WAY_OUT, link_token
from tactful.senders import Letterhead
from tactful.wiring import Postroom, open_engine

KEYS = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
HEAD = {"from_address": "hello@shop.example", "from_name": "The Shop", "postal_address": "1 High Street, London", "links_url": "https://mail.shop.example"}
SECRET = {"Authorization": "Bearer secret"}
LIFE = [
    happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Asia/Tokyo")),
    happened(ConsentUpdated, ago(299), purpose="marketing", channel="email", granted=True),
    *(bought(ago(17 + 14 * n, hours=-6), "coffee") for n in range(8)),
]
LATER = NOW + timedelta(hours=14)
"""Before noon in Tokyo, the next day."""


class Clock:
    """A minute goes by with every look."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def engine():
    engine = open_engine("memory:")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record(LIFE, now=NOW)
    return engine


@pytest.fixture
def client(engine):
    with server() as (postbox, port):
        postroom = Postroom(senders=(f"smtp://127.0.0.1:{port}",), letterhead=Letterhead(**HEAD), links_key=KEYS.links_key)
        app = create_app(engine, keys=KEYS, clock=Clock(LATER), postroom=postroom)
        with TestClient(app, base_url="https://mail.shop.example") as client:
            client.postbox = postbox
            yield client


@pytest.fixture
def page(engine, client):
    """Path of the page that a letter in the postbox links to."""
    asked = {"userIds": ["ann"], "dryRun": False}
    (planned,) = client.post("/v1/outreach/plan", json=asked, headers=SECRET | {"Tactful-Now": NOW.isoformat()}).json()["plans"]
    assert planned["message"]
    assert client.post("/v1/outreach/run", headers=SECRET | {"Tactful-Now": LATER.isoformat()}).json()["messages"][0]["state"] == "sent"
    (envelope,) = client.postbox.letters
    letter = message_from_bytes(envelope.content, policy=policy.default)
    links = {re.search(r"https://mail\.shop\.example/me/[\w-]+", letter.get_body((kind,)).get_content())[0] for kind in ("plain", "html")}
    (link,) = links
    assert f"/{WAY_OUT}/" in letter["List-Unsubscribe"]
    return urlsplit(link).path


def answered(client, page, **fields):
    """Press a button; the page that one is led back to."""
    said = client.post(page, data=fields, follow_redirects=False)
    assert said.status_code == 303, said.text
    shown = client.get(f"{page}{said.headers['Location']}")
    assert "Noted. It holds from now on" in shown.text
    return unescape(shown.text)


def plan(engine, *, days=0):
    (found,) = engine.plan(["ann"], now=LATER + timedelta(days=days))
    return found


def silence(engine, *, days=0):
    found = plan(engine, days=days)
    return found.silence.code if found.silence else None


def known(engine):
    return engine.customer("ann", now=LATER + timedelta(hours=1))


def test_it_says_why_with_the_evidence_in_their_own_time(client, page):
    shown = client.get(page)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = unescape(shown.text)

    assert "You buy Peakroast coffee about every 14 days, last on 16 February." in text
    assert "You bought it on 16 February 2026, 3:00 AM." in text.replace("\u202f", " "), "the evening before, in London"
    assert "Times as in Tokyo." in text
    assert "The Shop, 1 High Street, London" in text


def test_looking_changes_nothing_and_is_kept_nowhere(engine, client, page):
    before = list(engine.store.events.read("u:ann"))
    shown = [client.get(page) for _ in range(3)]
    assert list(engine.store.events.read("u:ann")) == before
    for each in shown:
        assert each.headers["referrer-policy"] == "no-referrer"
        assert each.headers["cache-control"] == "no-store"
        assert each.headers["x-robots-tag"] == "noindex"
        assert "default-src 'none'" in each.headers["content-security-policy"]
        assert "<script" not in each.text
        assert "ann@customers.example" not in each.text


@pytest.mark.parametrize("answer", ["not_for_me", "too_often", "already_have", "bought_elsewhere", "gift", "researching", "by_mistake"])
def test_an_answer_to_the_product_holds_at_once_and_can_be_taken_back(engine, client, page, answer):
    shown = answered(client, page, answer=answer, product="coffee")
    assert "You said:" in shown
    assert [said["reason"] for said in known(engine)["dismissals"]] == [answer]
    assert answered(client, page, answer="take_back", product="coffee").count("You said:") == 0
    assert known(engine)["dismissals"] == []


def test_after_not_this_nothing_is_written_about_it(engine, client, page):
    engine.record([bought(LATER + timedelta(seconds=30), "coffee")], now=LATER + timedelta(hours=1))
    assert plan(engine, days=17).message is not None
    answered(client, page, answer="not_for_me", product="coffee")
    withheld = {each.product_id: each.code for each in plan(engine, days=17).withheld}
    assert withheld["coffee"] == "dismissed"


def test_nothing_of_this_kind_stops_exactly_what_it_names(engine, client, page):
    assert "Nothing more about Coffee" in unescape(client.get(page).text)
    shown = answered(client, page, answer="stop_topic", product="coffee")
    assert "You said: Nothing more about Coffee." in shown
    (said,) = known(engine)["dismissals"]
    assert (said["reason"], said["category"]) == ("stop_topic", "Food > Drinks > Coffee")
    answered(client, page, answer="take_back_topic", product="coffee")
    assert known(engine)["dismissals"] == []


def test_less_often_is_heard_by_the_rules(engine, client, page):
    engine.record([bought(LATER + timedelta(seconds=30), "coffee")], now=LATER + timedelta(hours=1))
    assert silence(engine, days=17) is None
    shown = answered(client, page, answer="how_often", value="quarterly")
    assert re.search(r'value="quarterly" checked', shown)
    assert silence(engine, days=17) == "asked_less_often"
    answered(client, page, answer="how_often", value="as_before")
    assert silence(engine, days=17) is None


def test_quiet_until_a_day_ends_with_that_day_where_they_are(engine, client, page):
    last = (LATER + timedelta(days=20)).date()
    shown = answered(client, page, answer="quiet", value=last.isoformat())
    until = datetime.fromisoformat(known(engine)["pausedUntil"])
    assert until == datetime(last.year, last.month, last.day, 15, tzinfo=UTC), "midnight in Tokyo"
    assert "Nothing comes before" in shown
    answered(client, page, answer="quiet_over")
    assert silence(engine) != "paused_by_customer"
    assert datetime.fromisoformat(known(engine)["pausedUntil"]) < LATER + timedelta(hours=1)


def test_quiet_without_an_end(engine, client, page):
    engine.record([bought(LATER + timedelta(seconds=30), "coffee")], now=LATER + timedelta(hours=1))
    assert "until you say otherwise" in answered(client, page, answer="quiet")
    assert silence(engine, days=17) == "paused_by_customer"
    assert "Quiet until I say otherwise" in answered(client, page, answer="quiet_over")
    assert silence(engine, days=17) is None


def test_leaving_the_channel_and_coming_again(engine, client, page):
    shown = answered(client, page, answer="leave")
    assert "We send you no more e-mail" in shown
    assert (known(engine)["consent"]["email"], known(engine)["closedChannels"]) == (False, {"email": "unsubscribed"})
    shown = answered(client, page, answer="return")
    assert "No more e-mail" in shown
    assert (known(engine)["consent"]["email"], known(engine)["reachable"]["email"]) == (True, True)
    assert known(engine)["consentLedger"][-1]["source"] == "customer_page"


def test_nobody_agrees_on_a_channel_that_was_never_left(engine, client, page):
    engine.record([happened(ConsentUpdated, NOW, purpose="marketing", channel="email", granted=False)], now=LATER)
    assert client.post(page, data={"answer": "return"}).status_code == 400
    assert known(engine)["consent"]["email"] is False


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"answer": "erase_everybody"},
        {"answer": "not_for_me"},
        {"answer": "not_for_me", "product": "camera"},
        {"answer": "stop_topic", "product": "nothing"},
        {"answer": "how_often", "value": "hourly"},
        {"answer": "quiet", "value": "yesterday"},
        {"answer": "quiet", "value": "2020-01-01"},
        {"answer": "quiet", "value": "9999-12-31"},
        {"answer": "return"},
        {f"field{n}": "x" for n in range(40)},
        {"answer": "x" * 5000},
    ],
)
def test_what_is_no_answer_to_this_message_changes_nothing(engine, client, page, fields):
    before = list(engine.store.events.read("u:ann"))
    refused = client.post(page, data=fields, follow_redirects=False)
    assert (refused.status_code, "nothing was changed" in refused.text) == (400, True)
    assert list(engine.store.events.read("u:ann")) == before


@pytest.mark.parametrize("body", [{"json": {"answer": "leave"}}, {"content": b"\xff\xfe=", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}])
def test_what_is_no_form_changes_nothing(engine, client, page, body):
    assert client.post(page, **body).status_code == 400
    assert known(engine)["consent"]["email"] is True


def test_a_link_that_is_not_ours_shows_and_changes_nothing(engine, client, page):
    token = page.rpartition("/")[2]
    (plan_id,) = [each.message_id for each in engine.store.events.read("u:ann") if isinstance(each, MessageDelivered)]
    message_id = plan_id.removesuffix(":sent")
    elsewhere = link_token(message_id, KEYS.links_key, leads_to=WAY_OUT)
    another_shop = link_token(message_id, b"x", leads_to=CUSTOMER_PAGE)
    for other in (token[:-2], f"{'B' if token[0] == 'A' else 'A'}{token[1:]}", "nonsense", elsewhere, another_shop):
        assert client.get(f"/me/{other}").status_code == 404
        assert client.post(f"/me/{other}", data={"answer": "leave"}).status_code == 404
    assert known(engine)["consent"]["email"] is True


def test_after_erasure_the_link_leads_nowhere(engine, client, page):
    engine.erase("ann", now=LATER)
    assert client.get(page).status_code == 404
    assert client.post(page, data={"answer": "leave"}).status_code == 404


@pytest.mark.parametrize(("locale", "lang", "direction"), [("fr", "fr", "ltr"), ("de-AT", "de-AT", "ltr"), ("ar", "ar", "rtl"), ("xx", "en", "ltr")])
def test_it_speaks_their_language(engine, client, page, locale, lang, direction):
    engine.record([happened(Identified, NOW, traits=Traits(locale=locale))], now=LATER)
    english = client.get(page).text if lang == "en" else None
    shown = client.get(page).text
    assert f'<html lang="{lang}" dir="{direction}">' in shown
    assert (english is not None) == ("Why this message came" in shown)


def test_every_control_has_a_name_and_every_heading_its_place(client, page):
    shown = client.get(page).text
    assert re.findall(r"<h1>(.+?)</h1>", shown) == ["Why this message came"]
    assert shown.count("<section") == shown.count("aria-labelledby=") >= 4
    assert all(label.strip() for label in re.findall(r"<button[^>]*>(.*?)</button>", shown))
    inputs = [each for each in re.findall(r"<input[^>]*>", shown) if "hidden" not in each]
    assert inputs
    assert all(re.search(rf"<label>[^<]*{re.escape(each)}|<label>{re.escape(each)}", shown) for each in inputs)
