"""The console's pages."""

from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.params import Parameter

from tactful.console import STYLE, render_page
from tactful.http.access import Behind, console_readers, edge_of, noted, read_moment
from tactful.model.errors import Forbidden

STYLE_PATH = "/console/style.css"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
Asked = Annotated[str | None, Parameter(description="userId, anonymousId or customer id")]


@get(["/", "/console"], guards=[console_readers], include_in_schema=False)
async def console(request: Request[Any, Any, Any], edge: Behind, customer: Asked = None) -> Response[str]:
    """Look somebody up: what we know, would show, would say, and withhold. ``now`` in the query is for development keys only."""
    moment = request.query_params.get("now")
    if moment and not edge.keys.dev:
        raise Forbidden("the console tells another time only with development keys")
    now = read_moment(moment, "now") if moment else edge.clock()
    page = await sync_to_thread(_page, request, (customer or "").strip(), now=now)
    return Response(page, media_type=MediaType.HTML, headers=HEADERS)


def _page(request: Request[Any, Any, Any], customer: str, *, now: datetime) -> str:
    engine = edge_of(request).engine
    if not customer:
        return render_page(engine, customer=customer, now=now)
    with noted(request, "console", customer):
        return render_page(engine, customer=customer, now=now)


@get(STYLE_PATH, sync_to_thread=False, include_in_schema=False)
def style() -> Response[str]:
    """The pages' style sheet."""
    return Response(STYLE, media_type=MediaType.CSS, headers={"X-Content-Type-Options": "nosniff"})
