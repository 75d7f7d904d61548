"""From a source's own score to the probability of being wanted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.recommend._calibration import LEAST_HITS, Calibration, fit_curve


def examples(*blocks):
    """Scores and outcomes from blocks of (score, how many, how many of them wanted), wanted last."""
    score = np.concatenate([np.full(size, score) for score, size, _ in blocks])
    wanted = np.concatenate([np.arange(size) >= size - hits for _, size, hits in blocks])
    return score, wanted


def test_too_few_hits_tell_nothing():
    assert fit_curve(*examples((0.5, 100, LEAST_HITS - 1))) is None
    assert fit_curve(*examples((0.5, 100, LEAST_HITS))) is not None


def test_equal_scores_get_the_share_that_was_wanted_in_whatever_order_they_came():
    score, wanted = examples((0.5, 200, 20))
    assert fit_curve(score, wanted)(np.array([0.5])) == pytest.approx([0.1])
    assert fit_curve(score, wanted[::-1])(np.array([0.5])) == pytest.approx([0.1])


def test_the_curve_follows_the_shares_and_is_flat_outside():
    curve = fit_curve(*examples((0.1, 100, 5), (0.2, 100, 20), (0.4, 100, 60)))
    assert curve(np.array([0.0, 0.1, 0.2, 0.3, 0.4, 9.0])) == pytest.approx([0.05, 0.05, 0.2, 0.4, 0.6, 0.6])


def test_a_fall_is_evened_out():
    curve = fit_curve(*examples((0.1, 100, 30), (0.2, 100, 10)))
    assert curve(np.array([0.1, 0.2])) == pytest.approx([0.2, 0.2])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 3]))
def test_the_curve_never_falls_and_keeps_the_total(seed, decimals):
    rng = np.random.default_rng(seed)
    score = rng.random(300).round(decimals)
    wanted = rng.random(300) < score * 0.5 + 0.1
    curve = fit_curve(score, wanted)
    points = curve(np.linspace(-0.5, 1.5, 400))
    assert np.all(np.diff(points) >= 0)
    assert points.min() >= 0
    assert points.max() <= 1
    assert curve(score).sum() == pytest.approx(wanted.sum())


def test_saved_and_loaded_the_curves_are_the_same():
    curve = fit_curve(*examples((0.1, 100, 5), (0.4, 100, 60)))
    copy = Calibration()
    copy.load(Calibration({"popular_here": curve}).dump())
    assert copy.curves == {"popular_here": curve}
