"""One ranker over several sources: learned where it is ahead, and only there; and never against a source's word."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from small_shop import NOW, ago, bought, customer_of, row
from tactful.bench._ranker import VOICES, Asked, figures_of, learn_ranker, likeliest
from tactful.bench.ranking import compare


def asked(n=24_000, *, seed=1, matters=True):
    """Proposals of two voices; whether a thing was bought follows both of them and how often they bought it, or the first voice alone."""
    rng = np.random.default_rng(seed)
    told = np.full((n, len(VOICES)), np.nan)
    first, last = rng.beta(1, 12, n), rng.beta(1, 20, n)
    spoke = rng.random(n) < 0.5
    told[spoke, 0] = first[spoke]
    told[~spoke, 3] = last[~spoke]
    figures = np.column_stack([rng.integers(0, 400, n), rng.integers(0, 40, n), rng.integers(1, 90, n), rng.integers(0, 20, n), rng.integers(0, 9, n)]).astype(
        float
    )
    truth = likeliest(told) * (np.where(figures[:, 0] < 60, 1.6, 0.2) if matters else 1.0)
    return Asked(customer=np.sort(rng.integers(0, 300, n)), row=rng.integers(0, 50, n), told=told, figures=figures, wanted=rng.random(n) < truth)


LEARNED, _ = learn_ranker(asked())


@pytest.fixture
def ranker():
    assert LEARNED is not None
    return LEARNED


def test_it_is_learned_where_figures_tell_more_than_the_likeliest_word(ranker):
    later = asked(seed=2)
    assert ranker is not None
    both = [np.log(p[later.wanted]).sum() + np.log1p(-p[~later.wanted]).sum() for p in (ranker(later.told, later.figures), likeliest(later.told))]
    assert both[0] > both[1]
    assert ranker(later.told, later.figures).mean() == pytest.approx(later.wanted.mean(), rel=0.1)


def test_it_is_not_learned_from_few_purchases_nor_where_it_adds_nothing():
    few, facts = learn_ranker(asked(2_000))
    assert few is None
    assert facts["wanted"] < 500
    nothing, facts = learn_ranker(asked(matters=False))
    assert nothing is None
    assert facts["ahead_in_log_loss"] < 2 * facts["standard_error"]


@settings(deadline=None)
@given(st.integers(0, len(VOICES) - 1), st.floats(0.001, 0.9), st.floats(1.01, 5.0))
def test_a_source_that_is_surer_never_makes_a_thing_less_likely(voice, probability, times):
    told = np.full((2, len(VOICES)), np.nan)
    told[:, voice] = probability, min(probability * times, 0.99)
    less, more = LEARNED(told, np.tile([30.0, 4.0, 20.0, 3.0, 2.0], (2, 1)))
    assert more >= less - 1e-12


def test_the_figures_are_of_the_customer_and_the_thing():
    customer = customer_of(bought(ago(40), "coffee"), bought(ago(10), "coffee", "milk"))
    coffee, camera = figures_of(np.array([row("coffee"), row("camera")]), customer, now=NOW).tolist()
    assert coffee == pytest.approx([10, 2, 2, 10, 2])
    assert camera == pytest.approx([999, 2, 2, 10, 0])
    assert figures_of(np.array([row("coffee")]), customer_of(), now=NOW).tolist() == [[999, 0, 0, 999, 0]]


def test_the_benchmark_tells_who_is_ahead():
    console = Console(record=True, width=200)
    assert compare(console, asked(), asked(seed=2), share=np.full(50, 0.1)) in (True, False)
    said = console.export_text()
    assert all(name in said for name in ("likeliest source", "trees", "linear", "ahead_in_log_loss", "the linear one says"))
