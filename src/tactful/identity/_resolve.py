"""The rules: which customer an event belongs to, which identifiers point to them from now on, and who turns out to be the same person.

Write keys are public, so the rules never let an event attach somebody to a history that is not theirs: only a ``userId`` joins, and an account joins
another only by an alias of the shop's own. An address or a card that only a public key has told is a likely edge, not a certain one: it may keep us
silent, but brings no history along.
"""

from datetime import datetime

from msgspec import Struct

from tactful.identity._graph import Graph
from tactful.identity._identifiers import identifier, identifiers_of
from tactful.model.events import (
    Aliased,
    ConsentUpdated,
    Event,
    Identified,
    MessageAnswered,
    MessageDelivered,
    OutreachPaused,
    Tracked,
    Unsubscribed,
)
from tactful.model.identity import Identifier, IdentifierKind, Link, Tie

CERTAIN = 1.0
CLAIMED = 0.995
"""The first account to register a card that has no history, told by a public key. It counts as certain until another account says the same."""
LIKELY = 0.95
"""Told by a public key, or typed into somebody's order."""
CONTESTED = 0.9
"""Two accounts say it is theirs."""
VALUES_AT_MOST: dict[IdentifierKind, int] = {"anonymous_id": 200, "email": 5, "phone": 5, "loyalty_card": 5}
"""Of one kind for one customer; what comes after is no sign of who they are."""
PEOPLE_AT_MOST: dict[IdentifierKind, int] = {"anonymous_id": 3, "email": 3, "phone": 3, "loyalty_card": 3}
"""Accounts that share one identifier; beyond, it is the shop's tablet, the cashier's card or the family's address, and says nothing of who it is."""
_SIGNED_OUT = frozenset({"signedout", "loggedout", "signout", "logout", "usersignedout", "userloggedout", "accountsignedout"})

_FOUNDERS = ("user_id", "anonymous_id")
"""What founds a customer of its own needs no edge to it."""

_SIGNED_IN = "u:"
_ANONYMOUS = "a:"
_BY_KEY = "k:"


class Resolution(Struct, frozen=True, kw_only=True):
    """Whose event it is and what it changes. Merges come first, then links, then the rest."""

    customer_id: str
    links: tuple[Link, ...] = ()
    merges: tuple[tuple[str, str], ...] = ()
    """Pairs of (from customer, into customer): events and identifiers of the first become the second's."""
    ties: tuple[Tie, ...] = ()
    unlinked: tuple[Identifier, ...] = ()
    """These point to nobody any more."""
    mended: tuple[Identifier, ...] = ()
    """These were separated from the customer, and are explicitly theirs again."""


class _Changes:
    """What one event changes, as it is found out."""

    def __init__(self, event: Event, customer_id: str) -> None:
        self.event, self.customer_id = event, customer_id
        self.links: list[Link] = []
        self.merges: list[str] = []
        self.ties: list[Tie] = []
        self.unlinked: list[Identifier] = []
        self.mended: list[Identifier] = []

    def link(self, found: Identifier, confidence: float = CERTAIN) -> None:
        self._point(found, self.customer_id)
        if found.kind not in _FOUNDERS or customer_id_of(found) != self.customer_id:
            self.tie(found, confidence)

    def release(self, device: Identifier) -> None:
        """Let a device stand for itself again."""
        self._point(device, customer_id_of(device))

    def tie(self, found: Identifier, confidence: float) -> None:
        event = self.event
        self.ties.append(Tie(identifier=found, customer_id=self.customer_id, since=event.at, event_id=event.message_id, confidence=confidence))

    def done(self) -> Resolution:
        merges = tuple((merged, self.customer_id) for merged in self.merges)
        return Resolution(
            customer_id=self.customer_id,
            links=tuple(self.links),
            merges=merges,
            ties=tuple(self.ties),
            unlinked=tuple(self.unlinked),
            mended=tuple(self.mended),
        )

    def _point(self, found: Identifier, customer_id: str) -> None:
        self.links.append(Link(identifier=found, customer_id=customer_id, since=self.event.at, event_id=self.event.message_id))


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


def resolve(event: Event, graph: Graph, *, vouched: bool = True) -> Resolution | None:
    """Decide whose event it is. None: it names nobody.

    ``vouched``: the shop itself tells it, with its secret key or an import; a public write key vouches for nothing.
    """
    named = identifiers_of(event)
    if not named:
        return None
    changes = _signed_in(event, named, graph, vouched=vouched) if named[0].kind == "user_id" else _anonymous(event, named, graph)
    device, signs_out = identifier("anonymous_id", event.anonymous_id), isinstance(event, Tracked) and _folded(event.name) in _SIGNED_OUT
    if device is not None and signs_out:
        changes.release(device)
    app = identifier("push_token", event.traits.push_token if event.traits is not None else None)
    if app is not None:
        _hold_app(app, graph, changes, signs_out=signs_out)
    return changes.done()


