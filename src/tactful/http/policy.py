"""The policy out: every setting with its value and where that comes from."""

import msgspec
from litestar import get

from tactful.app.policy import Setting
from tactful.http.access import Behind, secret_only


class EffectivePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting. ``file`` is where those of the source ``file`` stand."""

    file: str | None
    settings: tuple[Setting, ...]


@get("/v1/policy", guards=[secret_only], sync_to_thread=False, tags=["Operations"], operation_id="policy", summary="The policy that holds")
def policy(edge: Behind) -> EffectivePolicy:
    """Every setting with its value, whether the file or the default says so, what it means, and where the default comes from."""
    found = edge.engine.policy
    return EffectivePolicy(file=found.file, settings=tuple(found.settings()))
