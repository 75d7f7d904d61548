"""How messages leave, as the shop's file says: who writes and from where, and through what, channel by channel. A password is never in the file."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, cast, get_args
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from tactful.model.events import Channel
from tactful.model.settings import setting

KINDS: dict[str, frozenset[str]] = {
    "file": frozenset(get_args(Channel)),
    "smtp": frozenset({"email"}),
    "smtps": frozenset({"email"}),
    "https": frozenset(get_args(Channel)),
    "http": frozenset(get_args(Channel)),
}
"""Schemes of what messages may leave through, and the channels that each carries; `tactful.senders` opens them."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
SECRET = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")
UNSET = "nothing leaves in a shop's name before the shop says so"


class Writer(Struct, frozen=True, kw_only=True):
    """Who writes, and where one says no. Commercial e-mail must name all of it.

    Source: CAN-SPAM, 16 CFR 316; directive 2000/31/EC, article 6; RFC 8058.
    """

    from_address: Annotated[str, setting("E-mail address that letters come from.")] = ""
    from_name: Annotated[str, setting("Name that letters come from.")] = ""
    postal_address: Annotated[str, setting("The shop's postal address, under every letter.")] = ""
    links_url: Annotated[str, setting("Where customers reach this server: an https address, to which /u/ and /me/ are added.")] = ""


class Through(Struct, frozen=True, kw_only=True):
    """Through what the messages of one channel leave."""

    through: Annotated[
        str,
        setting(
            "file:FOLDER (in the data directory, where it has no root), for e-mail smtp://USER@HOST:PORT or smtps://…, or the https address of a program. "
            "Empty: a folder outbox in the data directory.",
            source=UNSET,
        ),
    ] = ""
    secret: Annotated[
        str,
        setting(
            "Where the mail server's password, or the secret that signs what a program is given, lies: env:NAME of a variable, or file:/PATH.",
            source="secrets in files that are shown and kept get out",
        ),
    ] = ""
    from_address: Annotated[str, setting("E-mail address that letters of this channel come from. Empty: that of senders.letters.", source=UNSET)] = ""


SENDERS: dict[str, Struct] = {"senders.letters": Writer(), **{f"senders.{channel}": Through() for channel in get_args(Channel)}}
"""The parts of the policy about senders, as shipped, by their names in the file."""


def mistakes_in(parts: Mapping[str, Struct]) -> Iterator[str]:
    """Everything about the senders that could not work, each with its key and what to do."""
    writer = cast("Writer", parts["senders.letters"])
    if writer.from_address and not ADDRESS.fullmatch(writer.from_address):
        yield "senders.letters.from_address: is no e-mail address; write it like hello@shop.example, and the name as from_name"
    if writer.links_url and not _is_reached(writer.links_url):
        yield "senders.letters.links_url: must be https (http is for this machine only), like https://mail.shop.example"
    for channel in get_args(Channel):
        yield from (f"senders.{channel}.{mistake}" for mistake in _wrong(channel, cast("Through", parts[f"senders.{channel}"]), writer))


def _wrong(channel: str, own: Through, writer: Writer) -> Iterator[str]:
    if own.from_address and not ADDRESS.fullmatch(own.from_address):
        yield "from_address: is no e-mail address; write it like hello@shop.example"
    if own.secret and not SECRET.fullmatch(own.secret):
        yield "secret: names where the secret lies, not the secret: env:NAME or file:/PATH"
    if not own.through:
        return
    try:
        address = urlsplit(own.through)
        _ = address.port
    except ValueError:
        yield "through: is no address; write it like smtp://relay.example:587"
        return
    if address.scheme not in KINDS:
        yield f"through: is no sender; write file:FOLDER or one of {', '.join(f'{scheme}:' for scheme in KINDS if scheme != 'file')}"
    elif channel not in KINDS[address.scheme]:
        yield f"through: {address.scheme} carries {' and '.join(sorted(KINDS[address.scheme]))} only"
    else:
        yield from _wrong_address(address, own, writer)


def _wrong_address(address: SplitResult, own: Through, writer: Writer) -> Iterator[str]:
    if address.password is not None:
        yield "through: holds a password; take it out, and say in secret where it lies"
    if address.scheme == "file":
        if address.netloc not in ("", "localhost") or not address.path:
            yield "through: a file sender needs a folder on this machine, as file:outbox or file:///var/outbox"
        return
    if not address.hostname:
        yield "through: names no host"
    if address.scheme.startswith("smtp"):
        missing = {"from_address": own.from_address or writer.from_address, "postal_address": writer.postal_address, "links_url": writer.links_url}
        yield from (f"through: a letter needs senders.letters.{name}" for name, value in missing.items() if not value)
        return
    if not own.secret:
        yield "secret: what a program is given is signed; say where the secret lies, as env:TACTFUL_WEBHOOK_SECRET"
    if address.scheme == "http" and address.hostname not in LOOPBACK:
        yield "through: a program needs an https address; http is for this machine only"


def _is_reached(url: str) -> bool:
    """Whether mail programs may post to it (RFC 8058 asks for https)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
