"""One order for what all sources propose: how likely each thing is wanted in the next days, by what every source says, the customer, the thing and the time.

The strongest word, which counts where there is no ranker, is where it starts from; what is learned are corrections of its log odds, each held back until a few
dozen purchases speak for it, so that a rare kind of want (what goes with a new camera) keeps its source's word instead of being judged with the many.
Corrections of what they have bought before and of what is new to them are apart: what speaks for the next milk says little of a first case. A thing proposed
because of another is asked when they first bought that: who has had coffee for a year without the biscuits does not lack them, who has had a camera for a week
may well lack its case. No source's word may count against a thing.

It puts in order and silences nothing: whether something is worth saying is asked of the source's own word, since where few buy a kind of thing a week tells too
little of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.model.candidates import Ranked, Shelf
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.tables import PurchaseTable
from tactful.recommend._calibration import Curve, fit_curve
from tactful.recommend._component import Component, Facts
from tactful.recommend._logistic import expit, fit_offset
from tactful.recommend._proposed import FIGURES, Proposed, SourceScores, figures_of, side_by_side

Floats = NDArray[np.float64]
LEAST_WANTED = 500
"""Purchases among what was proposed, with fewer of which there is too little to learn from."""
SURE = 2.0
"""Standard errors by which it must be ahead on customers that it has not learned from."""
LEAST = 1e-5
USUAL = float(np.log(0.05 / 0.95))
"""Log odds that count as neither sure nor unsure."""
HELD_BACK = 10.0
"""Precision of the belief that a correction is none: one of a quarter of a log odd needs some twenty purchases that speak for it."""
KEPT_APART = 0.01
"""Share of the model's own probability beside the curve's, so that what the curve thinks alike stays in order."""
SHOWN = 8
YEAR_DAYS = 365.0
TYPICAL = (1.0, 7.0, 30.0, 10.0, 50.0, 7.0)
"""Of each figure, where its correction is none."""
STEPS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
OF_NEW, OF_HAD = FIGURES[1:], tuple(name for name in FIGURES if name != "since_anchor")
"""Figures that tell something of what is new to a customer, and of what they had."""
_TIMES, _KIND, _FOLLOWED = (FIGURES.index(name) for name in ("times", "since_kind", "since_anchor"))
_OF_NEW, _OF_HAD = ([FIGURES.index(name) for name in names] for names in (OF_NEW, OF_HAD))


class Ranking(Struct, frozen=True, kw_only=True, dict=True):
    """What was learned."""

    sources: tuple[str, ...]
    """Whose words it has heard."""
    weight: tuple[float, ...]
    curve: Curve | None = None
    """From the model's probability to how often it came true, of customers that the model had not learned from."""

    def __call__(self, word: Floats, told: Floats, figures: Floats) -> Floats:
        """Probability of being wanted within seven days, float64 [n]: of the strongest word, and `Proposed.told` and `Proposed.figures` in probabilities."""
        probability = expit(_log_odds(word) + signs_of(word, told, figures) @ self._weights)
        return _even(self.curve, probability)

    @cached_property
    def _weights(self) -> Floats:
        return np.array(self.weight)


class RankerState(Struct, kw_only=True):
    """What was learned, if anything was."""

    ranking: Ranking | None = None


