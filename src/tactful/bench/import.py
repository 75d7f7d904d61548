# ruff: noqa: N999 - the command is called `tactful bench import`
"""How long a catalogue takes from a file to the first decision: made-up feeds in the image of real ones, every form of them, into SQLite.

Each is read, reported on, followed up with what was known before, stored in one durable transaction, and laid out for decisions; then once more with a tenth of
the prices changed, as shops send their feed every night. At last the server is started over such a catalogue, and one product changes, or is new.
"""

import html
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from tactful.app.engine import DecideRequest, Engine
from tactful.bench import Setting
from tactful.ingest import read_products
from tactful.model.products import Money, Product
from tactful.wiring import open_engine

SEED = 8321
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
WITHIN_SECONDS = 20.0
ONE_WITHIN_MS = 50.0
TIMES = 7
"""Each change is made to so many products; the one in the middle counts."""
PRODUCTS, QUICK = 100_000, 2_000
WRONG = 0.01
"""Of the lines: a price that is none."""
Line = dict[str, str]
WORDS = ("soft", "linen", "oak", "brushed", "steel", "light", "cotton", "woven", "deep", "narrow", "quiet", "harbour", "stone", "paper", "copper", "glass")
AISLES = [f"Department {n % 12} > Aisle {n % 60} > Kind {n}" for n in range(600)]
COLUMNS = (
    "id",
    "item_group_id",
    "title",
    "description",
    "link",
    "image_link",
    "additional_image_link",
    "availability",
    "price",
    "sale_price",
    "brand",
    "product_type",
    "google_product_category",
    "gtin",
    "mpn",
    "condition",
    "color",
    "size",
    "gender",
    "age_group",
    "custom_label_0",
)


def run(console: Console, setting: Setting) -> int:
    """Import every form twice; 1 where one of them takes longer than promised."""
    count = QUICK if setting.quick else PRODUCTS
    table = Table("feed", "MB", "products", "wrong lines", "read s", "store s", "lay out s", "all s", "of it processor s", "again, a tenth changed s")
    slowest = 0.0
    for name, write in FORMS.items():
        took = measure(write, count)
        slowest = max(slowest, took.total, took.again)
        figures = (took.read, took.store, took.lay_out, took.total, took.processor, took.again)
        table.add_row(name, f"{took.megabytes:.0f}", f"{took.products:,}", f"{took.wrong:,}", *(f"{figure:.1f}" for figure in figures))
    console.print(table)
    kept = slowest < WITHIN_SECONDS
    console.print(f"{'reached' if kept else 'missed'}: {count:,} products within {WITHIN_SECONDS:g} s from every form of feed (slowest {slowest:.1f} s)")
    return 0 if one_product(console, count) and kept else 1


def one_product(console: Console, count: int) -> bool:
    """Change one of many products, and print how long until the next decision is made with it, here and by another server; whether that is as promised."""
    products = read_products(as_tsv(lines(count)), content_type=None, currency="EUR").products
    table = Table("one product", "until the next decision, processor ms", "of it the decision", "until another server's")
    slowest = 0.0
    with TemporaryDirectory(prefix="tactful-bench-") as directory:
        filled = open_engine(Path(directory))
        with closing(filled.store):
            filled.put_products(products)
        began = time.process_time()
        engine = open_engine(Path(directory))
        engine.prepare()
        starting = time.process_time() - began
        other = open_engine(Path(directory))
        other.prepare()
        with closing(engine.store), closing(other.store):
            for name, change in CHANGES.items():
                took = np.array([_until_decided(engine, other, change(product)) for product in products[: TIMES * 100 : 100]])
                here, deciding, there = np.median(took, axis=0).tolist()
                slowest = max(slowest, here, there)
                table.add_row(name, f"{here:.1f}", f"{deciding:.1f}", f"{there:.1f}")
    console.print(table)
    kept = slowest < ONE_WITHIN_MS
    console.print(f"starting over {count:,} products: {starting:.2f} s of processor time")
    console.print(f"{'reached' if kept else 'missed'}: one product within {ONE_WITHIN_MS:g} ms (slowest {slowest:.1f} ms)")
    return kept


