"""Messages over HTTP to a real server on this machine."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tactful.model.errors import InvalidInput
from tactful.model.outbox import Letter
from tactful.senders import Letterhead, open_sender
from tactful.senders.webhook import WebhookSender

KEY = b"a key of at least twenty-four bytes"
HEAD = Letterhead(webhook_secret=f"whsec_{base64.b64encode(KEY).decode()}")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LETTER = Letter(
    message_id="m1", user_id="ann", at=NOON, channel="sms", to="+442079460000", trigger="due_again", subject="Beans", text="Again?", html="<p>Again?</p>",
    product_ids=("coffee",),
)  # fmt: skip


@contextmanager
def hook(*answers):
    taken, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            answer = left.pop(0) if left else 200
            if answer is None:
                self.connection.close()
                return
            self.send_response(answer)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hooks?shop=1", taken
        finally:
            server.shutdown()
            thread.join()


def test_a_message_is_posted_whole_and_signed():
    with hook() as (address, taken):
        assert open_sender(address, HEAD).send(LETTER).fate == "sent"
    ((path, headers, body),) = taken
    assert path == "/hooks?shop=1"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("m1", str(int(NOON.timestamp())))
    told = json.loads(body)
    assert (told["type"], told["data"]["to"], told["data"]["productIds"]) == ("message.due", "+442079460000", ["coffee"])


@pytest.mark.parametrize(
    ("status", "fate"), [(204, "sent"), (429, "later"), (503, "later"), (400, "refused"), (302, "refused"), (410, "refused"), (None, "unknown")]
)
def test_every_answer_has_its_consequence(status, fate):
    with hook(status) as (address, taken):
        answer = open_sender(address, HEAD).send(LETTER)
    assert (answer.fate, answer.closes_address, len(taken)) == (fate, status == 410, 1), "gone is gone: nobody is at that address"


def test_a_program_that_is_not_there_is_down_and_one_that_says_nothing_is_unknown():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        quick = WebhookSender(open_sender(address, HEAD).address, KEY, seconds=0.2)
        assert quick.send(LETTER).fate == "unknown"
    assert quick.send(LETTER).fate == "down"
    assert quick.handed_over("m1") is None


@pytest.mark.parametrize(
    ("address", "secret"),
    [("http://shop.example/hook", HEAD.webhook_secret), ("https:///hook", HEAD.webhook_secret), ("https://shop.example/hook", None),
     ("https://shop.example/hook", "whsec_short"), ("https://shop.example/hook", "whsec_!!")],
)  # fmt: skip
def test_an_address_or_a_secret_that_will_not_do_is_told_in_one_line(address, secret):
    with pytest.raises(InvalidInput, match="webhook"):
        open_sender(address, Letterhead(webhook_secret=secret))
