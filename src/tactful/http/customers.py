"""One person: who they are to us, and what they may ask of us. With the secret key only.

A customer's id may hold slashes, so everything after ``/v1/customers/`` is the id, but for a last word that says what to do.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from litestar import MediaType, Request, Response, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath, JSONBody

from tactful.app.engine import Erasure
from tactful.console import render_export
from tactful.http.access import Behind, Now, noted, secret_only
from tactful.http.pages import HEADERS
from tactful.http.shapes import UnmergeRequest, well_formed
from tactful.identity import identifier
from tactful.model.errors import InvalidInput, NotFound
from tactful.model.identity import Identifier

JsonObject = dict[str, Any]
Answer = TypeVar("Answer")


def named(path: str, action: str) -> str:
    """The customer of a path that ends with an action. Raises NotFound for another ending.

    >>> named("/crm/7/unmerge", "unmerge")
    'crm/7'
    """
    customer, _, last = path.removeprefix("/").rpartition("/")
    if last != action or not customer:
        raise NotFound(f"there is nothing to POST here: /v1/customers/{{id}}/{action} is there")
    return customer


def separable(asked: UnmergeRequest) -> Identifier:
    """The one identifier that is to be separated. Raises InvalidInput."""
    given = [
        identifier("anonymous_id", asked.anonymous_id),
        identifier("user_id", asked.user_id),
        identifier("loyalty_card", asked.loyalty_card),
    ]
    found = [each for each in given if each is not None]
    if len(found) != 1:
        raise InvalidInput('say what to separate: exactly one of {"anonymousId": …}, {"userId": …} and {"loyaltyCard": …}')
    return found[0]


JSON_FIRST = ["application/json", "text/html"]


def exported(path: str) -> str | None:
    """The customer of a path that ends with ``/export``, or None.

    >>> exported("/crm/7/export"), exported("/export")
    ('crm/7', None)
    """
    customer, _, last = path.removeprefix("/").rpartition("/")
    return customer if last == "export" and customer else None


@get("/v1/customers/{customer:path}", guards=[secret_only], tags=["Customers"], operation_id="customer", summary="Who somebody is")
async def customer(customer: FromPath[str], *, request: Request[Any, Any, Any], edge: Behind, now: Now) -> Response[Any]:
    """Everything known, readable: identities, home, needs, owned, rhythm, usual, consent, contact history.

    ``GET /v1/customers/{id}/export`` is everything held, event by event: as JSON, or as a page to read where ``Accept`` asks for ``text/html``.
    """
    asked_for = exported(customer)
    if asked_for is None:
        return Response(await sync_to_thread(_look, edge.engine.customer, request, action="profile", customer=customer.removeprefix("/"), now=now))
    held = await sync_to_thread(_look, edge.engine.export, request, action="export", customer=asked_for, now=now)
    if request.accept.best_match(JSON_FIRST) == "text/html":
        return Response(render_export(held), media_type=MediaType.HTML, headers=HEADERS)
    return Response(held, headers={"Cache-Control": "no-store"})


@delete(
    "/v1/customers/{customer:path}",
    status_code=200,
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Customers"],
    operation_id="eraseCustomer",
    summary="Forget a customer",
)
def erase(customer: FromPath[str], *, request: Request[Any, Any, Any], edge: Behind, now: Now) -> Erasure:
    """Log, profile, decisions, dead letters, consent and links are gone when this is answered; an event that arrives late is let go.

    Who signs up again later, with an identify, begins anew.
    """
    return _look(edge.engine.erase, request, action="erase", customer=customer.removeprefix("/"), now=now)


@post(
    "/v1/customers/{customer:path}",
    status_code=200,
    guards=[secret_only],
    before_request=well_formed,
    sync_to_thread=True,
    tags=["Customers"],
    operation_id="unmerge",
    summary="Separate an identifier from a customer again",
)
def unmerge(customer: FromPath[str], data: JSONBody[UnmergeRequest], *, request: Request[Any, Any, Any], edge: Behind, now: Now) -> JsonObject:
    """``POST /v1/customers/{id}/unmerge`` with one of ``anonymousId``, ``userId`` and ``loyaltyCard``. Both profiles are rebuilt from their own events.

    They are joined again only by an identify or alias that happens later and names both.
    """
    apart = partial(edge.engine.unmerge, identifier=separable(data))
    return _look(apart, request, action="unmerge", customer=named(customer, "unmerge"), now=now)


def _look(use_case: Callable[..., Answer], request: Request[Any, Any, Any], *, action: str, customer: str, now: datetime) -> Answer:
    """Ask the engine about a customer, and note that."""
    with noted(request, action, customer):
        return use_case(customer, now=now)