CHANGES: dict[str, Callable[[Product], Product]] = {
    "another price": lambda product: replace(product, price=Money(Decimal("3.33"), "EUR"), sale_price=None),
    "out of stock": lambda product: replace(product, availability="out_of_stock" if product.availability == "in_stock" else "in_stock"),
    "another title": lambda product: replace(product, title=f"{product.title} anew"),
    "another brand": lambda product: replace(product, brand="Anew"),
    "a new variant": lambda product: replace(product, id=f"{product.id}-new", color="Rust"),
    "a new style": lambda product: replace(product, id=f"{product.id}-style", item_group_id=f"{product.id}-style"),
    "a new kind": lambda product: replace(product, id=f"{product.id}-kind", item_group_id=f"{product.id}-kind", product_type=f"News > {product.id}"),
}


def _until_decided(engine: Engine, other: Engine, product: Product) -> tuple[float, float, float]:
    """Processor time from putting a product until the next decision is made, of it that of the decision, and that of another server's next; milliseconds."""
    began = time.process_time()
    engine.put_products([product], now=NOW)
    engine.prepare()
    put = time.process_time()
    engine.preview(DecideRequest(user_id="somebody", limit=8), now=NOW)
    decided = time.process_time()
    other.preview(DecideRequest(user_id="somebody", limit=8), now=NOW)
    ended = time.process_time()
    return (decided - began) * 1000, (decided - put) * 1000, (ended - decided) * 1000


class Took(Struct, frozen=True, kw_only=True):
    """One form's figures, in seconds."""

    megabytes: float
    products: int
    wrong: int
    read: float
    store: float
    lay_out: float
    processor: float
    """Of all three. On a busy machine the others wait for their turn, and this does not count that."""
    again: float

    @property
    def total(self) -> float:
        """From the file to the first decision."""
        return self.read + self.store + self.lay_out


def measure(write: Callable[[Iterator[Line]], bytes], count: int) -> Took:
    """Import one form of feed into a new store, and again a night later."""
    feed, later = write(lines(count)), write(lines(count, cheaper=True))
    with TemporaryDirectory(prefix="tactful-bench-") as directory:
        engine = open_engine(Path(directory))
        with closing(engine.store):
            began, worked = time.perf_counter(), time.process_time()
            report = read_products(feed, content_type=None, currency="EUR")
            read = time.perf_counter()
            engine.put_products(report.products, now=NOW)
            stored = time.perf_counter()
            engine.prepare()
            ready, processor = time.perf_counter(), time.process_time() - worked
            engine.put_products(read_products(later, content_type=None, currency="EUR").products, now=NOW + timedelta(days=1))
            engine.prepare()
            again = time.perf_counter() - ready
    return Took(
        megabytes=len(feed) / 1e6,
        products=len(report.products),
        wrong=len(report.problems),
        read=read - began,
        store=stored - read,
        lay_out=ready - stored,
        processor=processor,
        again=again,
    )


