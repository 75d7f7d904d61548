"""Use case: send what is due, once, after asking everything again; or drop it with its reason.

Three steps a message, so that a crash at any point neither doubles nor loses it: in one transaction judge it and claim it for a while, hand it over, in
another transaction note what came of it. Who finds a claim that has run out asks the sender whether the message left; where the sender cannot tell, it counts
as sent: rather once too seldom than twice.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import msgspec

from tactful.app.addresses import note_closed
from tactful.app.house import House
from tactful.app.ports import Sender, Store
from tactful.app.profiles import updated
from tactful.app.reconsider import Again, Judge
from tactful.app.turns import in_turn
from tactful.model.events import Channel, Event, MessageAnswered, MessageDelivered, MessageDropped, MessagePutOff
from tactful.model.outbox import Dispatch, Dispatched, Handover, Letter, Outcome, Reservation, Standing
from tactful.profile import encode
from tactful.words import Links, letter

LEASE = timedelta(minutes=5)
"""How long a claim holds; longer than any sender takes."""
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 300, 600))
"""Waits between tries that a sender asked for; the last one repeats. Source: the schedule of the Standard Webhooks specification."""
Clock = Callable[[], datetime]
LinksOf = Callable[[str], Links | None]
"""The links of a letter, by message id; None where this shop has given no address for them."""


def no_links(_: str) -> None:
    """Give no link: for tests and rehearsals, where nobody reads the letter."""


class Dispatcher:
    """Sends what is due, one message after another."""

    def __init__(self, store: Store, house: House, *, now: datetime, senders: Sequence[Sender], links: LinksOf, new_id: Callable[[], str]) -> None:
        self.house = house
        self.store, self.now, self.senders, self.links = store, now, senders, links
        self.down: dict[str, str] = {}
        """Senders that were found down in this run, with what they said."""
        self.judge = Judge(store, house, now=now, new_id=new_id)

    def run(self, message_ids: Iterable[str], *, clock: Clock) -> Dispatch:
        """Send or settle each message. What a sender that is down would carry stays due; where all are, the run ends early."""
        began, done = self.now, list[Dispatched]()
        for message_id in message_ids:
            self.now = self.judge.now = clock()
            outcome = self._one(message_id)
            if outcome is not None:
                done.append(outcome)
            if self.down and all(sender.name in self.down for sender in self.senders):
                break
        return Dispatch(at=began, messages=tuple(done), stopped="; ".join(self.down.values()) or None)

    def _one(self, message_id: str) -> Dispatched | None:
        found = self.store.events.find(message_id)
        about = [message_id] if found is None else [found[0]]
        claimed = in_turn(self.store, partial(self._claim, message_id), about=about)
        if not isinstance(claimed, tuple):
            return claimed
        sender, letter = claimed
        answer = sender.send(letter)
        if answer.fate == "down":
            self.down[sender.name] = answer.detail or f"{sender.name} is down"
        return in_turn(self.store, partial(self._note, letter, answer), about=about)

    def _sender_for(self, channel: str) -> Sender | None:
        return next((one for one in self.senders if channel in one.channels), None)

    def _is_down(self, channel: str) -> bool:
        sender = self._sender_for(channel)
        return sender is not None and sender.name in self.down

    def _claim(self, message_id: str) -> tuple[Sender, Letter] | Dispatched | None:
        """Judge a message and claim it for a sender; or settle it. None: another process was quicker."""
        reservation = self.store.outbox.load(message_id)
        if reservation is None or reservation.next_at is None or reservation.next_at > self.now or self._is_down(reservation.message.channel):
            return None
        found = self.store.events.find(message_id)
        if found is None:
            return self._settle(reservation, state="dropped", code="unknown_customer")
        customer_id = found[0]
        if reservation.state == "sending" and (left := self._left(reservation)) is not False:
            return self._sent(customer_id, reservation, confirmed=left is True)
        if self.now > reservation.deadline:
            return self._drop(customer_id, reservation, reservation.code or "too_late")
        again = self.judge.again(customer_id, reservation)
        if again.until is not None and again.code is not None:
            return self._put_off(customer_id, reservation, until=again.until, code=again.code)
        if again.message is None:
            return self._drop(customer_id, reservation, again.code or "nothing_relevant")
        sender = self._sender_for(again.message.channel)
        if sender is None:
            return self._outcome(reservation, "waiting", text=f"no sender carries {again.message.channel}")
        claimed = msgspec.structs.replace(
            reservation, message=again.message, state="sending", next_at=self.now + LEASE, attempts=reservation.attempts + 1, sender=sender.name
        )
        self.store.outbox.put(claimed)
        return sender, self._letter(claimed, again)

    def _left(self, reservation: Reservation) -> bool | None:
        """Whether a message left whose sender never came back to say so."""
        sender = next((one for one in self.senders if one.name == reservation.sender), None)
        return sender.handed_over(reservation.message.message_id) if sender is not None else None

    def _letter(self, reservation: Reservation, again: Again) -> Letter:
        message = reservation.message
        links = self.links(message.message_id)
        words, products = self.house.phrasebook.speak(message.locale), self.judge.products(message)
        written = letter(words, message, links, products=products)
        return Letter(
            message_id=message.message_id,
            user_id=reservation.user_id,
            at=self.now,
            channel=msgspec.convert(message.channel, Channel),
            to=again.to,
            trigger=message.trigger,
            subject=written.subject,
            text=written.text,
            html=written.html,
            product_ids=tuple(item.product_id for item in message.items),
            locale=again.locale,
            unsubscribe_url=links.unsubscribe_url if links else None,
            preferences_url=links.preferences_url if links else None,
        )

    def _note(self, letter: Letter, answer: Handover) -> Dispatched | None:
        """Note what a sender answered."""
        reservation, found = self.store.outbox.load(letter.message_id), self.store.events.find(letter.message_id)
        if reservation is None or found is None:
            return None  # Erased meanwhile: nothing is held, so nothing is noted.
        reservation = msgspec.structs.replace(reservation, detail=answer.detail)
        customer_id = found[0]
        match answer.fate:
            case "sent" | "unknown":
                return self._sent(customer_id, reservation, confirmed=answer.fate == "sent")
            case "refused":
                if answer.closes_address:
                    self._log(customer_id, [self._bounced(reservation)])
                return self._drop(customer_id, reservation, "unreachable")
            case "later":
                return self._retry(customer_id, reservation)
            case "down":  # No fault of this message: its tries are not counted.
                return self._retry(customer_id, msgspec.structs.replace(reservation, attempts=reservation.attempts - 1))

    def _sent(self, customer_id: str, reservation: Reservation, *, confirmed: bool) -> Dispatched:
        message = reservation.message
        delivered = MessageDelivered(
            message_id=f"{message.message_id}:sent",
            at=self.now,
            user_id=reservation.user_id,
            channel=msgspec.convert(message.channel, Channel),
            contact_id=message.message_id,
            trigger=message.trigger,
            product_ids=tuple(item.product_id for item in message.items),
        )
        self._log(customer_id, [delivered])
        return self._settle(msgspec.structs.replace(reservation, confirmed=confirmed), state="sent")

    def _drop(self, customer_id: str, reservation: Reservation, code: str) -> Dispatched:
        message_id = reservation.message.message_id
        self._log(customer_id, [MessageDropped(message_id=f"{message_id}:dropped", at=self.now, user_id=reservation.user_id, contact_id=message_id, code=code)])
        return self._settle(reservation, state="dropped", code=code)

    def _put_off(self, customer_id: str, reservation: Reservation, *, until: datetime, code: str) -> Dispatched:
        message_id = reservation.message.message_id
        event_id = f"{message_id}:until:{until.isoformat()}"
        later = MessagePutOff(message_id=event_id, at=self.now, user_id=reservation.user_id, contact_id=message_id, until=until, code=code)
        self._log(customer_id, [later])
        waiting = msgspec.structs.replace(reservation, state="reserved", next_at=until, code=code)
        self.store.outbox.put(waiting)
        return self._outcome(waiting, "put_off", text=self._sentence(code))

    def _retry(self, customer_id: str, reservation: Reservation) -> Dispatched:
        next_at = self.now + BACK_OFF[max(0, min(reservation.attempts, len(BACK_OFF)) - 1)]
        if next_at > reservation.deadline:
            return self._drop(customer_id, reservation, "unreachable")
        waiting = msgspec.structs.replace(reservation, state="retry", next_at=next_at)
        self.store.outbox.put(waiting)
        return self._outcome(waiting, "retry", text=reservation.detail)

    def _settle(self, reservation: Reservation, *, state: Literal["sent", "dropped"], code: str | None = None) -> Dispatched:
        over = msgspec.structs.replace(reservation, state=state, next_at=None, code=code)
        self.store.outbox.put(over)
        return self._outcome(over, state, text=self._sentence(code) if code else None)

    def _log(self, customer_id: str, events: Sequence[Event]) -> None:
        known = self.store.events.known([event.message_id for event in events])
        news = [event for event in events if event.message_id not in known]
        self.store.events.append(customer_id, news)
        profile = updated(self.store, customer_id, news)
        self.store.profiles.save(customer_id, encode(profile))
        note_closed(self.store, profile)

    def _bounced(self, reservation: Reservation) -> MessageAnswered:
        message = reservation.message
        channel = msgspec.convert(message.channel, Channel)
        return MessageAnswered(
            message_id=f"{message.message_id}:bounced",
            at=self.now,
            user_id=reservation.user_id,
            channel=channel,
            contact_id=message.message_id,
            answer="bounced",
        )

    def _sentence(self, code: str) -> str:
        """Why a message was not sent, for the shop."""
        own = self.house.own_words
        return (own.sentences("silence") | own.sentences("withheld")).get(code, "")

    @staticmethod
    def _outcome(reservation: Reservation, state: Outcome, *, text: str | None = None) -> Dispatched:
        message = reservation.message
        return Dispatched(
            message_id=message.message_id,
            user_id=reservation.user_id,
            state=state,
            trigger=message.trigger,
            channel=message.channel,
            code=reservation.code,
            text=text,
            next_at=reservation.next_at,
            product_ids=tuple(item.product_id for item in message.items),
        )


def standing_of(store: Store, house: House, message_id: str) -> Standing | None:
    """What became of a message until now; None where nothing was reserved under this id."""
    reservation = store.outbox.load(message_id)
    if reservation is None:
        return None
    own, code = house.own_words, reservation.code
    return Standing(
        state=reservation.state,
        code=code,
        text=(own.sentences("silence") | own.sentences("withheld")).get(code) if code else None,
        next_at=reservation.next_at,
        attempts=reservation.attempts,
        sender=reservation.sender,
        confirmed=reservation.confirmed,
        detail=reservation.detail,
    )


def send_due(
    store: Store, house: House, *, now: datetime, senders: Sequence[Sender], links: LinksOf, new_id: Callable[[], str], clock: Clock | None = None
) -> Dispatch:
    """Send what is due at ``now``, or drop it with its reason, or put it off within its deadline.

    ``clock`` tells the time while the run goes on, so that a long one claims and judges each message by its own time; without it, it stays ``now``.
    """
    dispatcher = Dispatcher(store, house, now=now, senders=senders, links=links, new_id=new_id)
    return dispatcher.run(store.outbox.due(now), clock=clock or (lambda: now))
