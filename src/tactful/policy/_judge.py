"""Rules, discovered and applied: first all that concern products, then all that concern interrupting."""

import importlib
import math
import pkgutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from types import ModuleType
from typing import Any, TypeVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Shelf
from tactful.model.verdicts import ContactFacts, Needs, Proposal, ShelfFacts, Verdict, Verdicts
from tactful.policy import contact, shelf
from tactful.policy._rule import ContactRule, ShelfRule

R = TypeVar("R", ShelfRule, ContactRule)
ROUNDS = 12
"""A message deferred so often finds no slot."""
FAR = timedelta(days=400)
"""Beyond the deadline; so far ahead it is still worth knowing when they may be written to."""


def _discover(package: ModuleType, kind: type[R]) -> tuple[R, ...]:
    found = []
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            values = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
            found += [value() for value in values if isinstance(value, type) and issubclass(value, kind) and value is not kind]
    return tuple(sorted(found, key=lambda rule: (rule.order, rule.code)))


def shelf_rules() -> tuple[ShelfRule, ...]:
    """Every rule about products, in the order in which they are asked."""
    return _discover(shelf, ShelfRule)  # type: ignore[type-abstract]


def contact_rules() -> tuple[ContactRule, ...]:
    """Every rule about interrupting, in the order in which they are asked."""
    return _discover(contact, ContactRule)  # type: ignore[type-abstract]


def merged_needs(rules: tuple[ShelfRule, ...]) -> Needs:
    """What all rules together need to know."""
    return reduce(or_, (rule.needs for rule in rules), Needs.NOTHING)


class Objection(Struct, frozen=True, kw_only=True):
    """Why one candidate is withheld: the first rule that said so, and the facts it used."""

    index: int
    code: str
    facts: dict[str, Any]


def judge_shelf(rules: tuple[ShelfRule, ...], candidates: Shelf, facts: ShelfFacts, *, now: datetime) -> tuple[Shelf, list[Objection]]:
    """Ask every rule that has something to look at; return the shelf with what is still alive, and one objection per withheld candidate, best ones first."""
    standing = msgspec.structs.replace(candidates, alive=np.array(candidates.alive))
    left = np.count_nonzero(standing.alive)
    objections = []
    for rule in rules:
        if rule.needs and rule.needs in facts.nothing:
            continue
        verdicts = rule.check(standing, facts, now=now)
        withheld = (verdicts.denied & standing.alive).nonzero()[0]
        if len(withheld):
            objections += _objections(verdicts, withheld)
            standing.alive = standing.alive & ~verdicts.denied
            left -= len(withheld)
            if not left:
                break
    objections.sort(key=lambda objection: objection.index)
    return standing, objections


def _objections(verdicts: Verdicts, withheld: NDArray[np.intp]) -> list[Objection]:
    known = {name: _plain(column, withheld) for name, column in verdicts.facts.items()}
    return [
        Objection(index=index, code=verdicts.code, facts={name: column[place] for name, column in known.items()})
        for place, index in enumerate(withheld.tolist())
    ]


def _plain(column: NDArray[Any] | Sequence[Any], indices: NDArray[np.intp]) -> list[object]:
    """Some of a column as Python values; NaN, infinity and no time, which JSON cannot say, as None."""
    if not isinstance(column, np.ndarray):
        return [_sayable(column[index]) for index in indices.tolist()]
    values: list[object] = column[indices].tolist()
    return [_sayable(value) for value in values] if column.dtype.kind in "fMO" else values


def _sayable(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def judge_contact(rules: tuple[ContactRule, ...], proposal: Proposal, facts: ContactFacts) -> tuple[Proposal, Verdict]:
    """Ask every rule, again after each delay, until the message may go or its deadline has passed.

    Returns:
        The proposal at the time it may go, with an allowing verdict; or the verdict that stopped it, with the time from which no rule would.
    """
    stopped_by, free = Verdict.allow(), proposal
    for _ in range(ROUNDS):
        verdict = next((found for rule in rules if not (found := rule.check(free, facts)).allowed), Verdict.allow())
        if verdict.allowed and free.send_at <= proposal.deadline:
            return free, verdict
        if verdict.allowed:
            break
        cause = _first_cause(stopped_by, verdict)
        stopped_by = msgspec.structs.replace(cause, until=verdict.until)  # The slot is free only when the last of them agrees.
        if verdict.until is None or verdict.until > proposal.deadline + FAR:
            break
        free = msgspec.structs.replace(free, send_at=verdict.until)
    return free, stopped_by


def _first_cause(earlier: Verdict, later: Verdict) -> Verdict:
    """Quiet hours only shift; what shifted the message before them is the cause."""
    return later if earlier.allowed or earlier.code == "quiet_hours" else earlier
