"""Use case: decide what to show somebody who is here."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from tactful.app.facts import shelf_facts
from tactful.app.house import House
from tactful.app.kin import kin_of, with_kin
from tactful.app.place import Meant, Whereabouts, store_meant, whereabouts
from tactful.app.ports import Store
from tactful.app.read import find_customer, read_customer, read_device, read_visit
from tactful.app.requests import DecideContext, DecideRequest
from tactful.app.usual import usual_here
from tactful.model.candidates import Shelf
from tactful.model.customer import Customer
from tactful.model.decisions import Decision, Item, Reason, Silence, StoreChoice, Withheld
from tactful.model.errors import InvalidInput
from tactful.model.events import DecisionMade, Event
from tactful.model.moment import OUTREACH, Moment
from tactful.policy import Objection, judge_shelf
from tactful.recommend import Recommender, slate_of
from tactful.words import Words

MOST_ITEMS = 100
MORE_OF_THE_SAME = "more_of_the_same"
"""Why something is withheld that would have had a place by its likelihood alone."""


def decide(
    store: Store,
    house: House,
    request: DecideRequest,
    *,
    now: datetime,
    new_id: Callable[[], str],
    device_only: bool = False,
    keep: bool = True,
    visit: Sequence[Event] = (),
) -> Decision:
    """Decide, and log the decision: candidates, rules, slate, reasons; or silence with its reason. Raises InvalidInput.

    With ``device_only`` the decision knows only what was done under the anonymousId itself: write keys are public, and anybody can claim to be anybody.
    Without ``keep`` it is not logged: for somebody who only looks what would be shown. ``visit`` is what somebody browsed just now who refuses to be
    known: the decision rests on it, and on nothing from before, and is not kept.
    """
    _check(request)
    catalog, recommender = house.now()
    customer_id = find_customer(store, user_id=request.user_id, anonymous_id=request.anonymous_id)
    private = bool(visit) or (customer_id is not None and store.privacy.refuses(customer_id))
    if private:
        customer = read_visit(store, None if device_only else customer_id, visit, catalog=catalog, now=now, wants=recommender.wants)
    elif device_only and customer_id is not None and request.anonymous_id is not None:
        customer = read_device(store, customer_id, request.anonymous_id, catalog=catalog, now=now, wants=recommender.wants)
    else:
        customer = read_customer(store, customer_id, catalog, now=now, wants=recommender.wants)
        customer = with_kin(customer, kin_of(store, customer_id, now=now)) if customer_id is not None else customer
    moment = _moment(request, customer, now=now)
    shop = catalog.stores.get(moment.store_code or "")
    shelf, objections = judged_shelf(house, moment, customer, recommender=recommender)
    own, words = house.own_words, house.words_for(customer.profile, here=request.context.locale)
    slate = slate_of(shelf, moment, customer)
    items = tuple(item_of(shelf, index, customer, words=words, now=now) for index in slate.shown)
    objections += [Objection(index=index, code=MORE_OF_THE_SAME, facts={}) for index in slate.displaced]
    unreached = moment.collects and bool(catalog.stores) and moment.reach == ()
    decision = Decision(
        decision_id=new_id(),
        at=now,
        customer_id=customer_id,
        placement=request.placement,
        items=items,
        silence=None if items else silence(own, "nothing_within_reach" if unreached else "nothing_relevant", candidates=len(shelf)),
        usual=None if unreached else usual_here(customer, placement=request.placement, context=request.context, shop=shop, now=now),
        store=StoreChoice(store_code=moment.store_code) if moment.store_code else None,
        withheld=withheld_of(shelf, objections, customer, own=own),
        contributions=_contributions(shelf, slate.shown, customer),
    )
    if keep and not private:
        _log(store, decision, request)
    return decision if request.explain else msgspec.structs.replace(decision, withheld=None, contributions=None)


def _check(request: DecideRequest) -> None:
    if not (request.user_id or request.anonymous_id):
        raise InvalidInput("a decision is about somebody: give userId or anonymousId")
    if not 1 <= request.limit <= MOST_ITEMS:
        raise InvalidInput(f"limit is {request.limit}: give a number from 1 to {MOST_ITEMS}")
    if not request.placement or request.placement == OUTREACH:
        raise InvalidInput("placement is where the customer is, for example home or product; messages are planned by POST /v1/outreach/plan")


def _moment(request: DecideRequest, customer: Customer, *, now: datetime) -> Moment:
    context, profile = request.context, customer.profile
    where = whereabouts(profile, customer.catalog.stores, now=now)
    moment = Moment(
        now=now,
        placement=request.placement,
        limit=request.limit,
        featured=tuple(customer.catalog.rows(_featured_ids(context)).tolist()),
        query=context.query,
        location=context.location,
        timezone=context.timezone,
        locale=profile.stated_locale or profile.locale or context.locale,
        country=where.country,
        fulfilment=context.fulfilment,
    )
    meant = _meant(context, customer, collects=moment.collects, where=where, now=now)
    return msgspec.structs.replace(moment, store_code=meant.shop.store_code if meant.shop else None, reach=meant.reach)


def _meant(context: DecideContext, customer: Customer, *, collects: bool, where: Whereabouts, now: datetime) -> Meant:
    profile, stores = customer.profile, customer.catalog.stores
    return store_meant(profile, stores, named=context.store_code, location=context.location, collects=collects, where=where, now=now)


def _featured_ids(context: DecideContext) -> list[str]:
    return [*([context.product_id] if context.product_id else []), *context.product_ids]


def judged_shelf(house: House, moment: Moment, customer: Customer, *, recommender: Recommender) -> tuple[Shelf, list[Objection]]:
    """Propose and judge: the shelf with what may be said, and why the rest may not."""
    shelf = recommender.shelf(moment, customer)
    if not len(shelf):
        return shelf, []
    rules = house.policy.rules(customer.profile, placement=moment.placement)
    facts = shelf_facts(shelf, moment, customer, needs=rules.needs, recommender=recommender, thresholds=rules.thresholds)
    return judge_shelf(rules.shelf, shelf, facts, now=moment.now)


def item_of(shelf: Shelf, index: int, customer: Customer, *, words: Words, now: datetime) -> Item:
    """One candidate as it goes over the wire."""
    row, because = int(shelf.rows[index]), shelf.because[index]
    product = customer.catalog.product(row)
    text = words.reason(because, row, customer.catalog, now=now)
    return Item(
        product_id=product.id,
        group_id=product.group,
        score=round(float(shelf.worth[index]), 4),
        reason=Reason(code=because.code, text=text, source=because.source, evidence=because.evidence),
    )


def withheld_of(shelf: Shelf, objections: list[Objection], customer: Customer, *, own: Words) -> tuple[Withheld, ...]:
    """What was withheld, by which rule, with the facts it used; the likeliest first."""
    products, rows = customer.catalog.products, shelf.rows.tolist()
    texts = {code: own.withheld(code) for code in {objection.code for objection in objections}}
    return tuple(
        [
            Withheld(product_id=products[rows[objection.index]].id, code=objection.code, text=texts[objection.code], facts=objection.facts)
            for objection in objections
        ]
    )


def _contributions(shelf: Shelf, shown: Sequence[int], customer: Customer) -> dict[str, dict[str, float]] | None:
    """What each source says of what is shown, by product, the surest first; None where no ranker has put it in order."""
    if shelf.ranked is None:
        return None
    said = {}
    for index in shown:
        words = zip(shelf.ranked.sources, shelf.ranked.said[index].tolist(), strict=True)
        heard = sorted(((name, round(word, 4)) for name, word in words if not math.isnan(word)), key=lambda one: -one[1])
        said[customer.catalog.product(int(shelf.rows[index])).id] = dict(heard)
    return said


def silence(own: Words, code: str, *, until: datetime | None = None, **facts: object) -> Silence:
    """Silence with its sentence, in the shop's own words."""
    return Silence(code=code, text=own.silence(code), until=until, facts=facts)


def _log(store: Store, decision: Decision, request: DecideRequest) -> None:
    """Keep the decision, and note it in the customer's log. Nothing is lost for the customer if a crash loses the last ones, so the disk is not awaited."""
    with store.transaction(durable=False, about=[decision.customer_id] if decision.customer_id else []):
        store.decisions.save(decision.customer_id, decision)
        if decision.customer_id is not None:
            event = DecisionMade(
                message_id=decision.decision_id,
                at=decision.at,
                user_id=request.user_id,
                anonymous_id=None if request.user_id else request.anonymous_id,
                placement=decision.placement,
                product_ids=tuple(item.product_id for item in decision.items),
                silence=decision.silence.code if decision.silence else None,
            )
            store.events.append(decision.customer_id, [event])
