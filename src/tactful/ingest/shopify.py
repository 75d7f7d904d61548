"""Products as Shopify exports them: CSV in both generations of its header, and ``products.json``. Neither names a currency."""

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any

from tactful.model.errors import InvalidFeed

Row = dict[str, str]
NAMES = {
    "handle": "handle",
    "url handle": "handle",
    "title": "title",
    "body (html)": "description",
    "description": "description",
    "vendor": "brand",
    "product category": "google_product_category",
    "google shopping / google product category": "google_product_category",
    "type": "product_type",
    "status": "status",
    "variant sku": "id",
    "sku": "id",
    "variant barcode": "gtin",
    "barcode": "gtin",
    "variant price": "price",
    "price": "price",
    "variant compare at price": "compare",
    "compare-at price": "compare",
    "variant inventory qty": "quantity",
    "inventory quantity": "quantity",
    "variant inventory policy": "oversell",
    "continue selling when out of stock": "oversell",
    "image src": "image_link",
    "product image url": "image_link",
    "google shopping / gender": "gender",
    "google shopping / age group": "age_group",
    **{f"option{n} {word}": f"option{n} {word}" for n in (1, 2, 3) for word in ("name", "value")},
}
"""What we call a column, by its name in either header, without case."""
OF_PRODUCT = ("title", "description", "brand", "google_product_category", "product_type", "status", "image_link", "gender", "age_group")
"""Written in the first row of a product only."""
TAG = re.compile(r"<[^>]*>")


def is_shopify(header: str) -> bool:
    """Whether the first line of a CSV is one of Shopify's.

    >>> is_shopify("Title,URL handle,Description"), is_shopify("id,title,price")
    (True, False)
    """
    names = {name.strip().strip('"').lower() for name in header.split(",")}
    return "title" in names and bool(names & {"handle", "url handle"})


def shopify_rows(body: bytes, *, currency: str) -> Iterator[tuple[int, Any]]:
    """Line and attributes of every variant in a CSV; rows that only hold one more picture are skipped."""
    try:
        reader = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        header = [NAMES.get(name.strip().lower(), "") for name in next(reader)]
        product: Row = {}
        names: Row = {}
        last = reader.line_num
        for cells in reader:
            line, last = last + 1, reader.line_num
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name and cell.strip()}
            if row.get("handle") != product.get("handle"):
                product = {name: row[name] for name in (*OF_PRODUCT, "handle") if name in row}
                names = {}
            names |= {name: cell for name, cell in row.items() if name.endswith(" name")}
            if "price" in row or "option1 value" in row:
                yield line, variant(product | names | row, currency)
    except UnicodeDecodeError as problem:
        raise InvalidFeed(f"the feed is not UTF-8: byte {problem.start} cannot be read; save it as UTF-8") from problem
    except csv.Error as problem:
        raise InvalidFeed(f"the feed is not well-formed CSV: {problem}") from problem


def variant(row: Row, currency: str) -> dict[str, Any]:
    """Attributes of one variant, under Google Merchant's names."""
    options = {row[f"option{n} name"].lower(): row[f"option{n} value"] for n in (1, 2, 3) if f"option{n} name" in row and f"option{n} value" in row}
    chosen = "-".join(value for name, value in options.items() if name != "title")
    known = {name: row[name] for name in (*OF_PRODUCT, "gtin") if name in row and name != "status"}
    known["id"] = row.get("id") or "-".join(part for part in (row.get("handle", ""), chosen) if part)
    known["item_group_id"] = row.get("handle", "")
    known["description"] = plain(row.get("description", ""))
    known |= {name: options[spelling] for spelling, name in (("color", "color"), ("colour", "color"), ("size", "size")) if spelling in options}
    return known | prices(row.get("price"), row.get("compare"), currency) | {"availability": availability(row)}


def prices(price: Any, compare: Any, currency: str) -> Row:
    """Price and sale price: what it is compared with is the price, and what it costs the sale price, where that is less."""
    if price in (None, ""):
        return {}
    try:
        reduced = compare not in (None, "") and float(compare) > float(price)
    except (TypeError, ValueError):
        reduced = False  # Reading the price tells what is wrong with it, with its line.
    now = f"{price} {currency}"
    return {"price": f"{compare} {currency}", "sale_price": now} if reduced else {"price": now}


def availability(row: Row) -> str:
    """Drafts and archived products are not for sale; a quantity of zero is out of stock unless the shop sells on."""
    if row.get("status", "active").lower() != "active":
        return "out_of_stock"
    empty = row.get("quantity", "1").lstrip("-").isdigit() and int(row.get("quantity", "1")) <= 0
    return "out_of_stock" if empty and row.get("oversell", "deny").lower() in ("deny", "false") else "in_stock"


def plain(text: str) -> str:
    """Text without its HTML.

    >>> plain("<p>Fish &amp; <b>chips</b></p>")
    'Fish & chips'
    """
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def shopify_objects(products: list[Any], *, currency: str) -> Iterator[tuple[int, Any]]:
    """Position and attributes of every variant of ``products.json``; one that is no object is handed on, for the report to name it."""
    for position, product in enumerate(products, 1):
        variants = product.get("variants") if isinstance(product, dict) else None
        if not isinstance(variants, list) or not variants:
            yield position, None
            continue
        for each in variants:
            yield position, of_json(product, each, currency) if isinstance(each, dict) else None


def of_json(product: dict[str, Any], each: dict[str, Any], currency: str) -> dict[str, Any]:
    """Attributes of one variant of ``products.json``."""
    images = product.get("images")
    first = images[0] if isinstance(images, list) and images and isinstance(images[0], dict) else {}
    sold = each.get("available", True) and str(product.get("status", "active")).lower() == "active"
    title, named = product.get("title"), each.get("title")
    known = {
        "id": each.get("sku") or each.get("id"),
        "title": title if named in (None, "", "Default Title") else f"{title} {named}",
        "item_group_id": product.get("handle") or product.get("id"),
        "description": plain(str(product.get("body_html") or "")),
        "brand": product.get("vendor"),
        "product_type": product.get("product_type"),
        "image_link": first.get("src"),
        "gtin": each.get("barcode"),
        "availability": "in_stock" if sold else "out_of_stock",
    } | prices(each.get("price"), each.get("compare_at_price"), currency)
    return {name: value for name, value in known.items() if value is not None}
