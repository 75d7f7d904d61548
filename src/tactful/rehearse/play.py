"""Play one scenario: what happens and what is asked, merged by time; what happens at the same instant comes first."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from msgspec import Struct

from tactful.model.errors import InvalidInput, TactfulError
from tactful.rehearse.answers import Answer, Json, Scene
from tactful.rehearse.scenario import Ask, Happening, Scenario
from tactful.rehearse.shop import read_shop
from tactful.rehearse.targets import Stage, Target


class Shortfall(Struct, frozen=True, kw_only=True):
    """One ask whose answer was not what the scenario expects."""

    ask: str
    at: datetime
    missed: tuple[str, ...]
    answer: Json | None
    """What was answered; None where nothing was, and ``missed`` says why."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How a scenario ended."""

    name: str
    file: str
    holds: bool
    shortfalls: tuple[Shortfall, ...] = ()
    unread: tuple[str, ...] = ()
    """What was sent and not understood, or refused, each in a sentence. A server lets go of it and goes on, and so does the story."""


def play(scenario: Scenario, target: Target) -> Outcome:
    """Play a scenario against a target. Raises InvalidInput where its shop cannot be read."""
    stage = target.stage(scenario.shop, now=scenario.now)
    shortfalls: list[Shortfall] = []
    unread: list[str] = []
    try:
        for step in timeline(scenario):
            if isinstance(step, Happening):
                unread += _happen(stage, step)
            elif (shortfall := _ask(stage, scenario, step)) is not None:
                shortfalls.append(shortfall)
    finally:
        stage.close()
    return Outcome(name=scenario.name, file=str(scenario.file), holds=not shortfalls, shortfalls=tuple(shortfalls), unread=tuple(unread))


def timeline(scenario: Scenario) -> list[Happening | Ask]:
    """Events by arrival and asks by time; at the same instant events first, each in the order of the file."""
    steps: list[tuple[datetime, int, Happening | Ask]] = [(event.arrives, 0, event) for event in scenario.events]
    steps += [(ask.at, 1, ask) for ask in scenario.asks]
    return [step for _at, _rank, step in sorted(steps, key=lambda entry: entry[:2])]


def _happen(stage: Stage, event: Happening) -> Iterator[str]:
    try:
        if event.message is not None:
            stage.send(event.message, now=event.arrives)
        elif event.product is not None:
            stage.change_product(event.product, now=event.arrives)
    except InvalidInput as error:
        yield error.message


def _ask(stage: Stage, scenario: Scenario, ask: Ask) -> Shortfall | None:
    try:
        answer = Answer(kind=ask.kind, body=ASKING[ask.kind](stage, ask))
    except TactfulError as error:
        return Shortfall(ask=ask.kind, at=ask.at, missed=(error.message,), answer=None)
    scene = Scene(at=ask.at, timezone=_zone(scenario, ask), types=_types(scenario), knows_event=stage.knows_event)
    missed = tuple(found for expectation in ask.expect if (found := expectation.missed(answer, scene)))
    return Shortfall(ask=ask.kind, at=ask.at, missed=missed, answer=answer.body) if missed else None


def _decide(stage: Stage, ask: Ask) -> Json:
    told = {"userId": ask.user or None, "anonymousId": ask.parameters.get("anonymous"), "explain": True}
    told |= {name: ask.parameters[name] for name in ("placement", "limit", "context") if name in ask.parameters}
    return stage.decide({name: value for name, value in told.items() if value is not None}, now=ask.at)


def _plan(stage: Stage, ask: Ask) -> Json:
    return stage.plan(ask.user, dry_run=bool(ask.parameters.get("dryRun", True)), now=ask.at)


def _outbox(stage: Stage, ask: Ask) -> Json:
    """Send what is due, and look at what became of this customer's messages."""
    done = stage.run(now=ask.at)
    return done | {"messages": [message for message in done["messages"] if message["userId"] == ask.user]}


def _customer(stage: Stage, ask: Ask) -> Json:
    return stage.customer(ask.user, now=ask.at)


def _moderate(stage: Stage, ask: Ask) -> Json:
    told = {"productId": ask.parameters.get("product")} | {name: ask.parameters.get(name) for name in ("text", "image", "locale")}
    return stage.moderate({name: value for name, value in told.items() if value is not None}, now=ask.at)


ASKING = {"decide": _decide, "outreach": _plan, "outbox": _outbox, "customer": _customer, "moderate": _moderate}


def _zone(scenario: Scenario, ask: Ask) -> str:
    """The zone of the newest of the customer's events that tells one: where they are, else where they live."""
    told = [
        (event.at, zone)
        for event in scenario.events
        if event.arrives <= ask.at and event.message is not None and event.message.get("userId") == ask.user
        for zone in _zones(event.message)
    ]
    return max(told, key=lambda entry: entry[0])[1] if told else "UTC"


def _zones(message: Json) -> Iterable[str]:
    for part in (message.get("traits"), message.get("context")):
        if part and isinstance(part.get("timezone"), str):
            yield part["timezone"]


def _types(scenario: Scenario) -> Mapping[str, str]:
    new = {str(event.product["id"]): str(event.product["product_type"]) for event in scenario.events if event.product and "product_type" in event.product}
    return _types_of(scenario.shop) | new


@cache
def _types_of(shop: Path) -> dict[str, str]:
    return {product.id: product.product_type or "" for product in read_shop(shop).products}
