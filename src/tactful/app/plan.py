"""Use case: decide which one message to send somebody within the next seven days, or why none."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from tactful.app.addresses import closed_for
from tactful.app.decide import item_of, judged_shelf, silence, withheld_of
from tactful.app.facts import CHANNELS, usable_channels
from tactful.app.grounds import grounds_of, messages, told_of
from tactful.app.house import House
from tactful.app.kin import kin_of, reached_facts, with_kin
from tactful.app.place import possible_zones
from tactful.app.ports import Store
from tactful.app.profiles import updated
from tactful.app.read import find_customer, read_customer, visits_of
from tactful.app.turns import in_turn
from tactful.app.worth import remaining_of
from tactful.identity import identifier
from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.decisions import Bid, Message, Plan, Silence
from tactful.model.events import Channel, DecisionMade
from tactful.model.identity import Identifier
from tactful.model.moment import HORIZON, OUTREACH, Moment
from tactful.model.outbox import Reservation
from tactful.model.products import spoken_title
from tactful.model.profile import Profile
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.outreach import ANSWERS, Opportunity, Receiver, best_slot, bid, choose_slot, hour_weights, ranked
from tactful.policy import judge_contact
from tactful.profile import encode
from tactful.words import Words

RESERVED_TOGETHER = 32
"""Customers whose messages are reserved in one commit; other writers wait for as long."""


class _Outcome(Struct, frozen=True, kw_only=True):
    """One plan before it has an id."""

    opportunity: Opportunity | None = None
    proposal: Proposal | None = None
    silence: Silence | None = None
    bids: tuple[Bid, ...] = ()
    propensity: float = 1.0
    zone: str = "UTC"
    """Where they most likely are: days are told by its clock."""


class Planner:
    """Plans for one customer after another over one catalogue and one set of models."""

    def __init__(self, store: Store, house: House, *, now: datetime, new_id: Callable[[], str]) -> None:
        self.store, self.house, self.now, self.new_id = store, house, now, new_id
        self.catalog, self.recommender = house.now()
        self.own = house.own_words

    def customer(self, user_id: str) -> str | None:
        """The customer id of a userId; None where nobody is known by it."""
        return find_customer(self.store, user_id=user_id, anonymous_id=None)

    def plan(self, user_id: str, customer_id: str | None, *, decision_id: str | None = None) -> Plan:
        """Plan for one userId that belongs to a customer, or to nobody known."""
        if customer_id is None:
            return Plan(user_id=user_id, decision_id=self.new_id(), at=self.now, silence=silence(self.own, "unknown_customer"))
        customer = read_customer(self.store, customer_id, self.catalog, now=self.now, wants=self.recommender.wants)
        kin = kin_of(self.store, customer_id, now=self.now)
        customer = with_kin(customer, kin)
        shelf, objections = judged_shelf(self.house, Moment(now=self.now, placement=OUTREACH), customer, recommender=self.recommender)
        outcome = self._weigh(customer, shelf, kin)
        withheld = withheld_of(shelf, objections, customer, own=self.own)
        plan = Plan(
            user_id=user_id,
            decision_id=decision_id or self.new_id(),
            at=self.now,
            silence=outcome.silence,
            bids=outcome.bids,
            propensity=outcome.propensity,
            withheld=withheld,
        )
        return self._worded(plan, outcome, customer, shelf=shelf)

    def _weigh(self, customer: Customer, shelf: Shelf, kin: Sequence[Profile]) -> _Outcome:
        """Let the messages that policy lets through bid against each other and against silence. If it lets none, the best one's obstacle is the reason."""
        zones = possible_zones(customer.profile, self.catalog.stores, now=self.now)
        found = [trigger.propose(customer, shelf, now=self.now, zone=zones[0]) for trigger in self.house.policy.rules(customer.profile).triggers]
        opportunities = ranked([opportunity for opportunity in found if opportunity is not None and opportunity.earliest <= self.now + HORIZON])
        if not opportunities:
            return _Outcome(silence=self._nothing_new(customer, shelf))
        facts = reached_facts(customer.profile, kin, zones=zones, person=self._person(customer), closed=closed_for(self.store, customer.profile))
        judged = [(opportunity, *self._judge(opportunity, facts, customer)) for opportunity in opportunities]
        free = [(opportunity, proposal) for opportunity, proposal, verdict in judged if verdict.allowed]
        if free:
            return self._auction(free, customer, shelf, facts=facts)
        best, proposal, stopped_by = judged[0]
        better = self._better_waiting(best, customer, shelf, facts=facts)
        if better is not None:
            return _Outcome(silence=better)
        code = stopped_by.code or "nothing_relevant"
        grounds = stopped_by.facts | grounds_of(code, proposal.channel, facts=facts, profile=customer.profile)
        return _Outcome(silence=silence(self.own, code, until=stopped_by.until, **grounds))

    def _nothing_new(self, customer: Customer, shelf: Shelf) -> Silence:
        """Silence where no trigger proposes anything: because nothing is wanted, or because what is has been told, or is about to be."""
        told = told_of(customer, shelf)
        if any(contact.reserved for contact in told):
            return silence(self.own, "better_message_waiting", messages=messages([contact for contact in told if contact.reserved]))
        if told:
            return Silence(code="nothing_relevant", text=self.own.say("told.already"), facts={"messages": messages(told)})
        return silence(self.own, "nothing_relevant", candidates=len(shelf))

    def _auction(self, free: list[tuple[Opportunity, Proposal]], customer: Customer, shelf: Shelf, *, facts: ContactFacts) -> _Outcome:
        """The message that is worth most at its best time wins, unless silence is worth more."""
        receiver = self._receiver(customer, facts)
        bids = [(self._bid(opportunity, proposal, shelf, receiver=receiver), opportunity, proposal) for opportunity, proposal in free]
        bids.sort(key=lambda entry: -entry[0].worth)
        best, opportunity, proposal = bids[0]
        logged = tuple(each for each, _, _ in bids)
        question = not opportunity.indices
        if best.worth <= 0 and not question:
            better = self._better_waiting(opportunity, customer, shelf, facts=facts)
            if better is not None:
                return _Outcome(silence=better, bids=logged)
            code = "too_soon" if receiver.fatigue(self.now) > 0 else "nothing_relevant"
            grounds = grounds_of(code, best.channel, facts=facts, profile=customer.profile)
            return _Outcome(silence=silence(self.own, code, worth=round(best.worth, 4), trigger=best.trigger, **grounds), bids=logged)
        planned, propensity = self._at_their_hour(msgspec.structs.replace(proposal, send_at=best.send_at), customer, facts)
        return _Outcome(opportunity=opportunity, proposal=planned, bids=logged, propensity=propensity, zone=facts.zones[0])

    def _better_waiting(self, opportunity: Opportunity, customer: Customer, shelf: Shelf, *, facts: ContactFacts) -> Silence | None:
        """Silence because of a message that is reserved and worth more: where without any that wait, this one would go, and would be worth it."""
        waiting = [contact for contact in facts.contacts if contact.reserved]
        if not waiting:
            return None
        alone = msgspec.structs.replace(facts, contacts=tuple(contact for contact in facts.contacts if not contact.reserved))
        proposal, verdict = self._judge(opportunity, alone, customer)
        if not verdict.allowed:
            return None
        worth = self._bid(opportunity, proposal, shelf, receiver=self._receiver(customer, alone)).worth
        plans = [(contact, self.store.decisions.load(contact.contact_id)) for contact in waiting]
        better = next((contact for contact, plan in plans if isinstance(plan, Plan) and plan.bids and plan.bids[0].worth >= worth), None)
        if worth <= 0 or better is None:
            return None
        told: dict[str, Any] = {
            "message_id": better.contact_id,
            "trigger": better.trigger,
            "send_at": better.at,
            "would_be": opportunity.trigger,
            "worth": round(worth, 4),
        }
        return silence(self.own, "better_message_waiting", **told)

    def _receiver(self, customer: Customer, facts: ContactFacts) -> Receiver:
        worth = remaining_of(customer, self.house.base, now=self.now)
        return Receiver(
            contacts=facts.contacts,
            responses=tuple(customer.profile.responses),
            last_own_at=facts.last_own_at,
            order_value=worth.order_value,
            remaining=worth.value,
            answers=self.house.base.answers or ANSWERS,
        )

    def _bid(self, opportunity: Opportunity, proposal: Proposal, shelf: Shelf, *, receiver: Receiver) -> Bid:
        rows, wanted = shelf.rows[list(opportunity.indices)], shelf.score[list(opportunity.indices)].tolist()
        prices = [price if price > 0 else 0.0 for price in self.catalog.price[rows].tolist()]
        first = bid(opportunity, receiver, wanted=wanted, prices=prices, channel=proposal.channel, send_at=proposal.send_at)
        question = not opportunity.indices  # It gives nothing that could fade, so that waiting would always seem better.
        return first if question else best_slot(first, receiver, deadline=proposal.deadline)

    def _at_their_hour(self, proposal: Proposal, customer: Customer, facts: ContactFacts) -> tuple[Proposal, float]:
        """Move the message to an hour at which they come by themselves, where that is known and every rule agrees; else leave it where it is."""
        rules = self.house.policy.rules(customer.profile, channel=proposal.channel).contact
        judged, verdict = judge_contact(rules, proposal, facts)
        if not verdict.allowed or len(facts.zones) > 1:
            return (judged if verdict.allowed else proposal), 1.0
        profile, zone = customer.profile, ZoneInfo(facts.zones[0])
        episode = f"{facts.person}/{proposal.trigger}/{proposal.deadline:%Y-%m}"
        slot = choose_slot(judged.send_at, proposal.deadline, hour_weights(visits_of(profile), zone, self.house.rhythms), zone=zone, episode=episode)
        moved, allowed = judge_contact(rules, msgspec.structs.replace(judged, send_at=slot.at), facts)
        kept = allowed.allowed and moved.send_at == slot.at
        return (moved, slot.propensity) if kept else (judged, 1.0)

    def _person(self, customer: Customer) -> str | None:
        """Who their address belongs to: two accounts with one address are held out together or not at all."""
        address = identifier("email", customer.profile.email) if customer.profile.email else None
        return self.store.identities.owner(address) if address else None

    def _judge(self, opportunity: Opportunity, facts: ContactFacts, customer: Customer) -> tuple[Proposal, Verdict]:
        """Judge on the channel on which they answer best, of those that they agreed to and that reach them; else on the one that says most about why not."""
        usable = usable_channels(customer.profile, facts)
        agreed = [channel for channel in CHANNELS if facts.consented[channel]]
        channel, end = (usable or agreed or list(CHANNELS))[0], self.now + HORIZON
        rules = self.house.policy.rules(customer.profile, channel=channel).contact
        slots = [(opportunity.earliest, opportunity.deadline), *([opportunity.later] if opportunity.later else [])]
        judged = [
            judge_contact(rules, Proposal(trigger=opportunity.trigger, channel=channel, send_at=opens, deadline=min(closes, end)), facts)
            for opens, closes in slots
            if opens <= end
        ]
        return next((found for found in judged if found[1].allowed), judged[0])

    def _worded(self, plan: Plan, outcome: _Outcome, customer: Customer, *, shelf: Shelf) -> Plan:
        """The plan with its message in words, where there is one."""
        if outcome.opportunity is None or outcome.proposal is None:
            return plan
        words, there = self.house.words_for(customer.profile), self.now.astimezone(ZoneInfo(outcome.zone))
        message = message_of(plan.decision_id, outcome.proposal, outcome.opportunity.indices, shelf=shelf, customer=customer, words=words, now=there)
        return msgspec.structs.replace(plan, message=message)


