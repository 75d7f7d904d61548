"""Use cases: record what happened. Whose it is, the log and the profiles change together or not at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import TypeVar

import msgspec
from msgspec import Struct

from tactful.app.addresses import note_closed
from tactful.app.ports import About, Store
from tactful.app.profiles import rebuild, updated
from tactful.app.tombstones import Tombstones
from tactful.app.turns import Together, in_turn
from tactful.app.visits import Visits, kept_apart
from tactful.identity import Resolution, identifiers_of, resolve
from tactful.model.events import ConsentUpdated, DeadLetter, Event
from tactful.model.identity import Identifier
from tactful.profile import decode, encode

Item = TypeVar("Item")

Progress = Callable[[int], None]
"""Called with the number of things done since the last call."""

ARRIVALS_A_CHUNK = 5_000
"""Arrivals of an import that are committed together: large enough that syncing the disk does not count, small enough to be lost without regret."""

PROFILES_A_CHUNK = 100
"""Profiles of an import that are committed together. Other writers wait meanwhile."""

_BODY_KEPT = 4_096


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of a batch."""

    accepted: int = 0
    duplicates: int = 0
    dead: int = 0
    erased: int = 0
    """About somebody who was erased: let go, and nothing of it kept."""
    unkept: int = 0
    """Browsed by somebody who refuses to be known: it serves the visit and is not kept."""

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class Batch(Struct, frozen=True):
    """What came in together."""

    arrivals: Sequence[Event | DeadLetter]
    now: datetime
    vouched: bool = True
    """The shop itself tells it, not a public key."""


def record_each(store: Store, batches: Sequence[Batch], *, together: Together, visits: Visits, erased: Tombstones) -> list[Receipt | Exception]:
    """Record batches in as few commits as may be; what became of each. What is browsed by those who refuse to be known goes into their visits."""
    outcomes: list[Receipt | Exception] = []
    works: dict[int, tuple[Callable[[], Receipt], About]] = {}
    for number, batch in enumerate(batches):
        try:
            kept = kept_apart(store, visits, batch.arrivals, now=batch.now)
        except Exception as problem:  # noqa: BLE001 - it is told to whom the batch belongs
            outcomes.append(problem)
            continue
        outcomes.append(Receipt(unkept=len(batch.arrivals) - len(kept)))
        if kept:
            works[number] = partial(take, store, kept, now=batch.now, vouched=batch.vouched, erased=erased), named_in(kept)
    for number, done in zip(works, together.do_each(list(works.values())), strict=True):
        before = outcomes[number]
        outcomes[number] = before + done if isinstance(before, Receipt) and isinstance(done, Receipt) else done
    return outcomes


def record(store: Store, arrivals: Sequence[Event | DeadLetter], *, now: datetime, vouched: bool = True, erased: Tombstones | None = None) -> Receipt:
    """Append a batch and update the profiles it touches, in one durable transaction. Events seen before change nothing."""
    return in_turn(store, lambda: take(store, arrivals, now=now, vouched=vouched, erased=erased), about=named_in(arrivals))


def take(store: Store, arrivals: Sequence[Event | DeadLetter], *, now: datetime, vouched: bool = True, erased: Tombstones | None = None) -> Receipt:
    """Append a batch and update the profiles it touches, inside a transaction about whom it names.

    ``vouched``: the shop itself tells this; what comes with a public write key joins nobody to a history (`tactful.identity`).
    """
    batch = _Batch(store, now, vouched=vouched, erased=erased)
    receipt = batch.append(arrivals)
    for customer_id, profile in [(customer_id, updated(store, customer_id, news)) for customer_id, news in batch.news.items()]:
        store.profiles.save(customer_id, encode(profile))
        note_closed(store, profile)
    return receipt


def named_in(arrivals: Sequence[Event | DeadLetter]) -> set[Identifier]:
    """Everybody whom a batch names."""
    return {found for arrival in arrivals if not isinstance(arrival, DeadLetter) for found in identifiers_of(arrival)}


