"""Events in: the paths of the Segment HTTP API, the short forms that browsers use, and the paths of Rudder's and Jitsu's clients."""

import binascii
from base64 import b64decode
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, RawBody

from tactful.http.access import Behind, provide_now, role_of
from tactful.http.bodies import refuse_depths
from tactful.http.described import TakesEvents
from tactful.http.edge import Edge
from tactful.http.intake import Body
from tactful.ingest import write_key
from tactful.model.errors import InvalidInput, NotFound

Success = dict[str, bool]
AnyRequest = Request[Any, Any, Any]
SUCCESS: Success = {"success": True}
KINDS = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch"}
"""Short forms by first letter."""
SINGLE = tuple(kind for kind in KINDS.values() if kind != "batch")
PATHS = [
    *(f"/v1/{name}" for name in ("import", *KINDS.values(), *KINDS)),
    "/beacon/v1/batch",
    *(f"/api/s/{way}{kind}" for way in ("", "s2s/") for kind in SINGLE),
]
DOT = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A transparent picture of one dot."""


@post(PATHS, status_code=200, tags=["Events"], summary="Record events", operation_class=TakesEvents)
async def ingest(body: RawBody, request: AnyRequest, edge: Behind) -> Success:
    """Record a batch, or one message of the type in the path, in the Segment tracking spec. JSON whatever the Content-Type, plain or gzip.

    Answered once everything is durable. Messages that cannot be understood go to the dead letters and do not fail the rest.
    """
    name = request.url.path.rstrip("/").rpartition("/")[2]
    await receive(body, request, edge, kind=KINDS.get(name, name))
    return SUCCESS


@get("/v1/pixel/{kind:str}", tags=["Events"], operation_id="pixel", summary="Record one event by asking for a picture")
async def pixel(kind: FromPath[str], request: AnyRequest, edge: Behind) -> Response[bytes]:
    """For pages and letters without scripts: ``data`` holds one message as JSON in base64, with its writeKey. Answered with a transparent dot."""
    if kind not in SINGLE:
        raise NotFound(f"there is no pixel for {kind[:40]!r}; there is one for {', '.join(SINGLE)}")
    data = request.query_params.get("data", "")
    try:
        body = b64decode(data.replace("-", "+").replace("_", "/").replace(" ", "+") + "=" * (-len(data) % 4))
    except (binascii.Error, ValueError) as problem:
        raise InvalidInput("data must be one message as JSON in base64") from problem
    refuse_depths(body)
    await receive(body, request, edge, kind=kind)
    return Response(DOT, media_type="image/gif", headers={"Cache-Control": "no-store"})


async def receive(body: bytes, request: AnyRequest, edge: Edge, *, kind: str) -> None:
    """Check who sends, then record one body. Raises what `role_of` and `read_batch` raise."""
    vouched = role_of(request, body_key=lambda: sent_key(request) or write_key(body)) == "secret"
    gpc = request.headers.get("sec-gpc") == "1"
    edge.counters.received(await edge.intake.take(Body(content=body, kind=kind, now=provide_now(request), vouched=vouched, gpc=gpc)))


def sent_key(request: AnyRequest) -> str | None:
    """The write key where clients put it that send no Authorization: Jitsu in a header, as ``name:key``, and masked in the body; beacons in the query."""
    header = request.headers.get("x-write-key", "").strip()
    name, _, key = header.partition(":")
    return key or name or request.query_params.get("writeKey")


@post("/v1/m", status_code=200, sync_to_thread=False, include_in_schema=False)
def discard_metrics() -> Success:
    """Take a browser library's own measurements, which interest nobody here."""
    return SUCCESS
