"""Whom to write to: 64,000 customers of whom two thirds, drawn by lot, got one of two letters (Hillstrom's e-mail challenge, target: a visit).

Needs hillstrom/hillstrom.csv.gz in --data-dir. Every customer is judged by a model that has not seen them (five folds). Shares of the visits that the letter
caused are estimated from those who got it and those who got none, within the chosen; the interval is a bootstrap over customers.
"""

import csv
import gzip
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.model.errors import NotReady

FILE = "hillstrom/hillstrom.csv.gz"
LETTERS = ("Mens E-Mail", "Womens E-Mail")
FOLDS, SEED, RESAMPLED = 5, 8321, 200
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)
JUDGED_AT, MUST_KEEP = 0.7, 0.95
STEPS, ENOUGH = 25, 1e-6
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Trial(Struct, frozen=True):
    """One letter against none. Columns of equal length n."""

    features: Floats
    """float64 [n, k], standardised, the first all ones."""
    written: Flags
    visited: Floats


def run(console: Console, setting: Setting) -> int:
    """Compare the choices of whom to write to; 0 where one keeps 95 % of the visits caused with 70 % of each letter. Raises NotReady without the data."""
    rows = _rows(setting.public)
    rng, reached = np.random.default_rng(SEED), True
    for letter in LETTERS:
        trial = _trial(rows, letter)
        uplift, response = _judged(trial, rng)
        table = Table(
            "share written to", "by lot", "by response", "by uplift", "95 % interval", title=f"{letter}: share kept of {_caused(trial):.4f} visits a letter"
        )
        for share in SHARES:
            kept = [_kept(trial, score, share) for score in (rng.random(len(uplift)), response, uplift)]
            low, high = _interval(trial, uplift, share, rng)
            table.add_row(f"{share:.0%}", *(f"{each:.3f}" for each in kept), f"{low:.3f} to {high:.3f}")
            reached &= share != JUDGED_AT or kept[2] >= MUST_KEEP
        console.print(table)
    console.print(f"{'reached' if reached else 'falls short'}: {MUST_KEEP:.0%} of the visits caused with {JUDGED_AT:.0%} of each letter")
    return 0 if reached else 1


def _rows(public: Path | None) -> list[dict[str, str]]:
    if public is None or not (public / FILE).is_file():
        raise NotReady(f"{(public or Path()) / FILE} is not there: name the directory that holds hillstrom with --data-dir")
    with gzip.open(public / FILE, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _trial(rows: list[dict[str, str]], letter: str) -> Trial:
    part = [row for row in rows if row["segment"] in (letter, "No E-Mail")]

    def number(name: str) -> Floats:
        return np.array([float(row[name]) for row in part])

    def is_one(name: str, value: str) -> Floats:
        return np.array([float(row[name] == value) for row in part])

    recency, mens, womens = number("recency"), number("mens"), number("womens")
    columns = [recency, recency**2, np.log(number("history")), mens, womens, mens * womens, number("newbie")]
    columns += [is_one("zip_code", "Rural"), is_one("zip_code", "Urban"), is_one("channel", "Web"), is_one("channel", "Multichannel")]
    features = np.column_stack(columns)
    scaled = (features - features.mean(0)) / features.std(0)
    return Trial(np.column_stack([np.ones(len(part)), scaled]), is_one("segment", letter) > 0, number("visit"))


def _judged(trial: Trial, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """How much likelier the letter makes a visit, and how likely a visit is with it; each by a model fitted on the other folds."""
    count, width = trial.features.shape
    fold, with_letter, without = rng.integers(0, FOLDS, count), np.zeros(count), np.zeros(count)
    for each in range(FOLDS):
        seen, judged = fold != each, fold == each
        weights = _logistic(np.column_stack([trial.features, trial.features * trial.written[:, None]])[seen], trial.visited[seen])
        base = trial.features[judged] @ weights[:width]
        without[judged] = 1 / (1 + np.exp(-base))
        with_letter[judged] = 1 / (1 + np.exp(-base - trial.features[judged] @ weights[width:]))
    return with_letter - without, with_letter


def _logistic(features: Floats, visited: Floats) -> Floats:
    """Logistic regression by Newton steps, with a little shrinkage."""
    weights = np.zeros(features.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (visited - likely) - weights
        step = np.linalg.solve((features * (likely * (1 - likely))[:, None]).T @ features + np.eye(len(weights)), slope)
        weights = weights + step
        if np.abs(step).max() < ENOUGH:
            break
    return weights


def _caused(trial: Trial, chosen: Flags | None = None) -> float:
    """Visits that writing to the chosen causes, a customer."""
    among = np.ones(len(trial.visited), np.bool_) if chosen is None else chosen
    written, not_written = among & trial.written, among & ~trial.written
    return float((trial.visited[written].mean() - trial.visited[not_written].mean()) * among.mean())


def _kept(trial: Trial, score: Floats, share: float) -> float:
    return _caused(trial, score >= np.quantile(score, 1 - share)) / _caused(trial)


def _interval(trial: Trial, score: Floats, share: float, rng: np.random.Generator) -> tuple[float, float]:
    found = []
    for _ in range(RESAMPLED):
        drawn = rng.integers(0, len(score), len(score))
        found.append(_kept(Trial(trial.features[:0], trial.written[drawn], trial.visited[drawn]), score[drawn], share))
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))
