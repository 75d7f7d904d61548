"""Learning from the log: columns over everybody, and examples that tell how good a score is."""

from tactful.learning._examples import Examples
from tactful.learning._looks import LookTableBuilder
from tactful.learning._off_policy import ESTIMATORS, Estimate, Logged
from tactful.learning._purchases import PurchaseTableBuilder, data_hash

__all__ = ["ESTIMATORS", "Estimate", "Examples", "Logged", "LookTableBuilder", "PurchaseTableBuilder", "data_hash"]
