"""What training reads of the log, as lines: tables with one row a purchase, a look, a visit, a person, a product."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[np.generic]]
"""A table: columns of equal length by name; texts are objects."""
Tables = Mapping[str, Columns]
"""By the names of `LINES`."""

LINES: dict[str, dict[str, str]] = {
    "people": {"customer": "int32", "country": "string", "sent": "int32", "answered": "int32"},
    "purchases": {"customer": "int32", "product": "string", "at": "float64", "order": "int32", "kept": "boolean", "gift": "boolean"},
    "looks": {"customer": "int32", "product": "string", "at": "float64", "kind": "int8"},
    "visits": {"customer": "int32", "hour": "int64"},
    "products": {"product": "string", "row": "int32"},
}
"""Name and type of every column, by table.

``customer`` is their place among all customers, by id; a line holds no id of anybody. ``at`` is in seconds since 1970-01-01 UTC. ``order`` is the place
among the customer's orders where it is ``kept``, else 0. ``kind`` is a place in `LOOK_KINDS`. ``hour`` is in hours since 1970-01-01 0 h on the customer's own
clock. ``sent`` and ``answered`` count messages. ``row`` is the product's in the catalogue.
"""
NUMPY_TYPES = {"int8": np.int8, "int32": np.int32, "int64": np.int64, "float64": np.float64, "boolean": np.bool_, "string": np.object_}


def columns_of(table: str, rows: list[tuple[object, ...]]) -> Columns:
    """Lay rows of a table out as columns.

    >>> columns_of("products", [("tea", 0), ("milk", 1)])["row"].tolist()
    [0, 1]
    """
    names = LINES[table]
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {name: np.array(column, NUMPY_TYPES[kind]) for (name, kind), column in zip(names.items(), columns, strict=True)}
