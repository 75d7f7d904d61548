"""What everybody buys these days, and what kinds of things say."""

import numpy as np
import pytest
from scipy import sparse

from small_shop import CATALOG, purchase_table, row
from tactful.model.tables import PurchaseTable
from tactful.recommend._alike import AlikeConfig, learn_alike
from tactful.recommend._hazard import SIGNS, Hazard, fit_hazard
from tactful.recommend._pairs import summarise
from tactful.recommend._pulse import ANY, learn_pulses, over
from tactful.recommend.due_again import DueAgain
from tactful.recommend.like_you import Kinds

DAY = 100.0


def bought_on(*lines):
    """Purchases as (customer, product, day), up to a day."""
    customer, product, day = zip(*sorted(lines, key=lambda line: (line[0], line[2])), strict=True)
    return PurchaseTable(
        customer=np.array(customer, np.int32), row=np.array([row(name) for name in product], np.int32), day=np.array(day, float),
        order=np.arange(len(day), dtype=np.int32), customers=("a", "b"), country=("", ""), until_day=DAY, catalog=CATALOG,
    )  # fmt: skip


def pulses_of(past):
    groups = CATALOG.group_of[past.row]
    return {name: pulse for name, pulse in learn_pulses(past, summarise(past.customer, groups, past.day)).items() if name != ANY}


def test_what_many_buy_this_week_stands_out_from_what_they_bought_before():
    pulses = pulses_of(bought_on((0, "coffee", 96), (1, "coffee", 97), (0, "milk", 60), (1, "milk", 61)))
    coffee, milk = pulses["coffee"], pulses["milk"]
    assert coffee.this_week > 5 * milk.this_week > 0
    assert coffee.always == pytest.approx(milk.always)


def test_coming_back_counts_and_a_first_purchase_does_not():
    pulses = pulses_of(bought_on((0, "coffee", 80), (0, "coffee", 90), (1, "milk", 90)))
    assert pulses["coffee"].back > pulses["milk"].back > 0


def test_a_style_that_nobody_bought_has_the_pulse_of_nobody():
    past = bought_on((0, "coffee", 96))
    learned = learn_pulses(past, summarise(past.customer, CATALOG.group_of[past.row], past.day))
    laid = over(learned, ["unheard-of", "coffee"])
    assert laid[0, 0] == learned[ANY].this_week
    assert laid[1, 0] > laid[0, 0]


def test_catching_up_renews_what_is_usual_and_keeps_the_hazard():
    purchases = purchase_table()
    source = DueAgain()
    source.train(purchases)
    hazard, pulses = source.state.model, source.state.pulses
    source.catch_up(purchases.before(purchases.until_day - 30))
    assert source.state.model is hazard
    assert source.state.pulses != pulses


def test_beyond_what_was_learned_from_a_sign_says_no_more():
    rng = np.random.default_rng(2)
    signs = rng.normal(size=(4_000, len(SIGNS)))
    hazard = fit_hazard(signs, rng.random(4_000) < 1 / (1 + np.exp(-signs[:, 0])))
    assert isinstance(hazard, Hazard)
    far, farther = np.zeros((2, len(SIGNS)))
    far[0], farther[0] = 20.0, 2000.0
    low, high = hazard.probability(np.array([far, farther]))
    assert low == high < 1


def test_kinds_count_everything_of_their_own():
    kinds = Kinds.of(CATALOG)
    has = np.zeros((1, len(CATALOG.groups)))
    coffee = int(CATALOG.group_of[row("coffee")])
    has[0, coffee] = np.log1p(3)
    heard = kinds.taste(sparse.csr_matrix(has, dtype=np.float32)).toarray()[0]
    assert heard[kinds.of_style[coffee]] == pytest.approx(np.log1p(3 if kinds.of_style[coffee][0] != kinds.of_style[coffee][1] else 6), rel=1e-5)
    assert np.count_nonzero(heard) == len(set(kinds.of_style[coffee].tolist()))


def test_a_kind_speaks_for_things_and_is_never_named():
    rng = np.random.default_rng(1)
    likes = rng.random(600) < 0.5
    has = np.column_stack([likes & (rng.random(600) < 0.5), rng.random(600) < 0.5, likes]).astype(np.float32)
    likeness = learn_alike(sparse.csr_matrix(has), ["tea", "soap"], AlikeConfig(ridge=10.0), kinds=["Hot drinks"]).over(["soap", "tea"], ["Hot drinks"])
    said = dict(zip(likeness.kept.tolist(), likeness.of_kinds(np.array([0]), np.ones(1)).tolist(), strict=True))
    assert set(said) == {0, 1}
    assert said[1] > 0.2
