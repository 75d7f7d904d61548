"""The command that lets simulated customers live under policies."""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Store
from tactful.cli._screen import note, progress, show

if TYPE_CHECKING:
    from tactful.simulate import Outcome, Promise, Scorecard, Setup
    from tactful.simulate.estimators import Check
    from tactful.simulate.sensitivity import Flip

WIDTH = 220
"""Columns where nobody looks on."""
SAMPLE = 100
"""Customers whose lives are lived again under other assumptions."""


def simulate(
    world: Annotated[str, typer.Option("--world", help="grocery, fashion, electronics, or all.")] = "grocery",
    *,
    customers: Annotated[int, typer.Option(min=10, help="Customers of the shop.")] = 500,
    months: Annotated[int, typer.Option(min=1, max=120, help="Months under each policy, after half a year on record.")] = 24,
    seed: Annotated[list[int] | None, typer.Option("--seed", help="Seed; may be given several times. Default 1.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one a core. The results are the same.")] = 0,
    sensitivity: Annotated[bool, typer.Option(help="Also ask which conclusions hang on which assumption.")] = False,
    estimators: Annotated[bool, typer.Option(help="Also put off-policy, hold-out and surrogate estimates to the test of the truth.")] = False,
    policy: Annotated[Path | None, typer.Option("--policy", metavar="FILE", help="A tactful.toml of your own, to live beside Tactful as shipped.")] = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Folder for a picture of each scorecard.")] = None,
    data: Data = DEFAULT_DATA,  # noqa: ARG001 - every command takes it; a simulation makes its own shop
    store: Store = None,  # noqa: ARG001 - the same
    as_json: Json = False,
) -> int:
    """Compare Tactful with other policies on customers whose truth is known. A yardstick, not a claim about people. Exit 1: what must hold does not."""
    from tactful.simulate import POLICIES, WORLDS, YOURS, Setup, promises, read_world, score
    from tactful.simulate.estimators import check
    from tactful.wiring import load_policy

    if policy is not None:
        load_policy(policy)  # what is wrong in it is told before anybody lives
    policies, own = (POLICIES, None) if policy is None else ((POLICIES[0], YOURS, *POLICIES[1:]), str(policy))

    cards: list[Scorecard] = []
    found: list[Flip] = []
    checks: list[Check] = []
    held: list[Promise] = []
    processes = workers or os.cpu_count() or 1
    for name in WORLDS if world == "all" else (read_world(world).name,):
        setups = [Setup(world=name, customers=customers, months=months, seed=number, policies=policies, policy_file=own) for number in seed or [1]]
        lived = [_lives(setup, workers=processes) for setup in setups]
        held += promises(setups, lived)
        for setup, outcomes in zip(setups, lived, strict=True):
            card = score(setup, outcomes)
            cards.append(card)
            found += _turned(setup, outcomes) if sensitivity else []
            checks += check(setup, outcomes) if estimators else []
            if svg is not None:
                _draw(card, svg)
    lines = _lines(cards, checks, found if sensitivity else None, held) if not as_json else []
    said = {"scorecards": cards, "flips": found if sensitivity else None, "estimators": checks if estimators else None, "mustHold": held}
    show(said, lines, as_json=as_json)
    return 0 if all(promise.kept for promise in held) else 1


def _lives(setup: "Setup", *, workers: int) -> "list[Outcome]":
    from tactful.simulate import play

    with progress(f"{setup.world}, seed {setup.seed}: lives", total=setup.customers * len(setup.policies)) as done:
        return play(setup, workers=workers, progress=done)


def _turned(setup: "Setup", outcomes: "list[Outcome]") -> "list[Flip]":
    from tactful.simulate import read_world
    from tactful.simulate.sensitivity import flips, variations

    world = read_world(setup.world)
    sample = [outcome for outcome in outcomes if outcome.person < SAMPLE]
    with progress("other assumptions", total=variations(world)) as done:
        return flips(setup, sample, world=world, done=done)


def _draw(card: "Scorecard", folder: Path) -> None:
    from tactful.simulate.screen import picture

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{card.setup.world}-{card.setup.seed}.svg"
    file.write_text(picture(card), "utf-8")
    note(f"{file} drawn")


def _lines(cards: "list[Scorecard]", checks: "list[Check]", found: "list[Flip] | None", held: "list[Promise]") -> list[str]:
    from rich.console import Console

    from tactful.simulate.screen import annoyances, grid, must_hold, tested, verdict

    said = io.StringIO()
    console = Console(file=said, width=None if sys.stdout.isatty() else WIDTH)
    for card in cards:
        console.print(grid(card))
        console.print(annoyances(card))
    if checks:
        console.print(tested(checks))
    if found is not None:
        console.print(verdict(found))
    console.print(must_hold(held))
    return said.getvalue().splitlines()
