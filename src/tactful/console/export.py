"""Everything held about one person, as a page that they can read."""

from typing import Any

from tactful.console.pages import TEMPLATES

TITLES = {
    "summary": "In short",
    "identities": "What you are known by",
    "profile": "What follows from your events",
    "events": "What you did, and what we did",
    "decisions": "What was shown to you",
    "plans": "What was planned to be written to you",
    "outbox": "What is on its way to you, or was",
    "deadLetters": "Messages that could not be understood",
    "models": "What was learned",
}


def render_export(held: dict[str, Any]) -> str:
    """An export as HTML: every part with its number of entries, every value in it."""
    parts = [(title, held[name], len(held[name]) if isinstance(held[name], list) else None) for name, title in TITLES.items()]
    return TEMPLATES.get_template("export.html").render(customer=held["customerId"], at=held["exportedAt"], parts=parts)
