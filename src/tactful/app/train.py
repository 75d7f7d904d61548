"""Use case: learn every model from the log, calibrate the sources on a week the models have not seen, and keep the artefacts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np

from tactful.app.house import CALIBRATION, CUSTOMER_BASE, RHYTHMS, House
from tactful.app.place import Whereabouts, whereabouts
from tactful.app.ports import ModelRecord, Store
from tactful.app.profiles import load_profile
from tactful.app.read import see_customer, visits_of
from tactful.learning import AnswerBuilder, Examples, LookTableBuilder, PurchaseTableBuilder, RhythmBuilder, data_hash, dump_base, dump_rhythms, fit_base
from tactful.model.catalog import CatalogTable
from tactful.model.errors import NotReady
from tactful.model.moment import Moment
from tactful.model.profile import Profile
from tactful.model.tables import DAY_SECONDS, LookTable, PurchaseTable
from tactful.profile import history_columns
from tactful.recommend import Recommender, Source, fit_curve

Facts = dict[str, str | int | float]
CALIBRATION_WEEK = timedelta(days=7)
CALIBRATION_CUSTOMERS = 400
SEED = 8321
EXAMPLES_ASKED_FOR = 20
"""Of each sampled customer: the curves are fitted far beyond what a shelf shows."""


def train(store: Store, house: House, *, now: datetime, progress: Callable[[int], None]) -> dict[str, Facts]:
    """Learn from everything up to ``now``; facts by model name. Raises NotReady where there is nothing to learn from."""
    catalog, _ = house.now()
    customers = store.events.customers()
    if not customers or not catalog.products:
        raise NotReady("there is nothing to learn from: import products and events first")
    rhythms, answers = RhythmBuilder(), AnswerBuilder()

    def seen(profile: Profile, where: Whereabouts) -> None:
        rhythms.add(visits_of(profile), where.home.timezone if where.home else where.timezone)
        answers.add(profile)
        progress(1)

    purchases, looks = _tables(store, catalog, customers, now=now, seen=seen)
    recommender = Recommender()
    learned_curves = _calibrate(store, recommender, purchases, looks, progress=progress)
    facts: dict[str, Facts] = {}
    for name, component in recommender.components.items():
        facts[name] = component.train(purchases) | component.watch(looks, purchases)
        progress(1)
    facts[CALIBRATION] = learned_curves
    base, of_base = fit_base(purchases)
    how_they_answer, of_answers = answers.fit()
    base, facts[CUSTOMER_BASE] = msgspec.structs.replace(base, answers=how_they_answer), of_base | of_answers
    came, facts[RHYTHMS] = rhythms.fit()
    of_customers = {CUSTOMER_BASE: dump_base(base), RHYTHMS: dump_rhythms(came)}
    house.use(recommender, version=_save(store, recommender, of_customers, facts, purchases=purchases, now=now))
    house.base, house.rhythms = base, came
    return facts


def _tables(
    store: Store, catalog: CatalogTable, customers: list[str], *, now: datetime, seen: Callable[[Profile, Whereabouts], None]
) -> tuple[PurchaseTable, LookTable]:
    builder, looks = PurchaseTableBuilder(catalog), LookTableBuilder(catalog)
    for customer_id in customers:
        profile = load_profile(store, customer_id, now=now)
        where = whereabouts(profile, catalog.stores, now=now)
        builder.add(customer_id, history_columns(profile, catalog), country=where.country or "")
        looks.add(profile)
        seen(profile, where)
    purchases = builder.build(until_day=now.timestamp() / DAY_SECONDS)
    return purchases, looks.build(until_day=purchases.until_day)


def _end_of_window(purchases: PurchaseTable) -> datetime:
    """The end of the window as a time."""
    return datetime.fromtimestamp(purchases.until_day * DAY_SECONDS, UTC)


def _calibrate(store: Store, recommender: Recommender, purchases: PurchaseTable, looks: LookTable, *, progress: Callable[[int], None]) -> Facts:
    """Train on all but the last week, and fit each source's curve to what was bought in it."""
    end = _end_of_window(purchases)
    then = end - CALIBRATION_WEEK
    before = purchases.before(then.timestamp() / DAY_SECONDS)
    if not len(before.day):
        return {}
    recommender.learn_wants(before, looks.before(before.until_day))
    sources = [component for component in recommender.components.values() if isinstance(component, Source) and not component.calibrates_itself]
    for source in sources:
        source.train(before)
        source.bind(purchases.catalog)
    examples = Examples(purchases.catalog, at_seconds=then.timestamp(), horizon_seconds=CALIBRATION_WEEK.total_seconds())
    count = min(CALIBRATION_CUSTOMERS, len(purchases.customers))
    for i in np.random.default_rng(SEED).choice(len(purchases.customers), count, replace=False).tolist():
        _add_examples(store, purchases.customers[i], examples, recommender=recommender, sources=sources, then=then, end=end)
        progress(1)
    facts: Facts = {"customers": count}
    for name in examples.sources:
        score, wanted = examples.columns(name)
        curve = fit_curve(score, wanted)
        facts[f"{name}_examples"] = len(score)
        facts[f"{name}_wanted"] = round(float(wanted.mean()), 5)
        if curve is not None:
            recommender.calibration.curves[name] = curve
    return facts


def _add_examples(
    store: Store, customer_id: str, examples: Examples, *, recommender: Recommender, sources: list[Source], then: datetime, end: datetime
) -> None:
    catalog = examples.catalog
    customer = see_customer(load_profile(store, customer_id, now=then), catalog, now=then, wants=recommender.wants)
    later = history_columns(load_profile(store, customer_id, now=end), catalog)
    moment = Moment(now=then, limit=EXAMPLES_ASKED_FOR, country=whereabouts(customer.profile, catalog.stores, now=then).country)
    for source in sources:
        candidates = source(moment, customer)
        if len(candidates) and source.shows:
            examples.add(source.name, candidates, later)


def _save(store: Store, recommender: Recommender, of_customers: dict[str, bytes], facts: dict[str, Facts], *, purchases: PurchaseTable, now: datetime) -> int:
    """Keep the artefacts; the version that they made."""
    fingerprint = data_hash(purchases)
    window: Facts = {
        "until": _end_of_window(purchases).isoformat(timespec="seconds"),
        "customers": len(purchases.customers),
        "order_lines": len(purchases.row),
        "data": fingerprint,
    }
    blobs = {name: component.dump() for name, component in recommender.components.items()}
    blobs |= {CALIBRATION: recommender.calibration.dump()} | of_customers
    forms: dict[str, Facts] = {name: {"form": component.form} for name, component in recommender.components.items()}
    records = [
        ModelRecord(name=name, version=f"{now:%Y%m%dT%H%M%S}-{fingerprint[:8]}", trained_at=now, blob=blob, facts=window | forms.get(name, {}) | facts[name])
        for name, blob in blobs.items()
    ]
    with store.transaction(about=["models"]):
        store.models.save(records)
        return store.models.version()
