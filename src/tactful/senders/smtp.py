"""E-mail through a mail server (SMTP), one connection a run."""

import asyncio
from collections.abc import Awaitable
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote

from msgspec import Struct

from tactful.model.errors import InvalidInput, NotReady
from tactful.model.outbox import Handover, Letter
from tactful.senders._email import email_bytes
from tactful.senders._settings import Letterhead

if TYPE_CHECKING:
    from aiosmtplib import SMTP

SCHEMES = ("smtp", "smtps")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANSWER_SECONDS = 20.0
"""How long a server may take for one answer; four of them are far less than a claim holds."""
ABOUT_THE_LETTER = ("5.7.", "5.2.2", "5.3.4")
"""Enhanced status codes (RFC 3463) that speak of policy, a full mailbox or size: the address itself is fine."""


class Server(Struct, frozen=True, kw_only=True):
    """A mail server and how to get in."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = None
    seconds: float = ANSWER_SECONDS


class SmtpSender:
    """Hands each letter to the mail server. A server cannot be asked what it was given, so after a crash it cannot tell."""

    name = "smtp"
    channels = frozenset({"email"})

    def __init__(self, server: Server, letterhead: Letterhead) -> None:
        self.server, self.letterhead = server, letterhead
        self._runner = asyncio.Runner()
        self._client: SMTP | None = None

    def send(self, letter: Letter) -> Handover:
        """Send one letter. Until its text is under way every failure is safe to try again; after that, only what the server says is certain."""
        if not _is_address(letter.to):
            return Handover(fate="refused", detail="the address is none", closes_address=True)
        return self._runner.run(self._send(letter))

    def handed_over(self, message_id: str) -> bool | None:  # noqa: ARG002 - the port's signature
        """Cannot tell."""
        return None

    def close(self) -> None:
        """Say goodbye."""
        self._runner.run(self._hang_up())
        self._runner.close()

    async def _send(self, letter: Letter) -> Handover:
        from aiosmtplib import SMTPException, SMTPRecipientRefused, SMTPResponseException  # noqa: PLC0415 - an extra

        under_way = False
        try:
            client = await self._connected()
            await client.mail(self.letterhead.from_address or "")
            await client.rcpt(letter.to)
            under_way = True
            await client.data(email_bytes(letter, self.letterhead))
        except SMTPRecipientRefused as refused:
            await self._start_over()
            return _refused(refused.code, refused.message, closes=not refused.message.startswith(ABOUT_THE_LETTER))
        except SMTPResponseException as refused:
            await self._start_over()
            return _refused(refused.code, refused.message) if under_way else Handover(fate="down", detail=self._said(refused))
        except (SMTPException, OSError, TimeoutError) as error:
            await self._hang_up()
            return Handover(fate="unknown" if under_way else "down", detail=self._said(error))
        return Handover(fate="sent")

    async def _connected(self) -> "SMTP":
        from aiosmtplib import SMTP  # noqa: PLC0415 - an extra

        if self._client is None:
            server = self.server
            secure: dict[str, Any] = {"use_tls": server.tls}
            if not server.tls and server.user is not None and server.host not in LOOPBACK:
                secure["start_tls"] = True  # A password never travels in the open.
            client = SMTP(hostname=server.host, port=server.port, timeout=server.seconds, username=server.user, password=server.password, **secure)
            await client.connect()
            self._client = client
        return self._client

    async def _start_over(self) -> None:
        """Make the connection fit for the next letter."""
        if self._client is not None and not await _quietly(self._client.rset()):
            await self._hang_up()

    async def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None and not await _quietly(client.quit()):
            client.close()

    def _said(self, error: Exception) -> str:
        return f"{self.server.host}:{self.server.port}: {' '.join(str(error).split()) or type(error).__name__}"


async def _quietly(step: Awaitable[object]) -> bool:
    """Whether a step went well of which nothing depends."""
    from aiosmtplib import SMTPException  # noqa: PLC0415 - an extra

    try:
        await step
    except (SMTPException, OSError, TimeoutError):
        return False
    return True


def _refused(code: int, message: str, *, closes: bool = False) -> Handover:
    """What the server said of one letter: four hundreds mean later, five hundreds never."""
    detail = f"{code} {' '.join(message.split())}"[:300]
    return Handover(fate="refused", detail=detail, closes_address=closes) if code >= 500 else Handover(fate="later", detail=detail)


def _is_address(text: str) -> bool:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        return False
    return bool(address.username and address.domain) and text.isascii() and not any(char.isspace() for char in text)


def open_at(address: SplitResult, letterhead: Letterhead) -> SmtpSender:
    """A mail server, as ``smtp://user:password@relay.example:587`` or ``smtps://…:465``. Raises InvalidInput and NotReady."""
    try:
        import aiosmtplib  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise NotReady("e-mail needs the extra [email]: pip install 'tactful[email]'") from None
    if not address.hostname:
        raise InvalidInput("a mail server is written like smtp://user:password@relay.example:587")
    if letterhead.from_address is None or not letterhead.postal_address:
        raise InvalidInput("a letter says who writes and from where: give --from and --postal-address")
    if not _is_way_out(letterhead.links_url):
        raise InvalidInput("a letter has a way out: give --links-url, the https address at which this server's /u/ is reached")
    tls = address.scheme == "smtps"
    server = Server(
        host=address.hostname,
        port=address.port or (465 if tls else 587),
        tls=tls,
        user=unquote(address.username) if address.username else None,
        password=unquote(address.password) if address.password else None,
    )
    return SmtpSender(server, letterhead)


def _is_way_out(url: str | None) -> bool:
    """Whether mail programs may post to it (RFC 8058 asks for https); on this machine, for a try, http will do."""
    return url is not None and url.startswith(("https://", "http://127.0.0.1", "http://localhost"))
