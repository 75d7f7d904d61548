"""Made-up weeks for the ranker: what sources proposed, and what was bought of it."""

import numpy as np

from tactful.recommend import Proposed
from tactful.recommend._proposed import FIGURES, Voice
from tactful.recommend.ranker import Ranking, Words, names_of, strongest

VOICES = (Voice("due_again", outranks=1), Voice("completes", follows_days=30.0), Voice("like_you"), Voice("popular_here"))


def proposed(n=24_000, *, seed=1, matters=True):
    """What they had before comes from the first source, what is new from the last. Its word and how often they had it tell what was bought."""
    rng = np.random.default_rng(seed)
    told = np.full((n, len(VOICES)), np.nan)
    had = rng.random(n) < 0.5
    told[had, 0] = rng.beta(1, 12, n)[had]
    told[~had, 3] = rng.beta(1, 20, n)[~had]
    times = np.where(had, rng.integers(1, 30, n), 0)
    figures = np.column_stack([times, np.zeros(n), rng.integers(0, 400, n), rng.integers(0, 40, n), rng.integers(1, 90, n), rng.integers(0, 20, n)]).astype(
        float
    )
    assert figures.shape[1] == len(FIGURES)
    truth = strongest(told, VOICES) * (np.where(had, np.where(figures[:, 0] < 10, 0.3, 1.4), 0.4) if matters else 1.0)
    return week(told=told, figures=figures, wanted=rng.random(n) < truth, customer=np.sort(rng.integers(0, 300, n)), row=rng.integers(0, 50, n))


def week(*, told, figures, wanted, customer, row):
    """Columns as they come from asking."""
    return Proposed(voices=VOICES, customer=customer, row=row.astype(np.int32), told=told, figures=figures, wanted=wanted)


def doubting(level, slope, *names):
    """Thinks so much more or less of what is new to a customer, in log odds, by what some sources say."""
    voices = tuple(Voice(name) for name in names)
    none = (0.0,) * len(names)
    words = Words(level=(none, (level,) * len(names), none), slope=(none, (slope,) * len(names), none))
    return Ranking(voices=voices, words=words, weight=(0.0,) * len(names_of(voices)))
