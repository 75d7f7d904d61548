"""Orders so long ago that they are no longer kept tell nothing of any occasion, least of all of somebody else's."""

from datetime import timedelta

from small_shop import ago, bought, customer_of, happened, row
from tactful.model.events import ProductsSearched

MANY = [bought(ago(1000), "novel"), *(bought(ago(990 - 7 * n), "milk") for n in range(130))]


def line_of(product_id, customer):
    (line,) = (i for i, bought_row in enumerate(customer.history.rows.tolist()) if bought_row == row(product_id))
    return line


def test_an_order_that_is_no_longer_kept_is_not_taken_for_another():
    before = customer_of(*MANY)
    number = int(before.history.orders[line_of("novel", before)])
    assert number < 0
    taken_for = before.profile.orders[number]
    search = happened(ProductsSearched, taken_for.at - timedelta(hours=1), query="birthday gift for him")
    after = customer_of(*MANY, search)
    assert not after.history.gift[line_of("novel", after)]
