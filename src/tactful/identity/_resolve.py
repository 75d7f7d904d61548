"""The rules: which customer an event belongs to, which identifiers point to them from now on, and who turns out to be the same person.

Write keys are public, so the rules never let an event attach somebody to a history that is not theirs: only a ``userId`` joins, two customers with
a ``userId`` each are never joined, and an address or a card decides whose purchase it is without telling whose device it was.
"""

from collections.abc import Callable

from msgspec import Struct

from tactful.identity._identifiers import identifier, identifiers_of
from tactful.model.events import Aliased, Event
from tactful.model.identity import Identifier, Link

Owner = Callable[[Identifier], str | None]
"""The customer an identifier points to now, or None."""

_SIGNED_IN = "u:"
_ANONYMOUS = "a:"
_BY_KEY = "k:"


class Resolution(Struct, frozen=True, kw_only=True):
    """Whose event it is and what it changes. Merges come first, then links."""

    customer_id: str
    links: tuple[Link, ...] = ()
    merges: tuple[tuple[str, str], ...] = ()
    """Pairs of (from customer, into customer): events and identifiers of the first become the second's."""


def customer_id_of(founder: Identifier) -> str:
    """Name the customer that an identifier founds; readable, and the same wherever it is founded.

    >>> customer_id_of(Identifier("user_id", "household-7")), customer_id_of(Identifier("loyalty_card", "77001"))
    ('u:household-7', 'k:loyalty_card:77001')
    """
    match founder.kind:
        case "user_id":
            return _SIGNED_IN + founder.value
        case "anonymous_id":
            return _ANONYMOUS + founder.value
        case kind:
            return f"{_BY_KEY}{kind}:{founder.value}"


def founder_of(customer_id: str) -> Identifier | None:
    """Read the founding identifier back from a customer id, or None where it is not one.

    >>> founder_of("a:8f14e45f")
    Identifier(kind='anonymous_id', value='8f14e45f')
    """
    match customer_id.split(":", 2):
        case ["u", *rest]:
            return Identifier("user_id", ":".join(rest))
        case ["a", *rest]:
            return Identifier("anonymous_id", ":".join(rest))
        case ["k", ("loyalty_card" | "email" | "phone") as kind, value]:
            return Identifier(kind, value)
        case _:
            return None


def is_anonymous(customer_id: str) -> bool:
    """Whether the customer has never signed in.

    >>> is_anonymous("a:8f14e45f"), is_anonymous("u:household-7")
    (True, False)
    """
    return not customer_id.startswith(_SIGNED_IN)


def resolve(event: Event, owner: Owner) -> Resolution | None:
    """Decide whose event it is. None: it names nobody."""
    named = identifiers_of(event)
    if not named:
        return None
    return _signed_in(event, named, owner) if named[0].kind == "user_id" else _anonymous(event, named, owner)


def _signed_in(event: Event, named: tuple[Identifier, ...], owner: Owner) -> Resolution:
    user, *others = named
    known_as = owner(user)
    customer_id = known_as or customer_id_of(user)
    links: list[Identifier] = [] if known_as else [user]
    merges: list[str] = []
    for found in dict.fromkeys((*others, *_previous(event, owner))):
        now_with = owner(found)
        if now_with == customer_id or now_with in merges:
            continue
        if now_with is None or _device_changes_hands(event, found, now_with):
            links.append(found)
        elif is_anonymous(now_with):
            merges.append(now_with)
        # Else an address or card that another account has: two accounts stay two people. Anybody can write any address into a sign-up form, and
        # one address may serve a couple; joining them would show one the other's purchases.
    return Resolution(customer_id=customer_id, links=_links(event, links, customer_id), merges=tuple((merged, customer_id) for merged in merges))


def _device_changes_hands(event: Event, found: Identifier, now_with: str) -> bool:
    """A shared device belongs to whoever signed in last: what is done on it anonymously is theirs from now on, what was done before stays."""
    return found.kind == "anonymous_id" and found.value == event.anonymous_id and not is_anonymous(now_with)


def _previous(event: Event, owner: Owner) -> tuple[Identifier, ...]:
    """The id an alias says was theirs too, unless it is an account of its own."""
    if not isinstance(event, Aliased):
        return ()
    account, device = identifier("user_id", event.previous_id), identifier("anonymous_id", event.previous_id)
    return (device,) if account and device and owner(account) is None else ()


def _anonymous(event: Event, named: tuple[Identifier, ...], owner: Owner) -> Resolution:
    keys = [found for found in named if found.kind != "anonymous_id"]
    for key in keys:
        if customer_id := owner(key):
            # The anonymous id stays where it is: that of a till is no person, and a card number sent from a browser must not open a history to it.
            return Resolution(customer_id=customer_id)
    # A card tells more than the till it was shown at: its sales wait under the card until somebody says it is theirs.
    founder = next((key for key in keys if key.kind == "loyalty_card"), named[0])
    customer_id = owner(founder)
    if customer_id:
        return Resolution(customer_id=customer_id)
    # Only the founding identifier is linked. A key linked to a device would hand the device over to whoever signs in with that key later.
    customer_id = customer_id_of(founder)
    return Resolution(customer_id=customer_id, links=_links(event, [founder], customer_id))


def _links(event: Event, identifiers: list[Identifier], customer_id: str) -> tuple[Link, ...]:
    return tuple(Link(identifier=found, customer_id=customer_id, since=event.at, event_id=event.message_id) for found in identifiers)
