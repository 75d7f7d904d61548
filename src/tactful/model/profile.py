"""Who somebody is, as of now: the fold of their events.

Everything here is keyed by product id and time, never by category: what a product *is* belongs to the catalogue and may change without touching a
profile. Rows that repeat often are ``array_like`` to keep snapshots small, and need no garbage collector: nothing in them can form a cycle.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from tactful.model.events import Address, DismissalReason, WayIn

ANSWERED_WITHIN = timedelta(days=7)
HOW_OFTEN = "how_often"
"""Key of the preference that says how often they want to hear from us; of several words on it only the latest counts."""


class Look(Struct, frozen=True, array_like=True, gc=False):
    """One sign of interest in a product: a view, a cart, a wish."""

    at: datetime
    kind: str
    """``view``, ``cart``, ``uncart``, ``wish``, ``unwish``, ``ask``, ``click`` or ``return``."""
    visit: int
    """Which visit it happened in; several looks in one visit are one occasion."""
    event_id: str
    price: float | None = None
    brief: bool = False
    """Away again within seconds: no sign of interest."""
    currency: str | None = None
    """Of the price, where the page told one."""


class Purchase(Struct, frozen=True, array_like=True, gc=False):
    """One order line of a product."""

    order: int
    """Running number of the order; less `Profile.orders_before` it is the index into `Profile.orders`."""
    quantity: float = 1.0
    gift: bool = False
    options: dict[str, str] | None = None


class Order(Struct, frozen=True, array_like=True, gc=False):
    """One order, on any channel."""

    order_id: str
    event_id: str
    at: datetime
    channel: str
    gift: bool = False
    store_code: str | None = None
    fulfilment: str | None = None
    elsewhere: str | None = None
    """Sent to another place than the one they had stated: ``postal_code`` or ``country``, whichever differs."""
    currency: str | None = None


class ProductHistory(Struct, array_like=True, gc=False):
    """What somebody did with one product of late. ``looks`` keeps the latest 24; purchases of long ago are in `Profile.earlier`."""

    looks: list[Look] = []
    purchases: list[Purchase] = []


class Earlier(Struct, frozen=True, array_like=True, gc=False):
    """Purchases of one product so long ago that their orders are no longer kept: nothing bought is forgotten because it is old."""

    days: tuple[int, ...]
    """The latest 8 days with such a purchase, ascending, as days since 1970-01-01 UTC."""
    gift: bool = False
    """All of them were for somebody else."""
    before: int = 0
    """Further days with a purchase, before those."""
    first: int = 0
    """The first of these; 0 where there are none."""


class Returned(Struct, frozen=True, array_like=True, gc=False):
    """The latest time a product was sent back."""

    at: datetime
    event_id: str


class Search(Struct, frozen=True, array_like=True, gc=False):
    """One search."""

    at: datetime
    query: str
    visit: int
    event_id: str


class CartLine(Struct, frozen=True, array_like=True, gc=False):
    """A product that waits in the cart."""

    at: datetime
    event_id: str
    quantity: float = 1.0
    price: float | None = None


class Dismissal(Struct, frozen=True, array_like=True, gc=False):
    """An answer of the customer to something shown or sent."""

    at: datetime
    event_id: str
    reason: DismissalReason
    product_id: str | None = None
    category: str | None = None


TRANSACTIONAL = frozenset({
    "transactional", "order", "order_confirmation", "receipt", "invoice", "delivery", "shipping", "shipped", "refund", "return",
    "safety", "recall", "reply", "service", "account", "password_reset",
})  # fmt: skip
"""Triggers of messages that are owed to the customer: never held back, never a debt, but counted for a day."""


class Contact(Struct, frozen=True, array_like=True, gc=False):
    """A message that reached them, or that is reserved to be sent."""

    at: datetime
    channel: str
    contact_id: str
    trigger: str | None = None
    reserved: bool = False
    product_ids: tuple[str, ...] = ()
    transactional: bool = False
    """Said so when it was delivered: about an order of theirs, never held back, but it was a message too."""

    @property
    def owed(self) -> bool:
        """Whether it was no advertisement: an order confirmation, a recall, a reply."""
        return self.transactional or self.trigger in TRANSACTIONAL


class Response(Struct, frozen=True, array_like=True, gc=False):
    """A click, an open, a bounce or a complaint."""

    at: datetime
    channel: str
    answer: str


def answered(contacts: Iterable[Contact], responses: Iterable[Response]) -> list[bool]:
    """Whether each message was followed within a week; what was owed to them and what was not sent yet left out. Opens are no answers: machines open mail."""
    answers = sorted(response.at for response in responses if response.answer == "clicked")
    return [any(told.at <= at < told.at + ANSWERED_WITHIN for at in answers) for told in contacts if not told.owed and not told.reserved]


class Reward(Struct, frozen=True, array_like=True, gc=False):
    """So much off, until a time."""

    at: datetime
    event_id: str
    percent_off: float
    expires_at: datetime
    product_id: str | None = None
    category: str | None = None


class Consent(Struct, frozen=True, array_like=True, gc=False):
    """One answer to one purpose on one channel."""

    granted: bool
    at: datetime
    event_id: str
    by: tuple[str, ...] = ()
    """Who still says no."""


class Preference(Struct, frozen=True, array_like=True, gc=False):
    """One thing they stated."""

    key: str
    value: str
    at: datetime
    event_id: str


class Sighting(Struct, frozen=True, array_like=True, gc=False):
    """One coarse place in one week: it counts once for that week, however often they were seen there."""

    week: int
    """Weeks since 1970-01-01."""
    cell: str
    """See `tactful.model.places`: raw coordinates are never stored."""
    first_at: datetime
    last_at: datetime
    event_id: str
    timezone: str | None = None


class Zone(Struct, frozen=True, array_like=True, gc=False):
    """A time zone and when it was last seen."""

    timezone: str
    at: datetime
    event_id: str


class Profile(Struct, kw_only=True, omit_defaults=True):
    """What we know of one customer. Only `tactful.profile` changes one; everybody else reads."""

    customer_id: str
    events: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    """Event time of the newest event folded in."""
    last_own_at: datetime | None = None
    """Newest thing they did themselves: a visit, a purchase, an answer; not what we did."""
    last_own_event_id: str | None = None
    visits: int = 0
    session_id: str | None = None
    ways: dict[int, WayIn] = {}
    """By visit: how they came, where that is known of one of the latest 64."""
    looking_at: str | None = None
    """The product they viewed last, until they act on one."""

    email: str | None = None
    phone: str | None = None
    push_token: str | None = None
    """Of the app that they used last."""
    first_name: str | None = None
    stated_locale: str | None = None
    """From traits: their language, whatever device they hold."""
    locale: str | None = None
    """Of the device they used last."""
    address: Address | None = None
    address_event_id: str | None = None
    address_at: datetime | None = None
    stated_timezone: str | None = None
    """From traits: where they live."""
    seen_timezone: Zone | None = None
    """From the context of the newest own event that told one: where they are."""
    sightings: list[Sighting] = []

    products: dict[str, ProductHistory] = {}
    looks: int = 0
    """Looks kept over all products."""
    earlier: dict[str, Earlier] = {}
    """By product id: purchases whose orders are no longer kept."""
    returned: dict[str, Returned] = {}
    """By product id: what was sent back, the latest last."""
    orders: list[Order] = []
    """All of the last 400 days, and at least the latest 64."""
    orders_before: int = 0
    """How many orders came before these."""
    laid_down: dict[int, int] = {}
    """Of those, the latest 256: the CRC-32 of the order id, and its day since 1970-01-01 UTC; so that a late return is understood."""
    searches: list[Search] = []
    shown: dict[str, tuple[int, ...]] = {}
    """By product id: the latest days on which it was recommended to them on a page, since 1970-01-01 UTC; what was shown last comes last."""
    cart: dict[str, CartLine] = {}

    dismissals: list[Dismissal] = []
    preferences: list[Preference] = []
    consents: dict[str, Consent] = {}
    """Keyed ``purpose/channel``; ``purpose/*`` is for every channel."""
    speakers: list[str] = []
    """Devices that they signed in on, and accounts that were joined: a yes of theirs answers for these too."""
    contacts: list[Contact] = []
    responses: list[Response] = []
    rewards: dict[str, Reward] = {}
    """By reward id: granted and not used yet, the latest last."""
    closed_channels: dict[str, str] = {}
    """Channel to why it is closed: ``unsubscribed``, ``bounced`` or ``complained``."""
    pause_event_id: str | None = None
    paused_until: datetime | None = None
    """9999-12-31 where no end was given."""
