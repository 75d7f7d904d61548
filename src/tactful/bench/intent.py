"""How well a need's probability tells who comes back, and how much of what is shown rests on one look: on real sessions and on a real grocer's year.

The session sets have no visitor with two sessions, no dates within a session and no purchases. There a click plays a day: each session is cut in its middle,
and the question is whether an item is met again within the next 14 clicks. The Complete Journey has dates and purchases but no looks: a day on which a type
was bought plays an occasion, and the question is whether it is bought within 14 days; since nobody looks at thirty types a week for a year, and a profile
keeps the latest looks only, a household is asked about a portion of its types at a time. Scores are calibrated by the isotonic curve that the product uses,
fitted on other customers than those tested; the half-life of the decay is chosen on those too. Retail Rocket and Diginetica lie in ``sessions-retailrocket``
and ``sessions-diginetica`` of the data directory.
"""

import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.app.engine import DecideRequest, Engine
from tactful.bench import Setting
from tactful.bench._score import Ordered, calibration_error, log_losses
from tactful.catalog import build_table
from tactful.demo import complete_journey as grocer
from tactful.intent import needs_of
from tactful.model.catalog import CatalogTable
from tactful.model.errors import NotReady
from tactful.model.events import ProductViewed
from tactful.model.products import Product
from tactful.model.tables import LookTable, PurchaseTable
from tactful.model.wants import PRIOR, WantModel
from tactful.profile import fold_all, history_columns, new_profile
from tactful.profile._wants import LOOKS_IN_ALL
from tactful.recommend._calibration import fit_curve
from tactful.recommend.wants import Wants, WantsConfig
from tactful.store.memory import MemoryStore

SEED = 8321
HORIZON = 14
ORIGIN = datetime(2020, 1, 1, 12, tzinfo=UTC)
HALF_LIVES = (1.0, 2.0, 4.0, 7.0, 14.0, 28.0, 56.0, 112.0)
MANY = 10_000
AGES = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 28), (29, MANY))
OCCASIONS = ((1, 1), (2, 2), (3, 3), (4, MANY))
LEAST_PAIRS = 30
OURS = "need, learned gaps"
"""What is used."""
SESSIONS = {"RetailRocket": "sessions-retailrocket", "Diginetica": "sessions-diginetica"}
LEARN_ON, ASK_ON = 220, 300
"""Days of the grocer's year."""
QUICK_SHARE = 20

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Trail(NamedTuple):
    """What one customer did: (day, thing), and the day on which we ask what they will come back to."""

    signs: list[tuple[int, str]]
    ask: int


class Examples(NamedTuple):
    """One row a (customer, thing) that was met before the question."""

    scores: dict[str, Floats]
    occasions: Floats
    age: Floats
    label: Bools