def message_of(message_id: str, proposal: Proposal, indices: Sequence[int], *, shelf: Shelf, customer: Customer, words: Words, now: datetime) -> Message:
    """Write a message about some candidates of a shelf. Days are told by the clock of ``now``."""
    items = tuple(item_of(shelf, index, customer, words=words, now=now) for index in indices)
    titles = [spoken_title(customer.catalog.product(int(shelf.rows[index]))) for index in indices]
    return Message(
        message_id=message_id,
        trigger=proposal.trigger,
        channel=proposal.channel,
        send_at=proposal.send_at,
        items=items,
        subject=words.subject(proposal.trigger, titles),
        text=words.text(items),
        locale=words.locale,
        deadline=proposal.deadline,
    )


def plan_all(
    store: Store, house: House, user_ids: Iterable[str], *, now: datetime, dry_run: bool, new_id: Callable[[], str], round_id: UUID | None = None
) -> Iterator[Plan]:
    """Plan for each customer in turn. Every plan is kept; unless it is dry, its message is reserved, so that it counts against every cap from now on.

    ``round_id``: of a round of reserving, in which each customer is planned for once. Who has a plan of this round already gets that one back, unchanged, so
    that a round that was broken off may simply be begun again.
    """
    planner = Planner(store, house, now=now, new_id=new_id)
    if not dry_run:
        yield from _reserve_all(store, planner, user_ids, round_id)
        return
    for user_id in user_ids:
        customer_id = planner.customer(user_id)
        plan = planner.plan(user_id, customer_id)
        if customer_id is not None:  # Of somebody unknown nothing is kept, not even that they were asked for.
            with store.transaction(durable=False, about=[]):
                store.decisions.save(customer_id, plan)
        yield plan


