"""A setting that the shop may change: what it means, what it may be, and where its default comes from."""

from typing import Any

from msgspec import Meta


def setting(description: str, *, source: str | None = None, **bounds: Any) -> Meta:
    """Describe a field of a rule or trigger, for `Annotated`. A field so described can be set in ``tactful.toml``, and is on the page of settings.

    ``source`` says where the default comes from; without it, what the rule itself names as its source holds. Bounds are msgspec's: ``ge``, ``gt``, ``le`` …
    """
    return Meta(description=description, extra={"source": source} if source else None, **bounds)
