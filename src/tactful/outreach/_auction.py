"""Which one message: the opportunities compete, and one may be said."""

import importlib
import pkgutil
from collections.abc import Sequence

from tactful.outreach import triggers
from tactful.outreach._opportunity import Opportunity, Trigger


def discover_triggers() -> tuple[Trigger, ...]:
    """Every trigger, by name."""
    found: dict[str, Trigger] = {}
    for module in pkgutil.iter_modules(triggers.__path__):
        for value in vars(importlib.import_module(f"{triggers.__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Trigger) and value.__module__ == f"{triggers.__name__}.{module.name}":
                found[value.name] = value()
    return tuple(found[name] for name in sorted(found))


def ranked(opportunities: Sequence[Opportunity]) -> list[Opportunity]:
    """The most valuable first; of equals the one that can wait the least."""
    return sorted(opportunities, key=lambda opportunity: (-opportunity.value, opportunity.deadline, opportunity.trigger))
