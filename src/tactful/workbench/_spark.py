"""Spark, to count what one machine is too small for. Every machine of the cluster has to see the files; needs the extra `[spark]` and Java."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tactful.model.errors import NotReady
from tactful.model.lines import LINES, Columns

if TYPE_CHECKING:
    import ibis

SETTINGS = {"spark.app.name": "tactful train", "spark.ui.showConsoleProgress": "false", "spark.driver.maxResultSize": "0"}
"""What is counted comes back as tables that training holds in memory anyhow, so their size has no other limit. All else is Spark's own configuration."""


class SparkCounter:
    """A session of Spark, shared by all that count in a process. Raises NotReady with Spark's own first words where it cannot do something."""

    def __init__(self, master: str) -> None:
        self._master = master
        with self._as_not_ready():
            import ibis  # noqa: PLC0415 - slow to import, and only training needs it
            from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra that most shops do without

            builder = SparkSession.builder.master(master)
            for name, value in SETTINGS.items():
                builder = builder.config(name, value)
            self._session = builder.getOrCreate()
            self._session.sparkContext.setLogLevel("ERROR")  # what goes wrong is told as an error; the rest would run through the progress bar
            self._words = ibis.pyspark.connect(self._session)

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Let a table be what is in Parquet files."""
        with self._as_not_ready():
            self._session.read.parquet(*(f"file://{file.absolute()}" for file in files)).createOrReplaceTempView(table)

    def count(self, expression: "ibis.Table") -> Columns:
        """What an expression says."""
        with self._as_not_ready():
            found = self._session.sql(self._words.compile(expression)).toArrow()
        return {name: found.column(name).to_numpy() for name in found.column_names}

    def close(self) -> None:
        """Forget the tables; the session stays for the next count."""
        for table in LINES:
            self._session.catalog.dropTempView(table)

    @contextmanager
    def _as_not_ready(self) -> Iterator[None]:
        try:
            from pyspark.errors import PySparkException  # noqa: PLC0415 - the same
        except ImportError as error:
            raise NotReady("Spark is not installed: pip install 'tactful[spark]'") from error
        try:
            yield
        except PySparkException as error:
            raise NotReady(f"Spark at {self._master} cannot count: {str(error).splitlines()[0]}") from error
