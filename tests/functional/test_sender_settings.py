"""Senders as the shop's file says: who writes, through what, channel by channel, with secrets that are never in it."""

import json
from email import message_from_bytes, policy

import pytest
from litestar.testing import TestClient

from postbox import free_port, server
from small_shop import NOW, PRODUCTS, STORES, ago, bought, happened
from tactful.app.policy_file import read_policy
from tactful.app.sender_settings import KINDS
from tactful.http import Keys, create_app
from tactful.model.errors import InvalidInput
from tactful.model.events import ConsentUpdated, Identified, Traits
from tactful.model.outbox import Letter
from tactful.senders import Letterhead
from tactful.senders._kinds import kinds
from tactful.wiring import open_engine, postroom_of

SECRET = "whsec_" + "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHM="
WRITER = """
[senders.letters]
from_address = "hello@shop.example"
from_name = "The Shop"
postal_address = "1 High Street, London"
links_url = "https://mail.shop.example"
"""


def mistakes(text):
    with pytest.raises(InvalidInput) as error:
        read_policy(text, file="t.toml")
    return [line.removeprefix("t.toml: ") for line in error.value.message.split("; t.toml: ")]


def letter(channel, to):
    return Letter(
        message_id=f"m-{channel}", user_id="ann", at=NOW, channel=channel, to=to, trigger="due_again", subject="s", text="t", html="<p>t</p>", product_ids=()
    )


def test_every_mistake_is_named_at_once():
    found = mistakes("""
        [senders.letters]
        from_address = "The Shop"
        links_url = "http://mail.shop.example"
        [senders.email]
        through = "smtp://mailer:hunter2@relay.example:587"
        secret = "hunter2"
        [senders.sms]
        through = "smtp://relay.example"
        [senders.push]
        through = "http://hooks.example/push"
        tru = "x"
        [senders.fax]
        through = "file:x"
        [segments.ann]
        when = { customers = ["ann"] }
        senders.email.through = "file:x"
    """)
    assert found == [
        "senders.push.tru: not known; did you mean through?",
        "senders.fax: not known; allowed: letters, email, sms, push",
        "segments.ann.senders: not known; allowed: shelf, contact, triggers, thresholds, words",
        "senders.letters.from_address: is no e-mail address; write it like hello@shop.example, and the name as from_name",
        "senders.letters.links_url: must be https (http is for this machine only), like https://mail.shop.example",
        "senders.email.secret: names where the secret lies, not the secret: env:NAME or file:/PATH",
        "senders.email.through: holds a password; take it out, and say in secret where it lies",
        "senders.email.through: a letter needs senders.letters.postal_address",
        "senders.sms.through: smtp carries email only",
        "senders.push.secret: what a program is given is signed; say where the secret lies, as env:TACTFUL_WEBHOOK_SECRET",
        "senders.push.through: a program needs an https address; http is for this machine only",
    ]


@pytest.mark.parametrize(
    ("through", "said"),
    [
        ("carrier-pigeon:home", "is no sender"),
        ("smtp://relay:port", "is no address"),
        ("file://elsewhere/x", "a folder on this machine"),
        ("https:", "no host"),
    ],
)
def test_what_is_no_sender_is_refused(through, said):
    assert any(said in mistake for mistake in mistakes(f'{WRITER}[senders.email]\nthrough = "{through}"\n'))


def test_the_kinds_are_those_that_can_be_opened():
    assert set(KINDS) == set(kinds())


def test_each_channel_leaves_through_its_own_sender(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "unused here")
    with server() as (postbox, port):
        settings = read_policy(f"""{WRITER}
            [senders.email]
            through = "smtp://127.0.0.1:{port}"
            from_address = "news@shop.example"
            [senders.sms]
            through = "file:texts"
        """)
        postroom = postroom_of(settings, tmp_path)
        with postroom.opened() as senders:
            carrying = {channel: next(one for one in senders if channel in one.channels) for channel in ("email", "sms", "push")}
            for channel, to in (("email", "ann@customers.example"), ("sms", "+4470000"), ("push", "token")):
                assert carrying[channel].send(letter(channel, to)).fate == "sent"
                assert carrying[channel].handed_over(f"m-{channel}") in (True, None)
    (envelope,) = postbox.letters
    assert message_from_bytes(envelope.content, policy=policy.default)["From"] == "The Shop <news@shop.example>"
    assert json.loads((tmp_path / "texts" / "m-sms.json").read_text())["to"] == "+4470000"
    assert json.loads((tmp_path / "outbox" / "m-push.json").read_text())["to"] == "token"
    assert len({one.name for one in senders}) == 3, "after a crash each is asked about its own"


