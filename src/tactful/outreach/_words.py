"""What a message says: short, exact, with its reason and a way out."""

from collections.abc import Sequence
from html import escape

from tactful.model.decisions import Item

QUESTION = "We wrote several times and heard nothing back, so we stopped. If you want to hear from us, say so with one tap. If not, do nothing: we stay silent."
CLOSING = "If this is of no use to you, say so with one tap, and it stops."


def subject_of(trigger: str, titles: Sequence[str]) -> str:
    """Say in one line what the message is about.

    >>> subject_of("due_again", ["Peakroast filter coffee", "Oat milk"])
    'Peakroast filter coffee and one more may be running out'
    """
    lead = titles[0] + _others(len(titles) - 1) if titles else ""
    return {
        "due_again": f"{lead} may be running out",
        "cart_waiting": f"{lead} in your basket",
        "back_in_stock": f"Back in stock: {lead}",
        "price_drop": f"Costs less than when you looked: {lead}",
        "new_style": f"New: {lead}",
        "asked_for": f"From your wish list: {lead}",
        "reward": f"Your reward on {lead}",
        "still_welcome": "Would you like to hear from us?",
    }[trigger]


def text_of(items: Sequence[Item]) -> str:
    """Say why, product by product, and how to answer back; without products it is the question whether we are welcome."""
    if not items:
        return QUESTION
    return "\n".join([*(item.reason.text for item in items), "", CLOSING])


def letter_text(text: str, unsubscribe_url: str | None) -> str:
    """The whole text of a letter: what it says, and the way out.

    >>> letter_text("Again?", "https://shop.example/u/t")
    'Again?\\n\\nNo more of these: https://shop.example/u/t'
    """
    return text if unsubscribe_url is None else f"{text}\n\nNo more of these: {unsubscribe_url}"


def letter_html(subject: str, text: str, unsubscribe_url: str | None) -> str:
    """The same as a page: plain paragraphs, nothing fetched from anywhere, no pixel that watches."""
    body = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)
    way_out = "" if unsubscribe_url is None else f'<p><a href="{escape(unsubscribe_url)}">No more of these</a></p>'
    return f'<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>{escape(subject)}</title></head><body>{body}{way_out}</body></html>'


def _others(count: int) -> str:
    if count == 0:
        return ""
    return " and one more" if count == 1 else f" and {count} more"