def _hold_app(app: Identifier, graph: Graph, changes: _Changes, *, signs_out: bool) -> None:
    """An app on a phone is reached by whoever used it last; who signs out leaves it to nobody."""
    now_with = graph.owner(app)
    if signs_out:
        changes.unlinked.append(app)
    elif now_with != changes.customer_id and (now_with is None or not _signed_in_later(app, now_with, graph, at=changes.event.at)):
        changes.link(app, LIKELY)


def _signed_in(event: Event, named: tuple[Identifier, ...], graph: Graph, *, vouched: bool) -> _Changes:
    user, *others = named
    known_as = graph.owner(user)
    changes = _Changes(event, known_as or customer_id_of(user))
    if known_as is None:
        changes.link(user)
    for found in dict.fromkeys((*others, *_previous(event, graph, vouched=vouched))):
        now_with = graph.owner(found)
        if now_with == changes.customer_id:
            if vouched and found.kind != "anonymous_id":
                _prove(found, graph, changes)
        elif now_with not in changes.merges or now_with is None:
            _join(found, now_with, graph, changes=changes, vouched=vouched)
    return changes


def _join(found: Identifier, now_with: str | None, graph: Graph, *, changes: _Changes, vouched: bool) -> None:
    """Join an identifier to the account that the event names, as far as it may be."""
    if not _is_mended(found, graph, changes):
        return
    if found.kind == "user_id":
        changes.merges.extend([now_with] if now_with else [])
        changes.tie(found, CERTAIN)
    elif found.kind == "anonymous_id":
        _join_device(found, now_with, graph, changes=changes)
    else:
        _join_key(found, now_with, graph, changes=changes, vouched=vouched)


def _is_mended(found: Identifier, graph: Graph, changes: _Changes) -> bool:
    """What was separated stays so, until an identify or an alias of later says again that they belong together."""
    cut_at = graph.cut_at(found, changes.customer_id)
    if cut_at is None:
        return True
    if isinstance(changes.event, Identified | Aliased) and changes.event.at > cut_at:
        changes.mended.append(found)
        return True
    return False


def _join_device(device: Identifier, now_with: str | None, graph: Graph, *, changes: _Changes) -> None:
    """A shared device belongs to whoever signed in last: what is done on it anonymously is theirs from now on, what was done before stays."""
    if _is_shared(device, graph, changes.customer_id):
        changes.tie(device, CONTESTED)
        if now_with is not None and not is_anonymous(now_with):
            changes.release(device)
    elif _has_too_many(device.kind, graph, changes.customer_id):
        changes.tie(device, CONTESTED)
    elif now_with is not None and is_anonymous(now_with):
        changes.merges.append(now_with)
        changes.tie(device, CERTAIN)
    elif now_with is None or (device.value == changes.event.anonymous_id and not _signed_in_later(device, now_with, graph, at=changes.event.at)):
        changes.link(device)


def _signed_in_later(device: Identifier, now_with: str, graph: Graph, *, at: datetime) -> bool:
    """Whether the device went to its present account only after this; the event comes late."""
    return any(tie.customer_id == now_with and tie.since > at for tie in graph.tied(device))


def _join_key(key: Identifier, now_with: str | None, graph: Graph, *, changes: _Changes, vouched: bool) -> None:
    """An address or a card. A history under it comes along only where the shop vouches: anybody may type any number."""
    ties = [tie for tie in graph.tied(key) if tie.customer_id != changes.customer_id]
    if _is_shared(key, graph, changes.customer_id) or _has_too_many(key.kind, graph, changes.customer_id):
        changes.tie(key, CONTESTED)
        if now_with is not None and not is_anonymous(now_with) and _is_shared(key, graph, changes.customer_id):
            changes.unlinked.append(key)
    elif now_with is None:
        contested = any(not is_anonymous(tie.customer_id) for tie in ties) and not vouched
        claimed = CONTESTED if contested else CLAIMED if key.kind == "loyalty_card" and not ties else LIKELY
        if vouched or claimed == CLAIMED or (claimed == LIKELY and key.kind != "loyalty_card"):
            changes.link(key, CERTAIN if vouched else claimed)
        else:
            changes.tie(key, claimed)
    elif is_anonymous(now_with):
        changes.tie(key, CERTAIN if vouched else LIKELY)
        changes.merges.extend([now_with] if vouched else [])
    # An address or card that another account has: two accounts stay two people. One address may serve a couple; joining them would show one the
    # other's purchases. Which of the two it is, is for the shop to say.
    elif vouched and not _is_proven(key, now_with, graph):
        changes.link(key)
    elif not vouched and key.kind == "loyalty_card" and not _is_proven(key, now_with, graph):
        changes.tie(key, CONTESTED)
        changes.unlinked.append(key)
    else:
        changes.tie(key, CONTESTED)


