"""What the rules of identity ask of the graph, and the graph of one replay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tactful.model.identity import Identifier, Tie


class Graph(Protocol):
    """Identifiers, whom they point to, and with whom they were seen."""

    def owner(self, identifier: Identifier) -> str | None:
        """The customer an identifier points to now, or None."""
        ...

    def tied(self, identifier: Identifier) -> Sequence[Tie]:
        """Everybody it was seen with."""
        ...

    def ties(self, customer_id: str) -> Sequence[Tie]:
        """Everything that was seen with a customer."""
        ...

    def cut_at(self, identifier: Identifier, customer_id: str) -> datetime | None:
        """When somebody separated the two, or None."""
        ...
