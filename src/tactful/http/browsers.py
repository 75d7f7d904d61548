"""What browsers ask before they send events or ask for a decision from a shop's page: CORS. Nothing else is open to foreign pages."""

import re

from litestar.types import Message, Scope

from tactful.app.keys import origin_of
from tactful.http.access import ELSEWHERE
from tactful.http.edge import Edge

OPEN = re.compile(
    r"/v1/(batch|import|track|identify|page|screen|group|alias|decide|[tipsgabm])"
    r"|/v1/projects/[^/]+/settings|/v1/pixel/\w+|/sourceConfig|/beacon/v1/batch|/api/s/(s2s/)?\w+"
)
HEADERS = "authorization, content-type, anonymousid, sentat, x-identity-token, x-write-key, x-enable-debug, x-ip-policy, x-retry-count"


def is_open(path: str) -> bool:
    """Whether pages of other origins may call this.

    >>> is_open("/v1/t/"), is_open("/v1/projects/key/settings"), is_open("/v1/customers/u1")
    (True, True, False)
    """
    return OPEN.fullmatch(path.rstrip("/")) is not None


async def allow_pages(message: Message, scope: Scope) -> None:
    """Add CORS headers to an answer, unless the key serves other pages only. The origin is echoed; cookies are never asked for.

    A browser's question beforehand names no key: then it is enough that some write key serves the page.

    A page on the public net that asks for a server at home or in the shop is let through too, where its browser asks (Private Network Access).
    """
    if message["type"] != "http.response.start" or not is_open(scope["path"]):
        return
    asked = dict(scope["headers"])
    origin = asked.get(b"origin")
    if origin is None or not _serves(scope, origin):
        return
    added = [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
    if scope.get("method") == "OPTIONS":
        added += [
            (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
            (b"access-control-allow-headers", HEADERS.encode()),
            (b"access-control-max-age", b"7200"),
        ]
        if asked.get(b"access-control-request-private-network") == b"true":
            added.append((b"access-control-allow-private-network", b"true"))
    message["headers"] = [*message["headers"], *added]


def _serves(scope: Scope, origin: bytes) -> bool:
    if scope.get("method") != "OPTIONS":
        return ELSEWHERE not in scope["state"]
    edge: Edge = scope["litestar_app"].state["edge"]
    said = origin.decode("latin-1")
    return edge.keyring.serves(origin_of(said) or said)
