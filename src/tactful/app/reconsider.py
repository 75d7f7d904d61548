"""Judge a reserved message again, when it is about to be sent: with the planner's own triggers and rules, and everything as it is by then."""

from copy import copy
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.app.addresses import address_of, closed_for
from tactful.app.decide import judged_shelf
from tactful.app.facts import usable_channels
from tactful.app.kin import kin_of, reached_facts, with_kin
from tactful.app.place import possible_zones
from tactful.app.plan import Planner, message_of
from tactful.app.profiles import load_profile
from tactful.app.read import see_customer
from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.decisions import Message
from tactful.model.moment import OUTREACH, Moment
from tactful.model.outbox import Reservation
from tactful.model.products import Product
from tactful.model.profile import Profile
from tactful.model.verdicts import ContactFacts, Proposal
from tactful.policy import Objection, judge_contact


class Again(Struct, frozen=True, kw_only=True):
    """What asking everything again came to: the message as it is true now, a later time, or why not."""

    message: Message | None = None
    to: str = ""
    """The address, where it may go."""
    locale: str = "en"
    until: datetime | None = None
    code: str | None = None


class Judge(Planner):
    """Asks again about a reserved message, with the planner's own triggers and rules, as if it had not been reserved."""

    def products(self, message: Message) -> dict[str, Product]:
        """The products that a message is about, by id."""
        rows = self.catalog.rows([item.product_id for item in message.items]).tolist()
        return {product.id: product for product in map(self.catalog.product, rows)}

    def again(self, customer_id: str, reservation: Reservation) -> Again:
        """Judge one message as of now."""
        message = reservation.message
        profile = _without(load_profile(self.store, customer_id, now=self.now), message.message_id)
        kin = kin_of(self.store, customer_id, now=self.now)
        customer = with_kin(see_customer(profile, self.catalog, now=self.now, wants=self.recommender.wants), kin)
        shelf, objections = judged_shelf(self.house, Moment(now=self.now, placement=OUTREACH), customer, recommender=self.recommender)
        mine = _about(shelf, message, customer)
        shelf = msgspec.structs.replace(shelf, alive=shelf.alive & mine)  # What else is due now is another message.
        zones = possible_zones(profile, self.catalog.stores, now=self.now)
        rules = self.house.policy.rules(profile)
        trigger = next((one for one in rules.triggers if one.name == message.trigger), None)
        opportunity = trigger.propose(customer, shelf, now=self.now, zone=zones[0]) if trigger is not None else None
        if opportunity is None:
            return Again(code=_why_not(mine, objections))
        facts = reached_facts(profile, kin, zones=zones, person=self._person(customer), closed=closed_for(self.store, profile))
        channel = _channel(message.channel, profile, facts)
        rules = self.house.policy.rules(profile, channel=channel)
        earliest = max(self.now, opportunity.earliest)
        proposal = Proposal(trigger=message.trigger, channel=channel, send_at=earliest, deadline=min(reservation.deadline, opportunity.deadline))
        if earliest > proposal.deadline:
            return Again(code="too_late")
        allowed, verdict = judge_contact(rules.contact, proposal, facts)
        if not verdict.allowed:
            return Again(code=verdict.code)
        if allowed.send_at > self.now:
            at_once = msgspec.structs.replace(proposal, deadline=earliest)
            _, cause = judge_contact(rules.contact, at_once, facts)
            return Again(until=allowed.send_at, code=cause.code or "not_due_yet")
        words, there = self.house.words_for(profile), self.now.astimezone(ZoneInfo(zones[0]))
        written = message_of(message.message_id, allowed, opportunity.indices, shelf=shelf, customer=customer, words=words, now=there)
        written = msgspec.structs.replace(written, deadline=reservation.deadline)
        return Again(message=written, to=address_of(profile, channel) or "", locale=written.locale)


def _without(profile: Profile, message_id: str) -> Profile:
    """The profile as it would be had this message not been reserved: a message is no reason against itself."""
    other = copy(profile)
    other.contacts = [contact for contact in profile.contacts if contact.contact_id != message_id]
    return other


def _about(shelf: Shelf, message: Message, customer: Customer) -> NDArray[np.bool_]:
    """Which candidates are the styles that the message is about, bool [n]."""
    return np.isin(shelf.groups, customer.catalog.group_of[customer.catalog.rows([item.product_id for item in message.items])])


def _why_not(mine: NDArray[np.bool_], objections: list[Objection]) -> str:
    """What the rules have against the likeliest product of the message, else that there is no reason for it any more."""
    return next((objection.code for objection in objections if mine[objection.index]), "nothing_relevant")


def _channel(planned: str, profile: Profile, facts: ContactFacts) -> str:
    usable = usable_channels(profile, facts)
    return planned if planned in usable or not usable else usable[0]
