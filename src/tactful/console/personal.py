"""The pages behind the links in a message, in the reader's own language: the end of a channel, and why somebody was written to."""

from tactful.app.answer_back import HOW_OFTEN_OFFERED
from tactful.app.customer_page import CustomerPage
from tactful.console.pages import TEMPLATES
from tactful.model.events import Channel, DismissalReason
from tactful.words import Words

OFFERED: tuple[DismissalReason, ...] = ("not_for_me", "already_have", "bought_elsewhere", "gift", "too_often")
"""Answers to a product that have a button; the others of the contract are understood too, and make no page clearer."""


def render_way_out(words: Words, channel: Channel | None, *, done: bool) -> str:
    """The page behind the link that ends a channel: it asks, or says that it did; with no channel, that the link leads to no message."""
    title = words.say("page.broken") if channel is None else words.say(f"page.leave.{channel}")
    return TEMPLATES.get_template("way_out.html").render(words=words, channel=channel, done=done, title=title)


def render_customer_page(page: CustomerPage, *, shop: str, saved: bool = False, refused: bool = False) -> str:
    """The customer's page. ``shop``: who writes. ``saved``: an answer was just heard; ``refused``: it was not understood."""
    title = page.words.say("page.why")
    chosen = page.how_often if page.how_often in HOW_OFTEN_OFFERED else HOW_OFTEN_OFFERED[0] if page.how_often is None else None
    template = TEMPLATES.get_template("customer_page.html")
    given = {"offered": OFFERED, "how_often": HOW_OFTEN_OFFERED, "chosen": chosen, "saved": saved, "refused": refused}
    return template.render(page=page, words=page.words, title=title, shop=shop, **given)
