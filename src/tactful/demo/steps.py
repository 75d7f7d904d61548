"""The steps of the demo, in order: read, import, fold, learn, plan, look at what happened next."""

import resource
import sys
import time as stopwatch
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tactful.app.engine import Engine
from tactful.demo import complete_journey as grocer
from tactful.demo.findings import PLANNED_AT, TRAINED_UNTIL, summarise
from tactful.demo.summary import DemoSummary, Step
from tactful.model.decisions import Plan
from tactful.model.errors import InvalidInput, NotReady
from tactful.model.events import Event
from tactful.model.products import Product
from tactful.wiring import DATABASE_NAME

PRODUCTS_A_BATCH = 10_000
MARK = "made-by-tactful-demo"
"""An empty file beside a database that the demo made, and may therefore remove."""


def make_room(data: Path) -> None:
    """Remove the database of a former demo. Raises InvalidInput where the directory holds one that the demo did not make."""
    mark = data / MARK
    files = [data / f"{DATABASE_NAME}{suffix}" for suffix in ("", "-wal", "-shm")]
    if files[0].exists() and not mark.exists():
        raise InvalidInput(f"{files[0]} was not made by the demo, so it stays: give the demo a directory of its own with --data")
    try:
        data.mkdir(parents=True, exist_ok=True)
        for file in files:
            file.unlink(missing_ok=True)
        mark.touch()
    except OSError as error:
        raise NotReady(f"{data} cannot be written to ({error.strerror}): give the demo another directory with --data") from error


class Steps:
    """Runs the steps one after the other, each with its bar, and keeps what they took."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}", table_column=None), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=console)
        self.taken: list[Step] = []
        self._since = stopwatch.perf_counter()
        self._task: TaskID | None = None

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[None]:
        """Time one step and show its bar."""
        self._task = self.bars.add_task(name, total=total)
        self._since = stopwatch.perf_counter()
        yield
        self._end(name)
        done = self.bars.tasks[self._task].completed or 1
        self.bars.update(self._task, total=done, completed=done)

    def split(self, name: str) -> None:
        """End what has a name of its own inside a step; the step goes on from here."""
        self._end(name)

    def advance(self, done: int) -> None:
        """Move the bar of the step that runs."""
        if self._task is not None:
            self.bars.advance(self._task, done)

    def _end(self, name: str) -> None:
        now = stopwatch.perf_counter()
        self.taken.append(Step(name=name, seconds=round(now - self._since, 2), peak_mb=peak_megabytes()))
        self._since = now


def peak_megabytes() -> int:
    """The most memory this process has held so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1_000_000 if sys.platform == "darwin" else 1_000))


def read(steps: Steps) -> tuple[grocer.Tables, list[Product]]:
    """Read the tables that are installed. Raises NotReady where they are not."""
    with steps.step("read the data"):
        tables = grocer.read_tables(grocer.find_data())
        return tables, list(grocer.products(tables))


def go_through(engine: Engine, tables: grocer.Tables, products: Sequence[Product], *, steps: Steps) -> DemoSummary:
    """Import, learn, plan and compare, with an engine over an empty store."""
    with steps.step("put products into the catalogue", total=len(products)):
        _put(engine, products, steps)
    events = _import(engine, tables, steps, until=TRAINED_UNTIL)
    with steps.step("learn from eleven months"):
        engine.train(now=TRAINED_UNTIL, progress=steps.advance)
    plans = _plan(engine, steps)
    events += _import(engine, tables, steps, since=TRAINED_UNTIL)
    with steps.step("compare with what was bought"):
        summary = summarise(plans, tables, products)
    return msgspec.structs.replace(summary, events=events, steps=tuple(steps.taken))


def _put(engine: Engine, products: Sequence[Product], steps: Steps) -> None:
    for start in range(0, len(products), PRODUCTS_A_BATCH):
        batch = products[start : start + PRODUCTS_A_BATCH]
        engine.put_products(batch)
        steps.advance(len(batch))


def _import(engine: Engine, tables: grocer.Tables, steps: Steps, *, since: datetime | None = None, until: datetime | None = None) -> int:
    month = "the last month" if since else "eleven months"
    with steps.step(f"fold profiles after {month}", total=grocer.count_events(tables, since=since, until=until)):

        def arriving() -> Iterator[Event]:
            yield from grocer.events(tables, since=since, until=until)
            steps.split(f"import {month}")

        receipt = engine.import_history(arriving(), now=until or grocer.END, progress=steps.advance)
    return receipt.accepted


def _plan(engine: Engine, steps: Steps) -> list[Plan]:
    users = list(engine.store.identities.user_ids())
    plans = []
    with steps.step("plan a week of outreach", total=len(users)):
        for plan in engine.plan(users, now=PLANNED_AT):
            plans.append(msgspec.structs.replace(plan, withheld=None))  # hundreds a household, and kept by the store anyway
            steps.advance(1)
    return plans