class Ranker(Component):
    """Puts what all sources propose in one order. Untrained, or where it is not surely ahead of the strongest word, that word stays."""

    name: ClassVar[str] = "ranker"

    def __init__(self) -> None:
        self.state = RankerState()

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn nothing of purchases alone; see `weigh`."""
        self.state = RankerState()
        return {}

    def weigh(self, proposed: Callable[[], Proposed]) -> Facts:
        """Learn, and judge on each half of the customers after learning from the other half."""
        self.state.ranking, facts = learn_ranking(proposed())
        return facts

    def __call__(self, shelf: Shelf, said: Sequence[SourceScores], probability: Floats, *, customer: Customer, now: datetime) -> Ranked:
        """Rank what is on a shelf, by what sources said and the probability of each word of theirs, float64 [all candidates].

        What a source speaks for that was never heard here keeps that source's word, and nothing that they asked for in so many words is thought less of.
        """
        ranking = self.state.ranking
        assert ranking is not None
        ascending = np.argsort(shelf.rows)
        place = ascending[np.searchsorted(shelf.rows, np.concatenate([scores.candidates.rows for scores in said]), sorter=ascending)]
        voice = np.repeat(np.arange(len(said)), [len(scores.candidates) for scores in said])
        every = side_by_side(place, voice, probability, size=(len(shelf), len(said)))
        names = tuple(scores.source for scores in said)
        told = np.full((len(shelf), len(ranking.sources)), np.nan)
        for column, name in enumerate(ranking.sources):
            if name in names:
                told[:, column] = every[:, names.index(name)]
        figures = figures_of(shelf.rows, customer, place=place, followed=np.concatenate([scores.followed for scores in said]), now=now)
        worth = ranking(shelf.score, told, figures)
        for i, because in enumerate(shelf.because):
            if because.code not in ranking.sources or (because.source == "stated" and worth[i] < shelf.score[i]):
                worth[i] = shelf.score[i]
        return Ranked(worth=worth, sources=names, said=every)

    def bind(self, catalog: CatalogTable) -> None:
        """Nothing that was learned is about single products."""

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(self.state)

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        self.state = msgspec.msgpack.decode(blob, type=RankerState)


def _even(curve: Curve | None, probability: Floats) -> Floats:
    """What came true of such probabilities, in their order also where that was the same."""
    return probability if curve is None else (1 - KEPT_APART) * curve(probability) + KEPT_APART * probability


def strongest(told: Floats, outranks: Sequence[int]) -> Floats:
    """The word that counts where there is no ranker, float64 [n]: the highest of those that outrank the others.

    >>> strongest(np.array([[0.1, 0.3], [np.nan, 0.3]]), [1, 0]).tolist()
    [0.1, 0.3]
    """
    word = np.full(len(told), np.nan)
    for rank in sorted(set(outranks), reverse=True):
        highest = np.fmax.reduce(told[:, np.array(outranks) == rank], axis=1)
        word = np.where(np.isnan(word), highest, word)
    return word


def names_of(sources: Sequence[str]) -> tuple[str, ...]:
    """What each of `signs_of` is."""
    words = [f"{what}:{name}" for what in ("new:says", "had:says", "sure") for name in sources]
    figures = [f"new:{name}" for name in OF_NEW] + [f"had:{name}" for name in OF_HAD]
    return ("new", "had", "new:word", "had:word", *words, "new:kind", "had:kind", "new:follows", *figures)


def signs_of(word: Floats, told: Floats, figures: Floats) -> Floats:
    """What corrections rest on, float64 [n, 17 + 3 * sources], as `names_of` names them: of what is new to a customer, and of what they had."""
    had, spoke, known = figures[:, _TIMES] > 0, ~np.isnan(told), np.isfinite(figures)
    apart = np.column_stack([~had, had])
    word_apart = apart * (_log_odds(word) - USUAL)[:, None]
    spoke_apart = (spoke & ~had[:, None], spoke & had[:, None])
    sure = np.where(spoke, _log_odds(np.where(spoke, told, 0.5)) - USUAL, 0.0)
    known_apart = (apart * known[:, _KIND, None], ~had & known[:, _FOLLOWED])
    scaled = np.where(known, np.log1p(np.minimum(figures, YEAR_DAYS)) - np.log1p(TYPICAL), 0.0)
    figures_apart = (scaled[:, _OF_NEW] * ~had[:, None], scaled[:, _OF_HAD] * had[:, None])
    return np.column_stack([apart, word_apart, *spoke_apart, sure, *known_apart, *figures_apart])


def learn_ranking(proposed: Proposed) -> tuple[Ranking | None, Facts]:
    """Learn from what was proposed, in probabilities; None where it is not surely ahead of the strongest word. Figures for people to read."""
    facts: Facts = {"proposals": len(proposed.wanted), "wanted": int(proposed.wanted.sum())}
    half = proposed.customer % 2 == 0
    if min(proposed.wanted[half].sum(), proposed.wanted[~half].sum()) < LEAST_WANTED / 2:
        return None, facts
    word = strongest(proposed.told, proposed.outranks)
    raw, foretold = np.empty(len(half)), np.empty(len(half))
    for part in (half, ~half):
        raw[part] = _fit(proposed.of(~part), word[~part])(word[part], proposed.told[part], proposed.figures[part])
    for part in (half, ~half):
        foretold[part] = _even(fit_curve(raw[~part], proposed.wanted[~part]), raw[part])
    ahead, merits = _merits(proposed, word, foretold)
    if not ahead:
        return None, facts | merits
    ranking = msgspec.structs.replace(_fit(proposed, word), curve=fit_curve(raw, proposed.wanted))
    return ranking, facts | merits | _reliability(foretold, proposed.wanted)


def _fit(proposed: Proposed, word: Floats) -> Ranking:
    """Corrections of the word; where one would turn a source's word against a thing, it is none."""
    names = names_of(proposed.sources)
    signs = signs_of(word, proposed.told, proposed.figures)
    least = np.array([-1.0 if name.endswith(":word") else 0.0 if name.startswith("sure:") else -np.inf for name in names])
    ridge = np.where(np.isin(names, ("new", "had")), 1e-3, HELD_BACK)
    heard = np.ones(len(names), np.bool_)
    while True:
        weight = np.zeros(len(names))
        weight[heard] = fit_offset(signs[:, heard], proposed.wanted, offset=_log_odds(word), ridge=ridge[heard])
        against = heard & (weight < least)
        if not against.any():
            return Ranking(sources=proposed.sources, weight=tuple(weight.tolist()))
        heard &= ~against


