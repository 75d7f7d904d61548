"""Who calls, what they may do, and which time it is for them."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import jwt
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler

from tactful.app.keys import origin_of
from tactful.http.edge import Edge
from tactful.http.keyring import Caller
from tactful.http.keys import DEV_NAME, LOOPBACK
from tactful.model.access import Role
from tactful.model.errors import Forbidden, InvalidInput, TactfulError, Unauthorized

Connection = ASGIConnection[Any, Any, Any, Any]
Behind = NamedDependency[Edge]
"""What a handler asks to be given: everything behind it."""
Now = NamedDependency[datetime]
"""What a handler asks to be given: the time of this request."""
CALLER = "tactful_caller"
"""Where a request remembers who calls."""
ELSEWHERE = "tactful_elsewhere"
"""Where a request remembers that its key does not serve the page that it came from."""
UNLIMITED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Whoever watches over a server must be answered when it is busy too."""
NOW_HEADER = "Tactful-Now"
TOKEN_HEADER = "X-Identity-Token"  # noqa: S105
"""Carries a signed identity token: a JWT, HS256, whose ``sub`` is the userId."""


FindKey = Callable[[], str | None]
"""Looks for a write key elsewhere than in the headers; asked only where that matters."""


def no_key() -> None:
    """There is no key but in the headers."""


def role_of(connection: Connection, *, body_key: FindKey = no_key) -> Role:
    """What the caller may do. Raises as `caller_of`."""
    return caller_of(connection, body_key=body_key).role


def caller_of(connection: Connection, *, body_key: FindKey = no_key) -> Caller:
    """Who calls, found out once a request. Raises Unauthorized, Forbidden where the key does not serve the page, and TooManyRequests."""
    known: Caller | None = connection.scope["state"].get(CALLER)
    if known is not None:
        return known
    caller = _identify(connection, body_key)
    if caller.role == "write":
        _check_origin(connection, caller)
        edge_of(connection).limits.keys.take(caller.name)
    connection.scope["state"][CALLER] = caller
    return caller


def _identify(connection: Connection, body_key: FindKey) -> Caller:
    """By header, else by the key in the body. A Basic user name outranks the body. Raises Unauthorized."""
    ring = edge_of(connection).keyring
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (found := ring.caller(credentials.strip(), "secret")):
        return found
    if scheme.lower() == "basic":
        if found := ring.caller(user_of(credentials), "write"):
            return found
        raise Unauthorized("the write key is not known here")
    key = body_key()
    if found := ring.caller(key, "write"):
        return found
    if scheme or key:
        raise Unauthorized("the key is not known here")
    raise Unauthorized("a key is needed: the write key as Basic user name, or the secret key as Bearer token")


def _check_origin(connection: Connection, caller: Caller) -> None:
    """A key that is bound to pages is good for requests that say that they come from one of them. Raises Forbidden.

    Browsers say so in ``Origin``, and of a picture in ``Referer``. Who is no browser may say anything: this keeps other people's pages from using the key.
    """
    if not caller.origins:
        return
    said = connection.headers.get("origin") or connection.headers.get("referer") or ""
    if origin_of(said) not in caller.origins:
        connection.scope["state"][ELSEWHERE] = True
        raise Forbidden(f"this key serves the pages of {', '.join(caller.origins)} only", code="origin_not_allowed")


def basic(credentials: str) -> tuple[str, str]:
    """User name and password of Basic authorization; the colon may be missing."""
    try:
        user, _, password = b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password


def user_of(credentials: str) -> str:
    """The user name of Basic authorization, where clients send the write key."""
    return basic(credentials)[0]


