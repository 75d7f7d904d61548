"""The pure fold: who somebody is, as of the last event folded in.

A profile holds nothing that the log cannot rebuild: folding the same events in the same order gives the same bytes.
"""

from tactful.profile._columns import history_columns, purchase_lines
from tactful.profile._consent import ledger, refuses
from tactful.profile._fold import decode, encode, fold, fold_all, new_profile
from tactful.profile._person import week_of
from tactful.profile._places import home_of, is_fresh, present_of, trips_of

__all__ = [
    "decode", "encode", "fold", "fold_all", "history_columns", "home_of", "is_fresh", "ledger", "new_profile", "present_of", "purchase_lines", "refuses",
    "trips_of", "week_of",
]  # fmt: skip
