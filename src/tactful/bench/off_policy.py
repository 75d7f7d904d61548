"""Off-policy estimates on the Open Bandit sample: a random policy's log asked what the other policy of the same week earned.

Protocol of the published run on these files: campaign `all`, the random policy's log resampled thirty times, seed 12345, the truth is the other policy's own
click rate; reported is the mean relative error. The other policy's probabilities are not published with the sample, so they are read off its own log: how
often it put each item at each position. Clicks are few, about forty a file, so this tests the order of the estimators, not the value of a policy.
"""

import csv
import gzip
import io
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.learning.off_policy import ESTIMATORS, Logged
from tactful.model.errors import NotReady
from tactful.recommend._logistic import fit_logistic

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES, SEED = 30, 12345
PUBLISHED = {"DM": 0.157, "DRos": 0.160, "Switch-DR": 0.258, "DR": 0.292, "IPS": 0.311, "SNIPS": 0.312}
WITHIN = 0.335
"""The largest published spread over resamples: what comes out must lie this near to what was published."""
FOLDS = 2


class Log(Struct, frozen=True, kw_only=True):
    """One policy's week, an item at a position a row."""

    item: Ints
    position: Ints
    click: Floats
    propensity: Floats
    about: Floats
    """What is known of visitor and item, float64 [n, f]."""


def run(console: Console, setting: Setting) -> int:
    """Compare the estimators with the truth and with what was published; 0 where each of ours is as far off as published, within its spread.

    Raises NotReady without the data.
    """
    if setting.public is None:
        raise NotReady("the sample comes with no package: name the directory that holds open-bandit with --data-dir")
    folder = setting.public / "open-bandit"
    random_log, other = read_log(folder / "random" / "all" / "all.csv.gz"), read_log(folder / "bts" / "all" / "all.csv.gz")
    found = errors(random_log, other)
    table = Table("estimator", "relative error", "its spread", "published", title=f"Open Bandit, random to the other, {RESAMPLES} resamples")
    for name, wrong in found.items():
        table.add_row(name, f"{wrong.mean():.3f}", f"{wrong.std():.3f}", f"{PUBLISHED[name]:.3f}")
    console.print(table)
    return 0 if all(abs(float(wrong.mean()) - PUBLISHED[name]) <= WITHIN for name, wrong in found.items()) else 1


def errors(random_log: Log, other: Log) -> dict[str, Floats]:
    """Relative errors by estimator, one a resample."""
    truth = float(other.click.mean())
    policy = shares(other)
    generator = np.random.default_rng(SEED)
    found: dict[str, list[float]] = {name: [] for name in ESTIMATORS}
    for _ in range(RESAMPLES):
        rows = generator.integers(len(random_log.click), size=len(random_log.click))
        log = logged(random_log, rows, policy)
        for name, estimate in ESTIMATORS.items():
            found[name].append(abs(estimate(log).value - truth) / truth)
    return {name: np.array(wrong) for name, wrong in found.items()}


def shares(log: Log) -> Floats:
    """How often each item stood at each position, [positions, items]; items that never did keep a little."""
    counts = np.full((int(log.position.max()) + 1, int(log.item.max()) + 1), 0.1)
    np.add.at(counts, (log.position, log.item), 1.0)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def logged(log: Log, rows: Ints, policy: Floats) -> Logged:
    """A resample with weights and a reward model fitted on the other half of it."""
    item, position, click = log.item[rows], log.position[rows], log.click[rows]
    predicted, expected = np.zeros(len(rows)), np.zeros(len(rows))
    folds = np.arange(len(rows)) % FOLDS
    items = policy.shape[1]
    for fold in range(FOLDS):
        learn, judge = folds != fold, folds == fold
        if not click[learn].any():
            continue
        model = fit_logistic(_features(log.about[rows][learn], item[learn], position[learn], items=items), click[learn] > 0)
        about, here = log.about[rows][judge], position[judge]
        predicted[judge] = model.probability(_features(about, item[judge], here, items=items))
        by_item = [model.probability(_features(about, np.full(len(here), one), here, items=items)) for one in range(items)]
        expected[judge] = (np.stack(by_item, axis=1) * policy[here]).sum(axis=1)
    return Logged(reward=click, weight=policy[position, item] / log.propensity[rows], predicted=predicted, expected=expected)


def _features(about: Floats, item: Ints, position: Ints, *, items: int) -> Floats:
    """Visitor, position and item, the item as itself."""
    return np.column_stack([about, np.eye(3)[position][:, 1:], np.eye(items)[item]])


def read_log(file: Path) -> Log:
    """Read one policy's file of the sample. Raises NotReady where it is not there."""
    if not file.exists():
        raise NotReady(f"{file} is not there: name the directory that holds open-bandit with --data-dir")
    with gzip.open(file) as raw:
        rows = list(csv.DictReader(io.TextIOWrapper(raw, "utf-8")))
    return Log(
        item=np.array([int(row["item_id"]) for row in rows]),
        position=np.array([int(row["position"]) - 1 for row in rows]),
        click=np.array([float(row["click"]) for row in rows]),
        propensity=np.array([float(row["propensity_score"]) for row in rows]),
        about=_visitors(rows),
    )


def _visitors(rows: list[dict[str, str]]) -> Floats:
    """Whether a visitor has the commonest value of each hashed feature, and the affinity to the item shown."""
    columns = []
    for name in ("user_feature_0", "user_feature_1", "user_feature_2", "user_feature_3"):
        values, counts = np.unique([row[name] for row in rows], return_counts=True)
        common = values[np.argmax(counts)]
        columns.append([float(row[name] == common) for row in rows])
    columns.append([float(row[f"user-item_affinity_{row['item_id']}"]) for row in rows])
    return np.array(columns).T