def _reserve_all(store: Store, planner: Planner, user_ids: Iterable[str], round_id: UUID | None) -> Iterator[Plan]:
    """Plan and reserve, some customers a commit: the disk is awaited once for all of them."""
    rest = iter(user_ids)
    while users := list(islice(rest, RESERVED_TOGETHER)):
        yield from in_turn(store, partial(_reserve_some, store, planner, users, round_id), about=[Identifier("user_id", user_id) for user_id in users])


def _reserve_some(store: Store, planner: Planner, user_ids: Sequence[str], round_id: UUID | None) -> list[Plan]:
    return [_reserve(store, planner, user_id, round_id=round_id) for user_id in user_ids]


def _reserve(store: Store, planner: Planner, user_id: str, *, round_id: UUID | None) -> Plan:
    """Read, judge and reserve in one turn, so that two planners cannot both find room under a cap."""
    customer_id = planner.customer(user_id)
    if customer_id is None:
        return planner.plan(user_id, None)
    decision_id = str(uuid5(round_id, customer_id)) if round_id is not None else None
    kept = store.decisions.load(decision_id) if decision_id is not None else None
    if isinstance(kept, Plan):
        return kept
    plan = planner.plan(user_id, customer_id, decision_id=decision_id)
    event = _event(plan)
    store.decisions.save(customer_id, plan)
    store.events.append(customer_id, [event])
    if plan.message is not None:
        store.outbox.put(Reservation(user_id=plan.user_id, message=plan.message, next_at=plan.message.send_at))
        store.profiles.save(customer_id, encode(updated(store, customer_id, [event])))
    return plan


def _event(plan: Plan) -> DecisionMade:
    message = plan.message
    channel: Channel | None = msgspec.convert(message.channel, Channel) if message else None
    return DecisionMade(
        message_id=plan.decision_id,
        at=plan.at,
        user_id=plan.user_id,
        placement=OUTREACH,
        product_ids=tuple(item.product_id for item in message.items) if message else (),
        silence=plan.silence.code if plan.silence else None,
        trigger=message.trigger if message else None,
        channel=channel,
        send_at=message.send_at if message else None,
        propensity=plan.propensity,
        worth=round(plan.bids[0].worth, 4) if plan.bids else None,
    )
