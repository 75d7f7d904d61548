"""What the pages behind the links in a message share: headers, the message that a token names, and the language for a reader nobody knows."""

from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus

from litestar import MediaType, Response

from tactful.console import STYLE, render_way_out
from tactful.http.access import Connection, edge_of
from tactful.http.pages import HEADERS
from tactful.model.errors import NotFound
from tactful.outreach import read_link

STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
PERSONAL = HEADERS | {
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("style-src 'self'", f"style-src 'sha256-{STYLE_HASH}'"),
}
"""Nobody keeps such a page, and its address, which is the key to it, is told to no other page.

It brings its style along, so that a proxy need let nothing else through.
"""
LANGUAGES_HEARD = 5
"""Of those that a browser asks for."""
Page = Response[str]


def message_of(token: str, request: Connection, *, leads_to: str) -> str:
    """The id of the message that a link names. Raises NotFound."""
    message_id = read_link(token, edge_of(request).keys.links_key, leads_to=leads_to)
    if message_id is None:
        raise NotFound("this link is not one of ours")
    return message_id


def page(html: str, *, status: HTTPStatus = HTTPStatus.OK) -> Page:
    """An answer that is nobody else's."""
    return Response(html, media_type=MediaType.HTML, headers=PERSONAL, status_code=status)


def broken(request: Connection) -> Page:
    """The answer to a link that leads to no message, in a language that the browser asks for."""
    wishes = [part.partition(";")[0].strip() for part in request.headers.get("accept-language", "")[:200].split(",")]
    words = edge_of(request).engine.speak(*wishes[:LANGUAGES_HEARD])
    return page(render_way_out(words, None, done=False), status=HTTPStatus.NOT_FOUND)
