"""Purchases by pair are what counting by hand gives."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.recommend._logistic import expit, fit_logistic
from tactful.recommend._pairs import summarise

purchases = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 80).map(lambda quarters: 100 + quarters / 4)), max_size=25)


def by_hand(rows):
    """Pair to (days, first, last, mean log gap, squared deviations), the slow way."""
    found = {}
    for customer, key, day in sorted(rows):
        days = found.setdefault((customer, key), [])
        if not days or math.floor(days[-1]) != math.floor(day):
            days.append(day)
    return {pair: (len(days), days[0], days[-1], *spread(days)) for pair, days in sorted(found.items())}


def spread(days):
    gaps = [math.log(max(b - a, 1.0)) for a, b in itertools.pairwise(days)]
    mean = sum(gaps) / len(gaps) if gaps else 0.0
    return mean, sum((gap - mean) ** 2 for gap in gaps)


@settings(max_examples=150, deadline=None)
@given(purchases, st.randoms(use_true_random=False))
def test_pairs_are_as_counted_by_hand(rows, random):
    shuffled = random.sample(rows, len(rows))
    customer, key, day = (np.array(column) for column in zip(*shuffled, strict=True)) if rows else (np.empty(0), np.empty(0), np.empty(0))
    pairs = summarise(customer.astype(np.int32), key.astype(np.int32), day.astype(np.float64))
    expected = by_hand(rows)
    assert list(zip(pairs.customer.tolist(), pairs.key.tolist(), strict=True)) == list(expected)
    columns = [pairs.count, pairs.first_day, pairs.last_day, pairs.log_gap_mean, pairs.log_gap_square]
    assert np.column_stack(columns) == pytest.approx(np.array(list(expected.values())).reshape(-1, 5), abs=1e-9)


def test_the_fit_recovers_the_weights_it_was_drawn_from():
    rng = np.random.default_rng(1)
    features = rng.normal([5, -2, 0], [2, 0.5, 1], size=(20_000, 3))
    true = np.array([0.8, -1.5, 0.0])
    label = rng.random(20_000) < expit(features @ true - 7.0)
    model = fit_logistic(features, label)
    weight = np.array(model.weight) / np.array(model.scale)
    assert weight == pytest.approx(true, abs=0.1)
    assert model.intercept - weight @ np.array(model.mean) == pytest.approx(-7.0, abs=0.5)
    assert model.probability(features).mean() == pytest.approx(label.mean(), abs=1e-4)


def test_a_feature_that_tells_everything_or_nothing_does_not_break_the_fit():
    told = np.repeat([0.0, 1.0], 50)
    model = fit_logistic(np.column_stack([told, np.ones(100)]), told == 1)
    assert np.all(np.isfinite(model.weight))
    assert np.all((model.probability(np.column_stack([told, np.ones(100)])) > 0.5) == (told == 1))


def test_a_rare_feature_does_not_make_the_steps_overshoot():
    rng = np.random.default_rng(2)
    features = np.zeros((4000, 2))
    features[:3, 0] = 1000.0
    features[:, 1] = rng.normal(size=4000)
    label = rng.random(4000) < 0.01
    label[:3] = True
    probability = fit_logistic(features, label).probability(features)
    assert probability[:3].min() > probability[3:].max()
    assert probability.mean() == pytest.approx(label.mean(), abs=1e-3)
