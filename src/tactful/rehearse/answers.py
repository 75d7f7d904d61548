"""What a target answered to an ask, as expectations look at it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

Json = dict[str, Any]


class Answer(Struct, frozen=True, kw_only=True):
    """One answer, in the form in which it goes over the wire."""

    kind: str
    """``decide``, ``outreach``, ``outbox``, ``moderate`` or ``customer``."""
    body: Json

    @property
    def message(self) -> Json | None:
        """The planned message, where one was asked for and there is one."""
        return planned(self.body)

    @property
    def items(self) -> list[Json]:
        """The items shown or written about."""
        if self.kind == "outreach":
            return list((self.message or {}).get("items") or ())
        return list(self.body.get("items") or ())

    def dispatched(self, state: str) -> list[Json]:
        """The customer's messages that were due and ended so."""
        return [message for message in self.body.get("messages") or () if message["state"] == state]

    @property
    def silence(self) -> Json | None:
        """Why nothing is said, or None where something is."""
        return self.body.get("silence")

    @property
    def product_ids(self) -> list[str]:
        """Products of the items, in order."""
        return [item["productId"] for item in self.items]

    @property
    def texts(self) -> list[str]:
        """Every word that the customer would read: subject, text, and the reasons."""
        words = [(self.message or {}).get(part) for part in ("subject", "text")]
        return [text for text in (*words, *(item["reason"].get("text") for item in self.items)) if text]


def planned(body: Json) -> Json | None:
    """The message in the answer to an ask for one; a verdict has a sentence of that name."""
    message = body.get("message")
    return message if isinstance(message, dict) else None


class Scene(Struct, frozen=True, kw_only=True):
    """What an expectation may look up beside the answer."""

    at: datetime
    """When it was asked."""
    timezone: str
    """The zone the customer was in last, as the story tells; UTC where it does not."""
    types: Mapping[str, str]
    """Product type by product id."""
    knows_event: Callable[[str], bool]
    """Whether the log holds an event with this message id."""
