"""A new product: what every component lays over it at once is what it would lay over the whole catalogue."""

from copy import copy

import msgspec
import numpy as np
import pytest

from small_shop import CATALOG, NOW, PRODUCTS, STORES, ago, looked, profile_of, purchase_table, tables_of
from tactful.catalog import build_table, extend_table, patch_table, reworded
from tactful.model.products import Product
from tactful.recommend._recommender import discover
from tactful.recommend.completes import Completes

NEWS = {
    "style": Product(id="new", title="Optika Y20", brand="Optika", product_type="Electronics > Photo > Cameras", since=NOW),
    "style without news": Product(id="new", title="Alder hat", product_type="Bags > Totes"),
    "variant": Product(id="tote-red", title="Alder tote, Red", product_type="Bags > Totes", item_group_id="tote", color="Red"),
    "variant of another type": Product(id="tote-hat", title="Alder hat", product_type="Hats", item_group_id="tote", since=NOW),
    "type": Product(id="kite", title="Kite for 3 winds", product_type="Toys > Outdoor > Kites", brand="Aloft"),
    "type that is another's parent": Product(id="photo", title="Optika voucher", product_type="Electronics > Photo"),
    "accessory": Product(id="battery", title="Voltix NP-40 battery for Optika X10", brand="Voltix", product_type="Electronics > Photo > Bags"),
    "private": Product(id="test", title="Pregnancy test", product_type="Pharmacy > Pregnancy"),
    "without a type": Product(id="thing", title="Thing"),
}
BACK = [product for product in PRODUCTS if product.id in ("coffee", "case", "milk", "tote-black")]
"""Things that were learned of, were gone, and are back."""
NOT_LAID_OUT = ("_catalog", "_kinds", "_trees")
"""What is only read when it is first needed, or is the catalogue itself."""


REWORDED = {
    "another title": {"coffee": {"title": "Peakroast espresso beans"}},
    "a model": {"camera": {"title": "Optika X20"}, "case": {"title": "Bag for Optika X10"}},
    "for another": {"case": {"title": "Lumo Z9 case"}, "camera-other": {"title": "Lumo Z9", "brand": "Lumo"}},
    "a brand": {"camera": {"brand": "Optika"}, "case": {"title": "Case for Optika", "brand": "Optika"}},
    "no words": {"novel": {"title": "?"}},
    "one variant": {"tote-tan": {"title": "Willow tote, Tan"}},
}


def same(one, other):
    """Whether two values hold the same, whatever they are made of."""
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and (np.array_equal(one, other) or np.allclose(one, other, equal_nan=True))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, msgspec.Struct):
        return all(same(getattr(one, name), getattr(other, name)) for name in one.__struct_fields__)
    if type(one).__module__.startswith("tactful.") and hasattr(one, "__dict__"):
        return same(laid_out(one), laid_out(other))
    return one == other or one is other


def laid_out(component):
    return {name: value for name, value in vars(component).items() if name not in NOT_LAID_OUT}


@pytest.fixture(scope="module")
def learned():
    purchases = purchase_table()
    _, looks = tables_of(*(profile_of(looked("camera", ago(9)), looked("case", ago(8))) for _ in purchases.customers))
    components = {}
    for kind in discover():
        component = kind()
        component.train(purchases)
        component.watch(looks, purchases)
        components[kind.name] = component.dump()
    return components


def loaded(kind, learned, catalog):
    component = kind()
    component.load(learned[kind.name])
    component.bind(catalog)
    return component


@pytest.mark.parametrize("news", NEWS)
def test_a_table_that_grew_is_the_table_of_all(news):
    grown = extend_table(CATALOG, NEWS[news], version=2)
    whole = build_table([*PRODUCTS, NEWS[news]], STORES, version=2)
    for name in whole.__struct_fields__:
        one, other = getattr(grown, name), getattr(whole, name)
        assert same(one, other), name
        assert getattr(one, "dtype", None) == getattr(other, "dtype", None), name


