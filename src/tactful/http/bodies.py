"""Request bodies: unpacked while they stream in, and never more of them than is allowed."""

import re
import zlib
from collections.abc import AsyncIterator

import numpy as np
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send
from litestar.types.asgi_types import HTTPRequestEvent

from tactful.model.errors import InvalidInput, TactfulError, TooLarge

MEGABYTE = 1024 * 1024
LIMIT = 4 * MEGABYTE
FEED_LIMIT = 64 * MEGABYTE
FEEDS = ("/v1/products", "/v1/stores")
MOST_DEPTH = 64
"""How deep JSON may be nested: what is stored is read by many, and none of them should have to climb down further."""
BRACKETS = b'{}[]"'
OTHERS = bytes(set(range(256)) - set(BRACKETS))
ESCAPED = re.compile(rb"\\.", re.DOTALL)
STRING = re.compile(rb'"[^"]*"')
STEPS = np.zeros(256, dtype=np.int8)
STEPS[list(b"{[")], STEPS[list(b"}]")] = 1, -1
"""How much deeper each byte leads."""
GZIP = 31
"""Window bits that make zlib expect a gzip header."""


class Plain:
    """Counts what comes through."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0

    def feed(self, chunk: bytes) -> bytes:
        """Pass some bytes on. Raises TooLarge over the limit."""
        self.size += len(chunk)
        if self.size > self.limit:
            raise TooLarge(f"the body is over {self.limit // MEGABYTE} MB unpacked; send it in parts")
        return chunk

    def finish(self) -> None:
        """Nothing to check at the end."""


class Gzip(Plain):
    """Unpacks a gzip stream, never to more bytes than allowed."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.stream = zlib.decompressobj(GZIP)

    def feed(self, chunk: bytes) -> bytes:
        """Unpack some bytes. Raises InvalidInput where they are not gzip, TooLarge over the limit."""
        parts = []
        while chunk:
            if self.stream.eof:
                self.stream = zlib.decompressobj(GZIP)
            try:
                parts.append(super().feed(self.stream.decompress(chunk, self.limit - self.size + 1)))
            except zlib.error as problem:
                raise InvalidInput("the body says gzip but is not", code="malformed_gzip") from problem
            chunk = self.stream.unused_data
        return b"".join(parts)

    def finish(self) -> None:
        """Raise InvalidInput where the stream was cut off."""
        if not self.stream.eof:
            raise InvalidInput("the gzip body is cut off", code="malformed_gzip")


UNPACKERS: dict[bytes, type[Plain]] = {b"": Plain, b"identity": Plain, b"gzip": Gzip, b"x-gzip": Gzip}


def bounded(app: ASGIApp) -> ASGIApp:
    """Wrap an app so that it sees bodies whole, unpacked and within their limit."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        waiting = True

        async def whole() -> HTTPReceiveMessage:
            nonlocal waiting
            if waiting:
                waiting = False
                return HTTPRequestEvent(type="http.request", body=await collect(scope, receive), more_body=False)
            return await receive()  # type: ignore[return-value]  # only HTTP is served

        await app(scope, whole, send)

    return wrapped


async def collect(scope: Scope, receive: Receive) -> bytes:
    """The whole body, unpacked. Raises InvalidInput and TooLarge.

    A body that must be refused is read on, up to ten times what is allowed: a client that is still sending would see a broken connection, not the reason.
    """
    limit = FEED_LIMIT if scope["path"].startswith(FEEDS) else LIMIT
    encoding = dict(scope["headers"]).get(b"content-encoding", b"").strip().lower()
    if encoding not in UNPACKERS:
        raise InvalidInput("the body's Content-Encoding must be gzip or none", code="unknown_encoding")
    unpacker = UNPACKERS[encoding](limit)
    chunks: list[bytes] = []
    problem: TactfulError | None = None
    async for chunk in arriving(receive, 10 * limit):
        if problem is None:
            try:
                chunks.append(unpacker.feed(chunk))
            except TactfulError as found:
                problem = found
    if problem is None:
        unpacker.finish()
        body = b"".join(chunks)
        refuse_depths(body)
        return body
    raise problem


def refuse_depths(body: bytes) -> None:
    """Raise InvalidInput where JSON is nested too deep."""
    if depth(body) > MOST_DEPTH:
        raise InvalidInput(f"the body is nested deeper than {MOST_DEPTH} levels", code="malformed_json")


def depth(body: bytes) -> int:
    """How deep a JSON text is nested; 0 for what is no JSON object or array. Brackets inside strings do not count.

    >>> depth(b'{"a": [{"b]": "[[[["}]}'), depth(b"id,title [[[")
    (3, 0)
    """
    if not body.lstrip().startswith((b"{", b"[")):
        return 0
    bare = ESCAPED.sub(b"", body) if b"\\" in body else body
    brackets = STRING.sub(b"", bare.translate(None, OTHERS))
    return int(STEPS[np.frombuffer(brackets, dtype=np.uint8)].cumsum(dtype=np.int32).max(initial=0))


async def arriving(receive: Receive, most: int) -> AsyncIterator[bytes]:
    """Pieces of a body as they come in, until its end or until ``most`` bytes came. Raises InvalidInput where the client hangs up half way."""
    size, more = 0, True
    while more and size <= most:
        message = await receive()
        if message["type"] != "http.request":
            raise InvalidInput("the client hung up before the body was complete")
        yield message["body"]
        size += len(message["body"])
        more = message["more_body"]