def _merits(proposed: Proposed, word: Floats, foretold: Floats) -> tuple[bool, Facts]:
    """Whether it surely foretold better than the strongest word did, and put no fewer right things first; and by how much."""
    owner = np.unique(proposed.customer, return_inverse=True)[1]
    loss, loss_of_word = _loss(foretold, proposed.wanted), _loss(word, proposed.wanted)
    gain = np.bincount(owner, weights=loss_of_word - loss) / np.bincount(owner)
    error = float(gain.std() / np.sqrt(len(gain)))
    right, right_of_word = (_right_of_shown(owner, said, proposed.wanted) for said in (foretold, word))
    return bool(gain.mean() > SURE * error and right >= right_of_word), {
        "log_loss": round(float(loss.mean()), 5),
        "log_loss_of_strongest_word": round(float(loss_of_word.mean()), 5),
        "ahead": round(float(gain.mean()), 5),
        "standard_error": round(error, 5),
        "right_of_8": round(right, 3),
        "right_of_8_of_strongest_word": round(right_of_word, 3),
    }


def _reliability(foretold: Floats, wanted: NDArray[np.bool_]) -> Facts:
    """What it foretold beside how often that came true, and the mean distance of both (ECE)."""
    facts: Facts = {}
    distance = 0.0
    for low, high in pairwise(STEPS):
        inside = (foretold >= low) & (foretold < high)
        if inside.any():
            said, came = float(foretold[inside].mean()), float(wanted[inside].mean())
            distance += abs(said - came) * float(inside.mean())
            facts[f"said_{low:g}_to_{high:g}"] = f"{said:.4f}, came true {came:.4f} of {int(inside.sum())}"
    return {"ece": round(distance, 4)} | facts


def _loss(probability: Floats, wanted: NDArray[np.bool_]) -> Floats:
    sure = np.clip(probability, LEAST, 1 - LEAST)
    return -np.where(wanted, np.log(sure), np.log1p(-sure))


def _right_of_shown(owner: NDArray[np.intp], probability: Floats, wanted: NDArray[np.bool_]) -> float:
    """How many of each customer's likeliest were wanted, on average."""
    order = np.lexsort((-probability, owner))
    start = np.flatnonzero(np.diff(owner[order], prepend=-1))
    shown = order[np.arange(len(order)) - start[owner[order]] < SHOWN]
    return float(wanted[shown].sum()) / len(start)


def _log_odds(probability: Floats) -> Floats:
    sure = np.minimum(np.maximum(probability, LEAST), 1 - LEAST)
    return np.asarray(np.log(sure / (1 - sure)))
