"""Home in a simulated year: trips do not move it, moves do."""

import numpy as np
import pytest

from place_simulation import WORLDS, played


@pytest.mark.parametrize("world", ["more often when away, up to a week", "equally often, a week"])
def test_home_stays_through_a_trip_and_follows_a_move(world):
    found = played(WORLDS[world], people=30, seed=8321)
    assert found.after_trips > 500
    assert found.leak <= 0.01
    assert found.accuracy >= 0.9
    assert np.median(found.noticed_after) <= 30
