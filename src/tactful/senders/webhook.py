"""Messages to a program of the shop's own, over HTTP, signed as the Standard Webhooks specification says."""

import base64
import binascii
import hmac
import http.client
import ssl
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import SplitResult

import msgspec

from tactful.model.errors import InvalidInput
from tactful.model.outbox import Handover, Letter
from tactful.senders._settings import Letterhead

SCHEMES = ("http", "https")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANSWER_SECONDS = 20.0
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
LEAST_SECRET_BYTES = 24


class WebhookSender:
    """Posts each message once; its id is the webhook's id, so that the receiver can tell a repetition. After a crash it cannot tell what left."""

    name = "webhook"
    channels = frozenset({"email", "sms", "push"})

    def __init__(self, address: SplitResult, secret: bytes, *, seconds: float = ANSWER_SECONDS) -> None:
        self.address, self.secret, self.seconds = address, secret, seconds

    def send(self, letter: Letter) -> Handover:
        """Post one message. Redirects are not followed: a message goes where it was sent."""
        body = msgspec.json.encode({"type": "message.due", "timestamp": letter.at, "data": letter})
        connection = self._connection()
        under_way = False
        try:
            connection.connect()
            under_way = True
            path = (self.address.path or "/") + (f"?{self.address.query}" if self.address.query else "")
            connection.request("POST", path, body, self._headers(letter, body))
            return _answered(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            detail = f"{self.address.hostname}: {' '.join(str(error).split()) or type(error).__name__}"
            return Handover(fate="unknown" if under_way else "down", detail=detail)
        finally:
            connection.close()

    def handed_over(self, message_id: str) -> bool | None:  # noqa: ARG002 - the port's signature
        """Cannot tell."""
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def _connection(self) -> http.client.HTTPConnection:
        host = self.address.hostname or ""
        if self.address.scheme == "https":
            return http.client.HTTPSConnection(host, self.address.port, timeout=self.seconds, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, self.address.port, timeout=self.seconds)

    def _headers(self, letter: Letter, body: bytes) -> dict[str, str]:
        at = str(int(letter.at.timestamp()))
        signature = hmac.digest(self.secret, f"{letter.message_id}.{at}.".encode() + body, sha256)
        signed = {"webhook-id": letter.message_id, "webhook-timestamp": at, "webhook-signature": f"v1,{base64.b64encode(signature).decode()}"}
        return {"Content-Type": "application/json"} | signed


def _answered(status: int) -> Handover:
    if 200 <= status < 300:
        return Handover(fate="sent")
    if status == HTTPStatus.GONE:
        return Handover(fate="refused", detail=f"answered {status}", closes_address=True)
    later = status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Handover(fate="later" if later else "refused", detail=f"answered {status}")


def open_at(address: SplitResult, letterhead: Letterhead) -> WebhookSender:
    """A program's address, as ``https://shop.example/hooks/tactful``. Raises InvalidInput."""
    if not address.hostname or (address.scheme == "http" and address.hostname not in LOOPBACK):
        raise InvalidInput("a webhook needs an https address; http is for this machine only")
    try:
        secret = base64.b64decode((letterhead.webhook_secret or "").removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) < LEAST_SECRET_BYTES:
        raise InvalidInput(f"a webhook is signed: set TACTFUL_WEBHOOK_SECRET to whsec_ and base64 of at least {LEAST_SECRET_BYTES} bytes")
    return WebhookSender(address, secret)