async def keys_up_to_date(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard of everything, before all others: once a second, look whether keys have changed."""
    ring = edge_of(connection).keyring
    if ring.due():
        await sync_to_thread(ring.look)


def within_limits(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard of everything: an address without a secret key may only ask so often. Raises TooManyRequests before a body is read."""
    edge = edge_of(connection)
    scheme, _space, credentials = connection.headers.get("authorization", "").partition(" ")
    if connection.scope["path"] in UNLIMITED or (scheme.lower() == "bearer" and edge.keyring.caller(credentials.strip(), "secret")):
        return
    edge.limits.addresses.take(connection.client.host if connection.client else "")


def secret_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: only with a secret key."""
    if role_of(connection) != "secret":
        raise Forbidden("this needs the secret key, as Authorization: Bearer")


def any_key(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: only with a key."""
    role_of(connection)


def console_readers(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard of the console: open in development to this machine's own browser, else a secret key, as Bearer or as Basic password.

    The Host header is checked so that a foreign page cannot reach the console under a name of its own (DNS rebinding).
    """
    edge = edge_of(connection)
    if edge.keys.dev and connection.url.hostname in LOOPBACK:
        connection.scope["state"][CALLER] = Caller(role="secret", name=DEV_NAME)
        return
    scheme, _space, credentials = connection.headers.get("authorization", "").partition(" ")
    key = credentials.strip() if scheme.lower() == "bearer" else basic(credentials)[1]
    caller = edge.keyring.caller(key, "secret")
    if caller is None:
        raise Unauthorized("the console needs the secret key as the password; the user name does not matter", code="console_locked")
    connection.scope["state"][CALLER] = caller


class Looked:
    """What is noted of a look: at whom, once that is known."""

    def __init__(self, customer: str | None) -> None:
        self.customer = customer
        self.outcome = "ok"


@contextmanager
def noted(request: Request[Any, Any, Any], action: str, customer: str | None = None) -> Iterator[Looked]:
    """Note a look at a customer, before anything is answered: what cannot be noted is not told. Raises what the block raises, and NotReady.

    The clock's time is noted, whatever ``Tactful-Now`` says.
    """
    edge = edge_of(request)
    looked = Looked(customer and edge.engine.audit.named(customer))  # now: who is erased in the block has no name afterwards
    try:
        yield looked
    except TactfulError as problem:
        looked.outcome = problem.reason_code
        raise
    except Exception:
        looked.outcome = "internal"
        raise
    finally:
        edge.engine.audit.note(key=caller_of(request).name, action=action, customer=looked.customer, outcome=looked.outcome, at=edge.clock())


def edge_of(connection: Connection) -> Edge:
    """What is behind the handlers."""
    edge: Edge = connection.app.state["edge"]
    return edge


def provide_edge(request: Request[Any, Any, Any]) -> Edge:
    """What is behind the handlers, as a dependency."""
    return edge_of(request)


def provide_now(request: Request[Any, Any, Any]) -> datetime:
    """The time of this request: the clock's, or for the holder of the secret key what ``Tactful-Now`` says. Raises Forbidden and InvalidInput."""
    edge = edge_of(request)
    given = request.headers.get(NOW_HEADER)
    if given is None:
        return edge.clock()
    if role_of(request) != "secret":
        raise Forbidden(f"{NOW_HEADER} needs the secret key")
    return read_moment(given, NOW_HEADER)


def read_moment(text: str, name: str) -> datetime:
    """A point in time with its zone, in UTC. Raises InvalidInput.

    >>> read_moment("2026-03-01T10:00:00+01:00", "now").isoformat()
    '2026-03-01T09:00:00+00:00'
    """
    try:
        at = datetime.fromisoformat(text.strip())
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(f"{name} must be RFC 3339 with a zone, like 2026-03-01T10:00:00Z, not {text[:40]!r}")


def require_own_identity(request: Request[Any, Any, Any], user_id: str | None) -> None:
    """Let a write key decide for a userId only with a token that proves it. Raises Forbidden."""
    if user_id is None or role_of(request) == "secret":
        return
    token = request.headers.get(TOKEN_HEADER)
    if token is None:
        raise Forbidden(f"with the write key a userId needs an identity token in {TOKEN_HEADER}; without one, ask for an anonymousId")
    try:
        claims = jwt.decode(token, edge_of(request).keys.jwt_secret, algorithms=["HS256"], options={"require": ["sub"]})
    except jwt.InvalidTokenError as problem:
        raise Forbidden(f"the identity token is not valid: {problem}") from problem
    if claims["sub"] != user_id:
        raise Forbidden("the identity token is for another userId")
