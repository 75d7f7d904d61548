"""Benchmarks: every module here with a function ``run`` is one, by the name of the module. They measure and judge; they change nothing."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from tactful.model.errors import InvalidInput

__all__ = ["Benchmark", "benchmarks", "load"]


Benchmark = Callable[[Console, Path], int]
"""Measure, print what was found, and answer 0, or 1 where it falls short of what was promised. The directory is for what it needs to keep."""


def benchmarks() -> list[str]:
    """Names of all benchmarks."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def load(name: str) -> Benchmark:
    """Find a benchmark by name. Raises InvalidInput with the names there are."""
    if name not in benchmarks():
        raise InvalidInput(f"there is no benchmark {name[:40]!r}; there are: {', '.join(benchmarks()) or 'none yet'}")
    benchmark: Benchmark = importlib.import_module(f"{__name__}.{name}").run
    return benchmark
