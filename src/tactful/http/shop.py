"""What the shop sells and where: products and stores in."""

from typing import Any

from litestar import Request, patch, put
from litestar.params import FromPath, RawBody

from tactful.http.access import Behind, Now, secret_only
from tactful.http.described import TakesChanges, TakesProducts, TakesStores
from tactful.http.shapes import ProductsReply, StoresReply, json_object
from tactful.ingest import patch_product, read_products, read_stores
from tactful.model.products import Product


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
    """Take a Google Merchant feed (tab-separated, XML or a JSON array) or a Shopify export (CSV or JSON; with ``currency`` in the query, as it names none).

    Lines that cannot be read are reported, the rest is kept.
    """
    report = read_products(body, content_type=request.headers.get("content-type"), currency=request.query_params.get("currency"))
    edge.engine.put_products(report.products, now=now)
    return ProductsReply(products=len(report.products), problems=report.problems)


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
