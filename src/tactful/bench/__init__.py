"""Benchmarks: every module here with a function ``run`` is one, by the name of the module. They measure and judge; they change nothing."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from rich.console import Console

from tactful.model.errors import InvalidInput

__all__ = ["Benchmark", "Setting", "benchmarks", "load"]


class Setting(Struct, frozen=True, kw_only=True):
    """What a benchmark is run with."""

    data: Path
    """The directory for what it needs to keep."""
    public: Path | None = None
    """Where public data lies that no package brings, a folder a data set."""
    quick: bool = False
    """On a small sample, to see that it works: the figures mean little."""


Benchmark = Callable[[Console, Setting], int]
"""Measure, print what was found, and answer 0, or 1 where it falls short of what was promised."""


def benchmarks() -> list[str]:
    """Names of all benchmarks."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def load(name: str) -> Benchmark:
    """Find a benchmark by name. Raises InvalidInput with the names there are."""
    if name not in benchmarks():
        raise InvalidInput(f"there is no benchmark {name[:40]!r}; there are: {', '.join(benchmarks()) or 'none yet'}")
    benchmark: Benchmark = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").run
    return benchmark
