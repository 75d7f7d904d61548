"""One ranker over the sources that speak from purchases: what they say of a thing together, the customer and the time make one probability.

A linear model of the sources' log odds and of a few figures, put on the scale by an isotonic curve. No source's word may count against a thing. It is learned
from what was bought in one week, and taken only where it tells what customers bought better than the likeliest source's word does, on customers that it has not
learned from. It is not shipped: learned in a shop of durable things, where most of what is bought are best sellers, it puts them before what goes with a new
camera, even where it only orders and silences nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Candidates
from tactful.model.customer import Customer
from tactful.model.tables import DAY_SECONDS
from tactful.recommend._calibration import Curve, fit_curve
from tactful.recommend._logistic import Logistic, fit_logistic

Facts = dict[str, str | int | float]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
VOICES = ("due_again", "completes", "like_you", "popular_here")
"""The sources that are heard together; the first counts before the others where there is no ranker."""
LEAST_WANTED = 500
"""Purchases among what was proposed, with fewer of which there is too little to learn from."""
FAR_AWAY = 999.0
LATELY_DAYS = 28
LEAST = 1e-5
KEPT_APART = 0.01
"""Share of the model's own probability beside the curve's, so that what the curve thinks alike stays in order."""
SURE = 2.0
"""Standard errors by which it must be ahead on customers it has not learned from."""


class Ranker(Struct, frozen=True, kw_only=True):
    """What was learned."""

    model: Logistic
    deaf: tuple[bool, ...] = (False,) * len(VOICES)
    """To which voices it does not listen."""
    curve: Curve | None = None
    """From the model's probability to how often it came true, of customers that the model had not learned from."""

    def __call__(self, told: Floats, figures: Floats) -> Floats:
        """Probability of being wanted within seven days, float64 [n]; what the voices told [n, voices], NaN where silent, and `figures_of` [n, 5]."""
        probability = self.model.probability(_features(np.where(self.deaf, np.nan, told), figures))
        return probability if self.curve is None else (1 - KEPT_APART) * self.curve(probability) + KEPT_APART * probability


def word_of(name: str) -> int:
    """Which voice a source is, -1 where it is none."""
    return VOICES.index(name) if name in VOICES else -1


def heard(rows: NDArray[np.int32], *, proposed: NDArray[np.int32], voice: NDArray[np.int32], probability: Floats) -> Floats:
    """What each voice told of each of some rows, NaN where it was silent, float64 [rows, voices]; of proposals as columns, -1 for what is no voice."""
    told = np.full((len(rows), len(VOICES)), np.nan)
    order = np.argsort(rows)
    spoke = voice >= 0
    told[order[np.searchsorted(rows[order], proposed[spoke])], voice[spoke]] = probability[spoke]
    return told


class AskedBuilder:
    """Gathers what voices proposed to some customers at a past moment, and whether they bought it in the week after."""

    def __init__(self) -> None:
        self._parts: list[Asked] = []

    def add(self, found: Mapping[str, Candidates], customer: Customer, *, bought: NDArray[np.int32], now: datetime) -> None:
        """Add one customer who has bought something: candidates by source, in their own scores, and the styles bought in the week after."""
        voices = {name: candidates for name, candidates in found.items() if name in VOICES and len(candidates)}
        if not voices or not len(customer.history.own().rows):
            return
        proposed = np.concatenate([candidates.rows for candidates in voices.values()])
        voice = np.repeat(np.array([word_of(name) for name in voices], np.int32), [len(candidates) for candidates in voices.values()])
        rows = np.unique(proposed)
        told = heard(rows, proposed=proposed, voice=voice, probability=np.concatenate([candidates.score for candidates in voices.values()]))
        self._parts.append(
            Asked(
                customer=np.full(len(rows), len(self._parts)),
                row=rows.astype(np.int64),
                told=told,
                figures=figures_of(rows, customer, now=now),
                wanted=np.isin(customer.catalog.group_of[rows], bought),
            )
        )

    def build(self, probability: Callable[[str, Floats], Floats]) -> "Asked":
        """Everything; ``probability`` turns the scores of a source into probabilities."""
        if not self._parts:
            nobody = np.empty(0, np.int64)
            return Asked(customer=nobody, row=nobody, told=np.empty((0, len(VOICES))), figures=np.empty((0, 5)), wanted=np.empty(0, np.bool_))
        whole = Asked(**{name: np.concatenate([getattr(part, name) for part in self._parts]) for name in Asked.__struct_fields__})
        for column, name in enumerate(VOICES):
            spoke = ~np.isnan(whole.told[:, column])
            whole.told[spoke, column] = probability(name, whole.told[spoke, column])
        return whole