@pytest.mark.parametrize("kind", discover(), ids=lambda kind: kind.name)
def test_what_is_new_is_laid_over_as_if_the_whole_catalogue_were(kind, learned):
    for name, product in NEWS.items():
        grown = extend_table(CATALOG, product, version=2)
        component = loaded(kind, learned, CATALOG)
        component.extend(grown, first=len(CATALOG.products))
        other = loaded(kind, learned, grown)
        assert not [(name, key, value, vars(other)[key]) for key, value in laid_out(component).items() if not same(value, vars(other)[key])]


def test_what_is_new_may_take_the_company_of_the_others_away(learned):
    """A case for Lumo goes with every camera, until a camera by Lumo is sold."""
    words = {"camera": {"brand": "Optika"}, "case": {"title": "Case for Lumo"}}
    former = reworded_catalog(words)
    lumo = Product(id="lumo", title="Lumo Q", brand="Lumo", product_type="Electronics > Photo > Cameras")
    grown = extend_table(former, lumo, version=3)
    component, before = (loaded(Completes, learned, former) for _ in range(2))
    assert before.at_once[former.row_of["camera"]]
    component.extend(grown, first=len(former.products))
    assert same(component, loaded(Completes, learned, grown))
    assert former.row_of["camera"] not in component.at_once


@pytest.mark.parametrize("kind", discover(), ids=lambda kind: kind.name)
def test_what_is_back_is_laid_over_with_what_was_learned_of_it(kind, learned):
    for product in BACK:
        without = build_table([other for other in PRODUCTS if other.id != product.id], STORES, version=1)
        grown = extend_table(without, product, version=2)
        component = loaded(kind, learned, without)
        component.extend(grown, first=len(without.products))
        assert same(component, loaded(kind, learned, grown)), product.id


@pytest.mark.parametrize("kind", discover(), ids=lambda kind: kind.name)
def test_one_after_the_other_is_the_same_and_leaves_the_former_as_it_was(kind, learned):
    former = component = loaded(kind, learned, CATALOG)
    before, grown = loaded(kind, learned, CATALOG), CATALOG
    for number, product in enumerate(NEWS.values()):
        table = extend_table(grown, msgspec.structs.replace(product, id=f"new-{number}"), version=number + 2)
        component, component_before = type(former).__new__(type(former)), component
        component.__dict__ |= component_before.__dict__
        component.extend(table, first=len(grown.products))
        grown = table
    assert same(component, loaded(kind, learned, grown))
    assert same(former, before)


def reworded_catalog(changes):
    return build_table([msgspec.structs.replace(product, **changes.get(product.id, {})) for product in PRODUCTS], STORES, version=2)


@pytest.mark.parametrize("news", REWORDED)
@pytest.mark.parametrize("kind", discover(), ids=lambda kind: kind.name)
def test_what_says_something_else_is_laid_over_as_if_the_whole_catalogue_were(kind, news, learned):
    catalog = reworded_catalog(REWORDED[news])
    former = reworded(CATALOG, catalog, REWORDED[news])
    assert {CATALOG.products[row].id for row in former} == REWORDED[news].keys()
    component, before = loaded(kind, learned, CATALOG), loaded(kind, learned, CATALOG)
    again = copy(component)
    if kind.reads_words:
        again.reword(catalog, former)
    assert same(again, loaded(kind, learned, catalog))
    assert same(component, before)
    back = copy(again)
    if kind.reads_words:
        back.reword(CATALOG, reworded(catalog, CATALOG, REWORDED[news]))
    assert same(back, before)


def test_a_patched_table_is_the_table_of_all():
    for changes in REWORDED.values():
        table, whole = CATALOG, reworded_catalog(changes)
        for product_id in changes:
            table = patch_table(table, whole.products[whole.row_of[product_id]], version=2)
        assert same(table, whole)
