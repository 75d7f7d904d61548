"""Scenarios against a running server, which keeps what is played: give it a data directory of its own."""

import http.client
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import msgspec

from tactful.model.errors import InvalidInput, NotReady
from tactful.rehearse.answers import Json
from tactful.rehearse.shop import PRODUCTS, TABS, ShopFolder, read_shop
from tactful.rehearse.targets import NotThere

BATCH = 500
"""Messages in one import request."""
TIMEOUT = 600
"""Seconds; training answers when it is done."""


class Client:
    """A server and its secret key."""

    def __init__(self, url: str, *, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(f"{url} is no address of a server; write it like http://127.0.0.1:8321")
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.url, self.key, self.prefix = url, key, parts.path.rstrip("/")
        self.connection = connect(parts.hostname, parts.port, timeout=TIMEOUT)

    def ask(self, method: str, path: str, body: object = None, *, now: datetime | None = None, content_type: str = "application/json") -> Any:
        """One request; the decoded answer. Raises NotThere for an endpoint that is missing, InvalidInput with what the server said otherwise."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": content_type} | ({"Tactful-Now": now.isoformat()} if now else {})
        payload = body if isinstance(body, bytes) else msgspec.json.encode(body) if body is not None else None
        try:
            self.connection.request(method, self.prefix + path, payload, headers)
            response = self.connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise NotReady(f"{self.url} does not answer ({error}); is tactful serve running there?") from None
        if response.status in (404, 405, 501):
            raise NotThere(f"{method} {path} is not there: {_message(said)}")
        if response.status >= 400:
            raise InvalidInput(f"{method} {path} was refused with {response.status}: {_message(said)}")
        return msgspec.json.decode(said) if said else None


def _message(said: bytes) -> str:
    try:
        return str(msgspec.json.decode(said, type=dict[str, Any])["message"])
    except (msgspec.MsgspecError, KeyError):
        return said[:200].decode("utf-8", "replace")


class ServerStage:
    """A scenario on a server that other scenarios share."""

    def __init__(self, client: Client, shop: ShopFolder, known_events: set[str]) -> None:
        self.client = client
        self.products = {product.id for product in shop.products}
        self.known_events = known_events

    def send(self, message: Json, *, now: datetime) -> None:
        """Send one message as a batch."""
        self.client.ask("POST", "/v1/batch", {"batch": [message]}, now=now)
        self.known_events.add(message["messageId"])

    def change_product(self, product: Json, *, now: datetime) -> None:
        """Patch a product of the feed, or put a new one."""
        if product["id"] in self.products:
            changes = {name: value for name, value in product.items() if name != "id"}
            self.client.ask("PATCH", f"/v1/products/{quote(product['id'], safe='')}", changes, now=now)
        else:
            self.client.ask("PUT", "/v1/products", [product], now=now)

    def decide(self, request: Json, *, now: datetime) -> Json:
        """Ask for a decision."""
        return dict(self.client.ask("POST", "/v1/decide", request, now=now))

    def plan(self, user: str, *, dry_run: bool, now: datetime) -> Json:
        """Ask for a plan."""
        return dict(self.client.ask("POST", "/v1/outreach/plan", {"userIds": [user], "dryRun": dry_run}, now=now)["plans"][0])

    def run(self, *, now: datetime) -> Json:
        """Have everything sent that is due."""
        return dict(self.client.ask("POST", "/v1/outreach/run", {}, now=now))

    def customer(self, user: str, *, now: datetime) -> Json:
        """Ask what is known of a customer."""
        return dict(self.client.ask("GET", f"/v1/customers/{quote(user, safe='')}", now=now))

    def moderate(self, request: Json, *, now: datetime) -> Json:
        """Ask for a verdict."""
        return dict(self.client.ask("POST", "/v1/moderate", request, now=now))

    def knows_event(self, message_id: str) -> bool:
        """Whether we sent this event; the server has no way to ask."""
        return message_id in self.known_events

    def close(self) -> None:
        """Nothing to let go of: the next stage puts the shop's own products back."""


class OverHttp:
    """Stages on a running server. A shop is uploaded and trained once, as of the first scenario's now."""

    def __init__(self, url: str, *, key: str) -> None:
        self.client = Client(url, key=key)
        self.shops: dict[Path, tuple[ShopFolder, set[str]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.client.connection.close()

    def stage(self, shop: Path, *, now: datetime) -> ServerStage:
        """The shop on the server, with its feed as it is in the folder."""
        place = shop.resolve()
        if place not in self.shops:
            self.shops[place] = self._upload(read_shop(shop), now)
        folder, known_events = self.shops[place]
        self.client.ask("PUT", "/v1/products", (folder.folder / PRODUCTS).read_bytes(), content_type=TABS)
        return ServerStage(self.client, folder, known_events)

    def _upload(self, shop: ShopFolder, now: datetime) -> tuple[ShopFolder, set[str]]:
        self.client.ask("PUT", "/v1/products", (shop.folder / PRODUCTS).read_bytes(), content_type=TABS, now=now)
        if shop.stores:
            self.client.ask("PUT", "/v1/stores", (shop.folder / "stores.json").read_bytes(), now=now)
        known_events: set[str] = set()
        for batch in _batches(shop.history()):
            self.client.ask("POST", "/v1/import", {"batch": batch}, now=now)
            known_events |= {str(message["messageId"]) for message in batch if "messageId" in message}
        self.client.ask("POST", "/v1/train", {}, now=now)
        return shop, known_events


def _batches(lines: Iterable[bytes]) -> Iterator[list[Json]]:
    remaining = iter(lines)
    while batch := [msgspec.json.decode(line) for line in islice(remaining, BATCH) if line.strip()]:
        yield batch
