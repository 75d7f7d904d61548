"""Use case: learn every model from the log, calibrate the sources and rank what they propose on a week the models have not seen, and keep the artefacts.

What is finished is kept on the workbench, so that a training that was interrupted goes on after it; put to use are all of them together, at the end.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial

import msgspec
import numpy as np
from msgspec import Struct

from tactful import __version__
from tactful.app.house import CALIBRATION, CUSTOMER_BASE, RHYTHMS, House
from tactful.app.lines import lay_out
from tactful.app.place import whereabouts
from tactful.app.ports import ModelRecord, Store, Training, Workbench
from tactful.app.profiles import load_profile
from tactful.app.read import see_customer
from tactful.learning import (
    data_hash,
    dump_base,
    dump_rhythms,
    fit_base,
    learn_answers,
    learn_rhythms,
    load_base,
    load_rhythms,
    look_table,
    purchase_table,
)
from tactful.model.catalog import CatalogTable
from tactful.model.errors import NotReady
from tactful.model.moment import Moment
from tactful.model.tables import DAY_SECONDS, LookTable, PurchaseTable
from tactful.recommend import Component, Proposed, Recommender, Source

Facts = dict[str, str | int | float]
Progress = Callable[[int], None]
CALIBRATION_WEEK = timedelta(days=7)
CALIBRATION_CUSTOMERS = 1_000
SEED = 8321
RESUMED_WITHIN = timedelta(days=1)
"""How long a training that was interrupted may be gone on with by who names no time, as of when it began."""
EXAMPLES_ASKED_FOR = 30
"""Of each sampled customer: curves and ranker are fitted far beyond what a shelf shows."""


class Artefact(Struct, frozen=True):
    """Something learned: the bytes to keep, and figures for people to read."""

    blob: bytes
    facts: Facts


def train(store: Store, house: House, workbench: Workbench, *, now: datetime, resume_within: timedelta = timedelta(0), progress: Progress) -> dict[str, Facts]:
    """Learn from everything up to ``now``, or go on with what was begun so long before; facts by model name. Raises NotReady where it cannot be."""
    catalog, _ = house.now()
    with workbench.begin(partial(_state, store, catalog), now=now, resume_within=resume_within) as work:
        customers = list(store.events.customers(until=work.now))
        if not customers or not catalog.products:
            work.forget()
            raise NotReady("there is nothing to learn from: import products and events first")
        lay_out(store, catalog, customers, work=work, progress=progress)
        purchases = purchase_table(work.count, catalog, customers, until_day=work.now.timestamp() / DAY_SECONDS)
        looks = look_table(work.count, until_day=purchases.until_day)
        recommender = Recommender()
        learned = _learn(store, recommender, purchases, looks, work=work, progress=progress)
        house.use(recommender, version=_save(store, recommender, learned, purchases=purchases, now=work.now))
        house.base, house.rhythms = load_base(learned[CUSTOMER_BASE].blob), load_rhythms(learned[RHYTHMS].blob)
        work.forget()
    return {name: artefact.facts for name, artefact in learned.items()}


def _state(store: Store, catalog: CatalogTable, until: datetime) -> str:
    """Fingerprint of the log up to a time, of the things that are learned of, and of who learns.

    What has come in since does not change it, nor do a price and what is in stock: else no shop that is open would ever go on with a training.
    """
    things = [(product.id, product.group, product.product_type) for product in catalog.products]
    return hashlib.sha256(msgspec.json.encode([__version__, things, store.events.customers(until=until)])).hexdigest()


def _learn(store: Store, recommender: Recommender, purchases: PurchaseTable, looks: LookTable, *, work: Training, progress: Progress) -> dict[str, Artefact]:
    """Everything that is learned, by name; what an interrupted training has finished is taken as it is."""

    def once(name: str, learn: Callable[[], Artefact]) -> Artefact:
        if (kept := work.finished(name)) is not None:
            return msgspec.msgpack.decode(kept, type=Artefact)
        artefact = learn()
        work.finish(name, msgspec.msgpack.encode(artefact))
        return artefact

    base = once(CUSTOMER_BASE, lambda: _customer_base(work, purchases))
    rhythms = once(RHYTHMS, lambda: _rhythms(work))  # the last that is counted of the lines: from here on nobody's erasure breaks the training off
    asked = cache(lambda: _asked_a_week_ago(store, purchases, looks, progress=progress))
    curves = once(CALIBRATION, lambda: _calibrate(asked()))
    recommender.calibration.load(curves.blob)
    learned: dict[str, Artefact] = {}
    for name, component in recommender.components.items():
        artefact = learned[name] = once(name, lambda component=component: _train(component, purchases, looks, lambda: recommender.on_scale(asked())))  # type: ignore[misc]
        component.load(artefact.blob)
        progress(1)
    return learned | {CALIBRATION: curves, CUSTOMER_BASE: base, RHYTHMS: rhythms}


def _train(component: Component, purchases: PurchaseTable, looks: LookTable, proposed: Callable[[], Proposed]) -> Artefact:
    facts = component.train(purchases) | component.watch(looks, purchases) | component.weigh(proposed)
    return Artefact(component.dump(), facts)


def _customer_base(work: Training, purchases: PurchaseTable) -> Artefact:
    base, facts = fit_base(purchases)
    how_they_answer, of_answers = learn_answers(work.count)
    return Artefact(dump_base(msgspec.structs.replace(base, answers=how_they_answer)), facts | of_answers)


def _rhythms(work: Training) -> Artefact:
    came, facts = learn_rhythms(work.count)
    return Artefact(dump_rhythms(came), facts)


def _end_of_window(purchases: PurchaseTable) -> datetime:
    """The end of the window as a time."""
    return datetime.fromtimestamp(purchases.until_day * DAY_SECONDS, UTC)


def _calibrate(proposed: Proposed) -> Artefact:
    """Fit each source's curve to what was bought in the week after it was asked."""
    recommender = Recommender()
    facts = recommender.learn_curves(proposed)
    return Artefact(recommender.calibration.dump(), facts)


