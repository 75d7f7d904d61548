"""What a tracked event means: one small builder for each event of the contract, and the names that clients use for it.

Builders take what every event has (``common``) and the event's properties. They raise Unusable where a property that gives the event its meaning
is missing. ``recipient``, ``share_message`` and the text of a gift message are nobody's business but the customer's: they are never kept.
"""

import json
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Literal, cast, get_args

from tactful.ingest.consents import PERSONALIZATION, purpose_of
from tactful.ingest.coordinates import is_coordinate, without_coordinates
from tactful.ingest.orders import completed as order_completed
from tactful.ingest.orders import read_currency, refunded, required_product
from tactful.ingest.values import Unusable, read_flag, read_id, read_number, read_text, read_time
from tactful.model.events import (
    BackInStockRequested,
    CartItemAdded,
    CartItemRemoved,
    Channel,
    ConsentUpdated,
    DismissalReason,
    Event,
    MessageAnswered,
    MessageDelivered,
    OutreachPaused,
    PreferenceStated,
    ProductReviewed,
    ProductsSearched,
    ProductViewed,
    RecommendationDismissalWithdrawn,
    RecommendationDismissed,
    RecommendationSeen,
    RewardGranted,
    RewardRedeemed,
    Tracked,
    Unsubscribed,
    WishlistItemAdded,
    WishlistItemRemoved,
)

Properties = dict[str, Any]
Common = dict[str, Any]
Builder = Callable[[Common, Properties], Event]

NEVER_KEPT = frozenset({"recipient", "share_message", "gift_message", "review_body"})
"""Properties of other events that hold words about or to third people."""
MOST_PROPERTIES = 50
LONGEST_TEXT = 500
LONGEST_QUERY = 200
DEEPEST = 4
ALL = 100
"""Per cent."""
LARGEST_INTEGER = 2**53
"""Beyond it JSON numbers are not exact; kept as float."""
SECONDS_OF = {"duration": 1.0, "view_duration": 1.0, "dwell_time": 1.0, "time_on_page": 1.0, "engagement_time_msec": 0.001}
"""Properties that tell how long a look lasted, and their unit in seconds."""
LONGEST_LOOK = 3600
SOFT_BOUNCES = frozenset({"soft", "softbounce", "transient", "temporary", "deferred", "block", "blocked"})
"""How mail services name a bounce that says nothing about the address."""
DISMISSALS = frozenset(get_args(DismissalReason))


def tracked(common: Common, properties: Properties, *, name: str) -> Event:
    """Any event without a meaning of its own."""
    return Tracked(**common, name=name[:LONGEST_TEXT], properties=tidy(properties, DEEPEST))


def tidy(value: Any, depth: int) -> Any:
    """Properties cut to a sane size: text, lists and objects are shortened, what is nested too deeply is left out.

    >>> tidy({"recipient": "a@example.com", "rating": "5"}, 4)
    {'rating': '5'}
    """
    if isinstance(value, str):
        return without_coordinates(value)[:LONGEST_TEXT]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_INTEGER:
        return float(value) if abs(value) < 1e300 else None
    if isinstance(value, dict):
        kept = [key for key in value if key not in NEVER_KEPT and not is_coordinate(key, value[key])][:MOST_PROPERTIES]
        return {key[:LONGEST_TEXT]: tidy(value[key], depth - 1) for key in kept} if depth else {}
    if isinstance(value, list):
        return [tidy(each, depth - 1) for each in value[:MOST_PROPERTIES]] if depth else []
    return value


def viewed(common: Common, properties: Properties) -> Event:
    """Product Viewed, or how long it was viewed."""
    price = read_number(properties.get("price"), "price", "bad_price")
    return ProductViewed(**common, product_id=required_product(properties), price=price, currency=read_currency(properties), seconds=read_seconds(properties))


