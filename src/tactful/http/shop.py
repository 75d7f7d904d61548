"""What the shop sells and where: products and stores in."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, delete, patch, put
from litestar.params import FromPath, RawBody

from tactful.http.access import Behind, Now, secret_only
from tactful.http.described import TakesChanges, TakesProducts, TakesStores
from tactful.http.shapes import FullFeedReply, InventoryReply, ProductsReply, StoresReply, json_object
from tactful.ingest import Problem, patch_product, read_changes, read_inventory, read_products, read_stores
from tactful.model.products import Product

YES = ("true", "1", "yes")


@put(
    "/v1/products",
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Catalogue"],
    operation_id="putProducts",
    summary="Insert or replace products",
    operation_class=TakesProducts,
)
def put_products(body: RawBody, *, request: Request[Any, Any, Any], edge: Behind, now: Now) -> ProductsReply:
    """Take a Google Merchant feed (tab-separated, XML or a JSON array), a Shopify export (CSV or JSON), schema.org's JSON-LD, or a page that carries it.

    A feed that names no currency, as Shopify's, needs ``currency`` in the query. Lines that cannot be read are reported, the rest is kept.
    With ``full=true`` the feed lists all that is sold: what it leaves out is no longer for sale.
    """
    query = request.query_params
    report = read_products(body, content_type=request.headers.get("content-type"), currency=query.get("currency"))
    if query.get("full") in YES:
        gone = edge.engine.put_full_feed(report.products, unread=report.unread, now=now)
        return FullFeedReply(products=len(report.products), problems=report.problems, withdrawn=gone)
    edge.engine.put_products(report.products, now=now)
    return ProductsReply(products=len(report.products), problems=report.problems)


@patch(
    "/v1/products",
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Catalogue"],
    operation_id="patchProducts",
    summary="Change attributes of many products",
    operation_class=TakesProducts,
)
def change_products(body: RawBody, *, request: Request[Any, Any, Any], edge: Behind, now: Now) -> ProductsReply:
    """Take a partial feed in any form that the whole one may have. What a line does not name, or leaves empty, stays; ``null`` in JSON clears."""
    report = read_changes(body, content_type=request.headers.get("content-type"), currency=request.query_params.get("currency"))
    unknown = edge.engine.change_products([(change.product_id, change.values) for change in report.changes], now=now)
    lost = [Problem(line=each.line, message=f"there is no product {each.product_id!r}; put it first") for each in report.changes if each.product_id in unknown]
    return ProductsReply(products=len(report.changes) - len(lost), problems=by_line(report.problems, lost))


@delete(
    "/v1/products/{product_id:path}",
    status_code=200,
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Catalogue"],
    operation_id="deleteProduct",
    summary="Forget a product",
)
def delete_product(product_id: FromPath[str], edge: Behind) -> dict[str, bool]:
    """Forget a product that should never have been there. One that is only sold no longer is better put out of stock: its past still says something."""
    edge.engine.delete_product(product_id.removeprefix("/"))
    return {"success": True}


@put(
    "/v1/stores/inventory",
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Catalogue"],
    operation_id="putInventory",
    summary="Say what is in which store",
    operation_class=TakesProducts,
)
def put_inventory(body: RawBody, *, request: Request[Any, Any, Any], edge: Behind) -> InventoryReply:
    """Take Google's local inventory feed (tab-separated, XML or a JSON array). What it does not name stays as it was."""
    report = read_inventory(body, content_type=request.headers.get("content-type"))
    unknown = edge.engine.put_inventory([(line.store_code, line.product_id, line.in_stock) for line in report.lines])
    lost = [Problem(line=each.line, message=f"there is no store {each.store_code!r}; put it first") for each in report.lines if each.store_code in unknown]
    return InventoryReply(lines=len(report.lines) - len(lost), problems=by_line(report.problems, lost))


def by_line(*found: Sequence[Problem]) -> tuple[Problem, ...]:
    """All problems in the order of their lines."""
    return tuple(sorted((problem for problems in found for problem in problems), key=lambda problem: problem.line))


@patch(
    "/v1/products/{product_id:path}",
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Catalogue"],
    operation_id="patchProduct",
    summary="Change some attributes of a product",
    operation_class=TakesChanges,
)
def change_product(product_id: FromPath[str], body: RawBody, *, edge: Behind, now: Now) -> Product:
    """Change price, sale_price, availability or any other attribute; null clears one."""
    changes = json_object(body)
    return edge.engine.change_product(product_id.removeprefix("/"), lambda known: patch_product(known, changes), now=now)


@put(
    "/v1/stores",
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Catalogue"],
    operation_id="putStores",
    summary="Insert or replace stores",
    operation_class=TakesStores,
)
def put_stores(body: RawBody, edge: Behind) -> StoresReply:
    """Take stores with their place and inventory. Those that cannot be read are reported, the rest is kept."""
    report = read_stores(body)
    edge.engine.put_stores(report.stores)
    return StoresReply(stores=len(report.stores), problems=report.problems)
