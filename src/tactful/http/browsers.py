"""What browsers ask before they send events or ask for a decision from a shop's page: CORS. Nothing else is open to foreign pages."""

from litestar.types import Message, Scope

OPEN = ("/v1/batch", "/v1/import", "/v1/track", "/v1/identify", "/v1/page", "/v1/screen", "/v1/group", "/v1/alias", "/v1/decide")
SHORT = tuple(f"/v1/{letter}" for letter in "tipsgabm")
HEADERS = "authorization, content-type, anonymousid, sentat, x-identity-token, x-write-key, x-enable-debug, x-ip-policy, x-retry-count"


def is_open(path: str) -> bool:
    """Whether pages of other origins may call this.

    >>> is_open("/v1/t/"), is_open("/v1/customers/u1")
    (True, False)
    """
    return path.rstrip("/") in OPEN + SHORT


async def allow_pages(message: Message, scope: Scope) -> None:
    """Add CORS headers to an answer. The origin is echoed; cookies are never asked for."""
    if message["type"] != "http.response.start" or not is_open(scope["path"]):
        return
    origin = dict(scope["headers"]).get(b"origin")
    if origin is None:
        return
    added = [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
    if scope.get("method") == "OPTIONS":
        added += [
            (b"access-control-allow-methods", b"POST, OPTIONS"),
            (b"access-control-allow-headers", HEADERS.encode()),
            (b"access-control-max-age", b"7200"),
        ]
    message["headers"] = [*message["headers"], *added]
