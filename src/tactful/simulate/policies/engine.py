"""Tactful itself, through the doors that every shop uses: its ingest, its decisions, its plans."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tactful.app.engine import DecideContext, DecideRequest, Engine
from tactful.ingest import read_batch, read_products
from tactful.model.errors import InvalidInput
from tactful.model.events import DeadLetter
from tactful.model.outbox import Handover, Letter
from tactful.simulate.policies._base import SHELF
from tactful.simulate.policy import Seen, Send
from tactful.simulate.shop import Shop
from tactful.simulate.truth import Person, day_of, time_of

_ENCODE = msgspec.json.Encoder().encode


class Told:
    """Events of one customer on their way into an engine: kept until somebody asks, then recorded together."""

    def __init__(self, engine: Engine, person: Person) -> None:
        self.engine, self.person = engine, person
        self._waiting: list[dict[str, Any]] = []
        self._count = 0

    def add(self, seen: Seen) -> None:
        """Put an event into the form of a client."""
        self._count += 1
        user, device, context = self.person.user_id, f"device-{self.person.number}", dict(seen.context)
        body: dict[str, Any] = {"messageId": f"{user}-{self._count}", "timestamp": time_of(seen.day).isoformat(), "context": context}
        if seen.event in {"identify", "page"}:
            body |= {"type": seen.event, "traits" if seen.event == "identify" else "properties": seen.properties}
        else:
            body |= {"type": "track", "event": seen.event, "properties": seen.properties}
        if seen.at_till:
            context["traits"] = {"loyaltyCard": f"card-{self.person.number}"}
            body["anonymousId"] = f"till-{self.person.number % 5}"
        else:
            body |= {"anonymousId": device} if seen.anonymous else {"anonymousId": device, "userId": user}
        self._waiting.append(body)

    def record(self, day: float) -> None:
        """Record what waits. Raises InvalidInput where an event of the simulator's is not understood."""
        if not self._waiting:
            return
        now = time_of(day)
        arrivals = read_batch(_ENCODE({"batch": self._waiting}), kind="batch", received_at=now, correct_skew=False)
        for arrival in arrivals:
            if isinstance(arrival, DeadLetter):
                raise InvalidInput(f"the simulator sent what ingest does not understand: {arrival.message}")
        self.engine.record(arrivals, now=now)
        self._waiting = []


class Postbox:
    """A sender that carries e-mail nowhere and remembers what it was given."""

    name = "postbox"
    channels = frozenset({"email"})

    def __init__(self) -> None:
        self.letters: dict[str, Letter] = {}

    def send(self, letter: Letter) -> Handover:
        """Take a letter."""
        self.letters[letter.message_id] = letter
        return Handover(fate="sent")

    def handed_over(self, message_id: str) -> bool:
        """Whether it was taken."""
        return message_id in self.letters

    def close(self) -> None:
        """Nothing is open."""


class Tactful:
    """Ask the engine."""

    days_between_plans = 7.0

    def __init__(self, engine: Engine, shop: Shop, person: Person) -> None:
        self.plans_after_visits = False
        """Set by what is put into the basket: what waits there is thought of the same day, everything else once a week."""
        self.engine, self.shop, self.person = engine, shop, person
        self.told = Told(engine, person)
        self.postbox = Postbox()

    def saw(self, seen: Seen) -> None:
        """Report it, once somebody asks. Of deliveries the engine knows: it sent them."""
        if seen.event != "Email Delivered":
            self.told.add(seen)
        self.plans_after_visits |= seen.event == "Product Added" and seen.day >= 0

    def plan(self, day: float) -> Sequence[Send]:
        """The plan for the next seven days."""
        self.told.record(day)
        self.plans_after_visits = False
        (plan,) = self.engine.plan([self.person.user_id], now=time_of(day), dry_run=False)
        if plan.message is None:
            return []
        message = plan.message
        styles = tuple(dict.fromkeys(self.shop.style_of[item.product_id] for item in message.items))
        return [Send(day=day_of(message.send_at), styles=styles, trigger=message.trigger, channel=message.channel, reference=message.message_id)]

    def due(self, send: Send, day: float) -> Send | None:
        """Let the outbox run: what was reserved is judged again, sent as it is true now, put off or dropped."""
        self.told.record(day)
        dispatch = self.engine.send([self.postbox], now=time_of(day))
        letter = self.postbox.letters.get(send.reference)
        if letter is not None:
            styles = dict.fromkeys(self.shop.style_of[product] for product in letter.product_ids)
            return msgspec.structs.replace(send, day=day, styles=tuple(styles))
        later = next((one.next_at for one in dispatch.messages if one.message_id == send.reference and one.state == "put_off"), None)
        return msgspec.structs.replace(send, day=max(day_of(later), day + 1e-3)) if later is not None else None

    def shelf(self, day: float) -> Sequence[int]:
        """The home page."""
        self.told.record(day)
        request = DecideRequest(user_id=self.person.user_id, placement="home", limit=SHELF, context=DecideContext())
        decision = self.engine.decide(request, now=time_of(day))
        return [self.shop.style_of[item.product_id] for item in decision.items]


def put_feed(engine: Engine, rows: Sequence[Mapping[str, Any]], *, day: float | None) -> None:
    """Read a feed into the engine. Without a day it has long been so. Raises InvalidInput where the feed is not understood."""
    report = read_products(_ENCODE(rows), content_type="application/json")
    if report.problems:
        raise InvalidInput(f"the simulator's feed is not understood: {report.problems[0].message}")
    engine.put_products(report.products, now=None if day is None else time_of(day))
