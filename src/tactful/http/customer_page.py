"""The customer's own page: why they were written to, and where they answer back. GET changes nothing; POST is one answer, and then leads back to the page."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath, Parameter

from tactful.app.answer_back import Answer
from tactful.console import render_customer_page
from tactful.http.access import Now, edge_of
from tactful.http.personal import PERSONAL, Page, broken, message_of, page
from tactful.model.errors import InvalidInput, NotFound
from tactful.outreach import CUSTOMER_PAGE

AnyRequest = Request[Any, Any, Any]
Saved = Annotated[bool, Parameter(description="Say on the page that an answer was heard")]
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 8
LONGEST_FORM = 4096


@get("/me/{token:str}", tags=["Customers"], operation_id="customerPage", summary="The customer's own page: why they were written to")
async def customer_page(token: FromPath[str], request: AnyRequest, now: Now, saved: Saved = False) -> Page:
    """Changes nothing. No key: the signed token in the link names one message, and the page tells of that message only."""
    return await sync_to_thread(_page, token, request, now=now, saved=saved)


@post("/me/{token:str}", status_code=303, tags=["Customers"], operation_id="answerBack", summary="Answer back on the customer's own page")
async def answer_back(token: FromPath[str], request: AnyRequest, now: Now) -> Page:
    """A form with ``answer``, and ``product`` or ``value`` where it needs one. It is recorded as an ordinary event of the customer, and holds at once."""
    return await sync_to_thread(_answered, token, request, await request.body(), now=now)


def _answered(token: str, request: AnyRequest, body: bytes, *, now: datetime) -> Page:
    try:
        edge_of(request).engine.answer_back(message_of(token, request, leads_to=CUSTOMER_PAGE), read_answer(request, body), now=now)
    except NotFound:
        return broken(request)
    except InvalidInput:
        return _page(token, request, now=now, refused=True)
    return Response("", headers=PERSONAL | {"Location": "?saved=true"}, status_code=HTTPStatus.SEE_OTHER)


def _page(token: str, request: AnyRequest, *, now: datetime, saved: bool = False, refused: bool = False) -> Page:
    edge = edge_of(request)
    try:
        found = edge.engine.customer_page(message_of(token, request, leads_to=CUSTOMER_PAGE), now=now)
    except NotFound:
        return broken(request)
    html = render_customer_page(found, shop=edge.postroom.letterhead.signature, saved=saved, refused=refused)
    return page(html, status=HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK)


def read_answer(request: AnyRequest, body: bytes) -> Answer:
    """The answer in a posted form. Raises InvalidInput."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM or len(body) > LONGEST_FORM:
        raise InvalidInput(f"an answer is a form of at most {LONGEST_FORM} bytes")
    try:
        fields = dict(parse_qsl(body.decode("utf-8"), max_num_fields=MOST_FIELDS))
    except ValueError:
        raise InvalidInput("the form cannot be read") from None
    return Answer(answer=fields.get("answer", ""), product_id=fields.get("product"), value=fields.get("value"))
