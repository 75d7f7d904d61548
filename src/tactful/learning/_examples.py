import numpy as np

from tactful.model.candidates import Candidates
from tactful.model.catalog import CatalogTable
from tactful.model.tables import History


class Examples:
    """What sources proposed at a past moment, and whether the style was bought in the week after."""

    def __init__(self, catalog: CatalogTable, *, at_seconds: float, horizon_seconds: float) -> None:
        self.catalog = catalog
        self._from, self._to = at_seconds, at_seconds + horizon_seconds
        self._score: dict[str, list[np.ndarray[tuple[int], np.dtype[np.float64]]]] = {}
        self._wanted: dict[str, list[np.ndarray[tuple[int], np.dtype[np.bool_]]]] = {}

    def add(self, source: str, candidates: Candidates, later: History) -> None:
        """Add the proposals of one source for one customer; ``later`` is their history as known today."""
        own = later.own()
        bought = own.groups[(own.at >= self._from) & (own.at < self._to)]
        self._score.setdefault(source, []).append(candidates.score)
        self._wanted.setdefault(source, []).append(np.isin(self.catalog.group_of[candidates.rows], bought))

    def columns(self, source: str) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """Scores float64 [n] and whether it was wanted bool [n]."""
        return np.concatenate(self._score[source]), np.concatenate(self._wanted[source])

    @property
    def sources(self) -> list[str]:
        """Sources with examples."""
        return sorted(self._score)
