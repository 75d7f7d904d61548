"""The page behind the link in every message: asks on GET, since link scanners look at everything, and ends the channel on POST, with the link alone."""

from http import HTTPStatus

from litestar import MediaType, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath

from tactful.console import render_way_out
from tactful.http.access import Behind, Now
from tactful.http.pages import HEADERS
from tactful.model.errors import NotFound
from tactful.outreach import read_way_out

PAGE = HEADERS | {"X-Robots-Tag": "noindex"}
Page = Response[str]


@get("/u/{token:str}", tags=["Customers"], operation_id="askToUnsubscribe", summary="The page that asks whether messages should stop")
async def ask(token: FromPath[str], edge: Behind) -> Page:
    """Changes nothing. No key: the signed token in the link names one message."""
    try:
        channel = await sync_to_thread(edge.engine.channel_of, _message(token, edge.keys.links_key))
    except NotFound:
        return _page(None, done=False)
    return _page(channel, done=False)


@post(
    "/u/{token:str}",
    status_code=200,
    sync_to_thread=True,
    tags=["Customers"],
    operation_id="unsubscribe",
    summary="Stop messages through the channel of this message",
)
def unsubscribe(token: FromPath[str], edge: Behind, now: Now) -> Page:
    """One click (RFC 8058): whatever the body says, without login, cookie or redirect, at once; again does no harm."""
    try:
        channel = edge.engine.unsubscribe(_message(token, edge.keys.links_key), now=now)
    except NotFound:
        return _page(None, done=False)
    return _page(channel, done=True)


def _message(token: str, key: bytes) -> str:
    message_id = read_way_out(token, key)
    if message_id is None:
        raise NotFound("this link is not one of ours")
    return message_id


def _page(channel: str | None, *, done: bool) -> Page:
    status = HTTPStatus.OK if channel is not None else HTTPStatus.NOT_FOUND
    return Response(render_way_out(channel, done=done), media_type=MediaType.HTML, headers=PAGE, status_code=status)
