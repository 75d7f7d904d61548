"""Which function folds which event."""

from collections.abc import Callable
from typing import Any, TypeVar

from tactful.model.events import BaseEvent
from tactful.model.profile import Profile

E = TypeVar("E", bound=BaseEvent)
Handler = Callable[[Profile, E], None]

_HANDLERS: dict[type[BaseEvent], Callable[[Profile, Any], None]] = {}


def folds(event_type: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Register a function that writes one kind of event into a profile that the fold has copied for it."""

    def register(handler: Handler[E]) -> Handler[E]:
        _HANDLERS[event_type] = handler
        return handler

    return register


def handler_of(event: BaseEvent) -> Callable[[Profile, Any], None] | None:
    """The function that folds this event; None where the event only counts as a sign of life."""
    return _HANDLERS.get(type(event))
