"""Which sentence a reason becomes: short, exact, and about what the customer did."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from tactful.model.candidates import Because
from tactful.model.catalog import CatalogTable
from tactful.model.products import spoken_title

if TYPE_CHECKING:
    from tactful.words._words import Words


def _title(words: "Words", row: int, catalog: CatalogTable) -> str:
    return words.formats.named(spoken_title(catalog.product(row)))


def _due_again(words: "Words", because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    title = _title(words, row, catalog)
    if because.every_days is None:
        if because.last_at is None:
            return words.say("reason.due_again.ever", title=title)
        return words.say("reason.due_again.once", title=title, date=words.formats.day(because.last_at, now=now))
    days = max(1, round(because.every_days))
    if because.last_at is None:
        return words.say("reason.due_again.every", days, title=title)
    return words.say("reason.due_again.since", days, title=title, date=words.formats.day(because.last_at, now=now))


def _completes(words: "Words", because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    anchor = _title(words, because.anchor if because.anchor is not None else row, catalog)
    if because.anchor_at is None:
        return words.say("reason.completes.here", anchor=anchor)
    return words.say("reason.completes.bought", anchor=anchor, date=words.formats.day(because.anchor_at, now=now))


def _considering(words: "Words", because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    days = len({evidence.at.date() for evidence in because.evidence})
    names: dict[str, str] = {}
    about = "kind"
    if because.anchor is not None:
        same = catalog.group_of[because.anchor] == catalog.group_of[row]
        about = "this" if same else "alike"
        names = {"title": _title(words, row, catalog)} if same else {"anchor": _title(words, because.anchor, catalog)}
    if days > 1:
        return words.say(f"reason.considering.{about}", days, **names)
    return words.say(f"reason.considering.{about}_once", date=words.formats.day(because.evidence[0].at, now=now), **names)


def _popular_here(words: "Words", because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    return words.say("reason.popular_here.country" if because.place else "reason.popular_here.here")


def _back_in_stock(words: "Words", because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    title = _title(words, row, catalog)
    if because.source == "stated":
        return words.say("reason.back_in_stock.asked", title=title)
    if because.last_at is None:
        return words.say("reason.back_in_stock.back", title=title)
    return words.say("reason.back_in_stock.looked", title=title, date=words.formats.day(because.last_at, now=now))


def _price_drop(words: "Words", because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    product = catalog.product(row)
    currency = product.price.currency if product.price else ""
    title, price = _title(words, row, catalog), words.formats.price(float(catalog.price[row]), currency)
    if because.seen_price is None:
        return words.say("reason.price_drop.now", title=title, price=price)
    return words.say("reason.price_drop.seen", title=title, price=price, seen=words.formats.amount(because.seen_price, currency))


def _new_style(words: "Words", because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    brand = words.formats.named(catalog.product(row).brand or "")
    return words.say("reason.new_style.brand", because.times or 0, title=_title(words, row, catalog), brand=brand)


REASONS: dict[str, Callable[["Words", Because, int, CatalogTable, datetime], str]] = {
    "due_again": _due_again,
    "completes": _completes,
    "considering": _considering,
    "popular_here": _popular_here,
    "back_in_stock": _back_in_stock,
    "price_drop": _price_drop,
    "new_style": _new_style,
    "fresh_find": lambda words, because, row, catalog, now: words.say("reason.fresh_find.new"),
    "cart_waiting": lambda words, because, row, catalog, now: words.say("reason.cart_waiting.waits", title=_title(words, row, catalog)),
}
"""By reason code; a code without a sentence may not be used."""
