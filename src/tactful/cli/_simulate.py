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
    from tactful.simulate import Outcome, Scorecard, Setup
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
    svg: Annotated[Path | None, typer.Option("--svg", help="Folder for a picture of each scorecard.")] = None,
    data: Data = DEFAULT_DATA,  # noqa: ARG001 - every command takes it; a simulation makes its own shop
    store: Store = None,  # noqa: ARG001 - the same
    as_json: Json = False,
) -> int:
    """Compare Tactful with other policies on customers whose truth is known. A yardstick, not a claim about people."""
    from tactful.simulate import WORLDS, Setup, read_world

    cards: list[Scorecard] = []
    found: list[Flip] = []
    processes = workers or os.cpu_count() or 1
    for name in WORLDS if world == "all" else (read_world(world).name,):
        for number in seed or [1]:
            setup = Setup(world=name, customers=customers, months=months, seed=number)
            card, turned = _one(setup, workers=processes, sensitivity=sensitivity)
            cards.append(card)
            found += turned
            if svg is not None:
                _draw(card, svg)
    lines = _lines(cards, found, sensitivity=sensitivity) if not as_json else []
    show({"scorecards": cards, "flips": found if sensitivity else None}, lines, as_json=as_json)
    return 0


def _one(setup: "Setup", *, workers: int, sensitivity: bool) -> "tuple[Scorecard, list[Flip]]":
    from tactful.simulate import play, read_world, score
    from tactful.simulate.sensitivity import flips, variations

    with progress(f"{setup.world}, seed {setup.seed}: lives", total=setup.customers * len(setup.policies)) as done:
        outcomes: list[Outcome] = play(setup, workers=workers, progress=done)
    turned: list[Flip] = []
    if sensitivity:
        world = read_world(setup.world)
        sample = [outcome for outcome in outcomes if outcome.person < SAMPLE]
        with progress("other assumptions", total=variations(world)) as done:
            turned = flips(setup, sample, world=world, done=done)
    return score(setup, outcomes), turned


def _draw(card: "Scorecard", folder: Path) -> None:
    from tactful.simulate.screen import picture

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{card.setup.world}-{card.setup.seed}.svg"
    file.write_text(picture(card), "utf-8")
    note(f"{file} drawn")


def _lines(cards: "list[Scorecard]", found: "list[Flip]", *, sensitivity: bool) -> list[str]:
    from rich.console import Console

    from tactful.simulate.screen import annoyances, grid, verdict

    said = io.StringIO()
    console = Console(file=said, width=None if sys.stdout.isatty() else WIDTH)
    for card in cards:
        console.print(grid(card))
        console.print(annoyances(card))
    if sensitivity:
        console.print(verdict(found))
    return said.getvalue().splitlines()
