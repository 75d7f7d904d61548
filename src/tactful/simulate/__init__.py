"""Customers with hidden truth, to compare policies where no data set can tell how they would have felt.

A yardstick for comparing policies, not a source of claims about people: what it assumes stands in ``worlds/*.toml``, each number with its source.
"""

from tactful.simulate.parameters import WORLDS, read_world
from tactful.simulate.play import POLICIES, YOURS, Outcome, Setup, play
from tactful.simulate.promises import Promise, promises
from tactful.simulate.scorecard import Scorecard, score

__all__ = ["POLICIES", "WORLDS", "YOURS", "Outcome", "Promise", "Scorecard", "Setup", "play", "promises", "read_world", "score"]
