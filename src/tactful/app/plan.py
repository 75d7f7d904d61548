"""Use case: decide which one message to send somebody within the next seven days, or why none."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from tactful.app.addresses import closed_for
from tactful.app.decide import item_of, judged_shelf, silence, withheld_of
from tactful.app.facts import CHANNELS
from tactful.app.house import House
from tactful.app.kin import kin_of, reached_facts, with_kin
from tactful.app.place import possible_zones
from tactful.app.ports import Store
from tactful.app.profiles import rebuild
from tactful.app.read import find_customer, read_customer
from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.decisions import Message, Plan, Silence, Withheld
from tactful.model.events import Channel, DecisionMade
from tactful.model.moment import HORIZON, OUTREACH, Moment
from tactful.model.outbox import Reservation
from tactful.model.products import spoken_title
from tactful.model.profile import Profile
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.outreach import Opportunity, ranked
from tactful.policy import judge_contact
from tactful.words import Words


class _Outcome(Struct, frozen=True, kw_only=True):
    """One plan before it has an id."""

    opportunity: Opportunity | None = None
    proposal: Proposal | None = None
    silence: Silence | None = None


class Planner:
    """Plans for one customer after another over one catalogue and one set of models."""

    def __init__(self, store: Store, house: House, *, now: datetime, new_id: Callable[[], str]) -> None:
        self.store, self.house, self.now, self.new_id = store, house, now, new_id
        self.catalog, self.recommender = house.now()
        self.own = house.own_words

    def plan(self, user_id: str) -> tuple[str | None, Plan]:
        """Plan for one userId; returns the customer id, None where nobody is known by it."""
        customer_id = find_customer(self.store, user_id=user_id, anonymous_id=None)
        if customer_id is None:
            return None, Plan(user_id=user_id, decision_id=self.new_id(), at=self.now, silence=silence(self.own, "unknown_customer"))
        customer = read_customer(self.store, customer_id, self.catalog, now=self.now, wants=self.recommender.wants)
        kin = kin_of(self.store, customer_id, now=self.now)
        customer = with_kin(customer, kin)
        shelf, objections = judged_shelf(self.house, Moment(now=self.now, placement=OUTREACH), customer, recommender=self.recommender)
        outcome = self._weigh(customer, shelf, kin)
        withheld = withheld_of(shelf, objections, customer, own=self.own)
        return customer_id, self._plan(user_id, outcome, customer, shelf=shelf, withheld=withheld)

    def _weigh(self, customer: Customer, shelf: Shelf, kin: Sequence[Profile]) -> _Outcome:
        """Let the triggers compete; the first of them that policy lets through wins. If none does, the best one's obstacle is the reason."""
        zones = possible_zones(customer.profile, self.catalog.stores, now=self.now)
        facts = reached_facts(customer.profile, kin, zones=zones, closed=closed_for(self.store, customer.profile))
        found = [trigger.propose(customer, shelf, now=self.now, zone=zones[0]) for trigger in self.house.policy.rules(customer.profile).triggers]
        opportunities = ranked([opportunity for opportunity in found if opportunity is not None and opportunity.earliest <= self.now + HORIZON])
        stopped_by: Verdict | None = None
        for opportunity in opportunities:
            proposal, verdict = self._judge(opportunity, facts, customer)
            if verdict.allowed:
                return _Outcome(opportunity=opportunity, proposal=proposal)
            stopped_by = stopped_by or verdict
        if stopped_by is not None and stopped_by.code is not None:
            return _Outcome(silence=silence(self.own, stopped_by.code, until=stopped_by.until, **stopped_by.facts))
        return _Outcome(silence=silence(self.own, "nothing_relevant", candidates=len(shelf)))

    def _judge(self, opportunity: Opportunity, facts: ContactFacts, customer: Customer) -> tuple[Proposal, Verdict]:
        """Judge on the best channel, or the next: one that they agreed to and that reaches them, else the one that says most about why not."""
        usable = [channel for channel in CHANNELS if facts.consented[channel] and facts.reachable[channel]]
        agreed = [channel for channel in CHANNELS if facts.consented[channel]]
        proposal = Proposal(
            trigger=opportunity.trigger,
            channel=(usable or agreed or list(CHANNELS))[0],
            send_at=opportunity.earliest,
            deadline=min(opportunity.deadline, self.now + HORIZON),
        )
        return judge_contact(self.house.policy.rules(customer.profile, channel=proposal.channel).contact, proposal, facts)

    def _plan(self, user_id: str, outcome: _Outcome, customer: Customer, *, shelf: Shelf, withheld: tuple[Withheld, ...]) -> Plan:
        decision_id = self.new_id()
        plan = Plan(user_id=user_id, decision_id=decision_id, at=self.now, silence=outcome.silence, withheld=withheld)
        if outcome.opportunity is None or outcome.proposal is None:
            return plan
        words = self.house.words_for(customer.profile)
        message = message_of(decision_id, outcome.proposal, outcome.opportunity.indices, shelf=shelf, customer=customer, words=words, now=self.now)
        return msgspec.structs.replace(plan, message=message)


def message_of(message_id: str, proposal: Proposal, indices: Sequence[int], *, shelf: Shelf, customer: Customer, words: Words, now: datetime) -> Message:
    """Write a message about some candidates of a shelf."""
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


def plan_all(store: Store, house: House, user_ids: Iterable[str], *, now: datetime, dry_run: bool, new_id: Callable[[], str]) -> Iterator[Plan]:
    """Plan for each customer in turn. Every plan is kept; unless it is dry, its message is reserved, so that it counts against every cap from now on."""
    planner = Planner(store, house, now=now, new_id=new_id)
    for user_id in user_ids:
        if dry_run:
            customer_id, plan = planner.plan(user_id)
            if customer_id is not None:  # Of somebody unknown nothing is kept, not even that they were asked for.
                with store.transaction(durable=False):
                    store.decisions.save(customer_id, plan)
        else:
            with store.transaction():  # Read, judge and reserve in one turn, so that two planners cannot both find room under a cap.
                customer_id, plan = planner.plan(user_id)
                _reserve(store, customer_id, plan)
        yield plan


def _reserve(store: Store, customer_id: str | None, plan: Plan) -> None:
    if customer_id is not None:
        store.decisions.save(customer_id, plan)
        store.events.append(customer_id, [_event(plan)])
    if customer_id is not None and plan.message is not None:
        store.outbox.put(Reservation(user_id=plan.user_id, message=plan.message, next_at=plan.message.send_at))
        store.profiles.save(customer_id, rebuild(store, customer_id))


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
    )
