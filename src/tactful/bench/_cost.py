"""What something costs: seconds and memory. The memory is the process's high-water mark, so that what C libraries take counts too."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

Made = TypeVar("Made")
MEBI = 1 << 20


class Cost(Struct, frozen=True, kw_only=True):
    """What one call cost."""

    seconds: float
    """Of this process's processor time: other work on the machine does not count."""
    peak_mib: float
    """Most memory above what was in use before, MiB; 0 where the system does not tell."""


def measured(make: Callable[[], Made]) -> tuple[Made, Cost]:
    """Do it once, and tell what it cost."""
    before = _restart_peak()
    started = time.process_time()
    made = make()
    return made, Cost(seconds=time.process_time() - started, peak_mib=max(_peak() - before, 0) / MEBI)


def _restart_peak() -> int:
    """Forget the high-water mark where Linux lets us, and tell what is in use, bytes."""
    if not sys.platform.startswith("linux"):
        return _peak()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _of_status("VmRSS")


def _peak() -> int:
    return _of_status("VmHWM") if sys.platform.startswith("linux") else 0


def _of_status(field: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))
