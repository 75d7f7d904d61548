"""E-mail against a real mail server on this machine: what is on the wire, and what becomes of every kind of refusal."""

import socket
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from postbox import free_port, server
from small_shop import NOW, PRODUCTS, STORES, ago, bought, happened
from tactful.model.errors import InvalidInput
from tactful.model.events import ConsentUpdated, Identified, Traits
from tactful.model.outbox import Letter
from tactful.senders import Letterhead, open_sender
from tactful.senders.smtp import Server, SmtpSender
from tactful.wiring import open_engine
from tactful.words import Links

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LONG_LINK = "https://mail.a-shop-with-a-rather-long-name.example/u/" + "t" * 80
HEAD = Letterhead(from_address="hello@shop.example", from_name="The Shop", postal_address="1 High Street, London", links_url="https://mail.shop.example")


@contextmanager
def sender_to(port, head=HEAD):
    sender = open_sender(f"smtp://127.0.0.1:{port}", head)
    try:
        yield sender
    finally:
        sender.close()


def letter(**fields):
    told = {"message_id": "6f1c1d0e-0000-4000-8000-000000000001", "user_id": "ann", "at": NOON, "channel": "email", "to": "ann@customers.example"}
    words = {"subject": "Peakroast coffee may be running out", "text": "You buy it about every 17 days.", "html": "<html><body><p>Again?</p></body></html>"}
    return Letter(**(told | words | {"trigger": "due_again", "product_ids": ("coffee",), "unsubscribe_url": LONG_LINK, "locale": "fr"} | fields))


def sent(**fields):
    with server() as (postbox, port), sender_to(port) as sender:
        assert sender.send(letter(**fields)).fate == "sent"
    (envelope,) = postbox.letters
    return envelope


def test_the_way_out_survives_the_wire_byte_for_byte():
    raw = sent().content
    lines = raw.split(b"\r\n")
    assert f"List-Unsubscribe: <{LONG_LINK}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert b"Message-ID: <6f1c1d0e-0000-4000-8000-000000000001@shop.example>" in lines


def test_a_letter_says_who_writes_when_and_in_which_language():
    envelope = sent()
    assert (envelope.mail_from, envelope.rcpt_tos) == ("hello@shop.example", ["ann@customers.example"])
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert (message["From"], message["To"], message["Content-Language"]) == ("The Shop <hello@shop.example>", "ann@customers.example", "fr")
    assert message["Date"].datetime == NOON
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.startswith("You buy it about every 17 days.")
    assert "The Shop, 1 High Street, London" in text
    assert "<p>Again?</p>" in html
    assert "The Shop, 1 High Street, London" in html


def test_any_language_arrives():
    envelope = sent(subject="قهوة " * 30, text="ستنفد القهوة قريباً\n.\n", html="<html><body><p>ستنفد</p></body></html>", locale="ar")
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"].split() == ["قهوة"] * 30
    assert message.get_body(("plain",)).get_content().splitlines()[:2] == ["ستنفد القهوة قريباً", "."]


def test_no_word_becomes_a_header():
    message = message_from_bytes(sent(subject="Beans\r\nBcc: all@customers.example").content, policy=policy.default)
    assert (message["Subject"], message["Bcc"]) == ("Beans Bcc: all@customers.example", None)


@pytest.mark.parametrize("to", ["ann@customers.example>\r\nRCPT TO:<bob@customers.example", "nobody", "", "a b@c.example", "@c.example"])
def test_what_is_no_address_never_reaches_the_server(to):
    with server() as (postbox, port), sender_to(port) as sender:
        answer = sender.send(letter(to=to))
    assert (answer.fate, answer.closes_address, postbox.letters) == ("refused", True, [])


@pytest.mark.parametrize(
    ("answers", "fate", "closes"),
    [
        ({"rcpt": ["450 4.2.0 greylisted"]}, "later", False),
        ({"data": ["451 4.3.0 try again"]}, "later", False),
        ({"rcpt": ["550 5.1.1 no such user"]}, "refused", True),
        ({"rcpt": ["550 5.7.1 policy"]}, "refused", False),
        ({"rcpt": ["552 5.2.2 mailbox full"]}, "refused", False),
        ({"data": ["554 5.7.1 looks like spam"]}, "refused", False),
        ({"mail": ["530 5.7.0 sign in first"]}, "down", False),
        ({"data": ["hang up"]}, "unknown", False),
    ],
)
def test_every_refusal_has_its_consequence(answers, fate, closes):
    with server(**answers) as (postbox, port), sender_to(port) as sender:
        answer = sender.send(letter())
        assert (answer.fate, answer.closes_address, postbox.letters) == (fate, closes, [])
        assert answer.detail
        assert sender.send(letter()).fate == "sent"
    assert len(postbox.letters) == 1


def test_where_nobody_listens_the_sender_is_down():
    with sender_to(free_port()) as sender:
        assert sender.send(letter()).fate == "down"


@pytest.mark.parametrize("step", ["data", "mail"])
def test_a_server_that_takes_too_long_is_not_waited_for(step):
    with server(data=["slow"]) as (_, port):
        target = Server(host="127.0.0.1", port=port, tls=False, seconds=0.3)
        with socket.create_server(("127.0.0.1", 0)) as mute:
            if step == "mail":
                target = Server(host="127.0.0.1", port=mute.getsockname()[1], tls=False, seconds=0.3)
            sender = SmtpSender(target, HEAD)
            answer = sender.send(letter())
            sender.close()
    assert answer.fate == ("unknown" if step == "data" else "down")


def test_it_cannot_tell_what_it_was_given():
    with sender_to(1) as sender:
        assert sender.handed_over("m1") is None


@pytest.mark.parametrize(
    ("head", "missing"),
    [
        (Letterhead(postal_address="1 High Street", links_url="https://x.example"), "--from"),
        (Letterhead(from_address="a@b.example", links_url="https://x.example"), "--postal-address"),
        (Letterhead(from_address="a@b.example", postal_address="1 High Street"), "--links-url"),
        (Letterhead(from_address="a@b.example", postal_address="1 High Street", links_url="http://x.example"), "https"),
    ],
)
def test_a_letter_without_sender_address_or_way_out_is_not_sent(head, missing):
    with pytest.raises(InvalidInput, match=missing):
        open_sender("smtp://127.0.0.1:25", head)
    with pytest.raises(InvalidInput, match="smtp://"):
        open_sender("smtp:", HEAD)


LIFE = [
    happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London")),
    happened(ConsentUpdated, ago(299), purpose="marketing", channel="email", granted=True),
    *(bought(ago(17 + 14 * n), "coffee") for n in range(8)),
]


def links(message_id):
    return Links(unsubscribe_url=f"https://mail.shop.example/u/{message_id}", preferences_url=f"https://mail.shop.example/me/{message_id}")


def test_from_plan_to_postbox_with_a_greylisting_server_in_between():
    engine = open_engine("memory:")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record(LIFE, now=NOW)
    (plan,) = engine.plan(["ann"], now=NOW, dry_run=False)
    with server(rcpt=["450 4.2.0 greylisted"]) as (postbox, port), sender_to(port) as sender:
        (first,) = engine.send([sender], now=NOW, links=links).messages
        assert (first.state, first.next_at) == ("retry", NOW + timedelta(minutes=5))
        (second,) = engine.send([sender], now=first.next_at, links=links).messages
    assert second.state == "sent"
    (envelope,) = postbox.letters
    assert f"/u/{plan.message.message_id}>".encode() in envelope.content
