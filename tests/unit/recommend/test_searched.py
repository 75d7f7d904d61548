"""What a search finds by the words of the catalogue."""

from copy import copy

import pytest

from small_shop import CATALOG, NOW, ago, bought, customer_of
from tactful.catalog import extend_table
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.recommend import Recommender
from tactful.recommend.searched import Searched

KITE = Product(id="kite", title="Optika red kite", product_type="Toys > Kites")


def bound(catalog=CATALOG):
    source = Searched()
    source.bind(catalog)
    return source


def found(source, query, catalog=CATALOG):
    rows, _ = source.found(query)
    return {catalog.product(row).id for row in rows.tolist()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("optika", {"camera", "case"}),
        ("optika case", {"case"}),
        ("OPTIKA cases", {"case"}),
        ("case for a zither", {"case"}),
        ("drinks", {"coffee", "milk"}),
        ("boots", {"boots-39", "boots-42"}),
        ("zither", set()),
        ("", set()),
        ("?!", set()),
    ],
)
def test_what_is_called_so_is_found(query, expected):
    assert found(bound(), query) == expected


def test_of_a_style_the_variant_that_was_named_is_proposed():
    proposed = bound()(Moment(now=NOW, query="black tote"), customer_of())
    assert [CATALOG.product(row).id for row in proposed.rows.tolist()] == ["tote-black"]


def test_where_nobody_searches_nothing_is_proposed():
    assert not len(bound()(Moment(now=NOW), customer_of()))


def test_what_is_new_is_found_after_the_rest_was_read_and_the_former_stays_as_it_was():
    former = bound()
    assert found(former, "optika") == {"camera", "case"}
    grown = extend_table(CATALOG, KITE, version=2)
    source = copy(former)
    source.extend(grown, first=len(CATALOG.products))
    for query in ("optika", "kites", "red"):
        assert found(source, query, grown) == found(bound(grown), query, grown)
    assert found(source, "optika", grown) == {"camera", "case", "kite"}
    assert found(former, "optika") == {"camera", "case"}


def test_only_what_is_called_so_is_on_the_shelf_whoever_proposes_it():
    recommender = Recommender()
    recommender.bind(CATALOG)
    coffee_drinker = customer_of(*(bought(ago(13 + 14 * n), "coffee", "bread") for n in range(5)))
    everywhere = recommender.shelf(Moment(now=NOW), coffee_drinker)
    searching = recommender.shelf(Moment(now=NOW, query="drinks"), coffee_drinker)
    assert {CATALOG.product(row).id for row in everywhere.rows.tolist()} >= {"coffee", "bread"}
    assert [CATALOG.product(row).id for row in searching.rows.tolist()] == ["coffee", "milk"]
    assert searching.source.tolist() == ["due_again", "searched"]
    assert searching.searched
    assert not everywhere.searched
