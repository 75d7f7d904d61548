"""The command that plays scenarios."""

from pathlib import Path
from typing import Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Store
from tactful.cli._screen import progress, show
from tactful.model.errors import InvalidInput


def rehearse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files (YAML).")],
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Play against a running server instead of a fresh engine.")] = None,
    key: Annotated[str | None, typer.Option(metavar="SECRET", envvar="TACTFUL_SECRET_KEY", help="Secret key of that server.")] = None,
    data: Data = DEFAULT_DATA,  # noqa: ARG001 - every command takes it; a rehearsal has an engine of its own and touches nothing here
    store: Store = None,  # noqa: ARG001 - the same
    as_json: Json = False,
) -> int:
    """Play scenarios, one line each: holds, or falls short and how. Exits 1 if any falls short."""
    from tactful.rehearse import InProcess, OverHttp, play, read_scenarios, verdict_lines

    if url is not None and key is None:
        raise InvalidInput("--url needs the server's secret key: --key SECRET")
    scenarios = [scenario for file in files for scenario in read_scenarios(file)]
    with OverHttp(url, key=key) if url is not None and key is not None else InProcess() as target:
        outcomes = []
        with progress(f"rehearsing {len(scenarios)} scenarios", total=len(scenarios)) as advance:
            for scenario in scenarios:
                outcomes.append(play(scenario, target))
                advance(1)
    held = sum(outcome.holds for outcome in outcomes)
    lines = [line for outcome in outcomes for line in verdict_lines(outcome)]
    lines.append(f"{held} of {len(outcomes)} scenarios hold")
    show({"held": held, "of": len(outcomes), "scenarios": outcomes}, lines, as_json=as_json)
    return 0 if held == len(outcomes) else 1
