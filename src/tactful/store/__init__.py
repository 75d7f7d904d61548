"""Adapters of the ports in `tactful.app.ports`: SQLite for shops, memory for tests. They behave the same; one suite of tests holds them to it."""

from tactful.store.memory import MemoryStore
from tactful.store.sql import SqliteStore

__all__ = ["MemoryStore", "SqliteStore"]
