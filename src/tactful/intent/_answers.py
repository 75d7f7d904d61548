"""What a customer's answer covers."""

from tactful.model.catalog import CatalogTable
from tactful.model.profile import Dismissal

ANSWERS_ABOUT_KIND = frozenset({"gift", "bought_elsewhere", "already_have", "by_mistake", "researching", "stop_topic"})
"""Answers that speak of the whole kind of thing; the others speak of the one style."""


def covers(dismissal: Dismissal, row: int, catalog: CatalogTable) -> bool:
    """Tell whether an answer speaks of a product too: its style, its type, or for gifts and stopped topics the subject around it."""
    type_path = catalog.types[catalog.type_of[row]]
    if dismissal.category is not None and _within(type_path, dismissal.category):
        return True
    dismissed = catalog.row_of.get(dismissal.product_id or "")
    if dismissed is None:
        return False
    if catalog.group_of[dismissed] == catalog.group_of[row]:
        return True
    if dismissal.reason not in ANSWERS_ABOUT_KIND:
        return False
    kind = catalog.types[catalog.type_of[dismissed]]
    subject = kind.rpartition(" > ")[0] if dismissal.reason in ("gift", "stop_topic") and kind.count(" > ") > 1 else kind
    return _within(type_path, subject)


def _within(type_path: str, subject: str) -> bool:
    return type_path == subject or type_path.startswith(f"{subject} > ")
