"""Errors that a user or a client can cause, each with what to do.

```
TactfulError                 what went wrong, in one line
├── InvalidInput             400  the request or file cannot be understood
│   └── InvalidFeed          400  a product or store feed as a whole is unusable
├── Unauthorized             401  no key, or a key we do not know
├── Forbidden                403  a key that may not do this
├── NotFound                 404  the thing asked for does not exist
├── TooLarge                 413  a body over the limit
├── TooManyRequests          429  more requests than a key or an address may make
└── NotReady                 503  something that must be there first is missing
```
"""

from typing import ClassVar


class TactfulError(Exception):
    """Base of every anticipated error; the message is one line that says what to do."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason_code = code or self.code


class InvalidInput(TactfulError):
    """The request or file cannot be understood."""

    status = 400
    code = "invalid_input"


class InvalidFeed(InvalidInput):
    """A feed as a whole is unusable, for example without an id column."""

    code = "invalid_feed"


class Unauthorized(TactfulError):
    """No key was given, or one that is not known."""

    status = 401
    code = "unauthorized"


class Forbidden(TactfulError):
    """The key is known but may not do this."""

    status = 403
    code = "forbidden"


class NotFound(TactfulError):
    """The thing asked for does not exist."""

    status = 404
    code = "not_found"


class TooLarge(TactfulError):
    """The body is over the limit."""

    status = 413
    code = "too_large"


class TooManyRequests(TactfulError):
    """More requests than a key or an address may make; ``retry_after``: whole seconds after which one may come again."""

    status = 429
    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotReady(TactfulError):
    """Something that must be there first is missing."""

    status = 503
    code = "not_ready"
