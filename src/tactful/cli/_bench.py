"""The command that runs benchmarks."""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Store
from tactful.cli._screen import show

BESIDE = Path("../shared/data")
"""Where a checkout finds the public data that lies beside it."""
WIDTH = 160
"""Columns where nobody looks on: programs and files get whole lines."""


def bench(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which one; `list` names them all.")],
    *,
    data: Data = DEFAULT_DATA,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            envvar="TACTFUL_BENCH_DATA", metavar="DIR", help="Where public data lies that no package brings, a folder a data set; ../shared/data where that is."
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="On a small sample, to see that it works.")] = False,
    store: Store = None,  # noqa: ARG001 - every command takes it; a benchmark makes what it measures
    as_json: Json = False,
) -> int:
    """Measure one thing and print what was found. Exits 1 when it falls short of what was promised."""
    from rich.console import Console

    from tactful.bench import Setting, benchmarks, load

    if name == "list":
        show(benchmarks(), benchmarks(), as_json=as_json)
        return 0
    public = data_dir or (BESIDE if BESIDE.is_dir() else None)
    run, setting = load(name), Setting(data=data, public=public, quick=quick)
    if not as_json:
        return run(Console(width=None if sys.stdout.isatty() else WIDTH), setting)
    said = io.StringIO()
    code = run(Console(file=said, width=WIDTH), setting)
    show({"benchmark": name, "exit": code, "said": said.getvalue().splitlines()}, (), as_json=True)
    return code