def _asked_a_week_ago(store: Store, purchases: PurchaseTable, looks: LookTable, *, progress: Progress) -> Proposed:
    """What sources that learned from all but the last week proposed to some customers at its beginning, and what these bought in it."""
    recommender = Recommender()
    end = _end_of_window(purchases)
    before = purchases.before((end - CALIBRATION_WEEK).timestamp() / DAY_SECONDS)
    recommender.learn_wants(before, looks.before(before.until_day))
    for component in recommender.components.values():
        if isinstance(component, Source) and component.shows:
            component.train(before)
            component.bind(purchases.catalog)
    then = end - CALIBRATION_WEEK
    start = np.searchsorted(purchases.customer, np.arange(len(purchases.customers) + 1)).tolist()
    some = np.random.default_rng(SEED).choice(len(purchases.customers), min(CALIBRATION_CUSTOMERS, len(purchases.customers)), replace=False)
    asked = []
    for i in some.tolist():
        customer = see_customer(load_profile(store, purchases.customers[i], now=then), purchases.catalog, now=then, wants=recommender.wants)
        row, day = purchases.row[start[i] : start[i + 1]], purchases.day[start[i] : start[i + 1]]
        moment = Moment(now=then, limit=EXAMPLES_ASKED_FOR, country=whereabouts(customer.profile, purchases.catalog.stores, now=then).country)
        asked.append(recommender.proposed(moment, customer, bought=purchases.catalog.group_of[row[day >= before.until_day]]))
        progress(1)
    return Proposed.together(asked)


def _save(store: Store, recommender: Recommender, learned: dict[str, Artefact], *, purchases: PurchaseTable, now: datetime) -> int:
    """Keep the artefacts, all together; the version that they made."""
    fingerprint = data_hash(purchases)
    window: Facts = {
        "until": _end_of_window(purchases).isoformat(timespec="seconds"),
        "customers": len(purchases.customers),
        "order_lines": len(purchases.row),
        "data": fingerprint,
    }
    forms: dict[str, Facts] = {name: {"form": component.form} for name, component in recommender.components.items()}
    version = f"{now:%Y%m%dT%H%M%S}-{fingerprint[:8]}"
    records = [
        ModelRecord(name=name, version=version, trained_at=now, blob=artefact.blob, facts=window | forms.get(name, {}) | artefact.facts)
        for name, artefact in learned.items()
    ]
    with store.transaction(about=["models"]):
        store.models.save(records)
        return store.models.version()
