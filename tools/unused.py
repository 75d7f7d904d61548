"""Find code that nothing uses. What is found by discovery is asked of the discovery itself; the rest that stays has its reason here."""

import sys
from pathlib import Path

from vulture import Vulture

from tactful.outreach import discover_triggers
from tactful.policy import contact_rules, shelf_rules
from tactful.recommend._recommender import discover
from tactful.rehearse.expect import EXPECTATIONS

ROOT = Path(__file__).resolve().parent.parent
CONFIDENCE = 60

DECORATORS = ["@folds", "@app.callback", "@get", "@post", "@put", "@patch", "@delete"]
"""They register what they decorate."""

FEED = "an attribute of the product feed: kept and given back"
PROTOCOL = "Python calls it with these"
ALLOWED = {
    "gtin": FEED,
    "welcomed": "read by the template of the customer's page",
    "prefill": "part of a usual on the wire",
    "contributions": "part of a decision on the wire",
    "trace": PROTOCOL,
    **dict.fromkeys(("controller_id", "received_time", "expected_completion_time", "results_count", "results_url"), "part of an OpenDSR answer on the wire"),
    **dict.fromkeys(("submitted_time", "regulation", "api_version"), "part of an OpenDSR request on the wire"),
    **dict.fromkeys(("handle_starttag", "handle_data", "handle_endtag"), "called by html.parser"),
    **dict.fromkeys(("StartElementHandler", "EndElementHandler", "CharacterDataHandler", "StartDoctypeDeclHandler"), "called by expat"),
    "filters": "read by jinja2",
    "itersize": "read by psycopg",
    "request_body": "read by litestar",
    "success": "part of every answer on the wire",
    "caption": "read by rich",
    "caption_justify": "read by rich",
}
"""Name to the reason why it may stay."""


def discovered() -> set[str]:
    """Names of what is found by looking through a package."""
    classes = {type(one).__name__ for one in (*shelf_rules(), *contact_rules(), *discover_triggers())} | {component.__name__ for component in discover()}
    return classes | {f"expect_{name}" for name in EXPECTATIONS}


def main() -> int:
    """Print what is unused, and what is allowed to be but is not."""
    finder = Vulture(ignore_names=sorted(discovered()), ignore_decorators=DECORATORS)
    finder.scavenge([ROOT / "src"])
    found = finder.get_unused_code(min_confidence=CONFIDENCE, sort_by_size=False)
    lines = [
        f"{item.filename.relative_to(ROOT)}:{item.first_lineno}  unused {item.typ} {item.name}: remove it, or name it in tools/unused.py with its reason"
        for item in found
        if item.name not in ALLOWED
    ]
    lines += [f"tools/unused.py  {name} is used now: remove its line" for name in sorted(set(ALLOWED) - {item.name for item in found})]
    print("\n".join(lines) if lines else f"nothing unused, {len(ALLOWED)} names kept with a reason")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