def import_history(
    store: Store, arrivals: Iterable[Event | DeadLetter], *, now: datetime, progress: Progress | None = None, erased: Tombstones | None = None
) -> Receipt:
    """Append any number of events chunk by chunk, then fold every profile that is missing. Interrupted, it may simply be run again.

    ``progress`` hears of arrivals first, then of profiles.
    """
    done = progress or _in_silence
    receipt = Receipt()
    for chunk in _chunks(arrivals, ARRIVALS_A_CHUNK):
        with store.transaction():
            batch = _Batch(store, now, erased=erased)
            receipt += batch.append(chunk)
            store.profiles.drop(list(batch.news))
        done(len(chunk))
    _fold_missing(store, done)
    return receipt


def _fold_missing(store: Store, done: Progress) -> None:
    for chunk in _chunks(store.profiles.missing(), PROFILES_A_CHUNK):
        with store.transaction(durable=False, about=chunk):  # what is lost here can be folded again
            for customer_id in chunk:
                snapshot = rebuild(store, customer_id)
                store.profiles.save(customer_id, snapshot)
                note_closed(store, decode(snapshot))
        done(len(chunk))


class _Batch:
    """Arrivals on their way into the log, inside one transaction. Events are appended in the order of arrival, in runs of one customer."""

    def __init__(self, store: Store, now: datetime, *, vouched: bool = True, erased: Tombstones | None = None) -> None:
        self._store = store
        self._now = now
        self._vouched = vouched
        self._erased = erased if erased is not None and erased.stand() else None
        self._run: list[tuple[str, Event]] = []
        self._letters: list[DeadLetter] = []
        self.news: dict[str, list[Event]] = {}
        """New events by customer."""

    def append(self, arrivals: Sequence[Event | DeadLetter]) -> Receipt:
        """Take every arrival in order: to the log, to the dead letters, or nowhere when it was here before."""
        seen = self._store.events.known([arrival.message_id for arrival in arrivals if not isinstance(arrival, DeadLetter)])
        accepted = duplicates = erased = 0
        for arrival in arrivals:
            if isinstance(arrival, DeadLetter):
                self._letters.append(arrival)
            elif arrival.message_id in seen:
                duplicates += 1
            elif self._erased is not None and self._erased.bar(arrival):
                erased += 1
            elif resolution := resolve(arrival, self._store.identities, vouched=self._vouched):
                seen.add(arrival.message_id)
                accepted += 1
                self._take(arrival, resolution)
            else:
                self._letters.append(_of_nobody(arrival, self._now))
        self._flush()
        self._store.dead_letters.add(self._letters)
        return Receipt(accepted=accepted, duplicates=duplicates, dead=len(self._letters), erased=erased)

    def _take(self, event: Event, resolution: Resolution) -> None:
        for from_customer, into in resolution.merges:
            self._merge(from_customer, into)
        for link in resolution.links:
            self._store.identities.link(link)
        for identifier in resolution.unlinked:
            self._store.identities.unlink(identifier)
        for identifier in resolution.mended:
            self._store.identities.mend(identifier, resolution.customer_id)
        if resolution.ties:
            self._store.identities.tie(resolution.ties)
        if isinstance(event, ConsentUpdated) and event.purpose == "personalization":
            self._store.privacy.refuse(resolution.customer_id, refused=not event.granted)
        self._run.append((resolution.customer_id, event))
        self.news.setdefault(resolution.customer_id, []).append(event)

    def _merge(self, from_customer: str, into: str) -> None:
        self._flush()
        self._store.events.reassign(from_customer, into)
        self._store.identities.reassign(from_customer, into)
        self._store.decisions.reassign(from_customer, into)
        if self._store.privacy.refuses(from_customer):  # Of two answers the stricter holds.
            self._store.privacy.refuse(into, refused=True)
            self._store.privacy.refuse(from_customer, refused=False)
        self._store.profiles.drop([from_customer, into])
        self.news.setdefault(into, []).extend(self.news.pop(from_customer, []))

    def _flush(self) -> None:
        for customer_id, run in groupby(self._run, key=itemgetter(0)):
            self._store.events.append(customer_id, [event for _, event in run])
        self._run = []


def _of_nobody(event: Event, now: datetime) -> DeadLetter:
    message = "the event names nobody: send a userId, an anonymousId, or a loyalty card, e-mail or phone in traits"
    return DeadLetter(received_at=now, code="no_identity", message=message, body=msgspec.json.encode(event).decode()[:_BODY_KEPT])


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _in_silence(_: int) -> None:
    """Tell nobody."""
