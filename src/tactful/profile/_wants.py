"""Signs of interest: looks, carts, wishes, searches."""

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import TypeVar

from tactful.model.events import (
    BackInStockRequested,
    BaseEvent,
    CartItemAdded,
    CartItemRemoved,
    PageViewed,
    ProductsSearched,
    ProductViewed,
    RecommendationSeen,
    WishlistItemAdded,
    WishlistItemRemoved,
)
from tactful.model.profile import CartLine, Look, ProductHistory, Profile, Search
from tactful.model.tables import DAY_SECONDS
from tactful.profile._handlers import folds

LOOKS_KEPT = 24
"""Of one product."""
LOOKS_IN_ALL = 176
LOOKS_TO_SPARE = 160
"""So many more may pile up before the oldest go: finding them means to look through all."""
SEARCHES_KEPT = 40
CART_LINES_KEPT = 100
SHOWN_KEPT, DAYS_SHOWN_KEPT = 100, 16
"""Products, and days of each."""
GLANCE = timedelta(seconds=8)
"""Who goes on to another page sooner has hardly read the title and the price. A choice."""
SAME_PAGE = timedelta(seconds=2)
"""A page reported so soon after a product is the product's own."""
Key = TypeVar("Key")
Value = TypeVar("Value")


def history_of(profile: Profile, product_id: str) -> ProductHistory:
    """The customer's history with one product, to write into: its own copy, since the profile it came from may still be read."""
    known = profile.products.get(product_id)
    history = ProductHistory() if known is None else ProductHistory(known.looks.copy(), known.purchases.copy())
    profile.products[product_id] = history
    return history


def look(profile: Profile, product_id: str, kind: str, *, event: BaseEvent, price: float | None = None, currency: str | None = None) -> None:
    """Note one sign of interest in a product."""
    looks = history_of(profile, product_id).looks
    looks.append(Look(event.at, kind, profile.visits, event.message_id, price, currency=currency))
    profile.looks += 1
    profile.looking_at = product_id if kind == "view" else None
    if len(looks) > LOOKS_KEPT:
        profile.looks -= 1
        del looks[0]
    if profile.looks > LOOKS_IN_ALL + LOOKS_TO_SPARE:
        _forget_oldest_looks(profile)


def _forget_oldest_looks(profile: Profile) -> None:
    """Keep the latest looks over all products, and no trace of what was only looked at before."""
    products = profile.products
    looked = [(product_id, history) for product_id, history in products.items() if history.looks]
    times = sorted([each.at for _, history in looked for each in history.looks])
    since = times[-LOOKS_IN_ALL]
    for product_id, history in looked:
        if history.looks[0].at < since:
            looks = [each for each in history.looks if each.at >= since]
            if looks or history.purchases:
                products[product_id] = ProductHistory(looks, history.purchases)
            else:
                del products[product_id]
    profile.looks = len(times) - bisect_left(times, since)


def forget_untouched(profile: Profile, product_id: str) -> None:
    """Drop a product of which neither a look nor a purchase is kept."""
    history = profile.products[product_id]
    if not (history.looks or history.purchases):
        del profile.products[product_id]


def keep_latest(values: dict[Key, Value], most: int) -> None:
    """Drop the entries that came first, so that at most so many stay."""
    for key in list(values)[:-most] if len(values) > most else ():
        del values[key]


@folds(ProductViewed)
def _viewed(profile: Profile, event: ProductViewed) -> None:
    if event.product_id != profile.looking_at:
        _left(profile, event.at)
    elif event.seconds is not None and _last_look(profile, event.product_id).visit == profile.visits:
        _lasted(profile, event.product_id, event.seconds)
        return  # The look is known; this tells how long it was.
    look(profile, event.product_id, "view", event=event, price=event.price, currency=event.currency)
    if event.seconds is not None:
        _lasted(profile, event.product_id, event.seconds)


@folds(PageViewed)
def _opened(profile: Profile, event: PageViewed) -> None:
    if profile.looking_at is not None and event.at - _last_look(profile, profile.looking_at).at > SAME_PAGE:
        _left(profile, event.at)


def _last_look(profile: Profile, product_id: str) -> Look:
    return profile.products[product_id].looks[-1]


def _left(profile: Profile, at: datetime) -> None:
    """They went on to another page. Things reported at one and the same time tell nothing of how long they were looked at."""
    product_id, profile.looking_at = profile.looking_at, None
    if product_id is not None and timedelta(0) < (gone := at - _last_look(profile, product_id).at) < GLANCE:
        _lasted(profile, product_id, gone.total_seconds())


def _lasted(profile: Profile, product_id: str, seconds: float) -> None:
    """Note that the latest look at a product was none, where it was that short."""
    if timedelta(seconds=seconds) < GLANCE:
        looks = history_of(profile, product_id).looks
        last = looks[-1]
        looks[-1] = Look(last.at, last.kind, last.visit, last.event_id, last.price, brief=True, currency=last.currency)


@folds(CartItemAdded)
def _added(profile: Profile, event: CartItemAdded) -> None:
    look(profile, event.product_id, "cart", event=event, price=event.price)
    profile.cart[event.product_id] = CartLine(event.at, event.message_id, event.quantity, event.price)
    keep_latest(profile.cart, CART_LINES_KEPT)


@folds(CartItemRemoved)
def _removed(profile: Profile, event: CartItemRemoved) -> None:
    look(profile, event.product_id, "uncart", event=event)
    profile.cart.pop(event.product_id, None)


@folds(WishlistItemAdded)
def _wished(profile: Profile, event: WishlistItemAdded) -> None:
    look(profile, event.product_id, "wish", event=event, price=event.price)


@folds(WishlistItemRemoved)
def _unwished(profile: Profile, event: WishlistItemRemoved) -> None:
    look(profile, event.product_id, "unwish", event=event)


@folds(BackInStockRequested)
def _asked(profile: Profile, event: BackInStockRequested) -> None:
    look(profile, event.product_id, "ask", event=event)


@folds(RecommendationSeen)
def _seen(profile: Profile, event: RecommendationSeen) -> None:
    if event.product_id is None:
        return
    if event.clicked:
        look(profile, event.product_id, "click", event=event)
        return
    day = int(event.at.timestamp() // DAY_SECONDS)
    days = profile.shown.pop(event.product_id, ())
    profile.shown[event.product_id] = days if days[-1:] == (day,) else (*days, day)[-DAYS_SHOWN_KEPT:]
    keep_latest(profile.shown, SHOWN_KEPT)


@folds(ProductsSearched)
def _searched(profile: Profile, event: ProductsSearched) -> None:
    _left(profile, event.at)
    profile.searches.append(Search(event.at, event.query, profile.visits, event.message_id))
    del profile.searches[:-SEARCHES_KEPT]
