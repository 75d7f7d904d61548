"""What the world's shop sells: styles with variants, known by number inside the simulator and by product id outside."""

from typing import Any

import numpy as np
from msgspec import Struct

from tactful.simulate.parameters import World
from tactful.simulate.streams import stream

SIZES = ("S", "M", "L", "XL")
COLOURS = ("black", "blue", "sand")
NEW_SHARE = 0.15
"""Share of a durable type's styles that arrive while the simulation runs."""
SALES_YEARLY = 1.5
"""Weeks at a lower price that a style has in a year; assumed."""
SALE = 0.8
ALWAYS = -1e9


class Style(Struct, frozen=True, kw_only=True):
    """One style and the ids of its variants."""

    number: int
    type: int
    product_ids: tuple[str, ...]
    price: float
    popularity: float
    """Share of its type's purchases."""
    arrives_day: float
    """Day on which it is new; ``ALWAYS`` where it was there from the start."""
    sales: tuple[float, ...]
    """Days on which a week at a lower price begins."""

    def price_at(self, day: float) -> float:
        """What it costs on a day."""
        return round(self.price * (SALE if any(start <= day < start + 7 for start in self.sales) else 1.0), 2)


class Shop(Struct, frozen=True, kw_only=True):
    """The catalogue of one simulated shop."""

    world: World
    styles: tuple[Style, ...]
    by_type: tuple[tuple[int, ...], ...]
    """Numbers of the styles of each type."""
    goes_with: tuple[tuple[int, ...], ...]
    """Types that a purchase of each type makes somebody want."""
    style_of: dict[str, int]
    """Style by product id."""

    def durable(self, style: int) -> bool:
        """Whether a style lasts, rather than being used up."""
        return self.world.types[self.styles[style].type].kind == "durable"

    def product_of(self, style: int, size: int, colour: int) -> str:
        """The variant of a style for somebody."""
        ids = self.styles[style].product_ids
        return ids[(size * len(COLOURS) + colour) % len(ids)] if len(ids) > len(COLOURS) else ids[colour % len(ids)]


def open_shop(world: World, *, seed: int, days: float) -> Shop:
    """Stock a shop for a world, for a simulation of so many days. The same seed stocks the same shop."""
    random = stream(seed, 0, "shop")
    styles: list[Style] = []
    for number, kind in enumerate(world.types):
        shares = random.dirichlet(np.full(kind.styles, 1.2))
        for index in range(kind.styles):
            newcomer = kind.kind == "durable" and index >= kind.styles * (1 - NEW_SHARE)
            styles.append(
                Style(
                    number=len(styles),
                    type=number,
                    product_ids=_variants(f"{world.name[0]}{number:02d}-{index:02d}", sized=kind.sized, durable=kind.kind == "durable"),
                    price=round(float(kind.price * np.exp(random.normal(0, 0.35))), 2),
                    popularity=float(shares[index]),
                    arrives_day=float(random.uniform(0, days)) if newcomer else ALWAYS,
                    sales=tuple(sorted(random.uniform(0, days, random.poisson(SALES_YEARLY * days / 365)).tolist())),
                )
            )
    paths = [kind.path for kind in world.types]
    return Shop(
        world=world,
        styles=tuple(styles),
        by_type=tuple(tuple(style.number for style in styles if style.type == number) for number in range(len(paths))),
        goes_with=tuple(tuple(paths.index(path) for path in kind.goes_with) for kind in world.types),
        style_of={product: style.number for style in styles for product in style.product_ids},
    )


def _variants(style: str, *, sized: bool, durable: bool) -> tuple[str, ...]:
    if sized:
        return tuple(f"{style}-{size.lower()}-{colour}" for size in SIZES for colour in COLOURS)
    return tuple(f"{style}-{colour}" for colour in COLOURS) if durable else (style,)


def feed(shop: Shop, *, day: float) -> list[dict[str, Any]]:
    """The product feed of a day, in Google Merchant attribute names: what has arrived by then, at that day's price."""
    return [row for style in shop.styles if style.arrives_day <= day for row in feed_rows(shop, style, day=day)]


def feed_rows(shop: Shop, style: Style, *, day: float) -> list[dict[str, Any]]:
    """The variants of one style as rows of a feed."""
    kind = shop.world.types[style.type]
    rows: list[dict[str, Any]] = []
    for product_id in style.product_ids:
        parts = product_id.split("-")
        row: dict[str, Any] = {
            "id": product_id,
            "title": f"{kind.path.rsplit(' > ', 1)[-1]} {style.number}{' ' + parts[-1] if len(parts) > 2 else ''}",
            "item_group_id": "-".join(parts[:2]),
            "price": f"{style.price_at(day):.2f} EUR",
            "product_type": kind.path,
            "brand": f"Brand {style.number % 7}",
            "availability": "in_stock",
        }
        if kind.sized:
            row["size"] = parts[2].upper()
        if kind.gender:
            row["gender"] = kind.gender
        if len(parts) > 2:
            row["color"] = parts[-1]
        rows.append(row)
    return rows


def changes(shop: Shop, since: float, until: float) -> list[tuple[float, Style]]:
    """Arrivals and changes of price within (since, until], in order: the day, and the style as it is from then on."""
    found = [(style.arrives_day, style) for style in shop.styles if since < style.arrives_day <= until]
    for style in shop.styles:
        edges = [edge for start in style.sales for edge in (start, start + 7) if since < edge <= until and edge >= style.arrives_day]
        found += [(edge, style) for edge in edges]
    return sorted(found, key=lambda change: (change[0], change[1].number))
