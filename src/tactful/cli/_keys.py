"""Commands about keys: add, list, rotate, revoke, and who looked at whom with them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Store, at_work
from tactful.cli._screen import show
from tactful.model.access import AccessKey, Look
from tactful.model.errors import InvalidInput

if TYPE_CHECKING:
    from tactful.app.keys import NewKey

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is called: who has it, or what for.")]


def add(
    name: Name,
    *,
    secret: Annotated[bool, typer.Option("--secret", help="A secret key, which may do everything; without it, a write key, which may send events.")] = False,
    origin: Annotated[list[str] | None, typer.Option(metavar="URL", help="A write key for the pages of https://shop.example only; may be given again.")] = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Make a key and show it, this once: only its hash is kept. A running server knows it within a second."""
    with at_work(data, store) as work:
        new = work.add_key(name, role="secret" if secret else "write", origins=origin or (), now=datetime.now(UTC))
    show(_told(new), [new.secret, "It is shown this once; keep it where its user finds it."], as_json=as_json)


def list_keys(*, data: Data = DEFAULT_DATA, store: Store = None, as_json: Json = False) -> None:
    """List the keys that were handed out, those that ended too. The keys of keys.json are not among them."""
    now = datetime.now(UTC)
    with at_work(data, store) as work:
        found = sorted(work.store.keys.load(), key=lambda key: (key.name, key.created_at))
    show([_fields(key, now) for key in found], _lines(found, now), as_json=as_json)


def rotate(
    name: Name,
    *,
    grace: Annotated[float, typer.Option(metavar="HOURS", min=0, max=24 * 90, help="For so many hours the old key opens, too.")] = 24,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Make another key of the same name and show it, this once. The old one opens for a while longer, so that nothing stops meanwhile."""
    with at_work(data, store) as work:
        new = work.rotate_key(name, grace=timedelta(hours=grace), now=datetime.now(UTC))
    show(_told(new), [new.secret, f"It is shown this once. The old key opens for {grace:g} hours more."], as_json=as_json)


def revoke(name: Name, *, data: Data = DEFAULT_DATA, store: Store = None, as_json: Json = False) -> None:
    """End every key of a name. A running server refuses it within a second."""
    with at_work(data, store) as work:
        ended = work.revoke_key(name, now=datetime.now(UTC))
    show({"name": name, "revoked": ended}, [f"{name}: {ended} {'key opens' if ended == 1 else 'keys open'} nothing any more"], as_json=as_json)


def audit(
    *,
    customer: Annotated[str | None, typer.Option(metavar="CUSTOMER", help="Only looks at this one: a userId, an anonymousId or a customer id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 100,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show who looked at whom with a secret key: when, with which key, at what, and what came of it. Customers are named by a hash."""
    if customer is not None and not customer.strip():
        raise InvalidInput("--customer is empty; give a userId, an anonymousId or a customer id")
    with at_work(data, store) as work:
        found = work.audit.latest(limit) if customer is None else work.audit.of(customer)[::-1][:limit]
    show(found, [_look(each) for each in found] or ["nobody has looked"], as_json=as_json)


def _told(new: "NewKey") -> dict[str, object]:
    return {"key": new.secret, "name": new.key.name, "kind": new.key.role, "origins": new.key.origins}


def _fields(key: AccessKey, now: datetime) -> dict[str, object]:
    told = {"name": key.name, "kind": key.role, "origins": key.origins, "createdAt": key.created_at, "endsAt": key.ends_at}
    return told | {"opens": key.opens(now), "fingerprint": key.digest[:12]}


def _lines(keys: list[AccessKey], now: datetime) -> Iterator[str]:
    if not keys:
        yield "none; make one with: tactful keys add NAME"
    for key in keys:
        until = "" if key.ends_at is None else f"  {'until' if key.opens(now) else 'ended'} {key.ends_at:%Y-%m-%d %H:%M} UTC"
        pages = f"  for {', '.join(key.origins)}" if key.origins else ""
        yield f"{key.name:<24} {key.role:<6}  {key.digest[:12]}  since {key.created_at:%Y-%m-%d %H:%M} UTC{until}{pages}"


def _look(look: Look) -> str:
    return f"{look.at:%Y-%m-%d %H:%M:%S} UTC  {look.key:<24} {look.action:<12} {(look.whom or '-')[:16]:<16}  {look.outcome}"