def test_what_is_given_outranks_the_file(tmp_path):
    settings = read_policy(f'{WRITER}[senders.sms]\nthrough = "file:texts"\n')
    postroom = postroom_of(settings, tmp_path, senders=("file:/elsewhere",), letterhead=Letterhead(from_address="me@shop.example"))
    assert (postroom.senders, postroom.routes) == (("file:/elsewhere",), ())
    assert (postroom.letterhead.from_address, postroom.letterhead.postal_address) == ("me@shop.example", "1 High Street, London")


HOOK = f"""{WRITER}
[senders.push]
through = "https://hooks.example/push"
secret = "{{}}"
[senders.sms]
through = "https://hooks.example/sms"
secret = "env:NOWHERE"
"""


def test_a_secret_is_read_from_where_it_lies_and_every_one_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("NOWHERE", raising=False)
    with pytest.raises(InvalidInput) as error:
        postroom_of(read_policy(HOOK.format("file:/no/such/file")), tmp_path)
    assert "senders.push.secret: /no/such/file cannot be read" in error.value.message
    assert "senders.sms.secret: NOWHERE holds nothing" in error.value.message
    (tmp_path / "hook").write_text(f"{SECRET}\n", encoding="utf-8")
    monkeypatch.setenv("NOWHERE", SECRET)
    postroom = postroom_of(read_policy(HOOK.format(f"file:{tmp_path / 'hook'}")), tmp_path)
    assert {route.letterhead.webhook_secret for route in postroom.routes} == {SECRET}
    with postroom.opened() as senders:
        assert [sorted(one.channels) for one in senders] == [["sms"], ["push"], ["email", "push", "sms"]]


def test_a_password_comes_from_its_place_and_is_told_to_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "p@ss:/word")
    text = f'{WRITER}[senders.email]\nthrough = "smtps://mailer@relay.example:465"\nsecret = "env:SHOP_PASSWORD"\n'
    (tmp_path / "tactful.toml").write_text(text, encoding="utf-8")
    engine = open_engine(tmp_path)
    with postroom_of(engine.policy, tmp_path).opened() as (sender, _):
        assert (sender.sender.server.user, sender.sender.server.password) == ("mailer", "p@ss:/word")
    keys = Keys(write="public", secret="secret", jwt_secret="a-secret-of-more-than-thirty-two-characters")
    with TestClient(create_app(engine, keys=keys, clock=lambda: NOW)) as client:
        told = client.get("/v1/policy", headers={"Authorization": "Bearer secret"}).text
    assert "env:SHOP_PASSWORD" in told
    assert "p@ss" not in told
    engine.store.close()


def test_a_sender_that_is_down_holds_up_no_other(tmp_path):
    settings = read_policy(f'{WRITER}[senders.email]\nthrough = "smtp://127.0.0.1:{free_port()}"\n[senders.sms]\nthrough = "file:texts"\n')
    engine = open_engine("memory:")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    for name, channel, traits in (("ann", "email", Traits(email="ann@c.example", timezone="UTC")), ("bob", "sms", Traits(phone="+44700", timezone="UTC"))):
        life = [happened(Identified, ago(300), traits=traits, user_id=name)]
        life += [happened(ConsentUpdated, ago(299), purpose="marketing", channel=channel, granted=True, user_id=name)]
        engine.record([*life, *(bought(ago(17 + 14 * n), "coffee", user_id=name) for n in range(8))], now=NOW)
    plans = list(engine.plan(["ann", "bob"], now=NOW, dry_run=False))
    at = max(plan.message.send_at for plan in plans)
    with postroom_of(settings, tmp_path).opened() as senders:
        done = engine.send(senders, now=at)
    assert {(one.user_id, one.state) for one in done.messages} == {("ann", "retry"), ("bob", "sent")}
    assert "127.0.0.1" in done.stopped
