"""Senders by the scheme of their address: each module of this package names the schemes it opens."""

import importlib
import pkgutil
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from tactful import senders
from tactful.app.ports import Sender
from tactful.model.errors import InvalidInput
from tactful.senders._settings import Letterhead

Opener = Callable[[SplitResult, Letterhead], Sender]


def kinds() -> dict[str, Opener]:
    """What opens a sender, by scheme."""
    found: dict[str, Opener] = {}
    for module in pkgutil.iter_modules(senders.__path__):
        if not module.name.startswith("_"):
            kind = importlib.import_module(f"{senders.__name__}.{module.name}")
            found |= dict.fromkeys(kind.SCHEMES, kind.open_at)
    return found


def open_sender(address: str, letterhead: Letterhead) -> Sender:
    """Open a sender by its address, such as ``file:outbox`` or ``smtp://relay.example:587``. Raises InvalidInput and NotReady."""
    known = kinds()
    parts = urlsplit(address)
    if parts.scheme not in known:
        raise InvalidInput(f"{address[:80]!r} is no sender; write file:FOLDER or one of {', '.join(f'{scheme}:' for scheme in sorted(known))}")
    return known[parts.scheme](parts, letterhead)
