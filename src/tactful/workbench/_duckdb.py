"""DuckDB, embedded: takes lines as NumPy columns, and counts what Ibis says."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from tactful.model.lines import LINES, Columns

if TYPE_CHECKING:
    import ibis

MEMORY = "1GB"
"""What a training with files may count in; what is larger goes through them."""
_SQL_TYPES = {"int8": "TINYINT", "int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE", "boolean": "BOOLEAN", "string": "VARCHAR"}
_GIVEN = "given"


class Counter:
    """A DuckDB of its own. Opens no connection and loads nothing but itself; what it cannot read or write is an OSError."""

    def __init__(self, *, spill: Path | None = None) -> None:
        import duckdb  # noqa: PLC0415 - slow to import, and only training needs it

        config: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        config |= {"memory_limit": MEMORY, "temp_directory": str(spill)} if spill else {"threads": 1}
        self._connection = duckdb.connect(config=config)

    def create(self) -> None:
        """Make all tables, empty."""
        for table, names in LINES.items():
            columns = ", ".join(f'"{name}" {_SQL_TYPES[kind]}' for name, kind in names.items())
            self._connection.execute(f"CREATE TABLE {table} ({columns})")

    def insert(self, table: str, columns: Columns) -> None:
        """Add lines to a table."""
        with_types = self._given(table, columns)
        self._connection.execute(f"INSERT INTO {table} {with_types}")
        self._connection.unregister(_GIVEN)

    def write(self, table: str, columns: Columns, file: Path) -> None:
        """Write lines of a table as Parquet."""
        with_types = self._given(table, columns)
        with _as_os_error(file):
            self._connection.execute(f"COPY ({with_types}) TO {_quoted(file)} (FORMAT parquet)")
        self._connection.unregister(_GIVEN)

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Let a table be what is in Parquet files."""
        with _as_os_error(files[0]):
            self._connection.execute(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM read_parquet([{', '.join(map(_quoted, files))}])")

    def count(self, expression: "ibis.Table") -> Columns:
        """What an expression says."""
        with _as_os_error():
            found = self._connection.sql(_sql(expression.op())).fetchnumpy()
        return {name: cast("NDArray[np.generic]", column) for name, column in found.items()}

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def _given(self, table: str, columns: Columns) -> str:
        self._connection.register(_GIVEN, dict(columns))
        typed = ", ".join(f'CAST("{name}" AS {_SQL_TYPES[kind]}) AS "{name}"' for name, kind in LINES[table].items())
        return f"SELECT {typed} FROM {_GIVEN}"


@lru_cache(maxsize=64)
def _sql(said: Any) -> str:
    """An expression's operation in DuckDB's words; the same few are asked again at every training."""
    import ibis  # noqa: PLC0415 - slow to import, and only training needs it

    return str(ibis.to_sql(said.to_expr(), dialect="duckdb"))


@contextmanager
def _as_os_error(file: Path | None = None) -> Iterator[None]:
    import duckdb  # noqa: PLC0415 - slow to import, and only training needs it

    try:
        yield
    except duckdb.IOException as error:
        raise OSError(errno.EIO, str(error).splitlines()[0], str(file) if file else None) from error


def _quoted(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"
