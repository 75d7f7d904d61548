"""What arrived: Segment bodies, history files and feeds, turned into events, products and stores. Pure.

One function, `tactful.ingest.messages.normalise`, knows every client's quirks. What cannot be understood becomes a dead letter and never spoils its
neighbours; only a body that cannot be taken apart at all is an error.
"""

from tactful.ingest.arrivals import read_batch, read_history
from tactful.ingest.changes import read_changes
from tactful.ingest.inventory import read_inventory
from tactful.ingest.products import patch_product, read_products
from tactful.ingest.reports import Problem
from tactful.ingest.shopify import is_shopify
from tactful.ingest.stores import read_stores
from tactful.ingest.wire import write_key

__all__ = [
    "Problem",
    "is_shopify",
    "patch_product",
    "read_batch",
    "read_changes",
    "read_history",
    "read_inventory",
    "read_products",
    "read_stores",
    "write_key",
]
