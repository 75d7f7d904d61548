"""What scenarios are played against."""

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tactful.model.errors import TactfulError
from tactful.rehearse.answers import Json


class NotThere(TactfulError):
    """The target cannot do this yet; the scenario falls short."""

    status = 404
    code = "not_there"


class Stage(Protocol):
    """One shop in which one scenario is played. Every call tells what time it is."""

    def send(self, message: Json, *, now: datetime) -> None:
        """Send one Segment message. Raises InvalidInput where it is not understood."""
        ...

    def change_product(self, product: Json, *, now: datetime) -> None:
        """Change some attributes of a product; with a title, put a new one."""
        ...

    def decide(self, request: Json, *, now: datetime) -> Json:
        """The answer of ``POST /v1/decide``."""
        ...

    def plan(self, user: str, *, dry_run: bool, now: datetime) -> Json:
        """One customer's plan of ``POST /v1/outreach/plan``."""
        ...

    def run(self, *, now: datetime) -> Json:
        """The answer of ``POST /v1/outreach/run``."""
        ...

    def customer(self, user: str, *, now: datetime) -> Json:
        """The answer of ``GET /v1/customers/{id}``."""
        ...

    def moderate(self, request: Json, *, now: datetime) -> Json:
        """The answer of ``POST /v1/moderate``."""
        ...

    def knows_event(self, message_id: str) -> bool:
        """Whether the log holds this event."""
        ...

    def close(self) -> None:
        """The scenario is over."""
        ...


class Target(Protocol):
    """Where stages come from."""

    def stage(self, shop: Path, *, now: datetime) -> Stage:
        """A shop with its history, trained, as it is before a scenario begins."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
