"""One order for what all sources propose: how likely each thing is wanted in the next days, by what every source says, the customer, the thing and time.

First each source's word is corrected, apart for what the customer had before, for what is new to them, and for what follows something that they first bought
just now: what speaks for the next milk says little of a first case, and who has had coffee for a year without the biscuits does not lack them, where who has
had a camera for a week may well lack its case. The strongest corrected word is where the second step starts: what else speaks for the thing may only add to
it, and a few figures of the customer, the thing and the time correct the rest. Every correction is one of log odds, and held back until a few dozen purchases
speak for it, so that a rare kind of want keeps its source's word instead of being judged with the many. So no source's word ever counts against a thing.

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
from tactful.model.tables import PurchaseTable, first_of_each
from tactful.recommend._calibration import Curve, fit_curve
from tactful.recommend._component import Component, Facts
from tactful.recommend._logistic import expit, fit_offset
from tactful.recommend._proposed import FIGURES, Proposed, SourceScores, Voice, figures_of, side_by_side

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_WANTED = 500
"""Purchases among what was proposed, with fewer of which there is too little to learn from."""
SURE = 2.0
"""Standard errors by which it must be ahead on customers that it has not learned from."""
LEAST = 1e-5
USUAL = float(np.log(0.05 / 0.95))
"""Log odds that count as neither sure nor unsure."""
HELD_BACK = 10.0
"""Precision of the belief that a correction is none: one of a quarter of a log odd needs some twenty purchases that speak for it."""
FREE = 1e-3
"""The same of how likely what they had and what is new is at all, of which every shop has plenty to learn from."""
BLOCK = 20.0
"""Purchases foretold together of which it is asked how many came true."""
KEPT_APART = 0.01
"""Share of the model's own probability beside the curve's, so that what the curve thinks alike stays in order."""
SHOWN = 8
YEAR_DAYS = 365.0
TYPICAL = (1.0, 0.0, 7.0, 10.0, 50.0, 7.0)
"""Of each figure, where its correction is none."""
STEPS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
HAD, NEW, IN_TIME = "had", "new", "in time"
REGIMES = (HAD, NEW, IN_TIME)
"""What they had before; what is new to them; and what is new and follows something that they first bought just now."""
OF_NEW, OF_HAD = FIGURES[2:], (FIGURES[0], *FIGURES[2:])
"""Figures that tell something of what is new, and of what they had."""
_TIMES, _IN_TIME, _KIND = (FIGURES.index(name) for name in ("times", "in_time", "since_kind"))
_OF_NEW, _OF_HAD = ([FIGURES.index(name) for name in names] for names in (OF_NEW, OF_HAD))


class Words(Struct, frozen=True, kw_only=True, dict=True):
    """How each source's word is corrected, in log odds; tuples [regimes][sources]."""

    level: tuple[tuple[float, ...], ...]
    slope: tuple[tuple[float, ...], ...]
    """Of a word that is neither sure nor unsure, and by how much more or less a surer one counts; a slope is -1 at least, where it counts for nothing."""

    def __call__(self, told: Floats, regime: Ints) -> Floats:
        """Corrected log odds, float64 [n, sources], NaN where silent; of probabilities [n, sources] and the `regimes_of` [n, sources]."""
        level, slope = self._columns
        odds, column = _log_odds(told), np.arange(told.shape[1])
        return odds + level[regime, column] + slope[regime, column] * (odds - USUAL)

    @cached_property
    def _columns(self) -> tuple[Floats, Floats]:
        return np.array(self.level), np.array(self.slope)


