"""Which sentence a reason becomes: short, exact, and about what the customer did."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tactful.model.candidates import Because
from tactful.model.catalog import CatalogTable
from tactful.model.products import spoken_title

if TYPE_CHECKING:
    from tactful.words._words import Words

STOPPED_AFTER_GAPS = 2.5
"""So many gaps without it, and nobody is running out any more: as for messages."""


class Case(NamedTuple):
    """What a reason is about."""

    because: Because
    row: int
    catalog: CatalogTable
    now: datetime


def _title(words: "Words", row: int, catalog: CatalogTable) -> str:
    return words.formats.named(spoken_title(catalog.product(row)))


def _due_again(words: "Words", case: Case) -> str:
    title = _title(words, case.row, case.catalog)
    if case.because.every_days is None or _has_stopped(case):
        if case.because.last_at is None:
            return words.say("reason.due_again.ever", title=title)
        return words.say("reason.due_again.once", title=title, date=words.formats.day(case.because.last_at, now=case.now))
    days = max(1, round(case.because.own_days or case.because.every_days))
    if case.because.last_at is None:
        return words.say("reason.due_again.every", days, title=title)
    return words.say("reason.due_again.since", days, title=title, date=words.formats.day(case.because.last_at, now=case.now))


def _has_stopped(case: Case) -> bool:
    """Whether what they bought again and again is so long ago that "you buy it every week" would not be true."""
    opened_at, every_days = case.because.opened_at, case.because.every_days
    return opened_at is not None and every_days is not None and case.now > opened_at + STOPPED_AFTER_GAPS * timedelta(days=every_days)


def _completes(words: "Words", case: Case) -> str:
    anchor = _title(words, case.because.anchor if case.because.anchor is not None else case.row, case.catalog)
    if case.because.anchor_at is None:
        return words.say("reason.completes.here", anchor=anchor)
    return words.say("reason.completes.bought", anchor=anchor, date=words.formats.day(case.because.anchor_at, now=case.now))


def _considering(words: "Words", case: Case) -> str:
    days = len({evidence.at.date() for evidence in case.because.evidence})
    names: dict[str, str] = {}
    about = "kind"
    if case.because.anchor is not None:
        same = case.catalog.group_of[case.because.anchor] == case.catalog.group_of[case.row]
        about = "this" if same else "alike"
        names = {"title": _title(words, case.row, case.catalog)} if same else {"anchor": _title(words, case.because.anchor, case.catalog)}
    if days > 1:
        return words.say(f"reason.considering.{about}", days, **names)
    return words.say(f"reason.considering.{about}_once", date=words.formats.day(case.because.evidence[0].at, now=case.now), **names)


def _popular_here(words: "Words", case: Case) -> str:
    return words.say("reason.popular_here.country" if case.because.place else "reason.popular_here.here")


def _back_in_stock(words: "Words", case: Case) -> str:
    title = _title(words, case.row, case.catalog)
    if case.because.source == "stated":
        return words.say(f"reason.back_in_stock.{'asked' if _came_back(case) else 'asked_there'}", title=title)
    if case.because.last_at is None:
        return words.say("reason.back_in_stock.back", title=title)
    return words.say("reason.back_in_stock.looked", title=title, date=words.formats.day(case.because.last_at, now=case.now))


def _came_back(case: Case) -> bool:
    """Whether it is there again since they asked, not all along."""
    back, asked = case.catalog.product(case.row).restocked_at, case.because.last_at
    return back is not None and (asked is None or back > asked)


def _price_drop(words: "Words", case: Case) -> str:
    product = case.catalog.product(case.row)
    currency = product.price.currency if product.price else ""
    title, price = _title(words, case.row, case.catalog), words.formats.price(float(case.catalog.price[case.row]), currency)
    if case.because.seen_price is None:
        return words.say("reason.price_drop.now", title=title, price=price)
    return words.say("reason.price_drop.seen", title=title, price=price, seen=words.formats.amount(case.because.seen_price, currency))


def _new_style(words: "Words", case: Case) -> str:
    if case.because.anchor is not None:
        return words.say("reason.new_style.kind", case.because.times or 0, title=_title(words, case.row, case.catalog))
    brand = words.formats.named(case.catalog.product(case.row).brand or "")
    return words.say("reason.new_style.brand", case.because.times or 0, title=_title(words, case.row, case.catalog), brand=brand)


def _asked_for(words: "Words", case: Case) -> str:
    product, seen = case.catalog.product(case.row), case.because.seen_price
    since = {"title": _title(words, case.row, case.catalog), "date": words.formats.day(case.because.evidence[0].at, now=case.now)}
    if seen is None:
        return words.say("reason.asked_for.back", **since)
    currency = product.price.currency if product.price else ""
    price = words.formats.price(float(case.catalog.price[case.row]), currency)
    return words.say("reason.asked_for.cheaper", price=price, seen=words.formats.amount(seen, currency), **since)


def _reward(words: "Words", case: Case) -> str:
    until, off = case.because.expires_at, case.because.percent_off
    key = ("something" if off is None else "percent") + ("" if until is None else "_until")
    values = {"title": _title(words, case.row, case.catalog)}
    if off is not None:
        values["percent"] = words.formats.count(off)
    if until is not None:
        values["date"] = words.formats.day(until, now=case.now)
    return words.say(f"reason.reward.{key}", **values)


def _like_you(words: "Words", case: Case) -> str:
    if case.because.anchor is None:
        return words.say("reason.like_you.many")
    return words.say("reason.like_you.anchor", anchor=_title(words, case.because.anchor, case.catalog))


def _similar(words: "Words", case: Case) -> str:
    return words.say("reason.similar.like", anchor=_title(words, case.because.anchor if case.because.anchor is not None else case.row, case.catalog))


def _new_arrival(words: "Words", case: Case) -> str:
    anchor = _title(words, case.because.anchor if case.because.anchor is not None else case.row, case.catalog)
    if case.because.anchor_at is None:
        return words.say("reason.new_arrival.looked", anchor=anchor)
    return words.say("reason.new_arrival.bought", anchor=anchor, date=words.formats.day(case.because.anchor_at, now=case.now))


def _this_visit(words: "Words", case: Case) -> str:
    if case.because.anchor is None:
        return words.say("reason.this_visit.many")
    return words.say("reason.this_visit.anchor", anchor=_title(words, case.because.anchor, case.catalog))


REASONS: dict[str, Callable[["Words", Case], str]] = {
    "due_again": _due_again,
    "completes": _completes,
    "considering": _considering,
    "popular_here": _popular_here,
    "back_in_stock": _back_in_stock,
    "price_drop": _price_drop,
    "new_style": _new_style,
    "asked_for": _asked_for,
    "reward": _reward,
    "like_you": _like_you,
    "this_visit": _this_visit,
    "similar": _similar,
    "new_arrival": _new_arrival,
    "searched": lambda words, case: words.say("reason.searched.found"),
    "fresh_find": lambda words, case: words.say("reason.fresh_find.new"),
    "cart_waiting": lambda words, case: words.say("reason.cart_waiting.waits", title=_title(words, case.row, case.catalog)),
}
"""By reason code; a code without a sentence may not be used."""
