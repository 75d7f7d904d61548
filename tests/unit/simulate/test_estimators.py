"""Off-policy estimates: right where the answer is known, and honest about their spread."""

import numpy as np
import pytest

from tactful.learning.off_policy import ESTIMATORS, Logged
from tactful.simulate.estimators import check
from tactful.simulate.play import Setup, play


def logged(seed, rows=20_000, bias=0.0):
    """Two actions, worth 1 and 3 and a little more for some; the log prefers the first, the question is always the second."""
    random = np.random.default_rng(seed)
    about = random.random(rows)
    chance = 0.2 + 0.2 * about
    taken = random.random(rows) < chance
    mean = np.where(taken, 3.0, 1.0) + about
    return Logged(
        reward=mean + random.normal(0, 1, rows),
        weight=np.where(taken, 1 / chance, 0.0),
        predicted=mean + bias,
        expected=3.0 + about + bias,
    )


@pytest.mark.parametrize("name", ESTIMATORS)
def test_with_a_right_model_every_estimator_finds_the_value(name):
    estimate = ESTIMATORS[name](logged(1))
    assert estimate.value == pytest.approx(3.5, abs=0.1)
    assert estimate.low < estimate.value < estimate.high


def test_a_wrong_model_misleads_only_the_direct_estimate():
    log = logged(2, bias=-1.0)
    assert ESTIMATORS["DM"](log).value == pytest.approx(2.5, abs=0.1)
    for name in ("IPS", "SNIPS", "DR", "DRos"):
        assert ESTIMATORS[name](log).value == pytest.approx(3.5, abs=0.15), name


def test_intervals_of_the_doubly_robust_hold_the_truth_nineteen_times_in_twenty():
    held = [one.low <= 3.5 <= one.high for one in (ESTIMATORS["DR"](logged(seed, rows=2000)) for seed in range(200))]
    assert 0.9 <= np.mean(held) <= 0.99


def test_even_weights_are_worth_every_row():
    log = logged(3, rows=100)
    even = Logged(reward=log.reward, weight=np.ones(100), predicted=log.predicted, expected=log.expected)
    assert even.effective_sample == pytest.approx(100)
    assert log.effective_sample < 60


def test_estimators_are_put_to_the_test_of_paired_lives():
    setup = Setup(world="fashion", customers=80, months=6, policies=("silence", "blast_all", "cart_nag"), shard=80)
    found = {one.estimator: one for one in check(setup, play(setup, workers=1, progress=lambda _: None))}
    assert set(found) == {*ESTIMATORS, "hold-out", "surrogate, a quarter"}
    assert 0.85 <= found["hold-out"].coverage <= 1.0
    assert all(-1 <= one.rank_correlation <= 1 for one in found.values())
