"""What happened: the tagged union of events that the log holds.

Every event carries who (ids as the client sent them), when (``at``, UTC) and what. Which customer it belongs to is the log's knowledge, not the
event's, so that identities can be joined and separated again without touching an event.
"""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

DismissalReason = Literal["not_for_me", "gift", "bought_elsewhere", "already_have", "by_mistake", "researching", "too_often", "stop_topic"]
Channel = Literal["email", "sms", "push"]
WayIn = Literal["search", "email", "ad", "compare", "social", "link", "direct"]
"""How somebody came: from a search engine, a letter, an advertisement, a site that compares prices, a network, another site, or by themselves."""


class Signal(Struct, frozen=True, array_like=True):
    """What a consent tool says about one purpose."""

    purpose: str
    channel: str | None
    """None: for every channel."""
    granted: bool
    source: str
    """``segment``, ``rudder``, ``consent_mode``, ``shopify`` or ``gpc``."""


class Context(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where and how an event happened, as far as the client told.

    ``cell`` is a field of about 5 km (`tactful.model.places`): raw coordinates are never stored.
    """

    timezone: str | None = None
    """IANA name; names that are none (``GMT+0000``) were dropped at ingest."""
    locale: str | None = None
    country: str | None = None
    cell: str | None = None
    session_id: str | None = None
    way_in: WayIn | None = None
    """How they came, where the event tells it: a class only, never an address."""
    signals: tuple[Signal, ...] = ()
    policy_version: str | None = None
    """Of the privacy policy that was shown."""


class Address(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A postal address, as coarse as we need it."""

    country: str | None = None
    city: str | None = None
    postal_code: str | None = None


class Traits(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a client said about a person. ``email``, ``phone`` and ``loyalty_card`` are strong keys."""

    email: str | None = None
    phone: str | None = None
    push_token: str | None = None
    """Where notifications reach the app they use, from ``context.device.token``; it says nothing of who they are."""
    loyalty_card: str | None = None
    first_name: str | None = None
    timezone: str | None = None
    locale: str | None = None
    address: Address | None = None


class OrderLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One product of an order or a cart. ``price`` is per unit, in the order's currency."""

    product_id: str
    quantity: float = 1.0
    price: float | None = None
    options: dict[str, str] | None = None
    recipient_size: str | None = None


class BaseEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every event has: an id that makes retries harmless, two times, and the ids of who."""

    message_id: str
    at: datetime
    """Event time, UTC, corrected for clock skew where the client allowed it."""
    user_id: str | None = None
    anonymous_id: str | None = None
    traits: Traits | None = None
    """Set on identify, and wherever a client sent traits in the context (a till's loyalty card)."""
    context: Context = Context()


class Identified(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="identified"):
    """A client told us who somebody is."""


class Aliased(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="aliased"):
    """A client told us that two ids are one person."""

    previous_id: str


class Grouped(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="grouped"):
    """Somebody belongs to an organisation."""

    group_id: str


class PageViewed(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="page_viewed"):
    """Somebody opened a page or an app screen."""

    name: str | None = None


class ProductViewed(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="product_viewed"):
    """Somebody looked at a product."""

    product_id: str
    price: float | None = None
    currency: str | None = None
    """Of the price, where the client told."""
    seconds: float | None = None
    """How long, where the client told."""


class ProductsSearched(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="products_searched"):
    """Somebody searched."""

    query: str


class CartItemAdded(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="cart_item_added"):
    """Somebody put a product into the cart."""

    product_id: str
    price: float | None = None
    quantity: float = 1.0


class CartItemRemoved(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="cart_item_removed"):
    """Somebody took a product out of the cart: an answer."""

    product_id: str


class WishlistItemAdded(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="wishlist_item_added"):
    """Somebody put a product on the wish list."""

    product_id: str
    price: float | None = None


class WishlistItemRemoved(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="wishlist_item_removed"):
    """Somebody took a product off the wish list."""

    product_id: str


class BackInStockRequested(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="back_in_stock_requested"):
    """Somebody asked to be told when a product is back."""

    product_id: str


class OrderCompleted(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="order_completed"):
    """Somebody bought, on any channel."""

    order_id: str
    lines: tuple[OrderLine, ...]
    channel: str = "web"
    """``web``, ``pos`` or the shop's own name."""
    fulfilment: str | None = None
    store_code: str | None = None
    currency: str | None = None
    gift: bool = False
    """Marked as a gift: by flag, message, or wrapping."""
    shipping: Address | None = None


class OrderRefunded(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="order_refunded"):
    """An order was returned or cancelled; without lines, all of it."""

    order_id: str
    lines: tuple[OrderLine, ...] = ()


class RecommendationDismissed(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="recommendation_dismissed"):
    """The customer answers back, on a product or on a category."""

    reason: DismissalReason
    product_id: str | None = None
    category: str | None = None


class ProductReviewed(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="product_reviewed"):
    """The customer says in public what they think of a product; of the words nothing is kept."""

    product_id: str
    rating: float | None = None
    """Stars, where the client told; 1 to 5 in the tracking spec."""


class RecommendationDismissalWithdrawn(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="recommendation_dismissal_withdrawn"):
    """The customer takes back every answer to a product or a category; without either, those that were about nothing in particular."""

    product_id: str | None = None
    category: str | None = None


class RecommendationSeen(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="recommendation_seen"):
    """A recommended product was shown, or clicked."""

    decision_id: str | None = None
    product_id: str | None = None
    clicked: bool = False


class MessageDelivered(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_delivered"):
    """A message reached somebody; it counts against every cap."""

    channel: Channel
    contact_id: str
    """The ``message_id`` property: which message."""
    trigger: str | None = None
    product_ids: tuple[str, ...] = ()
    transactional: bool = False
    """About an order, a delivery or a question of theirs, not about what they may want."""


class MessageAnswered(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_answered"):
    """Somebody opened or clicked a message, or it bounced or was marked as spam."""

    channel: Channel
    contact_id: str | None = None
    answer: Literal["opened", "clicked", "bounced", "complained"]
    passing: bool = False
    """Of a bounce: a full mailbox, a server that was down. The address is fine."""


class MessagePutOff(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_put_off"):
    """A reserved message may not go yet: a rule said later when it was due."""

    contact_id: str
    until: datetime
    code: str


class MessageDropped(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="message_dropped"):
    """A reserved message is not sent after all; its place under the caps is free again."""

    contact_id: str
    code: str


class Unsubscribed(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="unsubscribed"):
    """Somebody does not want this channel any more."""

    channel: Channel


class RewardGranted(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="reward_granted"):
    """The shop gave this customer a reward: so much off, on a product, a type of product, or anything, until a time."""

    reward_id: str
    percent_off: float
    expires_at: datetime
    product_id: str | None = None
    category: str | None = None
    """A product type and all below it."""


class RewardRedeemed(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="reward_redeemed"):
    """A reward was used, or taken back."""

    reward_id: str


class ConsentUpdated(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="consent_updated"):
    """Somebody agreed to a purpose on a channel, or withdrew."""

    purpose: str
    channel: str | None = None
    """None: for every channel."""
    granted: bool
    source: str | None = None
    policy_version: str | None = None


class OutreachPaused(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="outreach_paused"):
    """Somebody wants quiet until a time, or until they say otherwise."""

    until: datetime | None = None


class PreferenceStated(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="preference_stated"):
    """Somebody said what they like; it outranks anything inferred."""

    key: str
    value: str


class Tracked(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="tracked"):
    """Any other tracked event: kept, counted as a visit, given no further meaning."""

    name: str
    properties: dict[str, Any] = {}


class DecisionMade(BaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="decision_made"):
    """We decided something about this customer. ``message_id`` is the decision's id."""

    placement: str
    product_ids: tuple[str, ...] = ()
    silence: str | None = None
    trigger: str | None = None
    """Set where a message was reserved."""
    channel: Channel | None = None
    send_at: datetime | None = None
    propensity: float = 1.0
    """How likely the lot was to give this time."""
    worth: float | None = None
    """What the best message was worth beyond silence, in the shop's currency; None where none might go."""


Event = (
    Identified
    | Aliased
    | Grouped
    | PageViewed
    | ProductViewed
    | ProductsSearched
    | CartItemAdded
    | CartItemRemoved
    | WishlistItemAdded
    | WishlistItemRemoved
    | BackInStockRequested
    | OrderCompleted
    | OrderRefunded
    | RecommendationDismissed
    | RecommendationDismissalWithdrawn
    | ProductReviewed
    | RecommendationSeen
    | MessageDelivered
    | MessageAnswered
    | MessagePutOff
    | MessageDropped
    | Unsubscribed
    | RewardGranted
    | RewardRedeemed
    | ConsentUpdated
    | OutreachPaused
    | PreferenceStated
    | Tracked
    | DecisionMade
)
"""Everything the log can hold; decode with ``msgspec.msgpack.Decoder(Event)``."""


class DeadLetter(Struct, frozen=True, kw_only=True):
    """An event we could not understand: kept with the reason, so that nothing is lost silently."""

    received_at: datetime
    code: str
    message: str
    body: str
    """The event as JSON text, cut at 4,096 characters."""
