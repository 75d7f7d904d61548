"""What customers of a music shop bought in the following nine months, from their first nine: the CDNOW sample of 2,357 customers.

The data come with the package `lifetimes` (extra `[datasets]` does not bring it; install it beside, or give a directory with CDNOW_sample.txt by --data).
Fitted on 39 weeks, judged on the 39 weeks after.
"""

import importlib.util
import time
from datetime import date
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.stats import rankdata

from tactful.bench import Setting
from tactful.learning.lifetime import BetaGeometric, ParetoNegativeBinomial, Summary, fit_beta_geometric, fit_gamma_gamma, fit_pareto
from tactful.model.errors import InvalidInput

FILE = "CDNOW_sample.txt"
FITTED_TO = date(1997, 9, 30)
WEEKS = 39
LOG_LIKELIHOODS = {"BG/NBD": -9582.4, "Pareto/NBD": -9595.0}
MOST_OFF = 0.05
MOST_ERROR, LEAST_AUC = 0.755, 0.779
Floats = NDArray[np.float64]


class Sample(Struct, frozen=True):
    """The first 39 weeks of each customer, and what they did in the 39 after."""

    seen: Summary
    mean_value: Floats
    later: Floats


def run(console: Console, setting: Setting) -> int:
    """Fit both models, and judge them beside what one knows without any; 0 where all promises are kept."""
    started = time.perf_counter()
    sample = read_sample(find_file(setting.data))
    models: dict[str, BetaGeometric | ParetoNegativeBinomial] = {"BG/NBD": fit_beta_geometric(sample.seen), "Pareto/NBD": fit_pareto(sample.seen)}
    table = Table("model", "log-likelihood", "MAE", "AUC", "total", title="39 weeks ahead")
    kept = True
    errors, ranks = {}, {}
    for name, model in models.items():
        likelihood, expected = model.log_likelihood(sample.seen), model.expected(sample.seen, WEEKS)
        errors[name], ranks[name] = float(np.abs(expected - sample.later).mean()), auc(expected, sample.later > 0)
        kept &= abs(likelihood - LOG_LIKELIHOODS[name]) <= MOST_OFF
        table.add_row(name, f"{likelihood:.1f}", f"{errors[name]:.4f}", f"{ranks[name]:.4f}", f"{expected.sum():.0f}")
    hiatus = sample.seen.last - sample.seen.age
    table.add_row("time since the last", "", "", f"{auc(hiatus, sample.later > 0):.4f}", "")
    table.add_row("nothing more", "", f"{sample.later.mean():.4f}", "", "0")
    console.print(table)
    for name, model in models.items():
        console.print(f"{name}: {model}")
    console.print(f"bought: {sample.later.sum():.0f}")
    again = (sample.seen.repeats > 0) & (sample.mean_value > 0)
    console.print(str(fit_gamma_gamma(sample.seen.repeats[again], sample.mean_value[again])) + f" from {again.sum()} customers")
    kept &= round(min(errors.values()), 3) <= MOST_ERROR and round(max(ranks.values()), 3) >= LEAST_AUC
    console.print(
        f"{'reached' if kept else 'falls short'}: log-likelihoods {LOG_LIKELIHOODS}, MAE {MOST_ERROR}, AUC {LEAST_AUC}; {time.perf_counter() - started:.0f} s"
    )
    return 0 if kept else 1


def find_file(data: Path) -> Path:
    """Find the sample in a directory, else in the installed package. Raises InvalidInput."""
    package = importlib.util.find_spec("lifetimes")
    places = [data / FILE, *([Path(package.origin).parent / "datasets" / FILE] if package and package.origin else [])]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise InvalidInput(f"there is no {FILE}: install the package lifetimes, or give its directory by --data")
    return found


def read_sample(file: Path) -> Sample:
    """Read the purchases: one row each, with the customer, the day, the pieces and the dollars. Purchases of one day are one."""
    bought: dict[str, dict[int, float]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        _, customer, stamp, _, dollars = line.split()
        day = date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:])).toordinal()
        days = bought.setdefault(customer, {})
        days[day] = days.get(day, 0.0) + float(dollars)
    end, rows = FITTED_TO.toordinal(), []
    for days in bought.values():
        fitted = sorted(day for day in days if day <= end)
        values = [days[day] for day in fitted[1:]]
        rows.append(
            ((len(fitted) - 1), (fitted[-1] - fitted[0]) / 7, (end - fitted[0]) / 7, float(np.mean(values)) if values else 0.0, len(days) - len(fitted))
        )
    repeats, last, age, mean, later = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    return Sample(Summary(repeats, last, age), mean, later)


def auc(score: Floats, positive: NDArray[np.bool_]) -> float:
    """Probability that one who bought scores above one who did not."""
    ranks, count = rankdata(score), int(positive.sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(score) - count)))
