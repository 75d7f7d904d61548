"""Events in: the paths of the Segment HTTP API and the short forms that browsers use."""

from datetime import datetime
from typing import Any

from litestar import Request, post
from litestar.concurrency import sync_to_thread
from litestar.params import RawBody

from tactful.http.access import Behind, provide_now, role_of
from tactful.http.edge import Edge
from tactful.ingest import read_batch, write_key

Success = dict[str, bool]
SUCCESS: Success = {"success": True}
KINDS = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch"}
"""Short forms by first letter."""
PATHS = [f"/v1/{name}" for name in ("import", *KINDS.values(), *KINDS)]


@post(PATHS, status_code=200, tags=["Events"], summary="Record events")
async def ingest(body: RawBody, request: Request[Any, Any, Any], edge: Behind) -> Success:
    """Record a batch, or one message of the type in the path, in the Segment tracking spec. JSON whatever the Content-Type, plain or gzip.

    Answered once everything is durable. Messages that cannot be understood go to the dead letters and do not fail the rest.
    """
    vouched = role_of(request, edge.keys, body_key=write_key(body)) == "secret"
    now = provide_now(request)
    name = request.url.path.rstrip("/").rpartition("/")[2]
    gpc = request.headers.get("sec-gpc") == "1"
    await sync_to_thread(take, edge, body, kind=KINDS.get(name, name), now=now, vouched=vouched, gpc=gpc)
    return SUCCESS


def take(edge: Edge, body: bytes, *, kind: str, now: datetime, vouched: bool, gpc: bool) -> None:
    """Record one body and count what became of it."""
    arrivals = read_batch(body, kind=kind, received_at=now, correct_skew=kind != "import", gpc=gpc)
    edge.counters.received(edge.engine.record(arrivals, now=now, vouched=vouched))


@post("/v1/m", status_code=200, sync_to_thread=False, include_in_schema=False)
def discard_metrics() -> Success:
    """Take a browser library's own measurements, which interest nobody here."""
    return SUCCESS
