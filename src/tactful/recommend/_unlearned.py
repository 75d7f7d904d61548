"""Sources that learn nothing from purchases: what they go by comes with the customer and the catalogue."""

from tactful.model.catalog import CatalogTable
from tactful.model.tables import PurchaseTable
from tactful.recommend._component import Facts, Source


class UnlearnedSource(Source):
    """A source without anything to learn, keep or lay out."""

    def train(self, purchases: PurchaseTable) -> Facts:
        """Learn nothing."""
        return {}

    def bind(self, catalog: CatalogTable) -> None:
        """Keep nothing of the catalogue."""

    def dump(self) -> bytes:
        """Nothing was learned."""
        return b""

    def load(self, blob: bytes) -> None:
        """Nothing was learned."""