class Asked(Struct, frozen=True, kw_only=True):
    """What was proposed at a past moment, as columns of equal length."""

    customer: Ints
    row: Ints
    """Catalogue row of what was proposed."""
    told: Floats
    """Each voice's probability, NaN where silent; float64 [n, voices]."""
    figures: Floats
    wanted: NDArray[np.bool_]

    def of(self, some: NDArray[np.bool_]) -> "Asked":
        """Some of the rows."""
        return Asked(**{name: getattr(self, name)[some] for name in self.__struct_fields__})


def figures_of(rows: Ints | NDArray[np.int32], customer: Customer, *, now: datetime) -> Floats:
    """Days since the customer last bought its type, their lines of late, days with a purchase, days away, and times they bought it; float64 [n, 5]."""
    own, catalog, today = customer.history.own(), customer.catalog, now.timestamp() / DAY_SECONDS
    if not len(own.rows):
        return np.tile([FAR_AWAY, 0.0, 0.0, FAR_AWAY, 0.0], (len(rows), 1))
    days = own.at / DAY_SECONDS
    since = np.clip(today - _latest(own.types, days, catalog.type_of[rows]), 0.0, FAR_AWAY)
    bought = np.sort(own.rows)
    times = np.searchsorted(bought, rows, side="right") - np.searchsorted(bought, rows, side="left")
    person = (float((days > today - LATELY_DAYS).sum()), float(len(np.unique(np.floor(days)))), max(today - float(days[-1]), 0.0))
    return np.column_stack([since, np.tile(person, (len(rows), 1)), times])


def _latest(keys: NDArray[np.int32], days: Floats, wanted: NDArray[np.int32]) -> Floats:
    """The latest day of each wanted key, minus infinity where there is none; days ascend."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    last = np.searchsorted(ordered, wanted, side="right") - 1
    return np.where((last >= 0) & (ordered[last] == wanted), days[order][last], -np.inf)


def likeliest(told: Floats) -> Floats:
    """The word of the first voice where it speaks, which counts before the others; else the highest. float64 [n, voices] to [n]."""
    return np.where(np.isnan(told[:, 0]), np.max(np.nan_to_num(told, nan=0.0), axis=1), told[:, 0])


def learn_ranker(asked: Asked) -> tuple[Ranker | None, Facts]:
    """Learn, and judge on each half of the customers after learning from the other; None where it is not surely ahead. Figures for people to read."""
    facts: Facts = {"proposals": len(asked.wanted), "wanted": int(asked.wanted.sum())}
    if asked.wanted.sum() < LEAST_WANTED:
        return None, facts
    half = asked.customer % 2 == 0
    foretold = np.empty(len(half))
    for part in (half, ~half):
        if not 0 < asked.wanted[~part].sum() < (~part).sum():
            return None, facts
        foretold[part] = _fit(asked.of(~part))(asked.told[part], asked.figures[part])
    gain = _by_customer(asked, _loss(likeliest(asked.told), asked.wanted) - _loss(foretold, asked.wanted))
    ahead, error = float(gain.mean()), float(gain.std() / np.sqrt(max(len(gain), 1)))
    facts |= {"ahead_in_log_loss": round(ahead, 5), "standard_error": round(error, 5)}
    if ahead <= SURE * error:
        return None, facts
    return msgspec.structs.replace(_fit(asked), curve=fit_curve(foretold, asked.wanted)), facts


def _fit(asked: Asked) -> Ranker:
    """The model, without the words of voices that would count against a thing."""
    deaf = np.zeros(len(VOICES), np.bool_)
    while True:
        model = fit_logistic(_features(asked.told, asked.figures), asked.wanted)
        against = (np.array(model.weight[: len(VOICES)]) < 0) & ~deaf
        if not against.any():
            return Ranker(model=model, deaf=tuple(deaf.tolist()))
        deaf |= against
        asked = msgspec.structs.replace(asked, told=np.where(deaf, np.nan, asked.told))


def _features(told: Floats, figures: Floats) -> Floats:
    sure = np.clip(np.nan_to_num(told, nan=0.5), LEAST, 1 - LEAST)
    return np.column_stack([np.log(sure / (1 - sure)), np.isnan(told), np.log1p(figures)])


def _loss(probability: Floats, wanted: NDArray[np.bool_]) -> Floats:
    sure = np.clip(probability, LEAST, 1 - LEAST)
    return -np.where(wanted, np.log(sure), np.log1p(-sure))


def _by_customer(asked: Asked, values: Floats) -> Floats:
    _, owner = np.unique(asked.customer, return_inverse=True)
    return np.asarray(np.bincount(owner, weights=values) / np.bincount(owner))
