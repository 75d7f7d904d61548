"""A shop of a dozen products and a few dozen customers, for tests: who buys coffee keeps buying it, who buys a camera comes back for a case."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from tactful import learning
from tactful.app.read import see_customer
from tactful.catalog import build_table
from tactful.learning import LineBuilder, product_lines
from tactful.model.events import CartItemAdded, OrderCompleted, OrderLine, ProductViewed
from tactful.model.products import Money, Product, Store
from tactful.model.tables import DAY_SECONDS
from tactful.profile import fold_all, new_profile, purchase_lines
from tactful.wiring import open_engine
from tactful.workbench import MemoryWorkbench

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday."""
_numbers = count()

PRODUCTS = (
    Product(id="coffee", title="Peakroast coffee", product_type="Food > Drinks > Coffee", price=Money(Decimal(9), "EUR")),
    Product(id="milk", title="Oat milk", product_type="Food > Drinks > Milk", price=Money(Decimal(2), "EUR")),
    Product(id="bread", title="Rye bread", product_type="Food > Bakery > Bread"),
    Product(id="camera", title="Optika X10", product_type="Electronics > Photo > Cameras"),
    Product(id="camera-other", title="Lumo Z", product_type="Electronics > Photo > Cameras"),
    Product(id="case", title="Optika case", product_type="Electronics > Photo > Bags"),
    Product(id="tote-tan", title="Alder tote, Tan", product_type="Bags > Totes", item_group_id="tote", color="Tan"),
    Product(id="tote-black", title="Alder tote, Black", product_type="Bags > Totes", item_group_id="tote", color="Black"),
    Product(id="boots-39", title="Fell boots, 39", product_type="Shoes > Boots", item_group_id="boots", size="39"),
    Product(id="boots-42", title="Fell boots, 42", product_type="Shoes > Boots", item_group_id="boots", size="42"),
    Product(id="vitamins", title="Vitamin D", product_type="Pharmacy > Vitamins"),
    Product(id="novel", title="A long novel", product_type="Books > Novels"),
)
STORES = (
    Store(store_code="london", name="London", lat=51.5, lon=-0.1, country="GB", timezone="Europe/London", inventory=frozenset({"coffee", "case"})),
    Store(store_code="paris", name="Paris", lat=48.85, lon=2.35, country="FR", timezone="Europe/Paris"),
)
CATALOG = build_table(PRODUCTS, STORES, version=1)


def days(number):
    """So many days."""
    return timedelta(days=number)


def ago(number=0.0, *, hours=0.0, minutes=0.0):
    """A moment before now."""
    return NOW - timedelta(days=number, hours=hours, minutes=minutes)


def new_message():
    """A message id nobody used."""
    return f"m{next(_numbers)}"


def happened(kind, at, **fields):
    """An event of any kind by ann, with a message id of its own."""
    return kind(**({"message_id": new_message(), "at": at, "user_id": "ann"} | fields))


def looked(product_id, at, **fields):
    """Somebody looked at a product."""
    return happened(ProductViewed, at, product_id=product_id, **fields)


def carted(product_id, at, **fields):
    """Somebody put a product into the cart."""
    return happened(CartItemAdded, at, product_id=product_id, **fields)


def bought(at, *product_ids, **fields):
    """Somebody bought one of each."""
    lines = tuple(OrderLine(product_id=product_id) for product_id in product_ids)
    return happened(OrderCompleted, at, **({"order_id": new_message(), "lines": lines} | fields))


def profile_of(*events):
    """The profile after these events, in order of time."""
    return fold_all(new_profile("u:ann"), sorted(events, key=lambda event: event.at))


def customer_of(*events, catalog=CATALOG, now=NOW):
    """The customer after these events, as models and rules see them."""
    return see_customer(profile_of(*events), catalog, now=now)


def row(product_id, catalog=CATALOG):
    """The catalogue row of a product."""
    return catalog.row_of[product_id]


def life_of(number):
    """The purchases of one customer over 200 days: coffee every fortnight, milk every week, a camera and then a case, a tote once."""
    name = {"user_id": f"c{number}"}
    shift = number % 14
    orders = []
    if number < 24:
        orders += [bought(ago(200 - shift - 14 * n), "coffee", **name) for n in range(14)]
    if number % 2:
        orders += [bought(ago(199 - shift % 7 - 7 * n), "milk", "bread" if n % 3 == 0 else "milk", **name) for n in range(28)]
    if number >= 12:
        orders += [bought(ago(150 - 3 * (number % 30)), "camera", **name), bought(ago(143 - 3 * (number % 30)), "case", **name)]
    if number % 3 == 0:
        orders.append(bought(ago(60 - number), "tote-tan" if number % 2 else "tote-black", **name))
    return sorted((order for order in orders if order.at < NOW), key=lambda order: order.at)


@contextmanager
def counting(builder, catalog=CATALOG):
    """Lay lines out and give what counts them."""
    with MemoryWorkbench().begin(lambda _: "", now=NOW, resume_within=timedelta(0)) as work:
        work.lay_out("products", product_lines(catalog))
        work.lay_out("people", builder.tables())
        yield work.count


def tables_of(*profiles, catalog=CATALOG, until=NOW, country=lambda number: ""):
    """Purchases and looks of some customers as columns, counted as training counts them."""
    builder = LineBuilder()
    for number, profile in enumerate(profiles):
        builder.add(number, profile, bought=purchase_lines(profile), visits=(), country=country(number))
    ids = [profile.customer_id for profile in profiles]
    with counting(builder, catalog) as count:
        purchases = learning.purchase_table(count, catalog, ids, until_day=until.timestamp() / DAY_SECONDS)
        return purchases, learning.look_table(count, until_day=purchases.until_day)


def purchase_table(catalog=CATALOG, *, customers=48, until=NOW):
    """Everybody's purchases as columns."""
    everybody = [fold_all(new_profile(f"u:c{number}"), life_of(number)) for number in range(customers)]
    return tables_of(*everybody, catalog=catalog, until=until, country=lambda number: "GB" if number % 4 else "")[0]


def engine_after(events):
    """An engine over the small shop in memory, after some events."""
    engine = open_engine("memory:")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record(events, now=NOW)
    return engine
