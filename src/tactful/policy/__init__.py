"""May we? If not now, when? One rule a file, each answering with a code and the facts it used."""

from tactful.policy._judge import Objection, contact_rules, judge_contact, judge_shelf, merged_needs, shelf_rules
from tactful.policy._rule import ContactRule, ShelfRule
from tactful.policy._thresholds import Thresholds

__all__ = [
    "ContactRule",
    "Objection",
    "ShelfRule",
    "Thresholds",
    "contact_rules",
    "judge_contact",
    "judge_shelf",
    "merged_needs",
    "shelf_rules",
]