def lines(count: int, *, cheaper: bool = False) -> Iterator[Line]:
    """A shop's products, four variants a style, every attribute that shops fill in."""
    chance = random.Random(SEED)  # noqa: S311 - made-up products
    for number in range(count):
        style, wrong = number // 4, chance.random() < WRONG
        title = " ".join(chance.sample(WORDS, 4)).capitalize()
        cents = 500 + chance.randrange(20_000)
        if cheaper and number % 10 == 0:
            cents -= 100
        yield {
            "id": f"sku-{number}",
            "item_group_id": f"style-{style}",
            "title": title,
            "description": " ".join(chance.choices(WORDS, k=60)).capitalize() + '. "Made" to last & be mended.',
            "link": f"https://shop.example/products/style-{style}?variant={number}&utm_source=feed",
            "image_link": f"https://cdn.shop.example/images/{style}/{number}.jpg",
            "additional_image_link": f"https://cdn.shop.example/images/{style}/{number}-b.jpg",
            "availability": chance.choice(("in stock", "in_stock", "out of stock", "preorder")),
            "price": "on request" if wrong else f"{cents / 100:.2f} EUR",
            "sale_price": f"{cents / 125:.2f} EUR" if number % 7 == 0 and not wrong else "",
            "brand": f"Brand {number % 900}",
            "product_type": AISLES[style % len(AISLES)],
            "google_product_category": str(style % 5000),
            "gtin": f"{4006381000000 + number}",
            "mpn": f"M{number}",
            "condition": "new",
            "color": chance.choice(("Tan", "Black", "Navy", "Off white")),
            "size": chance.choice(("S", "M", "L", "XL")),
            "gender": chance.choice(("male", "female", "unisex")),
            "age_group": "adult",
            "custom_label_0": "season",
        }


def as_tsv(every: Iterator[Line]) -> bytes:
    """Google Merchant, tab-separated."""
    return "\n".join(("\t".join(COLUMNS), *("\t".join(line[name] for name in COLUMNS) for line in every))).encode()


def as_xml(every: Iterator[Line]) -> bytes:
    """Google Merchant, RSS."""
    items = ("<item>" + "".join(f"<g:{name}>{html.escape(text)}</g:{name}>" for name, text in line.items() if text) + "</item>" for line in every)
    return ('<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n' + "\n".join(items) + "</channel></rss>").encode()


def as_json(every: Iterator[Line]) -> bytes:
    """Google Merchant's names in a JSON array."""
    return json.dumps(list(every)).encode()


def as_shopify(every: Iterator[Line]) -> bytes:
    """Shopify's CSV, as it is exported now."""
    header = (
        "Title,URL handle,Description,Vendor,Product category,Type,Status,SKU,Barcode,Option1 name,Option1 value,Price,Inventory quantity,Product image URL"
    )
    names = ("title", "item_group_id", "description", "brand", "google_product_category", "product_type")
    rows = []
    for line in every:
        quoted = ['"' + line[name].replace('"', '""') + '"' for name in names]
        quantity = "0" if line["availability"] == "out of stock" else "3"
        rows.append(
            ",".join([*quoted, "active", line["id"], line["gtin"], "Size", line["size"], line["price"].removesuffix(" EUR"), quantity, line["image_link"]])
        )
    return "\n".join((header, *rows)).encode()


def as_linked(every: Iterator[Line]) -> bytes:
    """schema.org's JSON-LD, a product group a style."""
    groups: dict[str, list[Line]] = {}
    for line in every:
        groups.setdefault(line["item_group_id"], []).append(line)
    described = [
        {"@type": "ProductGroup", "productGroupID": name, "brand": {"@type": "Brand", "name": variants[0]["brand"]}, "hasVariant": [*map(linked, variants)]}
        for name, variants in groups.items()
    ]
    return json.dumps({"@context": "https://schema.org/", "@graph": described}).encode()


def linked(line: Line) -> dict[str, object]:
    """One variant in JSON-LD."""
    availability = "https://schema.org/OutOfStock" if line["availability"] == "out of stock" else "https://schema.org/InStock"
    offer = {"@type": "Offer", "price": line["price"].removesuffix(" EUR"), "priceCurrency": "EUR", "availability": availability, "url": line["link"]}
    told = {"sku": line["id"], "name": line["title"], "description": line["description"], "image": [line["image_link"]], "gtin13": line["gtin"]}
    return {"@type": "Product", **told, "color": line["color"], "size": line["size"], "category": line["product_type"], "offers": offer}


FORMS = {"Merchant TSV": as_tsv, "Merchant XML": as_xml, "JSON array": as_json, "Shopify CSV": as_shopify, "schema.org JSON-LD": as_linked}
