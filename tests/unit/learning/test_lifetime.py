"""What customers are still worth: fitted to a base whose truth is known, the models find it again."""

import numpy as np
import pytest

from tactful.learning import CustomerBase, dump_base, load_base
from tactful.learning.lifetime import (
    BetaGeometric,
    GammaGamma,
    ParetoNegativeBinomial,
    Summary,
    fit_beta_geometric,
    fit_gamma_gamma,
)

PUBLISHED = BetaGeometric(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Of the CDNOW sample (Fader, Hardie and Lee 2005, table 1)."""


def base_of(count, *, r, alpha, a, b, weeks=52.0, ahead=26.0, seed=1):
    """Customers who buy at their own rate and may stop after each purchase: what was seen of them, and what came after."""
    rng = np.random.default_rng(seed)
    rate, stop = rng.gamma(r, 1 / alpha, count), rng.beta(a, b, count)
    rows = []
    for each, risk in zip(rate, stop, strict=True):
        at, bought, repeats, last, later = 0.0, True, 0, 0.0, 0
        while bought:
            at += rng.exponential(1 / each)
            if at > weeks + ahead:
                break
            repeats, last, later = (repeats + 1, at, later) if at <= weeks else (repeats, last, later + 1)
            bought = rng.random() > risk
        rows.append((repeats, last, weeks, later))
    repeats, last, age, later = np.array(rows, np.float64).T
    return Summary(repeats, last, age), later


def test_a_known_base_is_found_again():
    seen, later = base_of(1_500, r=0.8, alpha=6.0, a=1.2, b=4.0)
    found = fit_beta_geometric(seen)
    assert found.log_likelihood(seen) >= BetaGeometric(r=0.8, alpha=6.0, a=1.2, b=4.0).log_likelihood(seen)
    assert (found.r, found.alpha) == pytest.approx((0.8, 6.0), rel=0.25)
    assert found.expected(seen, 26.0).sum() == pytest.approx(later.sum(), rel=0.15)


def test_the_published_example():
    """Customer 1 of the sample: 2 repeats, the last in week 30.43, seen for 38.86 weeks; the paper expects 1.226 in the 39 weeks after."""
    one = Summary(np.array([2.0]), np.array([30.43]), np.array([38.86]))
    assert PUBLISHED.expected(one, 39.0)[0] == pytest.approx(1.226, abs=0.002)


@pytest.mark.parametrize("model", [PUBLISHED, ParetoNegativeBinomial(r=0.553, alpha=10.578, s=0.606, beta=11.669)])
def test_the_longer_the_silence_the_less_is_to_be_expected(model):
    seen = Summary(np.full(4, 5.0), np.array([5.0, 15.0, 25.0, 35.0]), np.full(4, 40.0))
    assert (np.diff(model.alive(seen)) > 0).all()
    assert (np.diff(model.expected(seen, 20.0)) > 0).all()
    assert ((model.alive(seen) > 0) & (model.alive(seen) < 1)).all()


def test_few_orders_say_little_about_the_next():
    rng = np.random.default_rng(2)
    repeats = rng.integers(1, 9, 2_000).astype(np.float64)
    scale = rng.gamma(4.0, 1 / 20.0, 2_000)
    mean = np.array([rng.gamma(6.0, 1 / nu, int(x)).mean() for nu, x in zip(scale, repeats, strict=True)])
    found = fit_gamma_gamma(repeats, mean)
    assert found.log_likelihood(repeats, mean) >= GammaGamma(p=6.0, q=4.0, v=20.0).log_likelihood(repeats, mean)
    once, often = found.expected(np.array([1.0, 50.0]), np.array([200.0, 200.0]))
    assert once < often < 200.0


def test_a_customer_without_a_purchase_is_a_newcomer_and_the_base_survives_storage():
    base = CustomerBase(buying=PUBLISHED)
    nobody = base.remaining(np.empty(0), np.empty(0), today=20_000.0)
    regular = base.remaining(np.arange(19_700.0, 20_000.0, 14.0), np.full(22, 30.0), today=20_000.0)
    lapsed = base.remaining(np.arange(19_000.0, 19_300.0, 14.0), np.full(22, 30.0), today=20_000.0)
    assert regular.value > nobody.value > lapsed.value > 0
    assert load_base(dump_base(base)) == base
