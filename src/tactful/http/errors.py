"""Every error in one form: ``{"success": false, "code": "...", "message": "..."}``."""

import logging
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from tactful.model.errors import TactfulError, TooManyRequests

log = logging.getLogger("tactful.http")
AnyRequest = Request[Any, Any, Any]
Answer = Response[dict[str, Any]]
AGAIN_SECONDS = "5"
"""When a client may try again what cannot be taken now; most heed it, all keep what they have."""


def answer(status: int, code: str, message: str, *, headers: dict[str, str] | None = None) -> Answer:
    """An error in the contract's form."""
    body = {"success": False, "code": code, "message": message}
    return Response(body, status_code=status, media_type=MediaType.JSON, headers=headers)


def anticipated(_: AnyRequest, problem: TactfulError) -> Answer:
    """A mistake that we know: its own status, code and sentence."""
    return answer(problem.status, problem.reason_code, problem.message, headers=_headers(problem))


def _headers(problem: TactfulError) -> dict[str, str]:
    if isinstance(problem, TooManyRequests):
        return {"Retry-After": str(problem.retry_after), "X-RateLimit-Reset": str(problem.retry_after)}
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": AGAIN_SECONDS}
    return {"WWW-Authenticate": 'Basic realm="Tactful console"'} if problem.reason_code == "console_locked" else {}


def refused(_: AnyRequest, problem: HTTPException) -> Answer:
    """What the framework refused: no such path, wrong method, a body of the wrong shape."""
    status = problem.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s", problem.detail, exc_info=problem)
        return answer(status, "internal", "something went wrong here; it has been logged")
    code = "invalid_input" if status == HTTPStatus.BAD_REQUEST else HTTPStatus(status).phrase.lower().replace(" ", "_")
    return answer(status, code, sentence(problem))


def sentence(problem: HTTPException) -> str:
    """What is wrong, on one line, with the fields it is about."""
    extra = problem.extra if isinstance(problem.extra, list) else []
    fields = [f"{each.get('key', 'the body')}: {each.get('message', '')}" for each in extra if isinstance(each, dict)]
    return " ".join(("; ".join(fields) or problem.detail).split())


def unexpected(request: AnyRequest, problem: Exception) -> Answer:
    """A mistake of ours: logged in full, told without internals."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=problem)
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "something went wrong here; it has been logged")


HANDLERS: dict[int | type[Exception], Any] = {TactfulError: anticipated, HTTPException: refused, Exception: unexpected}