def run(console: Console, setting: Setting) -> int:
    """Print how well the need tells who comes back, beside recency, counts and the best plain decay; 0 where it tells more than recency alone everywhere."""
    share = QUICK_SHARE if setting.quick else 1
    ahead = []
    if setting.public is None:
        console.print(f"{' and '.join(SESSIONS)} are left out: name the directory that holds them with --data-dir")
    for name, folder in _folders(setting).items():
        train, test = sessions_of(folder)
        groups = halfway(train, most=8_000 // share), halfway(test, most=8_000 // share)
        ahead.append(report(console, f"{name}, comes back to an item within the next {HORIZON} clicks", groups))
        waste(console, name, test, customers=500 // share)
    title = f"Complete Journey, buys a type of product again within {HORIZON} days"
    ahead.append(report(console, title, learners_and_asked(households(), most=400 // share)))
    return 0 if all(ahead) else 1


def _folders(setting: Setting) -> dict[str, Path]:
    public = setting.public
    return {} if public is None else {name: public / folder for name, folder in SESSIONS.items()}


def view(day: float, thing: str, who: str, *, number: int) -> ProductViewed:
    """A look on a day."""
    return ProductViewed(message_id=f"{who}-{number}", at=ORIGIN + timedelta(days=day), user_id=who, product_id=thing)


def learned(trails: list[Trail], catalog: CatalogTable, *, weights: bool) -> WantModel:
    """The product's own component, trained on what these customers did before the question."""
    rows = [(i, catalog.row_of[thing], day) for i, trail in enumerate(trails) for day, thing in trail.signs if day < trail.ask]
    rows.sort(key=lambda row: (row[0], row[2]))
    customer, row, day = np.array(rows, np.float64).T
    until = float(max(trail.ask for trail in trails))
    looks = LookTable(customer=customer.astype(np.int32), row=row.astype(np.int32), day=day, kind=np.zeros(len(row), np.int8), until_day=until)
    nothing = np.empty(0, np.int32)
    purchases = PurchaseTable(customer=nothing, row=nothing, day=np.empty(0), order=nothing, customers=(), country=(), until_day=until, catalog=catalog)
    component = Wants(WantsConfig(learn_weights=weights))
    component.watch(looks, purchases)
    component.bind(catalog)
    return component.model


def examples(trails: list[Trail], catalog: CatalogTable, models: dict[str, WantModel]) -> Examples:
    """What was met before the question, how likely each predictor takes it to be met again, and whether it was."""
    rows: list[tuple[float, ...]] = []
    for number, trail in enumerate(trails):
        before = [(day, thing) for day, thing in trail.signs if day < trail.ask]
        later = {thing for day, thing in trail.signs if trail.ask <= day < trail.ask + HORIZON}
        profile = fold_all(new_profile(f"u:{number}"), (view(day, thing, str(number), number=i) for i, (day, thing) in enumerate(before)))
        history, now = history_columns(profile, catalog), ORIGIN + timedelta(days=trail.ask)
        needs = [needs_of(profile, history, catalog, now=now, wants=model) for model in models.values()]
        days: dict[str, list[int]] = {}
        for day, thing in before:
            days.setdefault(thing, []).append(trail.ask - day)
        for thing, ages in days.items():
            code = int(catalog.type_of[catalog.row_of[thing]])
            distinct = set(ages)
            decays = [sum(0.5 ** (age / half) for age in distinct) for half in HALF_LIVES]
            now_wanted = [found[code].probability if code in found else 0.0 for found in needs]  # a profile keeps the latest looks only
            rows.append((*now_wanted, *decays, float(len(distinct)), float(min(ages)), float(thing in later)))
    columns = np.array(rows, np.float64).T
    names = [*models, *(f"decay {half:g}" for half in HALF_LIVES)]
    scores = dict(zip(names, columns, strict=False)) | {"recency": -columns[-2], "occasions": columns[-3]}
    return Examples(scores, columns[-3], columns[-2], columns[-1].astype(np.bool_))


def calibrated(train: Examples, test: Examples, name: str) -> Floats:
    """Probabilities on the test customers by the isotonic curve that the product fits, fitted on the training customers."""
    curve = fit_curve(train.scores[name], train.label)
    if curve is None:
        raise NotReady("too few examples to calibrate; run it without --quick")
    return np.clip(curve(test.scores[name]), 1e-4, 1 - 1e-4)


def report(console: Console, title: str, groups: tuple[list[Trail], list[Trail]]) -> bool:
    """Print how well each predictor does for the second group, calibrated on the first; whether the need tells more than recency alone."""
    began = time.perf_counter()
    trains, tests = groups
    catalog = catalog_of({thing for trail in trains + tests for _, thing in trail.signs})
    models = {"need, stated": PRIOR, OURS: learned(trains, catalog, weights=False), "need, learned gaps and weights": learned(trains, catalog, weights=True)}
    train, test = examples(trains, catalog, models), examples(tests, catalog, models)
    best = max((name for name in train.scores if name.startswith("decay")), key=lambda name: Ordered(train.scores[name], train.label).auc())
    table = Table("predictor", "AUC", "log-loss", "calibration error", title=f"{title}: {len(test.label):,} pairs of {len(tests):,} customers")
    merit = {}
    for name in ("recency", "occasions", best, *models):
        p = calibrated(train, test, name)
        merit[name] = Ordered(test.scores[name], test.label).auc()
        error = calibration_error(p, test.label)
        told = f"{name} (half-life chosen on the learners)" if name == best else name
        table.add_row(told, f"{merit[name]:.4f}", f"{log_losses(p, test.label).mean():.4f}", f"{error:.4f}")
    console.print(table)
    console.print(_reliability(calibrated(train, test, OURS), test.label))
    console.print(_by_occasions(test))
    console.print(f"{len(trains):,} customers learned from, {test.label.mean():.2%} met again, {time.perf_counter() - began:.0f} s")
    return merit[OURS] > merit["recency"]


def _reliability(p: Floats, label: Bools) -> Table:
    table = Table("tenth by predicted probability", "pairs", "predicted", "met again")
    for number, part in enumerate((part for part in np.array_split(np.argsort(p, kind="stable"), 10) if len(part)), 1):
        table.add_row(str(number), f"{len(part):,}", f"{p[part].mean():.3f}", f"{label[part].mean():.3f}")
    return table


def _by_occasions(test: Examples) -> Table:
    table = Table("occasions", *(f"age {low} to {high}" if high < MANY else f"age {low}+" for low, high in AGES))
    for least, most in OCCASIONS:
        cells = []
        for low, high in AGES:
            inside = (test.occasions >= least) & (test.occasions <= most) & (test.age >= low) & (test.age <= high)
            cells.append(f"{test.label[inside].mean():.3f} ({int(inside.sum()):,})" if inside.sum() >= LEAST_PAIRS else "·")
        table.add_row(f"{least}+" if most > least else str(least), *cells)
    return table


def sessions_of(folder: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Sessions to learn from, and others to test on: each test session once, as its longest prefix with its target."""
    try:
        train, prefixes = (json.loads(gzip.decompress((folder / name).read_bytes())) for name in ("train_sessions.json.gz", "test_prefixes.json.gz"))
    except FileNotFoundError as missing:
        raise NotReady(f"no {Path(missing.filename).name} in {folder}; name the directory that holds {folder.name} with --data-dir") from missing
    whole = [[*prefix, target] for prefix, target in zip(prefixes["prefix"], prefixes["target"], strict=True)]
    test = [items for i, items in enumerate(whole) if i == 0 or items != whole[i - 1][: len(items)]]
    return [[str(item) for item in items] for items in train], [[str(item) for item in items] for items in test]


def halfway(sessions: list[list[str]], *, most: int) -> list[Trail]:
    """A click plays a day: sessions of at least four, asked in their middle."""
    long = [items for items in sessions if len(items) >= 4]
    chosen = np.random.default_rng(SEED).permutation(len(long))[:most].tolist()
    return [Trail(list(enumerate(long[i])), len(long[i]) // 2) for i in chosen]


def catalog_of(things: set[str]) -> CatalogTable:
    """Each thing is a product and a type of its own."""
    return build_table(products_of(things), (), version=1)


def products_of(things: set[str]) -> list[Product]:
    """Nothing is known of what they are, so they are said not to be private: what cannot be read would be withheld as if it was."""
    return [Product(id=thing, title=f"Thing {thing}", product_type=thing, sensitivity="none") for thing in sorted(things)]


def waste(console: Console, name: str, sessions: list[list[str]], *, customers: int) -> None:
    """Play sessions against the engine: what it shows a minute later, in the same visit, and the next day."""
    chosen = [sessions[i] for i in np.random.default_rng(SEED).permutation(len(sessions))[:customers].tolist()]
    numbers = count()
    engine = Engine(MemoryStore(), new_id=lambda: f"d{next(numbers)}")
    engine.put_products(products_of({thing for items in chosen for thing in items}))
    shown = {"same visit": [0, 0], "next day": [0, 0]}
    for number, items in enumerate(chosen):
        engine.record([view(i / 2880, thing, f"c{number}", number=i) for i, thing in enumerate(items)], now=ORIGIN + timedelta(days=1))
        end = ORIGIN + timedelta(days=(len(items) - 1) / 2880)
        for moment, now in (("same visit", end + timedelta(minutes=1)), ("next day", end + timedelta(days=1))):
            decision = engine.decide(DecideRequest(user_id=f"c{number}", placement="home"), now=now)
            known = {need["type"]: need["occasions"] for need in engine.customer(f"c{number}", now=now)["needs"]}
            shown[moment][0] += len(decision.items)
            shown[moment][1] += sum(known.get(item.product_id) == 1 for item in decision.items)
    table = Table("asked", "shown", "on one occasion of evidence", title=f"{name}: {len(chosen)} sessions played against the engine")
    for moment, (total, once) in shown.items():
        table.add_row(moment, f"{total:,}", f"{once:,} ({once / max(total, 1):.1%})")
    console.print(table)


def households() -> list[list[tuple[int, str]]]:
    """Days with a purchase of a product type, by household, days counted from the first."""
    tables = grocer.read_tables(grocer.find_data())
    kinds = {product.id: product.product_type or product.id for product in grocer.products(tables)}
    trails: dict[str, set[tuple[int, str]]] = {}
    for order in grocer.orders(tables.transactions):
        day = int(order.at.timestamp() // 86_400)
        trails.setdefault(str(order.user_id), set()).update((day, kinds[line.product_id]) for line in order.lines if line.product_id in kinds)
    first = min(day for signs in trails.values() for day, _ in signs)
    return [sorted((day - first, kind) for day, kind in trails[user]) for user in sorted(trails)]


def learners_and_asked(found: list[list[tuple[int, str]]], *, most: int) -> tuple[list[Trail], list[Trail]]:
    """Half of the households are asked on a later day than the other half learned from."""
    order = np.random.default_rng(SEED).permutation(len(found)).tolist()
    learners = [Trail(signs, LEARN_ON) for i in order[:most] for signs in portions([sign for sign in found[i] if sign[0] < LEARN_ON + HORIZON])]
    return learners, [Trail(signs, ASK_ON) for i in order[most : 2 * most] for signs in portions(found[i])]


def portions(signs: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Split what a household did by type, into portions that a profile keeps whole."""
    by_type: dict[str, list[tuple[int, str]]] = {}
    for sign in signs:
        by_type.setdefault(sign[1], []).append(sign)
    portion: list[tuple[int, str]] = []
    for of_type in by_type.values():
        if portion and len(portion) + len(of_type) > LOOKS_IN_ALL:
            yield sorted(portion)
            portion = []
        portion += of_type
    yield sorted(portion)
