"""Made-up weeks for the ranker: what sources proposed, and what was bought of it."""

import numpy as np

from tactful.recommend import Proposed
from tactful.recommend._proposed import FIGURES
from tactful.recommend.ranker import strongest

SOURCES, OUTRANKS = ("due_again", "completes", "like_you", "popular_here"), (1, 0, 0, 0)


def proposed(n=24_000, *, seed=1, matters=True):
    """What they had before comes from the first source, what is new from the last. Its word and how often they had it tell what was bought."""
    rng = np.random.default_rng(seed)
    told = np.full((n, len(SOURCES)), np.nan)
    had = rng.random(n) < 0.5
    told[had, 0] = rng.beta(1, 12, n)[had]
    told[~had, 3] = rng.beta(1, 20, n)[~had]
    times, never = np.where(had, rng.integers(1, 30, n), 0), np.full(n, np.inf)
    figures = np.column_stack([times, rng.integers(0, 400, n), never, rng.integers(0, 40, n), rng.integers(1, 90, n), rng.integers(0, 20, n)]).astype(float)
    assert figures.shape[1] == len(FIGURES)
    truth = strongest(told, OUTRANKS) * (np.where(had, np.where(figures[:, 0] < 10, 0.3, 1.4), 0.4) if matters else 1.0)
    return week(told=told, figures=figures, wanted=rng.random(n) < truth, customer=np.sort(rng.integers(0, 300, n)), row=rng.integers(0, 50, n))


def week(*, told, figures, wanted, customer, row):
    """Columns as they come from asking."""
    return Proposed(sources=SOURCES, outranks=OUTRANKS, customer=customer, row=row.astype(np.int32), told=told, figures=figures, wanted=wanted)
