"""The main job on real data: a grocer's year in, explained decisions out, checked against what households then bought."""

from pathlib import Path

import msgspec
from rich.console import Console

from tactful.demo.findings import PLANNED_AT
from tactful.demo.steps import Steps, go_through, make_room, read
from tactful.demo.summary import DemoSummary, show
from tactful.wiring import open_engine

__all__ = ["DemoSummary", "run"]

HOST = "127.0.0.1"


def run(data: Path, *, serve: bool, port: int, console: Console, as_json: bool = False) -> int:
    """Run the demo with a fresh store in a directory, print what it found (as JSON on standard output where wanted), then serve the console if asked.

    Answers 0, or 1 where nobody was written to. Raises NotReady where the data is not installed, InvalidInput where the directory is somebody's.
    """
    make_room(data)
    steps = Steps(console)
    engine = open_engine(data)
    try:
        with steps.bars:
            tables, products = read(steps)
            summary = go_through(engine, tables, products, steps=steps)
        if as_json:
            print(msgspec.json.encode(summary).decode())  # noqa: T201 - standard output is where it was asked for
        else:
            show(summary, console)
        if serve:
            from tactful.http import dev_keys  # noqa: PLC0415 - the server is needed only now
            from tactful.http import serve as serve_http  # noqa: PLC0415

            console.print(f"\nLook a household up at http://{HOST}:{port}/ (the clock stands at the morning of 1 December 2017). Ctrl-C ends it.")
            serve_http(engine, host=HOST, port=port, keys=dev_keys(HOST), clock=lambda: PLANNED_AT)
    finally:
        engine.store.close()
    return 0 if summary.written_to else 1
