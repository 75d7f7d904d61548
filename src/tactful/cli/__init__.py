"""The command line: `tactful --help`."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with its exit code: 0, 1 when what it checked fell short, 2 on wrong usage."""
    from tactful.cli._application import run

    sys.exit(run(sys.argv[1:]))
