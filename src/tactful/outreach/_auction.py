"""Which one message: what each is worth against what it costs, the best later slot, and silence."""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from tactful.model.decisions import Bid
from tactful.model.profile import Contact, Response, answered
from tactful.model.tables import DAY_SECONDS
from tactful.outreach import triggers
from tactful.outreach._opportunity import Opportunity, Trigger
from tactful.outreach._timing import SLACK

MARGIN = 0.3
"""Share of a price that is left to the shop: a stated prior."""
CAUSED = 0.25
"""Share of what follows a word that follows because of it. Source: three quarters of clicks on recommendations would have come anyway (Sharma et al. 2015)."""
ATTENTION = 0.004
"""What one unit of attention costs, in margins of a usual order, for somebody who is rested: a stated prior."""
LOSS = 0.0018
"""Probability that an unwanted message makes somebody leave the channel. Source: agency figures for campaigns."""
LOST = 0.1
"""Share of what somebody is still worth that goes with the channel: a stated prior."""
TIRED_DAYS = 14.0
"""After so many days half of the fatigue is gone."""
SETTLED = 0.5
"""What a message still weighs once they made a move of their own since."""
WEIGHTS = {"email": 1.0, "push": 2.0, "sms": 3.0}
"""How much a channel intrudes."""
PATIENCE_DAYS = 7.0
"""After so many days of waiting half of what a word gives is gone."""
ANSWERS = (0.195, 1.387)
"""The prior before a shop has written enough to learn its own. Source: moments of a public set of 15 million mailings."""
FORGOTTEN = 0.95
"""What evidence of answering still counts one message later."""
HEARD = (0.25, 2.0)
"""Least and most that their way of answering changes the value of a word."""
DAY = timedelta(days=1)


class Receiver(Struct, frozen=True, kw_only=True):
    """What is at stake with one person."""

    contacts: tuple[Contact, ...]
    responses: tuple[Response, ...]
    last_own_at: datetime | None
    order_value: float
    """Of a usual order, in the shop's currency."""
    remaining: float
    """Turnover to expect within a year, in the shop's currency."""
    answers: tuple[float, float] = ANSWERS
    """Prior of the share of messages that somebody answers, as a Beta distribution; learned where enough were written to."""

    def fatigue(self, at: datetime) -> float:
        """Attention that we took and that has not come back yet; a message of today by e-mail is 1."""
        return sum(self._weight(contact) * 2 ** (-max((at - contact.at).total_seconds(), 0.0) / DAY_SECONDS / TIRED_DAYS) for contact in self.contacts)

    def _weight(self, contact: Contact) -> float:
        settled = self.last_own_at is not None and contact.at <= self.last_own_at
        return 0.0 if contact.owed else WEIGHTS.get(contact.channel, 1.0) * (SETTLED if settled else 1.0)

    def heard(self) -> float:
        """How much more or less than anybody they answer to what we write."""
        return answering(self.contacts, self.responses, prior=self.answers)


def answering(contacts: Iterable[Contact], responses: Iterable[Response], *, prior: tuple[float, float] = ANSWERS) -> float:
    """How much more or less than anybody somebody answers: posterior over prior, older messages counting less."""
    good, bad = prior
    for followed in answered(contacts, responses):
        good, bad = prior[0] + FORGOTTEN * (good - prior[0]) + followed, prior[1] + FORGOTTEN * (bad - prior[1]) + (not followed)
    return min(max(good / (good + bad) * sum(prior) / prior[0], HEARD[0]), HEARD[1])


def best_channels(channels: Sequence[str], contacts: Sequence[Contact], responses: Sequence[Response]) -> list[str]:
    """Channels by how well somebody answers on each for what it intrudes, the best first; of equals the one named first."""

    def heard_on(channel: str) -> float:
        told, answers = ([one for one in contacts if one.channel == channel], [one for one in responses if one.channel == channel])
        return answering(told, answers) / WEIGHTS.get(channel, 1.0)

    return sorted(channels, key=heard_on, reverse=True)


def discover_triggers() -> tuple[Trigger, ...]:
    """Every trigger, by name."""
    found: dict[str, Trigger] = {}
    for module in pkgutil.iter_modules(triggers.__path__):
        for value in vars(importlib.import_module(f"{triggers.__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Trigger) and value.__module__ == f"{triggers.__name__}.{module.name}":
                found[value.name] = value()
    return tuple(found[name] for name in sorted(found))


def ranked(opportunities: Sequence[Opportunity]) -> list[Opportunity]:
    """The most valuable first; of equals the one that can wait the least."""
    return sorted(opportunities, key=lambda opportunity: (-opportunity.value, opportunity.deadline, opportunity.trigger))


def bid(opportunity: Opportunity, receiver: Receiver, *, wanted: Sequence[float], prices: Sequence[float], channel: str, send_at: datetime) -> Bid:
    """Judge one message at one time, in the shop's currency.

    Args:
        wanted: Calibrated probability of each product in it.
        prices: What each costs, in the same order.
    """
    nothing = 1.0
    for probability in wanted:
        nothing *= 1 - probability
    turnover = max(sum(p * price for p, price in zip(wanted, prices, strict=True)), (1 - nothing) * receiver.order_value)
    tired, weight = 1 + receiver.fatigue(send_at), WEIGHTS.get(channel, 1.0)
    return Bid(
        trigger=opportunity.trigger,
        channel=channel,
        send_at=send_at,
        value=turnover * MARGIN * CAUSED * receiver.heard(),
        attention=ATTENTION * MARGIN * receiver.order_value * weight * tired,
        risk=LOSS * weight * tired**2 * nothing * LOST * MARGIN * receiver.remaining,
    )


def best_slot(first: Bid, receiver: Receiver, *, deadline: datetime) -> Bid:
    """Weigh the first free slot against the same hour on each later day: what the word gives fades, and so does their fatigue."""
    tired = 1 + receiver.fatigue(first.send_at)
    slots = [first]
    while slots[-1].send_at + DAY <= deadline - SLACK:
        at, days = slots[-1].send_at + DAY, float(len(slots))
        rested = (1 + receiver.fatigue(at)) / tired
        value = first.value * 2 ** (-days / PATIENCE_DAYS)
        slots.append(msgspec.structs.replace(first, send_at=at, value=value, attention=first.attention * rested, risk=first.risk * rested**2))
    return max(slots, key=lambda slot: slot.worth)
