"""The command that shows the policy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tactful.cli._options import DEFAULT_DATA, Config, Data, Json, Store, policy_in
from tactful.cli._screen import show

if TYPE_CHECKING:
    from tactful.app.policy import Policy


def policy(
    *,
    changed: Annotated[bool, typer.Option("--changed", help="Only what the file sets.")] = False,
    config: Config = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,  # noqa: ARG001 - every command takes it; the policy is a file beside the keys
    as_json: Json = False,
) -> None:
    """Show every setting with its value, whether the file or the default says so, and where the default comes from."""
    work = policy_in(data, config)
    settings = [setting for setting in work.settings() if setting.source == "file" or not changed]
    show({"file": work.file, "settings": settings}, _lines(work, changed=changed), as_json=as_json)


def _lines(work: "Policy", *, changed: bool) -> Iterator[str]:
    yield f"settings from {work.file}" if work.file else "as shipped; tactful init writes a tactful.toml to start from"
    for setting in work.settings():
        if setting.source == "file" or not changed:
            where = f"{setting.scope}: " if setting.scope else ""
            yield f"{where}{setting.key} = {msgspec.json.encode(setting.value).decode()}  ({setting.source}) {setting.means}"
