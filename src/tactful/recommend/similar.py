"""What is like the thing on the page: of the same kind, near in words and price."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from tactful.model.candidates import Because, Candidates
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.recommend._content import Content
from tactful.recommend._unlearned import UnlearnedSource

PROPOSED = 12
"""For each thing that the page is about."""
BOUGHT_INSTEAD = 0.03
"""About one in thirty who stand before a thing buys its nearest neighbour within the week: a stated prior."""


class Similar(UnlearnedSource):
    """Propose other styles of the type that the page is about. It goes by the catalogue alone, so a new product is found at once. Elsewhere: nothing."""

    name: ClassVar[str] = "similar"
    reads_words: ClassVar[bool] = True

    def bind(self, catalog: CatalogTable) -> None:
        """Prepare to read the catalogue kind by kind."""
        self._content = Content(catalog)

    def extend(self, catalog: CatalogTable, *, first: int) -> None:
        """Read again only the kinds of what is new."""
        self._content = self._content.over(catalog, range(first, len(catalog.products)))

    def reword(self, catalog: CatalogTable, former: Mapping[int, Product]) -> None:
        """Read again only the kinds of what says something else."""
        self._content = self._content.over(catalog, [*former])

    def __call__(self, moment: Moment, customer: Customer) -> Candidates:
        """Propose the nearest of each thing on the page, and of none that is private."""
        found = []
        for page in moment.featured:
            if customer.catalog.sensitive[page]:
                continue
            rows, nearness = self._content.near(page)
            because = Because(code=self.name, evidence=customer.last_sign, anchor=page)
            nearest = np.argsort(-nearness, kind="stable")[:PROPOSED].tolist()
            found += [(int(rows[i]), float(nearness[i]), because) for i in nearest]
        return Candidates.of(found)

    def prior(self, score: float) -> float:
        """The nearest is bought instead by a few."""
        return BOUGHT_INSTEAD * score
