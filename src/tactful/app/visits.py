"""What people browse who do not want to be known: it serves their visit, in this process's memory, and is gone half an hour later. No log ever has it."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from tactful.app.ports import Store
from tactful.identity import identifiers_of
from tactful.model.events import (
    CartItemAdded,
    CartItemRemoved,
    ConsentUpdated,
    DeadLetter,
    Event,
    PageViewed,
    ProductsSearched,
    ProductViewed,
    RecommendationSeen,
    Tracked,
)
from tactful.model.identity import Identifier

BROWSING = (PageViewed, ProductViewed, ProductsSearched, CartItemAdded, CartItemRemoved, RecommendationSeen, Tracked)
"""What may be let go. An order, an answer, a consent and what somebody asked for are kept."""
PERSONALIZATION = "personalization"
VISIT = timedelta(minutes=30)
VISITS_AT_MOST = 10_000
EVENTS_AT_MOST = 200


class _Visit(Struct):
    last_at: datetime
    events: list[Event]


class Visits:
    """The visits under way of those who refuse, by the id that they come with. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._visits: OrderedDict[str, _Visit] = OrderedDict()

    def add(self, event: Event, *, now: datetime) -> None:
        """Take an event into a visit."""
        with self._lock:
            self._forget(now)
            visit = self._visits.setdefault(_name(event.user_id, event.anonymous_id), _Visit(now, []))
            if event.message_id not in {known.message_id for known in visit.events}:
                visit.events.append(event)
                del visit.events[:-EVENTS_AT_MOST]
            visit.last_at = now
            self._visits.move_to_end(_name(event.user_id, event.anonymous_id))

    def of(self, user_id: str | None, anonymous_id: str | None, *, now: datetime) -> Sequence[Event]:
        """What was browsed in the visit under way, oldest first."""
        with self._lock:
            visit = self._visits.get(_name(user_id, anonymous_id))
            under_way = visit is not None and now - visit.last_at <= VISIT
            return sorted(visit.events, key=lambda event: event.at) if visit is not None and under_way else ()

    def _forget(self, now: datetime) -> None:
        while self._visits and (len(self._visits) > VISITS_AT_MOST or now - next(iter(self._visits.values())).last_at > VISIT):
            self._visits.popitem(last=False)


def _name(user_id: str | None, anonymous_id: str | None) -> str:
    return f"u:{user_id}" if user_id else f"a:{anonymous_id}"


def kept_apart(store: Store, visits: Visits, arrivals: Sequence[Event | DeadLetter], *, now: datetime) -> list[Event | DeadLetter]:
    """Take what unconsented visitors browse into their visits; the rest is for the log."""
    refusing: dict[Identifier, bool] = {}
    anyone = store.privacy.anyone_refuses()
    kept: list[Event | DeadLetter] = []
    for arrival in arrivals:
        if isinstance(arrival, ConsentUpdated) and arrival.purpose == PERSONALIZATION:
            refusing.update(dict.fromkeys(identifiers_of(arrival), not arrival.granted))
            anyone = True
        if isinstance(arrival, BROWSING) and (_says_no(arrival) or (anyone and _refused(store, arrival, refusing))):
            visits.add(arrival, now=now)
        else:
            kept.append(arrival)
    return kept


def consented(arrivals: Iterable[Event | DeadLetter]) -> Iterator[Event | DeadLetter]:
    """A history without what was browsed by those who said no with it: their visits are long over."""
    return (arrival for arrival in arrivals if not (isinstance(arrival, BROWSING) and _says_no(arrival)))


def _says_no(event: Event) -> bool:
    """Whether the event itself says no to being personalized."""
    return any(signal.purpose == PERSONALIZATION and not signal.granted for signal in event.context.signals)


def _refused(store: Store, event: Event, refusing: dict[Identifier, bool]) -> bool:
    """Whether the person, or whoever has the device, has refused in so many words."""
    named = [identifier for identifier in identifiers_of(event) if identifier.kind in ("user_id", "anonymous_id")]
    for identifier in named:
        if identifier not in refusing:
            customer_id = store.identities.owner(identifier)
            refusing[identifier] = customer_id is not None and store.privacy.refuses(customer_id)
    return any(refusing[identifier] for identifier in named)
