"""Bodies of requests and answers that only the wire knows."""

from typing import Any

import msgspec
from litestar import Request
from msgspec import Struct

from tactful.app.engine import DecideRequest
from tactful.ingest import Problem
from tactful.model.decisions import Decision, Plan
from tactful.model.errors import InvalidInput
from tactful.model.events import DeadLetter

MOST_CUSTOMERS = 10_000
LONGEST_ID = 255


class ProductsReply(Struct, frozen=True, kw_only=True):
    """How many products were taken, and what was left out."""

    success: bool = True
    products: int
    problems: tuple[Problem, ...] = ()


class FullFeedReply(ProductsReply, frozen=True, kw_only=True):
    """The same of a full feed, and how many products it took off sale."""

    withdrawn: int = 0


class InventoryReply(Struct, frozen=True, kw_only=True):
    """How many lines of stock were taken, and what was left out."""

    success: bool = True
    lines: int
    problems: tuple[Problem, ...] = ()


class StoresReply(Struct, frozen=True, kw_only=True):
    """How many stores were taken, and what was left out."""

    success: bool = True
    stores: int
    problems: tuple[Problem, ...] = ()


class PlanRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """For whom to plan; at most 10,000 customers a call. Not dry, messages are reserved."""

    user_ids: tuple[str, ...]
    dry_run: bool = True


class Plans(Struct, frozen=True, kw_only=True):
    """One plan for each customer asked for."""

    plans: tuple[Plan, ...]


class UnmergeRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """Which identifier to separate; exactly one."""

    anonymous_id: str | None = None
    user_id: str | None = None
    loyalty_card: str | None = None


class DeadLetters(Struct, frozen=True, kw_only=True):
    """The newest events that could not be understood."""

    count: int
    dead_letters: tuple[DeadLetter, ...] = msgspec.field(name="deadLetters")


class Trained(Struct, frozen=True, kw_only=True):
    """Facts about every model that was learnt, by its name."""

    models: dict[str, dict[str, str | int | float]]
    success: bool = True


def check_request(asked: DecideRequest) -> None:
    """Check what the wire adds to the engine's own checks: sizes, and places on earth. Raises InvalidInput."""
    if max(len(asked.user_id or ""), len(asked.anonymous_id or "")) > LONGEST_ID:
        raise InvalidInput(f"an id has at most {LONGEST_ID} characters")
    where = asked.context.location
    if where and not (abs(where.lat) <= 90 and abs(where.lon) <= 180):
        raise InvalidInput("location must have a lat between -90 and 90 and a lon between -180 and 180")


def told(decision: Decision | Plan) -> dict[str, Any]:
    """A decision or a plan as it goes over the wire: ``withheld``, and ``contributions`` where there are any, only where they were asked for."""
    wire: dict[str, Any] = msgspec.to_builtins(decision)
    for name in ("withheld", "contributions"):
        if wire.get(name, "") is None:
            del wire[name]
    return wire


def json_object(body: bytes) -> dict[str, Any]:
    """A body that must be a JSON object. Raises InvalidInput."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise InvalidInput(f"the body must be a JSON object: {problem}") from problem


async def well_formed(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that is no JSON at all before it is matched with what a handler expects. Raises InvalidInput."""
    json_object(await request.body())
