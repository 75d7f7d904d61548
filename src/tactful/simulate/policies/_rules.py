"""What the rule-based baselines share: a memory of what was seen, and tidy hours."""

from collections import defaultdict
from collections.abc import Sequence
from math import floor

from tactful.simulate.policy import Seen
from tactful.simulate.shop import Shop

MORNING = 9 / 24


class Memory:
    """What a rule-based sender keeps of one customer."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.viewed: list[tuple[float, int]] = []
        self.bought: dict[int, list[float]] = defaultdict(list)
        self.cart: dict[int, float] = {}
        self.popular = sorted(range(len(shop.styles)), key=lambda style: -shop.styles[style].popularity)

    def saw(self, seen: Seen) -> None:
        """Remember looks, carts and purchases."""
        if seen.event == "Product Viewed" and seen.style is not None:
            self.viewed.append((seen.day, seen.style))
        elif seen.event == "Product Added" and seen.style is not None:
            self.cart[seen.style] = seen.day
        elif seen.event == "Order Completed":
            self.cart.clear()
            for line in seen.properties["products"]:
                self.bought[self.shop.style_of[line["product_id"]]].append(seen.day)

    def last_viewed(self, day: float, *, within: float, limit: int) -> list[int]:
        """The styles looked at last, the latest first, bought or not."""
        styles: list[int] = []
        for seen, style in reversed(self.viewed):
            if day - seen > within or len(styles) == limit:
                break
            if style not in styles:
                styles.append(style)
        return styles

    def due(self, day: float, *, early: float) -> list[int]:
        """Styles bought at least twice whose usual gap is nearly over or past, the most overdue first."""
        found: list[tuple[float, int]] = []
        for style, days in self.bought.items():
            if len(days) >= 2 and days[-1] > days[0]:
                reached = (day - days[-1]) / ((days[-1] - days[0]) / (len(days) - 1))
                if early <= reached <= 4:
                    found.append((reached, style))
        return [style for _, style in sorted(found, key=lambda item: (-item[0], item[1]))]

    def there(self, styles: Sequence[int], day: float) -> list[int]:
        """Those that are sold by a day."""
        return [style for style in styles if self.shop.styles[style].arrives_day <= day]

    def shelf(self, day: float, *, limit: int) -> list[int]:
        """The usual home page: what was looked at last, then best sellers."""
        viewed = self.last_viewed(day, within=90, limit=limit)
        rest = [style for style in self.there(self.popular[: 3 * limit], day) if style not in viewed]
        return [*viewed, *rest][:limit]


def next_morning(day: float) -> float:
    """Nine o'clock, today or tomorrow."""
    return floor(day) + MORNING + (1 if day % 1 > MORNING else 0)
