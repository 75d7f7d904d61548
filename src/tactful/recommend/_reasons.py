"""The sentence for each reason code: short, exact, and about what the customer did."""

from collections.abc import Callable
from datetime import datetime

from tactful.model.candidates import Because
from tactful.model.catalog import CatalogTable
from tactful.model.products import Product


def spoken_title(product: Product) -> str:
    """Say what a product is called, without its colour and size.

    >>> spoken_title(Product(id="p", title="Alder tote, Tan, One", color="Tan", size="One"))
    'Alder tote'
    """
    title = product.title
    for detail in (product.size, product.color):
        if detail:
            title = title.removesuffix(f", {detail}")
    return title


def spoken_date(at: datetime, *, now: datetime) -> str:
    """Say a day as people do, with the year where it is not this one.

    >>> from datetime import UTC
    >>> spoken_date(datetime(2025, 5, 3, tzinfo=UTC), now=datetime(2026, 1, 1, tzinfo=UTC))
    '3 May 2025'
    """
    return f"{at.day} {at:%B}" if at.year == now.year else f"{at.day} {at:%B %Y}"


def reason_text(because: Because, row: int, catalog: CatalogTable, *, now: datetime) -> str:
    """Say why a product is proposed, in one sentence."""
    return _SENTENCES[because.code](because, row, catalog, now)


def _due_again(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    title = spoken_title(catalog.product(row))
    last = f", last on {spoken_date(because.last_at, now=now)}" if because.last_at else ""
    if because.every_days is None:
        return f"You bought {title}{last.removeprefix(', last')}."
    return f"You buy {title} about every {_days(because.every_days)}{last}."


def _days(days: float) -> str:
    rounded = round(days)
    return "day" if rounded <= 1 else f"{rounded} days"


def _completes(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    anchor = spoken_title(catalog.product(because.anchor if because.anchor is not None else row))
    bought = f" you bought on {spoken_date(because.anchor_at, now=now)}" if because.anchor_at else ""
    return f"Goes with the {anchor}{bought}."


def _considering(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    anchor = because.anchor
    days = len({evidence.at.date() for evidence in because.evidence})
    if anchor is None:
        return f"You looked for this kind of thing {'on ' + str(days) + ' days' if days > 1 else 'on ' + spoken_date(because.evidence[0].at, now=now)}."
    looked = f"you looked at {'on ' + str(days) + ' days' if days > 1 else 'on ' + spoken_date(because.evidence[0].at, now=now)}"
    if catalog.group_of[anchor] == catalog.group_of[row]:
        return f"{spoken_title(catalog.product(row))}, which {looked}."
    return f"Of the same kind as {spoken_title(catalog.product(anchor))}, which {looked}."


def _popular_here(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    return "Bought often in your country." if because.place else "Bought often here."


def _back_in_stock(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    title = spoken_title(catalog.product(row))
    if because.source == "stated":
        return f"You asked to be told: {title} is back."
    looked = f", which you looked at on {spoken_date(because.last_at, now=now)}," if because.last_at else ""
    return f"{title}{looked} is back."


def _price_drop(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    product = catalog.product(row)
    currency = product.price.currency if product.price else ""
    seen = f"; it was {because.seen_price:.2f} when you looked" if because.seen_price is not None else ""
    return f"{spoken_title(product)} is now {catalog.price[row]:.2f} {currency}{seen}."


def _new_style(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    product = catalog.product(row)
    return f"{spoken_title(product)} is new from {product.brand}, which you bought on {because.times} days."


def _asked_for(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    product = catalog.product(row)
    listed = f"{spoken_title(product)}, on your wish list since {spoken_date(because.evidence[0].at, now=now)},"
    if because.seen_price is None:
        return f"{listed} is back."
    return f"{listed} is now {catalog.price[row]:.2f} {product.price.currency if product.price else ''}; it was {because.seen_price:.2f}."


def _reward(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    until = f" until {spoken_date(because.expires_at, now=now)}" if because.expires_at else ""
    off = f"{because.percent_off:g} % off" if because.percent_off is not None else "something off"
    return f"You have {off} {spoken_title(catalog.product(row))}{until}."


def _like_you(because: Because, row: int, catalog: CatalogTable, now: datetime) -> str:
    if because.anchor is None:
        return "Bought by many who buy what you buy."
    return f"Bought by many who buy {spoken_title(catalog.product(because.anchor))}, as you do."


_SENTENCES: dict[str, Callable[[Because, int, CatalogTable, datetime], str]] = {
    "due_again": _due_again,
    "completes": _completes,
    "considering": _considering,
    "popular_here": _popular_here,
    "back_in_stock": _back_in_stock,
    "like_you": _like_you,
    "price_drop": _price_drop,
    "new_style": _new_style,
    "asked_for": _asked_for,
    "reward": _reward,
    "fresh_find": lambda because, row, catalog, now: "Something here that you have not looked at yet.",
    "cart_waiting": lambda because, row, catalog, now: f"{spoken_title(catalog.product(row))} is still in your basket.",
}
"""By reason code; a code without a sentence may not be used."""
