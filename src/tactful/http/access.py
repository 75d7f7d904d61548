"""Who calls, what they may do, and which time it is for them."""

import binascii
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any, Literal

import jwt
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler

from tactful.http.edge import Edge
from tactful.http.keys import LOOPBACK, Keys
from tactful.model.errors import Forbidden, InvalidInput, Unauthorized

Role = Literal["secret", "write"]
Connection = ASGIConnection[Any, Any, Any, Any]
Behind = NamedDependency[Edge]
"""What a handler asks to be given: everything behind it."""
Now = NamedDependency[datetime]
"""What a handler asks to be given: the time of this request."""
ROLE = "tactful_role"
"""Where a request remembers who calls."""
UNLIMITED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Whoever watches over a server must be answered when it is busy too."""
NOW_HEADER = "Tactful-Now"
TOKEN_HEADER = "X-Identity-Token"  # noqa: S105
"""Carries a signed identity token: a JWT, HS256, whose ``sub`` is the userId."""


def role_of(connection: Connection, keys: Keys, *, body_key: str | None = None) -> Role:
    """Who calls, found out once a request. Raises Unauthorized, and TooManyRequests where a write key is used too often."""
    known: Role | None = connection.scope["state"].get(ROLE)
    if known is not None:
        return known
    role = _identify(connection, keys, body_key)
    if role == "write":
        edge_of(connection).limits.keys.take("write")
    connection.scope["state"][ROLE] = role
    return role


def _identify(connection: Connection, keys: Keys, body_key: str | None) -> Role:
    """By header, else by the key in the body. A Basic user name outranks the body. Raises Unauthorized."""
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and keys.opens_everything(credentials.strip()):
        return "secret"
    if scheme.lower() == "basic":
        if keys.opens_writing(user_of(credentials)):
            return "write"
        raise Unauthorized("the write key is not known here")
    if keys.opens_writing(body_key):
        return "write"
    if scheme or body_key:
        raise Unauthorized("the key is not known here")
    raise Unauthorized("a key is needed: the write key as Basic user name, or the secret key as Bearer token")


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


def within_limits(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard of everything: an address without the secret key may only ask so often. Raises TooManyRequests before a body is read."""
    edge = edge_of(connection)
    scheme, _space, credentials = connection.headers.get("authorization", "").partition(" ")
    if connection.scope["path"] in UNLIMITED or (scheme.lower() == "bearer" and edge.keys.opens_everything(credentials.strip())):
        return
    edge.limits.addresses.take(connection.client.host if connection.client else "")


def secret_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: only with the secret key."""
    if role_of(connection, edge_of(connection).keys) != "secret":
        raise Forbidden("this needs the secret key, as Authorization: Bearer")


def any_key(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: only with a key."""
    role_of(connection, edge_of(connection).keys)


def console_readers(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard of the console: open in development to this machine's own browser, else the secret key, as Bearer or as Basic password.

    The Host header is checked so that a foreign page cannot reach the console under a name of its own (DNS rebinding).
    """
    keys = edge_of(connection).keys
    if keys.dev and connection.url.hostname in LOOPBACK:
        return
    scheme, _space, credentials = connection.headers.get("authorization", "").partition(" ")
    key = credentials.strip() if scheme.lower() == "bearer" else basic(credentials)[1]
    if not keys.opens_everything(key):
        raise Unauthorized("the console needs the secret key as the password; the user name does not matter", code="console_locked")


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
    if role_of(request, edge.keys) != "secret":
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


def require_own_identity(request: Request[Any, Any, Any], user_id: str | None, keys: Keys) -> None:
    """Let a write key decide for a userId only with a token that proves it. Raises Forbidden."""
    if user_id is None or role_of(request, keys) == "secret":
        return
    token = request.headers.get(TOKEN_HEADER)
    if token is None:
        raise Forbidden(f"with the write key a userId needs an identity token in {TOKEN_HEADER}; without one, ask for an anonymousId")
    try:
        claims = jwt.decode(token, keys.jwt_secret, algorithms=["HS256"], options={"require": ["sub"]})
    except jwt.InvalidTokenError as problem:
        raise Forbidden(f"the identity token is not valid: {problem}") from problem
    if claims["sub"] != user_id:
        raise Forbidden("the identity token is for another userId")
