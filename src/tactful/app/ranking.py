"""What the sources proposed together in a past week, and what the ranker learns from it."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tactful.model.candidates import Candidates
from tactful.model.customer import Customer
from tactful.recommend import VOICES, Asked, Ranker, Recommender, figures_of, learn_ranker

Facts = dict[str, str | int | float]


class RankerBuilder:
    """Collects customer by customer what the voices proposed at one time, and whether the style was bought in the week after."""

    def __init__(self) -> None:
        self._customers = 0
        self._score: list[NDArray[np.float64]] = []
        self._figures: list[NDArray[np.float64]] = []
        self._wanted: list[NDArray[np.bool_]] = []
        self._customer: list[NDArray[np.int64]] = []

    def add(self, customer: Customer, proposed: dict[str, Candidates], bought: NDArray[np.int32], *, now: datetime) -> None:
        """Add one customer; ``proposed`` by source, ``bought`` are the styles."""
        found: dict[int, list[float]] = {}
        for voice, name in enumerate(VOICES):
            if name in proposed:
                for row, score in zip(proposed[name].rows.tolist(), proposed[name].score.tolist(), strict=True):
                    found.setdefault(row, [np.nan] * len(VOICES))[voice] = score
        if not found or not len(customer.history.rows):
            return
        rows = np.array(list(found), np.int64)
        self._score.append(np.array(list(found.values())))
        self._figures.append(figures_of(rows, customer, now=now))
        self._wanted.append(np.isin(customer.catalog.group_of[rows], bought))
        self._customer.append(np.full(len(rows), self._customers))
        self._customers += 1

    def fit(self, recommender: Recommender) -> tuple[Ranker | None, Facts]:
        """Learn over the curves of the recommender; None where there is nothing better than the likeliest source's word."""
        if not self._score:
            return None, {"proposals": 0}
        score = np.concatenate(self._score)
        told = np.full(score.shape, np.nan)
        for voice, name in enumerate(VOICES):
            spoke = ~np.isnan(score[:, voice])
            told[spoke, voice] = recommender.calibrated_scores(name, score[spoke, voice])
        customer, figures = np.concatenate(self._customer), np.concatenate(self._figures)
        return learn_ranker(Asked(customer=customer, told=told, figures=figures, wanted=np.concatenate(self._wanted)))
