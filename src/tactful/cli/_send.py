"""The command that sends what is due, and the options that say through what."""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tactful.cli._options import DEFAULT_DATA, Config, Data, Json, Now, Store, at_work, clock
from tactful.cli._screen import show
from tactful.model.errors import InvalidInput

if TYPE_CHECKING:
    from tactful.app.policy import Policy
    from tactful.http import Keys
    from tactful.model.outbox import Dispatch, Dispatched
    from tactful.wiring import Postroom

WEBHOOK_SECRET = "TACTFUL_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable

Sender = Annotated[
    list[str] | None,
    typer.Option(
        "--sender",
        envvar="TACTFUL_SENDER",
        metavar="URL",
        help="How messages leave: file:FOLDER, smtp://HOST or a webhook. May be repeated. Default: as tactful.toml says, else outbox/ in the data.",
    ),
]
From = Annotated[str | None, typer.Option("--from", envvar="TACTFUL_FROM", metavar="ADDRESS", help="Who writes: 'Shop <hello@shop.example>'.")]
PostalAddress = Annotated[
    str | None, typer.Option("--postal-address", envvar="TACTFUL_POSTAL_ADDRESS", metavar="TEXT", help="The shop's postal address, under every letter.")
]
LinksUrl = Annotated[
    str | None,
    typer.Option(
        "--links-url", envvar="TACTFUL_LINKS_URL", metavar="URL", help="Where customers reach this server: its /u/ ends messages, its /me/ says why they came."
    ),
]


def postroom(
    addresses: list[str] | None,
    *,
    policy: "Policy",
    data: Path,
    sender_from: str | None,
    postal_address: str | None,
    links_url: str | None,
    keys: "Keys | None",
) -> "Postroom":
    """The senders as the policy says, and the options, which outrank it. Raises InvalidInput, and NotReady where links cannot be signed."""
    from tactful.http import load_keys
    from tactful.senders import Letterhead
    from tactful.wiring import postroom_of

    name, address = parseaddr(sender_from or "")
    if sender_from and "@" not in address:
        raise InvalidInput(f"--from {sender_from!r} is no address; write it like 'Shop <hello@shop.example>'")
    letterhead = Letterhead(
        from_name=name, from_address=address or None, postal_address=postal_address, links_url=links_url, webhook_secret=os.environ.get(WEBHOOK_SECRET)
    )
    mail = postroom_of(policy, data, senders=tuple(addresses or ()), letterhead=letterhead)
    signing = keys or (load_keys(data) if mail.letterhead.links_url else None)
    mail = msgspec.structs.replace(mail, links_key=signing.links_key if signing else b"")
    with mail.opened():  # A sender that cannot be opened is told at the start, not with the first message.
        return mail


def run(
    *,
    sender: Sender = None,
    sender_from: From = None,
    postal_address: PostalAddress = None,
    links_url: LinksUrl = None,
    now: Now = None,
    config: Config = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> int:
    """Send what is due in the outbox: once, after judging it again, or drop it with its reason. Exits 1 where a sender is down."""
    with at_work(data, store, config) as work:
        mail = postroom(sender, policy=work.policy, data=data, sender_from=sender_from, postal_address=postal_address, links_url=links_url, keys=None)
        with mail.opened() as senders:
            done = work.send(senders, now=clock(now), clock=lambda: clock(now), links=mail.links)
    show(done, _lines(done), as_json=as_json)
    return 0 if done.stopped is None else 1


def _lines(done: "Dispatch") -> list[str]:
    counts = f"{done.count('sent')} sent, {done.count('put_off') + done.count('retry')} later, {done.count('dropped')} dropped"
    waiting = f", {done.count('waiting')} for channels that no sender carries" if done.count("waiting") else ""
    stopped = [f"stopped: {done.stopped}; what is left stays due"] if done.stopped else []
    return [*map(_line, done.messages), f"{counts}{waiting}", *stopped]


def _line(one: "Dispatched") -> str:
    when = f" until {one.next_at:%Y-%m-%d %H:%M} UTC" if one.next_at is not None and one.state in ("put_off", "retry") else ""
    why = f", {one.code or 'sender'}: {one.text}" if one.text else ""
    return f"{one.state.replace('_', ' '):<8} {one.user_id}  {one.trigger} by {one.channel}{when}{why}"
