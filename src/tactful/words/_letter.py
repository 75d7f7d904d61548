"""One message as it is sent: subject, plain text and HTML, with its reasons and the ways out."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from tactful.model.decisions import Item, Message
from tactful.model.products import Product, spoken_title
from tactful.words._formats import plain_name

if TYPE_CHECKING:
    from tactful.words._words import Words

EMAIL = "email"
PUSH = "push"
"""A notification is its reasons alone: what a tap on it opens, and the ways out, are handed over beside it."""
MISSING = "\x00"
"""Stands for a link that is not there, until its line is left out."""
SAFE_SCHEMES = ("https://", "http://")
MARKUP = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


class Links(Struct, frozen=True, kw_only=True):
    """The ways out that every message has."""

    unsubscribe_url: str
    """One click there, and nothing more comes."""
    preferences_url: str | None = None
    """Where they answer back, and choose what they hear of."""


class Letter(Struct, frozen=True, kw_only=True):
    """One message in words, ready for a sender."""

    subject: str
    text: str
    html: str
    locale: str
    direction: str
    """``ltr`` or ``rtl``."""


class Block(Struct, frozen=True, kw_only=True):
    """One product in a letter."""

    title: str
    reason: str
    link: str | None = None
    image: str | None = None


def letter(words: "Words", message: Message, links: Links | None, *, products: Mapping[str, Product], sender: Sequence[str] = ()) -> Letter:
    """Render a message. ``products`` by id give links and pictures, and may lack some; ``sender`` is who writes, line by line: name, postal address.

    Links that the shop does not have leave out the lines that they stand in: a rehearsal has none, a letter has at least the one that ends the channel.
    Without products it is the question whether we are welcome, and nothing that could be of no use.
    """
    blocks = [_block(item, products.get(item.product_id)) for item in message.items] or [Block(title="", reason=words.text(()))]
    ways = {"unsubscribe_url": links and links.unsubscribe_url, "preferences_url": links and links.preferences_url}
    said = {name: url or MISSING for name, url in ways.items()}
    labels = {name: words.say(f"letter.{name}") for name in ("answer", "leave")}
    closing = words.say("letter.closing") if message.items and links else None
    reasons = "\n".join(line for block in blocks for line in (block.reason, block.link) if line)
    text = words.say("letter.text" if message.channel == EMAIL else "letter.short", reasons=reasons, closing=closing or MISSING, **labels, **said)
    text = "\n".join(line for line in text.splitlines() if MISSING not in line)
    if message.channel == PUSH:
        text = "\n".join(block.reason for block in blocks)
    subject = plain_subject(message.subject)
    direction = words.formats.direction
    page_of = page(words.page)
    html = page_of.render(lang=words.locale, dir=direction, subject=subject, items=blocks, closing=closing, sender=sender, **labels, **ways)
    whole = "\n".join([text.strip(), *(["", *sender] if sender else [])])
    return Letter(subject=subject, text=whole, html=html, locale=words.locale, direction=direction)


def plain_subject(subject: str) -> str:
    """A subject on one line, so that nothing in it can start another header."""
    return " ".join(subject.split())


def _block(item: Item, product: Product | None) -> Block:
    if product is None:
        return Block(title=item.product_id, reason=item.reason.text)
    return Block(title=plain_name(spoken_title(product)), reason=item.reason.text, link=_safe(product.link), image=_safe(product.image_link))


def _safe(address: str | None) -> str | None:
    """An address that a letter may link to, else None: no scripts, no surprises."""
    return address if address and address.lower().startswith(SAFE_SCHEMES) else None


@lru_cache(8)
def page(source: str) -> Template:
    """The layout of letters, compiled once. Raises jinja2.TemplateError."""
    return MARKUP.from_string(source)
