"""A table that was changed product by product is the table laid out anew."""

from decimal import Decimal

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from small_shop import CATALOG, PRODUCTS, STORES
from tactful.catalog import build_table, patch_table
from tactful.model.products import Money

money = st.one_of(st.none(), st.integers(1, 99).map(lambda amount: Money(Decimal(amount), "EUR")))
changes = st.fixed_dictionaries(
    {},
    optional={
        "price": money,
        "sale_price": money,
        "availability": st.sampled_from(["in_stock", "out_of_stock", "preorder"]),
        "sensitivity": st.sampled_from([None, "none", "health", "a word of theirs"]),
        "adult": st.booleans(),
        "title": st.sampled_from(["One", "Two"]),
        "color": st.sampled_from([None, "Red"]),
    },
)

EVERY_DAY = {"price", "sale_price", "availability", "color"}
"""What no other product's row or word depends on."""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PRODUCTS) - 1), changes), max_size=5))
def test_patched_is_rebuilt(steps):
    products, table = list(PRODUCTS), CATALOG
    for version, (index, change) in enumerate(steps, start=2):
        products[index] = msgspec.structs.replace(products[index], **change)
        patched, rebuilt = patch_table(table, products[index], version=version), build_table(products, STORES, version=version)
        assert patched is not None or not change.keys() <= EVERY_DAY, "a price or the stock changes without laying all out again"
        table = patched or rebuilt
        for name in table.__struct_fields__:
            assert same(getattr(table, name), getattr(rebuilt, name)), name


def same(one, other):
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f") if isinstance(one, np.ndarray) else one == other


@given(st.integers(0, len(PRODUCTS) - 1), changes)
def test_the_former_table_stays_as_it_was(index, change):
    before = build_table(PRODUCTS, STORES, version=1)
    patch_table(before, msgspec.structs.replace(PRODUCTS[index], **change), version=2)
    assert before.products == PRODUCTS
    assert np.array_equal(before.price, CATALOG.price, equal_nan=True)
    assert np.array_equal(before.in_stock, CATALOG.in_stock)
    assert np.array_equal(before.sensitive, CATALOG.sensitive)
