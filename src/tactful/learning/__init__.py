"""Learning from the log: lines, what is counted of them, and tables over everybody."""

from tactful.learning._answers import learn_answers
from tactful.learning._base import CustomerBase, Remaining, dump_base, fit_base, load_base
from tactful.learning._lines import LineBuilder
from tactful.learning._rhythms import dump_rhythms, fit_rhythms, learn_rhythms, load_rhythms
from tactful.learning._tables import Count, data_hash, look_table, product_lines, purchase_table

__all__ = [
    "Count", "CustomerBase", "LineBuilder", "Remaining",
    "data_hash", "dump_base", "dump_rhythms", "fit_base", "fit_rhythms", "learn_answers", "learn_rhythms", "load_base", "load_rhythms",
    "look_table", "product_lines", "purchase_table",
]  # fmt: skip