def _prove(key: Identifier, graph: Graph, changes: _Changes) -> None:
    """The shop says what only a public key had said: from now on it is certain, and what waited under the key alone comes along."""
    if _is_proven(key, changes.customer_id, graph):
        return
    changes.tie(key, CERTAIN)
    waiting = customer_id_of(key)
    if graph.ties(waiting):
        changes.merges.append(waiting)


def _is_proven(key: Identifier, customer_id: str, graph: Graph) -> bool:
    return _confidence(key, customer_id, graph) >= CERTAIN


def _confidence(key: Identifier, customer_id: str, graph: Graph) -> float:
    return next((tie.confidence for tie in graph.tied(key) if tie.customer_id == customer_id), CERTAIN)


def _is_shared(found: Identifier, graph: Graph, customer_id: str) -> bool:
    """Whether more accounts have signed in with it than one person or a couple has."""
    accounts = {tie.customer_id for tie in graph.tied(found) if not is_anonymous(tie.customer_id)} | {customer_id}
    return len(accounts) > PEOPLE_AT_MOST[found.kind]


def _has_too_many(kind: IdentifierKind, graph: Graph, customer_id: str) -> bool:
    return sum(tie.identifier.kind == kind for tie in graph.ties(customer_id)) >= VALUES_AT_MOST[kind]


def _previous(event: Event, graph: Graph, *, vouched: bool) -> tuple[Identifier, ...]:
    """The id an alias says was theirs too. An account of its own is joined only where the shop itself says so."""
    if not isinstance(event, Aliased):
        return ()
    account, device = identifier("user_id", event.previous_id), identifier("anonymous_id", event.previous_id)
    if account is None or device is None:
        return ()
    if graph.owner(account) is None:
        return (device,)
    return (account,) if vouched else ()


def _anonymous(event: Event, named: tuple[Identifier, ...], graph: Graph) -> _Changes:
    keys = [found for found in named if found.kind != "anonymous_id"]
    on_device = len(keys) < len(named)
    for key in keys:
        customer_id = graph.owner(key)
        if customer_id and _speaks_for(key, customer_id, event, graph=graph, on_device=on_device):
            # The anonymous id stays where it is: that of a till is no person, and a card number sent from a browser must not open a history to it.
            return _Changes(event, customer_id)
    # A card tells more than the till it was shown at: its sales wait under the card until somebody says it is theirs.
    founder = next((key for key in keys if key.kind == "loyalty_card"), named[0])
    known_as = graph.owner(founder)
    waits = known_as is not None and founder.kind != "anonymous_id" and not is_anonymous(known_as)
    changes = _Changes(event, known_as if known_as and not waits else customer_id_of(founder))
    if known_as is None and not (founder.kind != "anonymous_id" and _is_shared(founder, graph, changes.customer_id)):
        changes.link(founder)
    elif waits:
        changes.tie(founder, CERTAIN)
    for key in keys:
        # Only the founding identifier is linked. A key linked to a device would hand the device over to whoever signs in with that key later.
        if key != founder:
            changes.tie(key, LIKELY)
    return changes


def _speaks_for(key: Identifier, customer_id: str, event: Event, *, graph: Graph, on_device: bool) -> bool:
    """Whether an event that names nobody but a key is the key's owner's. What is about an address is; what is done on a device with it is only likely."""
    if is_anonymous(customer_id):
        return key.kind == "loyalty_card" or not on_device
    if isinstance(event, MessageDelivered | MessageAnswered | Unsubscribed | OutreachPaused) or (isinstance(event, ConsentUpdated) and not event.granted):
        return True
    if key.kind != "loyalty_card" and on_device:
        return False
    return _confidence(key, customer_id, graph) >= (CLAIMED if key.kind == "loyalty_card" else CERTAIN)


def _folded(name: str) -> str:
    return "".join(filter(str.isalpha, name)).casefold()