def read_seconds(properties: Properties) -> float | None:
    """How long a look lasted, in whole seconds and at most an hour; None where it is not told, or not as a number.

    >>> read_seconds({"duration": "4.4"}), read_seconds({"engagement_time_msec": 90_000}), read_seconds({"duration": "PT4S"})
    (4.0, 90.0, None)
    """
    for name, unit in SECONDS_OF.items():
        if name in properties:
            try:
                seconds = read_number(properties[name], name, "bad_duration")
            except Unusable:
                return None  # The look is worth more than its length.
            return None if seconds is None else float(min(round(seconds * unit), LONGEST_LOOK))
    return None


def searched(common: Common, properties: Properties) -> Event:
    """Products Searched; the query is text or an object that holds it."""
    query = properties.get("query", properties.get("search_term"))
    words = query.get("query", query.get("text", query.get("term"))) if isinstance(query, dict) else query
    if (text := read_text(words, LONGEST_QUERY)) is None:
        raise Unusable("missing_query", "a search needs a query")
    return ProductsSearched(**common, query=text)


def cart_added(common: Common, properties: Properties) -> Event:
    """Product Added."""
    price = read_number(properties.get("price"), "price", "bad_price")
    quantity = read_number(properties.get("quantity"), "quantity", "bad_quantity")
    return CartItemAdded(**common, product_id=required_product(properties), price=price, quantity=1.0 if quantity is None else quantity)


def cart_removed(common: Common, properties: Properties) -> Event:
    """Product Removed."""
    return CartItemRemoved(**common, product_id=required_product(properties))


def wished(common: Common, properties: Properties) -> Event:
    """Product Added to Wishlist."""
    return WishlistItemAdded(**common, product_id=required_product(properties), price=read_number(properties.get("price"), "price", "bad_price"))


def unwished(common: Common, properties: Properties) -> Event:
    """Product Removed from Wishlist."""
    return WishlistItemRemoved(**common, product_id=required_product(properties))


def asked_back(common: Common, properties: Properties) -> Event:
    """Back In Stock Requested."""
    return BackInStockRequested(**common, product_id=required_product(properties))


def dismissed(common: Common, properties: Properties) -> Event:
    """Recommendation Dismissed, of a product, a category, or (only ``too_often``) in general."""
    reason, category = properties.get("reason"), read_text(properties.get("category"), LONGEST_TEXT)
    if not isinstance(reason, str) or reason not in DISMISSALS:
        raise Unusable("unknown_reason", f"reason must be one of {', '.join(sorted(DISMISSALS))}, not {str(reason)[:40]!r}")
    product_id = read_id(properties.get("product_id"), "product_id")
    if product_id is None and category is None and reason != "too_often":
        raise Unusable("missing_product_id", "a dismissal needs a product_id or a category")
    return RecommendationDismissed(**common, reason=cast("DismissalReason", reason), product_id=product_id, category=category)


def withdrawn(common: Common, properties: Properties) -> Event:
    """Recommendation Dismissal Withdrawn: of a product, of a category, or of what was said of nothing in particular."""
    product_id = read_id(properties.get("product_id"), "product_id")
    return RecommendationDismissalWithdrawn(**common, product_id=product_id, category=read_text(properties.get("category"), LONGEST_TEXT))


def reviewed(common: Common, properties: Properties) -> Event:
    """Product Reviewed. A rating that is no number is none: the review stays one."""
    try:
        rating = read_number(properties.get("rating"), "rating", "bad_rating")
    except Unusable:
        rating = None
    return ProductReviewed(**common, product_id=required_product(properties), rating=rating)


def seen(common: Common, properties: Properties, *, clicked: bool) -> Event:
    """Recommendation Viewed or Clicked."""
    decision_id = read_id(properties.get("decision_id"), "decision_id")
    return RecommendationSeen(**common, decision_id=decision_id, product_id=read_id(properties.get("product_id"), "product_id"), clicked=clicked)


def contact_id(properties: Properties, channel: str) -> str | None:
    """Which message it was."""
    return read_id(properties.get("message_id", properties.get(f"{channel}_id")), "message_id")


