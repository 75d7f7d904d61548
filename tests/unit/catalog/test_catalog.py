"""The catalogue as columns, and what is sensitive in it."""

from decimal import Decimal

import numpy as np
import pytest

from small_shop import CATALOG, PRODUCTS, STORES, row
from tactful.catalog import build_table, department_of, parent_of, patch_table, sensitivity_of
from tactful.model.products import Money, Product


def thing(**fields):
    return Product(**({"id": "p", "title": "A thing"} | fields))


def euros(amount):
    return Money(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("fields", "tag"),
    [
        ({"product_type": "Pharmacy > Pain"}, "health"),
        ({"product_type": "Health > Vitamins & Supplements"}, "health"),
        ({"product_type": "Drugstore > Feminine Hygiene"}, "health"),
        ({"product_type": "Baby > Nappies"}, "pregnancy_baby"),
        ({"product_type": "Clothes > Maternity"}, "pregnancy_baby"),
        ({"product_type": "Drugstore > Family Planning"}, "intimacy"),
        ({"product_type": "Books > Religion"}, "belief"),
        ({"product_type": "Services > Payday loans"}, "money"),
        ({"product_type": "Drinks > Wine"}, "addiction"),
        ({"product_type": "Kiosk > Cigarettes"}, "addiction"),
        ({"product_type": "Flowers > Funeral"}, "grief"),
        ({"google_product_category": "Health & Beauty > Health Care"}, "health"),
        ({"google_product_category": "Health & Beauty > Personal Care > Cosmetics"}, "none"),
        ({"google_product_category": "Baby & Toddler > Diapering"}, "pregnancy_baby"),
        ({"google_product_category": "Mature > Erotic"}, "intimacy"),
        ({"google_product_category": "Religious & Ceremonial > Religious Items"}, "belief"),
        ({"google_product_category": "Food, Beverages & Tobacco > Beverages > Alcoholic Beverages > Beer"}, "addiction"),
        ({"google_product_category": "Food, Beverages & Tobacco > Food Items > Pasta"}, "none"),
        ({"product_type": "Apotheke > Schmerzmittel"}, "health"),
        ({"product_type": "Drogerie > Windeln"}, "pregnancy_baby"),
        ({"product_type": "Mode > Umstandsmode"}, "pregnancy_baby"),
        ({"product_type": "Getränke > Bier"}, "addiction"),
        ({"product_type": "Getränke > Alkoholfrei > Saft"}, "none"),
        ({"product_type": "Trauer > Kerzen"}, "grief"),
        ({"product_type": "Parapharmacie > Soins"}, "health"),
        ({"product_type": "Puériculture > Poussettes"}, "pregnancy_baby"),
        ({"product_type": "Cave > Vins rouges"}, "addiction"),
        ({"product_type": "Librairie > Religion"}, "belief"),
        ({"product_type": "Rasoirs > Préservatifs"}, "intimacy"),
        ({"product_type": "Kitchen > Wine glasses"}, "none"),
        ({"product_type": "Sport > Medicine balls"}, "none"),
        ({"product_type": "Clothing > Socks", "age_group": "newborn"}, "pregnancy_baby"),
        ({"product_type": "Clothing > Socks", "age_group": "kids"}, "none"),
        ({"product_type": "Food > Vegetables", "title": "Baby spinach"}, "none"),
        ({"title": "Baby wipes"}, "pregnancy_baby"),
        ({"product_type": "Food > Vinegar"}, "none"),
        ({"product_type": "Garden > Plants"}, "none"),
        ({"product_type": "Home > Swine figurines"}, "none"),
        ({"adult": True}, "intimacy"),
        ({"adult": True, "sensitivity": "none"}, "none"),
        ({"product_type": "Pharmacy > Sun cream", "sensitivity": "none"}, "none"),
        ({"product_type": "Home", "sensitivity": "grief"}, "grief"),
        ({}, "unknown"),
    ],
)
def test_sensitivity(fields, tag):
    assert sensitivity_of(thing(**fields)) == tag


def test_a_tag_nobody_knows_is_kept_private():
    table = build_table([thing(sensitivity="my-own-word"), thing(id="q", product_type="Home")], (), version=1)
    assert (table.sensitive != 0).tolist() == [True, False]


@pytest.mark.parametrize(("path", "department", "parent"), [("A > B > C", "A", "A > B"), ("A", "A", "A"), ("A > B", "A", "A")])
def test_paths(path, department, parent):
    assert (department_of(path), parent_of(path)) == (department, parent)


def test_columns_agree_with_the_products():
    assert [CATALOG.product(CATALOG.row_of[product.id]) for product in PRODUCTS] == list(PRODUCTS)
    assert [CATALOG.groups[code] for code in CATALOG.group_of.tolist()] == [product.group for product in PRODUCTS]
    assert [CATALOG.types[code] for code in CATALOG.type_of.tolist()] == [product.product_type for product in PRODUCTS]
    assert CATALOG.type_code == {name: code for code, name in enumerate(CATALOG.types)}
    assert CATALOG.rows_of_group[CATALOG.group_of[row("tote-tan")]] == (row("tote-tan"), row("tote-black"))
    assert set(CATALOG.stores) == {store.store_code for store in STORES}


def test_products_without_a_type_are_a_type_of_their_own_by_style():
    table = build_table([thing(), thing(id="q"), thing(id="r", item_group_id="q")], (), version=1)
    assert table.type_of.tolist() == [0, 1, 1]


def test_an_empty_catalogue_is_fine():
    table = build_table((), (), version=0)
    assert table.rows(["p"]).tolist() == []
    assert (len(table.price), len(table.groups), len(table.types)) == (0, 0, 0)


def test_unknown_products_are_left_out():
    assert CATALOG.rows(["camera", "unheard-of", "coffee"]).tolist() == [row("camera"), row("coffee")]


@pytest.mark.parametrize(
    ("fields", "price"),
    [({}, np.nan), ({"price": euros(9)}, 9.0), ({"price": euros(9), "sale_price": euros("7.5")}, 7.5), ({"sale_price": euros(7)}, 7.0)],
)
def test_the_price_is_what_it_costs_now(fields, price):
    assert build_table([thing(**fields)], (), version=1).price == pytest.approx([price], nan_ok=True)


@pytest.mark.parametrize(("availability", "sold"), [("in_stock", True), ("preorder", True), ("backorder", True), ("out_of_stock", False)])
def test_what_can_be_had(availability, sold):
    assert build_table([thing(availability=availability)], (), version=1).in_stock.tolist() == [sold]


@pytest.mark.parametrize("change", [{"id": "new"}, {"id": "tote-tan", "item_group_id": "other"}, {"id": "camera", "product_type": "Other"}, {"id": "camera"}])
def test_a_new_product_or_another_style_or_type_asks_for_a_new_table(change):
    assert patch_table(CATALOG, thing(**change), version=2) is None