class Ranking(Struct, frozen=True, kw_only=True, dict=True):
    """What was learned."""

    voices: tuple[Voice, ...]
    """Whose words it has heard."""
    words: Words
    weight: tuple[float, ...]
    """Of `signs_of`."""
    curve: Curve | None = None
    """From the model's probability to how often it came true, of customers that the model had not learned from."""

    def __call__(self, told: Floats, figures: Floats) -> Floats:
        """Probability of being wanted within seven days, float64 [n], NaN where nobody spoke; of `Proposed.told` in probabilities, and `Proposed.figures`."""
        word = strongest(self.words(told, regimes_of(figures, self.voices)), self.voices)
        return _even(self.curve, expit(word + signs_of(told, figures) @ self._weights))

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
        told = np.full((len(shelf), len(ranking.voices)), np.nan)
        for column, heard in enumerate(ranking.voices):
            if heard.name in names:
                told[:, column] = every[:, names.index(heard.name)]
        worth = ranking(told, figures_of(shelf.rows, place, said, customer=customer, now=now))
        known = {heard.name for heard in ranking.voices}
        for i, because in enumerate(shelf.because):
            if because.code not in known or (because.source == "stated" and worth[i] < shelf.score[i]):
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


def strongest(told: Floats, voices: Sequence[Voice]) -> Floats:
    """The word that counts, float64 [n]: the highest of those that outrank the others; NaN where nobody spoke.

    >>> strongest(np.array([[0.1, 0.3], [np.nan, 0.3]]), [Voice("due_again", 1), Voice("popular_here")]).tolist()
    [0.1, 0.3]
    """
    word = np.full(len(told), np.nan)
    ranks = [voice.outranks for voice in voices]
    for rank in sorted(set(ranks), reverse=True):
        highest = np.fmax.reduce(told[:, [one == rank for one in ranks]], axis=1)
        word = np.where(np.isnan(word), highest, word)
    return word


def regimes_of(figures: Floats, voices: Sequence[Voice]) -> Ints:
    """In which of the `REGIMES` each word is spoken, int64 [n, voices]: in time is only the word of who says that it follows."""
    follows = np.array([voice.follows_days > 0 for voice in voices])
    return np.where(figures[:, _TIMES, None] > 0, 0, np.where((figures[:, _IN_TIME, None] > 0) & follows, 2, 1))


def names_of(voices: Sequence[Voice]) -> tuple[str, ...]:
    """What each of `signs_of` is."""
    figures = [f"{NEW}:{name}" for name in OF_NEW] + [f"{HAD}:{name}" for name in OF_HAD]
    return (*REGIMES, *(f"also:{voice.name}" for voice in voices), f"{HAD}:kind", f"{NEW}:kind", *figures)


def signs_of(told: Floats, figures: Floats) -> Floats:
    """What corrections of the strongest word rest on, float64 [n, 14 + voices], as `names_of` names them."""
    had, in_time = figures[:, _TIMES] > 0, figures[:, _IN_TIME] > 0
    apart = np.column_stack([had, ~had & ~in_time, ~had & in_time])
    also, known = np.log1p(100 * np.nan_to_num(told)), np.isfinite(figures)
    scaled = np.where(known, np.log1p(np.minimum(figures, YEAR_DAYS)) - np.log1p(TYPICAL), 0.0)
    kind = apart[:, :2] & known[:, _KIND, None]
    return np.column_stack([apart, also, kind, scaled[:, _OF_NEW] * apart[:, 1, None], scaled[:, _OF_HAD] * apart[:, 0, None]])


def learn_ranking(proposed: Proposed) -> tuple[Ranking | None, Facts]:
    """Learn from what was proposed, in probabilities; None where it is not surely ahead of the strongest word. Figures for people to read."""
    facts: Facts = {"proposals": len(proposed.wanted), "wanted": int(proposed.wanted.sum())}
    half = proposed.customer % 2 == 0
    if min(proposed.wanted[half].sum(), proposed.wanted[~half].sum()) < LEAST_WANTED / 2:
        return None, facts
    word = strongest(proposed.told, proposed.voices)
    raw, foretold = np.empty(len(half)), np.empty(len(half))
    for part in (half, ~half):
        raw[part] = _fit(proposed.of(~part))(proposed.told[part], proposed.figures[part])
    for part in (half, ~half):
        foretold[part] = _even(_fit_curve(raw[~part], proposed.wanted[~part]), raw[part])
    ahead, merits = _merits(proposed, word, foretold)
    if not ahead:
        return None, facts | merits
    ranking = msgspec.structs.replace(_fit(proposed), curve=_fit_curve(raw, proposed.wanted))
    return ranking, facts | merits | _reliability(foretold, proposed.wanted)


