"""The benchmark of imports: every form of feed tells of the same shop."""

import importlib
import io

import pytest
from rich.console import Console

module = importlib.import_module("tactful.bench.import")


@pytest.mark.parametrize("form", module.FORMS)
def test_every_form_of_feed_holds_the_same_products_and_the_same_wrong_lines(form):
    took = module.measure(module.FORMS[form], 300)
    wrong = sum(line["price"] == "on request" for line in module.lines(300))
    assert (took.products, took.wrong) == (300 - wrong, wrong)
    assert wrong > 0
    assert took.total > 0


def test_one_product_is_changed_in_every_way_and_the_slowest_counts():
    said = io.StringIO()
    kept = module.one_product(Console(file=said, width=160), 900)
    assert all(name in said.getvalue() for name in module.CHANGES)
    assert ("reached: one product" if kept else "missed: one product") in said.getvalue()
