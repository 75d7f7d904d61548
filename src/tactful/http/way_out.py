"""The page behind the link in every message: asks on GET, since link scanners look at everything, and ends the channel on POST, with the link alone."""

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath

from tactful.console import render_way_out
from tactful.http.access import Now, edge_of
from tactful.http.personal import Page, broken, message_of, page
from tactful.model.errors import NotFound
from tactful.outreach import WAY_OUT

AnyRequest = Request[Any, Any, Any]


@get("/u/{token:str}", tags=["Customers"], operation_id="askToUnsubscribe", summary="The page that asks whether messages should stop")
async def ask(token: FromPath[str], request: AnyRequest, now: Now) -> Page:
    """Changes nothing. No key: the signed token in the link names one message."""
    return await sync_to_thread(_page, token, request, now=now, done=False)


@post(
    "/u/{token:str}",
    status_code=200,
    sync_to_thread=True,
    tags=["Customers"],
    operation_id="unsubscribe",
    summary="Stop messages through the channel of this message",
)
def unsubscribe(token: FromPath[str], request: AnyRequest, now: Now) -> Page:
    """One click (RFC 8058): whatever the body says, without login, cookie or redirect, at once; again does no harm."""
    return _page(token, request, now=now, done=True)


def _page(token: str, request: AnyRequest, *, now: datetime, done: bool) -> Page:
    engine = edge_of(request).engine
    try:
        message_id = message_of(token, request, leads_to=WAY_OUT)
        if done:
            engine.unsubscribe(message_id, now=now)
        channel, words = engine.way_out(message_id, now=now)
    except NotFound:
        return broken(request)
    return page(render_way_out(words, channel, done=done))
