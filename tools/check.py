"""Run every gate, then every test; one line a gate, everything a failed gate said, exit 1 if any failed.

`python tools/check.py` runs all; `python tools/check.py types sizes` runs those; `python tools/check.py coverage` runs the tests with branch coverage of the
core, which takes twice as long.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COVERAGE_FLOOR = 95
"""Least branch coverage of the core, percent."""

GATES = {
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "types": [str(BIN / "mypy")],
    "arrows": [str(BIN / "lint-imports"), "--no-logo"],
    "sizes": [sys.executable, "tools/sizes.py"],
    "words": [sys.executable, "-m", "tactful", "words", "check", "--data", "tests"],
    "unused": [sys.executable, "tools/unused.py"],
}
TESTS = {"tests": [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup"]}
TESTS["coverage"] = [*TESTS["tests"], "--cov", "--cov-report", "term", f"--cov-fail-under={COVERAGE_FLOOR}"]


def gate(name: str, command: list[str]) -> bool:
    """Run one gate quietly; show what it said only when it failed."""
    print(f"{name:<8}", end="", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"{'ok' if done.returncode == 0 else 'FAILED':<8}{time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def tests(name: str) -> bool:
    """Run doctests and tests; their output goes straight through."""
    print(name, flush=True)
    return subprocess.run(TESTS[name], cwd=ROOT, check=False).returncode == 0


def main(names: list[str]) -> int:
    """Run the named gates, or all; the exit code."""
    unknown = [name for name in names if name not in {*GATES, *TESTS}]
    if unknown:
        print(f"unknown gate {unknown[0]!r}, use some of: {', '.join([*GATES, *TESTS])}", file=sys.stderr)
        return 2
    wanted = names or [*GATES, "tests"]
    failed = [name for name in wanted if name in GATES and not gate(name, GATES[name])]
    failed += [name for name in wanted if name in TESTS and not tests(name)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
