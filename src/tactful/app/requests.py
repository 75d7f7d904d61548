"""What may be asked."""

from msgspec import Struct

from tactful.model.moment import Location


class DecideContext(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the page around a decision knows. Everything is optional."""

    product_id: str | None = None
    product_ids: tuple[str, ...] = ()
    query: str | None = None
    store_code: str | None = None
    location: Location | None = None
    timezone: str | None = None
    locale: str | None = None
    currency: str | None = None
    fulfilment: str | None = None


class DecideRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """One pull decision. ``user_id`` or ``anonymous_id`` is required; ``limit`` is 1 to 100."""

    user_id: str | None = None
    anonymous_id: str | None = None
    placement: str = "home"
    limit: int = 8
    explain: bool = False
    context: DecideContext = DecideContext()


class ModerateRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a customer wants on a product: ``text``, or an ``image`` (an address, or base64)."""

    text: str | None = None
    image: str | None = None
    product_id: str | None = None
    locale: str | None = None
