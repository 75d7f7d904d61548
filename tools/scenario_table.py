"""Write docs/scenarios.md: every scenario of this repository, and whether it holds.

What does not hold yet is named, with its reason, in scenarios/status.toml; a test plays every scenario and fails when that file is wrong either way.
"""

import tomllib
from pathlib import Path

from tactful.rehearse import Scenario, read_scenarios

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "scenarios"
PAGE = ROOT / "docs" / "scenarios.md"

OPENING = """# Scenarios

Each scenario is a story about a customer and what a considerate shop would do. Together they are Tactful's specification. `make test` plays all of
them; `tactful rehearse scenarios/*.yaml` plays them by hand. [Writing scenarios](reference/scenarios.md) tells how to add your own.

This page is written by `make docs` from `scenarios/`.
"""


def all_scenarios() -> list[Scenario]:
    """Every scenario, by file and place in it."""
    return [scenario for file in sorted(FOLDER.glob("*.yaml")) for scenario in read_scenarios(file)]


def not_yet() -> dict[str, str]:
    """Scenarios that do not hold yet, with the reason."""
    return dict(tomllib.loads((FOLDER / "status.toml").read_text(encoding="utf-8"))["not_yet"])


def page() -> str:
    """The whole page."""
    scenarios, waiting = all_scenarios(), not_yet()
    lines = [OPENING, f"{len(scenarios) - len(waiting)} of {len(scenarios)} hold.", ""]
    for file in dict.fromkeys(scenario.file for scenario in scenarios):
        lines += [f"## {_title(file)}", "", "| scenario | story | holds |", "|---|---|---|"]
        lines += [_row(scenario, waiting.get(scenario.name)) for scenario in scenarios if scenario.file == file]
        lines.append("")
    return "\n".join(lines)


def _title(file: Path) -> str:
    """The comment a file opens with."""
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip().rstrip(".") if first.startswith("#") else file.stem


def _row(scenario: Scenario, reason: str | None) -> str:
    story = " ".join(scenario.story.split()).replace("|", "\\|")
    return f"| `{scenario.name}` | {story} | {'yes' if reason is None else f'not yet: {reason}'} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
