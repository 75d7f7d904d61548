"""The customer's own page, from the letter in a real postbox to what the engine does after an answer."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from postbox import server
from small_shop import NOW, PRODUCTS, ago, bought, engine_after, happened
from tactful.http import Keys, create_app
from tactful.model.events import BackInStockRequested, CartItemAdded, ConsentUpdated, Identified, MessageDelivered, RewardGranted, Traits
from tactful.outreach import CUSTOMER_PAGE, WAY_OUT, link_token
from tactful.senders import Letterhead
from tactful.wiring import Postroom

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
    return engine_after(LIFE)


@pytest.fixture
def client(engine):
    with server() as (postbox, port):
        postroom = Postroom(senders=(f"smtp://127.0.0.1:{port}",), letterhead=Letterhead(**HEAD), links_key=KEYS.links_key)
        clock = Clock(LATER)
        app = create_app(engine, keys=KEYS, clock=clock, postroom=postroom)
        with TestClient(app, base_url="https://mail.shop.example") as client:
            client.postbox, client.clock = postbox, clock
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


@pytest.mark.parametrize("channel", ["email", None])
def test_a_no_that_was_said_elsewhere_is_not_taken_back_here(engine, client, page, channel):
    answered(client, page, answer="leave")
    no = happened(ConsentUpdated, LATER + timedelta(minutes=30), purpose="marketing", channel=channel, granted=False)
    engine.record([no], now=LATER + timedelta(minutes=30))
    client.clock.at = LATER + timedelta(minutes=40)
    assert "by e-mail again" not in client.get(page).text
    assert client.post(page, data={"answer": "return"}).status_code == 400
    assert known(engine)["consent"]["email"] is False


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


IGNORED = [
    happened(Identified, ago(900), traits=Traits(email="bob@customers.example", timezone="Europe/London"), user_id="bob"),
    happened(ConsentUpdated, ago(899), purpose="marketing", channel="email", granted=True, user_id="bob"),
    *(happened(MessageDelivered, ago(400 - 20 * n), channel="email", contact_id=f"old{n}", trigger="newsletter", user_id="bob") for n in range(9)),
]


def page_of(engine, user_id):
    (found,) = engine.plan([user_id], now=NOW, dry_run=False)
    return found, f"/me/{link_token(found.message.message_id, KEYS.links_key, leads_to=CUSTOMER_PAGE)}"


def test_the_question_whether_we_are_welcome_has_its_yes(engine, client):
    engine.record(IGNORED, now=NOW)
    asked, page = page_of(engine, "bob")
    assert asked.message.trigger == "still_welcome"
    shown = unescape(client.get(page).text)
    assert "Would you like to hear from us?" in shown
    assert "Not this" not in shown
    assert "You said yes. Thank you." in answered(client, page, answer="welcome")
    said = engine.customer("bob", now=LATER + timedelta(hours=1))
    assert {each["key"]: each["value"] for each in said["preferences"]} == {"still_welcome": "yes"}


HINTS = [
    ([happened(CartItemAdded, NOW - timedelta(minutes=40), product_id="camera", user_id="bob")], "cart_waiting", "You put it into the basket on 4 March 2026"),
    ([happened(BackInStockRequested, ago(5), product_id="novel", user_id="bob")], "back_in_stock", "You asked to be told, on 27 February 2026"),
    (
        [happened(RewardGranted, ago(1), reward_id="r", percent_off=20.0, expires_at=ago(-20), product_id="coffee", user_id="bob")],
        "reward",
        "You were given it on 3 March 2026",
    ),
]


@pytest.mark.parametrize(("events", "trigger", "evidence"), HINTS, ids=[trigger for _, trigger, _ in HINTS])
def test_evidence_is_told_in_plain_words(engine, client, events, trigger, evidence):
    novel = next(product for product in PRODUCTS if product.id == "novel")
    engine.put_products([replace(novel, availability="out_of_stock")], now=ago(10))
    engine.record([*IGNORED[:2], *events], now=NOW)
    engine.put_products([novel], now=NOW - timedelta(hours=1))
    planned, page = page_of(engine, "bob")
    assert planned.message.trigger == trigger
    assert evidence in unescape(client.get(page).text)


def test_the_shop_sees_what_a_silence_rests_on_and_what_became_of_a_message(engine, client, page):
    console = unescape(client.get("/console", params={"customer": "ann"}, headers=SECRET).text)
    assert "They have been told of what they may want now, and nothing is new since." in console
    assert "It rests on messages message id" in console
    (sent,) = [each.contact_id for each in engine.store.events.read("u:ann") if isinstance(each, MessageDelivered)]
    told = client.get(f"/v1/decisions/{sent}", headers=SECRET).json()
    assert (told["outcome"]["state"], told["outcome"]["nextAt"], told["outcome"]["confirmed"]) == ("sent", None, True)
