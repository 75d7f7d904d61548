"""Signs of interest: looks, carts, wishes, searches."""

from tactful.model.events import (
    BackInStockRequested,
    BaseEvent,
    CartItemAdded,
    CartItemRemoved,
    ProductsSearched,
    ProductViewed,
    RecommendationSeen,
    WishlistItemAdded,
    WishlistItemRemoved,
)
from tactful.model.profile import CartLine, Look, ProductHistory, Profile, Search
from tactful.profile._handlers import folds

LOOKS_KEPT = 24
SEARCHES_KEPT = 40


def history_of(profile: Profile, product_id: str) -> ProductHistory:
    """The customer's history with one product, begun where there was none."""
    history = profile.products.get(product_id)
    if history is None:
        history = profile.products[product_id] = ProductHistory()
    return history


def look(profile: Profile, product_id: str, kind: str, *, event: BaseEvent, price: float | None = None) -> None:
    """Note one sign of interest in a product."""
    looks = history_of(profile, product_id).looks
    looks.append(Look(event.at, kind, profile.visits, event.message_id, price))
    del looks[:-LOOKS_KEPT]


@folds(ProductViewed)
def _viewed(profile: Profile, event: ProductViewed) -> None:
    look(profile, event.product_id, "view", event=event, price=event.price)


@folds(CartItemAdded)
def _added(profile: Profile, event: CartItemAdded) -> None:
    look(profile, event.product_id, "cart", event=event, price=event.price)
    profile.cart[event.product_id] = CartLine(event.at, event.message_id, event.quantity, event.price)


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
def _clicked(profile: Profile, event: RecommendationSeen) -> None:
    if event.clicked and event.product_id is not None:
        look(profile, event.product_id, "click", event=event)


@folds(ProductsSearched)
def _searched(profile: Profile, event: ProductsSearched) -> None:
    profile.searches.append(Search(event.at, event.query, profile.visits, event.message_id))
    del profile.searches[:-SEARCHES_KEPT]
