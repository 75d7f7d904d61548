"""Learning from the log: columns over everybody, and examples that tell how good a score is."""

from tactful.learning._answers import AnswerBuilder
from tactful.learning._base import CustomerBase, Remaining, dump_base, fit_base, load_base
from tactful.learning._examples import Examples
from tactful.learning._looks import LookTableBuilder
from tactful.learning._purchases import PurchaseTableBuilder, data_hash
from tactful.learning._rhythms import RhythmBuilder, dump_rhythms, fit_rhythms, load_rhythms

__all__ = [
    "AnswerBuilder", "CustomerBase", "Examples", "LookTableBuilder", "PurchaseTableBuilder", "Remaining", "RhythmBuilder",
    "data_hash", "dump_base", "dump_rhythms", "fit_base", "fit_rhythms", "load_base", "load_rhythms",
]  # fmt: skip
