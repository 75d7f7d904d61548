"""How good was what we said: compare it with what households then really bought, beside two plain ways of choosing the same number of products."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest

from msgspec import Struct

from tactful.model.products import Product


class Kinds(Struct, frozen=True, kw_only=True):
    """What kind of thing a product is: the style it is a size of, and its type. Products that are no merchandise are in neither."""

    style_of: dict[str, str]
    type_of: dict[str, str]

    @classmethod
    def of(cls, products: Iterable[Product]) -> "Kinds":
        """Read them from a catalogue."""
        rows = [(product.id, product.group, product.product_type or product.id) for product in products]
        return cls(style_of={row[0]: row[1] for row in rows}, type_of={row[0]: row[2] for row in rows})


class Hits(Struct, frozen=True, kw_only=True):
    """How often one way of choosing was right. Shares are of 1; a message is right when at least one of its items is."""

    items: int
    messages: int
    item_exact: float
    """Share of items whose very product was bought."""
    item_style: float
    """Share of items of which the product or another size of it was bought."""
    item_type: float
    """Share of items of whose type anything was bought."""
    message_exact: float
    message_style: float
    message_type: float


Said = Mapping[str, Sequence[str]]
"""Product ids by userId, the first said first."""


def how_near(product_id: str, bought: Iterable[str], kinds: Kinds) -> str | None:
    """How near a purchase came to what was said: ``exact``, ``style``, ``type``, or None where nothing like it was bought.

    >>> kinds = Kinds(style_of={"milk-1": "milk", "milk-2": "milk", "oat": "oat"}, type_of={"milk-1": "drinks", "milk-2": "drinks", "oat": "drinks"})
    >>> [how_near("milk-1", bought, kinds) for bought in (["milk-1"], ["milk-2"], ["oat"], ["petrol"])]
    ['exact', 'style', 'type', None]
    """
    ids = set(bought)
    if product_id in ids:
        return "exact"
    if kinds.style_of[product_id] in {kinds.style_of.get(other) for other in ids}:
        return "style"
    return "type" if kinds.type_of[product_id] in {kinds.type_of.get(other) for other in ids} else None


def hits(said: Said, bought: Mapping[str, Iterable[str]], kinds: Kinds) -> Hits:
    """Score one way of choosing. A household that bought nothing was told everything in vain."""
    nearness = [[how_near(product_id, bought.get(user, ()), kinds) for product_id in items] for user, items in said.items()]
    items = [near for message in nearness for near in message]

    def share_of_items(*right: str) -> float:
        return sum(near in right for near in items) / max(1, len(items))

    def share_of_messages(*right: str) -> float:
        return sum(any(near in right for near in message) for message in nearness) / max(1, len(nearness))

    return Hits(
        items=len(items),
        messages=len(nearness),
        item_exact=share_of_items("exact"),
        item_style=share_of_items("exact", "style"),
        item_type=share_of_items("exact", "style", "type"),
        message_exact=share_of_messages("exact"),
        message_style=share_of_messages("exact", "style"),
        message_type=share_of_messages("exact", "style", "type"),
    )


def favourites(said: Said, lines: Iterable[tuple[str, str]], sold: Mapping[str, int], *, kinds: Kinds) -> dict[str, list[str]]:
    """The first baseline: as many of each household's most often bought products, ties by what sells best in the shop.

    >>> kinds = Kinds(style_of={"a": "a", "b": "b", "c": "c"}, type_of={})
    >>> favourites({"u": ["x", "y"]}, [("u", "a"), ("u", "b"), ("u", "c"), ("u", "c")], {"b": 9}, kinds=kinds)
    {'u': ['c', 'b']}
    """
    bought: dict[str, Counter[str]] = {user: Counter() for user in said}
    for user, product_id in lines:
        if product_id in kinds.style_of:
            bought[user][product_id] += 1

    def ranked(times: Counter[str]) -> list[str]:
        return sorted(times, key=lambda product_id: (-times[product_id], -sold.get(product_id, 0), product_id))

    return {user: ranked(bought[user])[: len(items)] for user, items in said.items()}


def best_sellers(said: Said, sold: Mapping[str, int], kinds: Kinds) -> dict[str, list[str]]:
    """The second baseline: as many of the products that sell best in the whole shop, the same for everybody."""
    longest = max((len(items) for items in said.values()), default=0)
    wanted = [(-lines, product_id) for product_id, lines in sold.items() if product_id in kinds.style_of]
    ranked = [product_id for _, product_id in nsmallest(longest, wanted)]
    return {user: ranked[: len(items)] for user, items in said.items()}
