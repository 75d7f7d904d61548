"""What every component of recommend keeps, whatever it learns. A new component is found here by itself."""

from copy import copy

import msgspec
import numpy as np
import pytest

from small_shop import CATALOG, NOW, PRODUCTS, STORES, ago, bought, carted, customer_of, looked, purchase_table, row
from tactful.catalog import build_table
from tactful.model.moment import OUTREACH, Moment
from tactful.model.products import Product
from tactful.recommend import Recommender, Source
from tactful.recommend._recommender import discover
from tactful.words import built_in

COMPONENTS = discover()
SOURCES = [component for component in COMPONENTS if issubclass(component, Source)]
each = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
HERE = Moment(now=NOW, placement="product", featured=(row("camera"),), query="drinks", country="GB")
AWAY = Moment(now=NOW, placement=OUTREACH)
ANN = customer_of(
    *(bought(ago(13 + 14 * n), "coffee") for n in range(5)),
    bought(ago(10), "camera", channel="pos"),
    *(looked("boots-39", ago(n)) for n in (1, 2, 3)),
    carted("novel", ago(0.5)),
)
NOBODY = customer_of()


@pytest.fixture(scope="module")
def purchases():
    return purchase_table()


@pytest.fixture(scope="module")
def trained(purchases):
    """Every component, trained and bound."""
    found = {}
    for component in COMPONENTS:
        found[component.name] = component()
        found[component.name].train(purchases)
        found[component.name].bind(CATALOG)
    return found


def said(source, customer, catalog=CATALOG, moment=HERE):
    """What a source proposes, by product id, in its own order."""
    found = source(moment, customer)
    return [(catalog.product(r).id, score, because) for r, score, because in zip(found.rows.tolist(), found.score.tolist(), found.because, strict=True)]


def test_components_are_found():
    assert {component.name for component in COMPONENTS} >= {"due_again", "completes", "considering", "popular_here", "cart_waiting", "life"}
    assert all(component.__doc__.strip() for component in COMPONENTS)


@each
def test_training_tells_figures_for_people(component, purchases):
    facts = component().train(purchases)
    assert msgspec.json.encode(facts)
    assert all(np.isfinite(value) for value in facts.values() if not isinstance(value, str))


@each
def test_training_twice_learns_the_same(component, purchases, trained):
    again = component()
    again.train(purchases)
    assert again.dump() == trained[component.name].dump()


@each
def test_training_on_nothing_is_fine(component):
    nothing = purchase_table(customers=3).before(0.0)
    fresh = component()
    assert msgspec.json.encode(fresh.train(nothing))
    fresh.bind(CATALOG)
    if issubclass(component, Source):
        said(fresh, ANN)


@each_source
def test_a_source_works_untrained(source):
    untrained = source()
    untrained.bind(CATALOG)
    for customer in (ANN, NOBODY):
        check_proposals(source, said(untrained, customer))


@each_source
@pytest.mark.parametrize("customer", [ANN, NOBODY], ids=["ann", "nobody"])
@pytest.mark.parametrize("moment", [HERE, AWAY], ids=["here", "away"])
def test_a_source_proposes_known_products_for_reasons_that_can_be_said(source, customer, moment, trained):
    check_proposals(source, said(trained[source.name], customer, moment=moment))


def check_proposals(source, proposals):
    for product_id, score, because in proposals:
        assert np.isfinite(score)
        assert score >= 0
        assert because.code == source.name
        assert built_in().speak("en").reason(because, row(product_id), CATALOG, now=NOW).endswith(".")


@each_source
def test_asked_twice_it_says_the_same(source, trained):
    assert said(trained[source.name], ANN) == said(trained[source.name], ANN)


@each_source
def test_saved_and_loaded_it_says_the_same_to_the_bit(source, trained):
    copy = source()
    copy.load(trained[source.name].dump())
    copy.bind(CATALOG)
    for moment in (HERE, AWAY):
        assert said(copy, ANN, moment=moment) == said(trained[source.name], ANN, moment=moment)
    assert copy.dump() == trained[source.name].dump()


@each_source
def test_of_an_unknown_customer_only_the_page_and_the_shop_speak(source, trained):
    found = said(trained[source.name], NOBODY)
    assert bool(found) == (source.name in {"popular_here", "completes", "similar", "searched"})
    assert said(trained[source.name], NOBODY, moment=AWAY) == [] or source.name == "popular_here"


@each
@pytest.mark.parametrize("change", ["added first", "removed", "all gone"])
def test_a_changed_catalogue_needs_no_training(component, change, trained):
    new = Product(id="new", title="New tea", product_type="Food > Drinks > Tea")
    products = {"added first": [new, *PRODUCTS], "removed": [p for p in PRODUCTS if p.id not in {"coffee", "case", "boots-39"}], "all gone": []}[change]
    catalog = build_table(products, STORES, version=2)
    moved = component()
    moved.load(trained[component.name].dump())
    moved.bind(catalog)
    if issubclass(component, Source):
        events = [bought(ago(13 + 14 * n), "coffee", "milk") for n in range(5)]
        customer = customer_of(*events, bought(ago(10), "camera"), looked("boots-42", ago(1)), carted("novel", ago(1)), catalog=catalog)
        known = {product.id for product in products}
        assert {product_id for product_id, _, _ in said(moved, customer, catalog=catalog, moment=AWAY)} <= known


@each_source
def test_a_copy_over_another_catalogue_leaves_the_first_as_it_was(source, trained):
    before = said(trained[source.name], ANN)
    copy(trained[source.name]).bind(build_table(PRODUCTS[::-1], (), version=2))
    assert said(trained[source.name], ANN) == before


@each_source
def test_a_prior_is_a_probability_that_grows_with_the_score(source):
    priors = [source().prior(score) for score in (0.0, 0.1, 0.5, 1.0)]
    assert priors == sorted(priors)
    assert 0 <= priors[0] <= priors[-1] <= 1


def test_all_together_are_best_first_with_one_reason_a_product(purchases):
    recommender = Recommender()
    for component in recommender.components.values():
        component.train(purchases)
    recommender.bind(CATALOG)
    for moment in (HERE, AWAY):
        shelf = recommender.shelf(moment, ANN)
        assert len(set(shelf.rows.tolist())) == len(shelf) > 0
        assert np.all(np.diff(shelf.score) <= 0)
        assert shelf.alive.all()
        assert shelf.source.tolist() == [because.code for because in shelf.because]
        assert np.array_equal(shelf.groups, CATALOG.group_of[shelf.rows])
    assert set(recommender.shelf(AWAY, ANN).source.tolist()) == {"due_again", "cart_waiting"}
    assert "cart_waiting" not in recommender.shelf(HERE, ANN).source
