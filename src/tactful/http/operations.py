"""Is it alive, is it ready, how is it doing, and how is it used."""

from typing import Any

from litestar import MediaType, Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tactful.console import render_reference
from tactful.http.access import Behind
from tactful.http.errors import log
from tactful.model.errors import NotReady

Status = dict[str, str]


@get("/healthz", sync_to_thread=False, tags=["Operations"], operation_id="health", summary="Liveness")
def health() -> Status:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz", sync_to_thread=True, tags=["Operations"], operation_id="ready", summary="Readiness")
def ready(edge: Behind) -> Status:
    """The store can be read, and written."""
    try:
        edge.engine.check()
    except NotReady:
        raise
    except Exception as problem:
        log.exception("the store cannot be read")
        raise NotReady("the store cannot be read; see the log") from problem
    return {"status": "ready"}


@get("/metrics", sync_to_thread=False, tags=["Operations"], operation_id="metrics", summary="Counters for Prometheus")
def metrics(edge: Behind) -> Response[bytes]:
    """Requests by route and status, events by outcome, time to decide."""
    return Response(generate_latest(edge.counters.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


@get("/docs", sync_to_thread=False, include_in_schema=False, media_type=MediaType.HTML)
def reference(request: Request[Any, Any, Any]) -> str:
    """The API in one plain page."""
    return render_reference(request.app.openapi_schema.to_schema())
