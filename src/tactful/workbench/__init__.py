"""Where training works: lines in Parquet files, counted by DuckDB or Spark, or in memory, counted by DuckDB. Behind ports that `tactful.app` declares."""

from tactful.workbench._files import FileWorkbench
from tactful.workbench._memory import MemoryWorkbench

__all__ = ["FileWorkbench", "MemoryWorkbench"]
