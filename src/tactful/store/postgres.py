"""The store for several servers: one PostgreSQL database, and the same ports over it as over SQLite."""

from collections.abc import Sequence
from datetime import datetime

from tactful.model.events import Event
from tactful.store._postgres import PostgresDatabase
from tactful.store.sql import SqlEvents, SqlProfiles, SqlStore


class _Events(SqlEvents):
    """The log. Inside a transaction, a customer is claimed before their log is touched."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._claim = database.claim

    def append(self, customer_id: str, events: Sequence[Event]) -> None:
        self._claim(customer_id)
        super().append(customer_id, events)

    def read(self, customer_id: str, *, until: datetime | None = None) -> list[Event]:
        self._claim(customer_id)
        return super().read(customer_id, until=until)

    def reassign(self, from_customer: str, to_customer: str) -> None:
        self._claim(from_customer)
        self._claim(to_customer)
        super().reassign(from_customer, to_customer)


class _Profiles(SqlProfiles):
    """Snapshots. Inside a transaction, a customer is claimed before their snapshot is touched."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._claim = database.claim

    def load(self, customer_id: str) -> bytes | None:
        self._claim(customer_id)
        return super().load(customer_id)

    def save(self, customer_id: str, snapshot: bytes) -> None:
        self._claim(customer_id)
        super().save(customer_id, snapshot)

    def drop(self, customer_ids: Sequence[str]) -> None:
        for customer_id in customer_ids:
            self._claim(customer_id)
        super().drop(customer_ids)


class PostgresStore(SqlStore):
    """All ports over one PostgreSQL database, whose tables are made when missing. Raises NotReady where it cannot be reached or is too new."""

    def __init__(self, url: str) -> None:
        database = PostgresDatabase(url)
        super().__init__(database)
        self.events = _Events(database)
        self.profiles = _Profiles(database)
