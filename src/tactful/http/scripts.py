"""Segment's browser library for pages that load it by Segment's snippet: from the copy that the shop installed, never from its maker's network."""

import re
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath

from tactful.http.access import Behind, role_of
from tactful.http.edge import Edge
from tactful.model.errors import NotFound

AnyRequest = Request[Any, Any, Any]
PACKAGE = "@segment/analytics-next"
INSIDE = Path("node_modules", PACKAGE, "dist", "umd")
"""Where npm puts what a snippet loads."""
PART = re.compile(r"[\w-]+(\.[\w-]+)*\.js")
DAY = "public, max-age=86400"
FOR_GOOD = "public, max-age=31536000, immutable"
"""A part's name changes with what is in it."""


@get("/analytics.js/v1/{key:str}/analytics.min.js", include_in_schema=False)
async def segment_script(key: FromPath[str], request: AnyRequest, edge: Behind) -> Response[bytes]:
    """What Segment's snippet loads first."""
    role_of(request, body_key=lambda: key)
    return await script(edge, "standalone.js", keep=DAY)


@get("/analytics-next/bundles/{part:str}", include_in_schema=False)
async def segment_script_part(part: FromPath[str], edge: Behind) -> Response[bytes]:
    """What that script loads later, where a page needs it."""
    return await script(edge, part, keep=FOR_GOOD)


async def script(edge: Edge, name: str, *, keep: str) -> Response[bytes]:
    """One file of the package, fit to be kept by browsers as long as ``keep`` says. Raises NotFound."""
    if edge.scripts is None or not PART.fullmatch(name):
        raise NotFound(f"there is no script {name[:80]!r}")
    path = edge.scripts / INSIDE / name
    try:
        content = await sync_to_thread(path.read_bytes)
    except OSError as problem:
        raise NotFound(f"there is no script {name[:80]!r}; npm install --prefix {edge.scripts} {PACKAGE}") from problem
    headers = {"Cache-Control": keep, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="text/javascript", headers=headers)