def _fit(proposed: Proposed) -> Ranking:
    """Corrections of each source's word, and then of the strongest; what else speaks for a thing may only add to it."""
    words = _fit_words(proposed)
    word = strongest(words(proposed.told, regimes_of(proposed.figures, proposed.voices)), proposed.voices)
    names = names_of(proposed.voices)
    signs = signs_of(proposed.told, proposed.figures)
    adds = np.array([name.startswith("also:") for name in names])
    ridge = np.where(np.isin(names, (HAD, NEW)), FREE, HELD_BACK)
    heard = np.ones(len(names), np.bool_)
    while True:
        weight = np.zeros(len(names))
        weight[heard] = fit_offset(signs[:, heard], proposed.wanted, offset=word, ridge=ridge[heard])
        against = heard & adds & (weight < 0)
        if not against.any():
            return Ranking(voices=proposed.voices, words=words, weight=tuple(weight.tolist()))
        heard &= ~against


def _fit_words(proposed: Proposed) -> Words:
    """Corrections of the words that count, that is of no word that another source outranks: what a regime has in common, and what is each source's own."""
    rank = np.array([voice.outranks for voice in proposed.voices])
    spoke = ~np.isnan(proposed.told)
    counts = spoke & (rank == np.max(np.where(spoke, rank, rank.min()), axis=1, keepdims=True))
    row, source = np.nonzero(counts)
    odds, regime = _log_odds(proposed.told[row, source]), regimes_of(proposed.figures, proposed.voices)[row, source]
    sources, cells = len(proposed.voices), len(REGIMES) * (1 + len(proposed.voices))
    signs = np.zeros((len(row), 2 * cells))
    line = np.arange(len(row))
    for first, amount in ((0, 1.0), (cells, odds - USUAL)):
        signs[line, first + regime] = amount
        signs[line, first + len(REGIMES) + regime * sources + source] = amount
    ridge = np.full(2 * cells, HELD_BACK)
    ridge[[REGIMES.index(HAD), REGIMES.index(NEW)]] = FREE
    weight = fit_offset(signs, proposed.wanted[row], offset=odds, ridge=ridge)
    level, slope = (part[: len(REGIMES), None] + part[len(REGIMES) :].reshape(-1, sources) for part in (weight[:cells], weight[cells:]))
    return Words(level=tuple(map(tuple, level.tolist())), slope=tuple(map(tuple, np.maximum(slope, -1.0).tolist())))


def _fit_curve(foretold: Floats, wanted: NDArray[np.bool_]) -> Curve | None:
    """How often it came true, over blocks of which some purchases were foretold: a few rare things that were not bought this week bend no curve."""
    order = np.argsort(foretold, kind="stable")
    block = np.empty(len(order), np.intp)
    block[order] = np.cumsum(foretold[order]) // BLOCK
    mean = np.bincount(block, weights=foretold) / np.maximum(np.bincount(block), 1)
    return fit_curve(mean[block], wanted)


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
    start = np.flatnonzero(first_of_each(owner[order]))
    shown = order[np.arange(len(order)) - start[owner[order]] < SHOWN]
    return float(wanted[shown].sum()) / len(start)


def _log_odds(probability: Floats) -> Floats:
    sure = np.minimum(np.maximum(probability, LEAST), 1 - LEAST)
    return np.asarray(np.log(sure / (1 - sure)))