def delivered(common: Common, properties: Properties, *, channel: Channel) -> Event:
    """Email, SMS or Push Delivered."""
    listed = properties.get("product_ids")
    product_ids = tuple(found for each in (listed if isinstance(listed, list) else []) if (found := read_id(each, "product_ids")))
    contact = contact_id(properties, channel) or common["message_id"]
    trigger, transactional = read_text(properties.get("trigger"), LONGEST_TEXT), is_transactional(properties)
    return MessageDelivered(**common, channel=channel, contact_id=contact, trigger=trigger, product_ids=product_ids, transactional=transactional)


def is_transactional(properties: Properties) -> bool:
    """Whether a message was about an order of theirs rather than about what they may want: by flag, or by the kind that mail services name.

    >>> is_transactional({"transactional": "true"}), is_transactional({"message_type": "Transactional"}), is_transactional({"trigger": "due_again"})
    (True, True, False)
    """
    kind = read_text(properties.get("message_type"), 40) or ""
    return read_flag(properties.get("transactional")) is True or kind.lower() == "transactional"


def bounced(common: Common, properties: Properties, *, channel: Channel) -> Event:
    """Email, SMS or Push Bounced; one that is said to be soft passes."""
    kind = read_text(properties.get("bounce_type", properties.get("type")), 40) or ""
    return MessageAnswered(**common, channel=channel, contact_id=contact_id(properties, channel), answer="bounced", passing=kind.lower() in SOFT_BOUNCES)


def answered(common: Common, properties: Properties, *, channel: Channel, answer: Literal["opened", "clicked", "complained"]) -> Event:
    """Email, SMS or Push opened, clicked or marked as spam."""
    return MessageAnswered(**common, channel=channel, contact_id=contact_id(properties, channel), answer=answer)


def unsubscribed(common: Common, properties: Properties, *, channel: Channel = "email") -> Event:
    """Unsubscribed; from e-mail where no channel is named."""
    said = read_channel(properties.get("channel"))
    return Unsubscribed(**common, channel=cast("Channel", said) if said in get_args(Channel) else channel)


def read_channel(value: Any) -> str | None:
    """A channel's name in our spelling.

    >>> read_channel("E-Mail"), read_channel("*"), read_channel("letter")
    ('email', None, 'letter')
    """
    channel = (read_text(value, 40) or "").lower()
    return {"e-mail": "email", "mail": "email", "text": "sms", "*": None, "all": None, "": None}.get(channel, channel)


def consented(common: Common, properties: Properties) -> Event:
    """Consent Updated."""
    purpose, granted = read_text(properties.get("purpose"), 100), read_flag(properties.get("granted"))
    if purpose is None or granted is None:
        raise Unusable("bad_consent", "consent needs a purpose, and granted as true or false")
    return ConsentUpdated(
        **common,
        purpose=purpose_of(purpose) if purpose_of(purpose) == PERSONALIZATION else purpose.lower(),
        channel=read_channel(properties.get("channel")),
        granted=granted,
        source=read_text(properties.get("source"), 40),
        policy_version=read_text(properties.get("policy_version", properties.get("policyVersion")), 40),
    )


def paused(common: Common, properties: Properties) -> Event:
    """Outreach Paused. An end that cannot be read counts as none: they want quiet."""
    return OutreachPaused(**common, until=read_time(properties.get("until")))


def stated(common: Common, properties: Properties) -> Event:
    """Preference Stated."""
    key, value = read_text(properties.get("key"), 100), properties.get("value")
    said = value if isinstance(value, str) else json.dumps(value)
    if key is None or value is None or not said.strip():
        raise Unusable("bad_preference", "a preference needs a key and a value")
    return PreferenceStated(**common, key=key, value=said.strip()[:LONGEST_TEXT])


def rewarded(common: Common, properties: Properties) -> Event:
    """Reward Granted."""
    reward_id, expires_at = read_id(properties.get("reward_id"), "reward_id"), read_time(properties.get("expires_at"))
    percent_off = read_number(properties.get("percent_off"), "percent_off", "bad_reward")
    if reward_id is None or expires_at is None or percent_off is None or not 0 < percent_off <= ALL:
        raise Unusable("bad_reward", "a reward needs reward_id, percent_off (above 0, at most 100) and expires_at")
    product_id, category = read_id(properties.get("product_id"), "product_id"), read_text(properties.get("category"), LONGEST_TEXT)
    return RewardGranted(**common, reward_id=reward_id, percent_off=percent_off, expires_at=expires_at, product_id=product_id, category=category)


def redeemed(common: Common, properties: Properties) -> Event:
    """Reward Redeemed."""
    reward_id = read_id(properties.get("reward_id"), "reward_id")
    if reward_id is None:
        raise Unusable("bad_reward", "a redeemed reward needs its reward_id")
    return RewardRedeemed(**common, reward_id=reward_id)


def named(*names: str) -> tuple[str, ...]:
    """Event names as they are compared."""
    return tuple(folded(name) for name in names)


def folded(name: str) -> str:
    """A name without case, spaces, underscores and hyphens.

    >>> folded("Order  completed") == folded("order_completed")
    True
    """
    return "".join(name.split()).replace("_", "").replace("-", "").casefold()


def spellings() -> dict[str, Builder]:
    """Builder by folded event name: the contract's names, then those of version 1 of the spec and of Google Analytics."""
    meanings: list[tuple[Builder, tuple[str, ...]]] = [
        (viewed, named("Product Viewed", "Viewed Product", "view_item", "Product View Duration")),
        (searched, named("Products Searched", "Searched Products", "search")),
        (cart_added, named("Product Added", "Added Product", "Wishlist Product Added to Cart", "add_to_cart")),
        (cart_removed, named("Product Removed", "Removed Product", "remove_from_cart")),
        (wished, named("Product Added to Wishlist", "Added Product to Wishlist", "add_to_wishlist")),
        (unwished, named("Product Removed from Wishlist", "Removed Product from Wishlist")),
        (asked_back, named("Back In Stock Requested")),
        (order_completed, named("Order Completed", "Completed Order", "purchase")),
        (refunded, named("Order Refunded", "Refunded Order", "Order Cancelled", "Cancelled Order", "Order Canceled", "refund")),
        (dismissed, named("Recommendation Dismissed")),
        (withdrawn, named("Recommendation Dismissal Withdrawn")),
        (reviewed, named("Product Reviewed", "Reviewed Product")),
        (partial(seen, clicked=True), named("Recommendation Clicked")),
        (partial(seen, clicked=False), named("Recommendation Viewed")),
        (consented, named("Consent Updated")),
        (paused, named("Outreach Paused")),
        (stated, named("Preference Stated")),
        (rewarded, named("Reward Granted")),
        (redeemed, named("Reward Redeemed")),
        (unsubscribed, named("Unsubscribed")),
    ]
    channels: tuple[Channel, ...] = get_args(Channel)
    for channel in channels:
        meanings += contact_meanings(channel)
    return {name: builder for builder, names in meanings for name in names}


def contact_meanings(channel: Channel) -> list[tuple[Builder, tuple[str, ...]]]:
    """The events about messages on one channel."""
    titles = ("push", "push notification") if channel == "push" else (channel,)

    def each(*endings: str) -> tuple[str, ...]:
        return named(*(f"{title} {ending}" for title in titles for ending in endings))

    return [
        (partial(delivered, channel=channel), each("Delivered", "Received")),
        (partial(answered, channel=channel, answer="opened"), each("Opened")),
        (partial(answered, channel=channel, answer="clicked"), each("Link Clicked", "Clicked", "Tapped")),
        (partial(bounced, channel=channel), each("Bounced")),
        (partial(answered, channel=channel, answer="complained"), each("Marked as Spam")),
        (partial(unsubscribed, channel=channel), each("Unsubscribed")),
    ]


BUILDERS = spellings()


@lru_cache(maxsize=4096)
def builder(name: str) -> Builder:
    """What makes an event of this name."""
    return BUILDERS.get(folded(name)) or partial(tracked, name=name)
