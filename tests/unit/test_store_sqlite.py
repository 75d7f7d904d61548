"""What only the SQLite store has: a file, and all that can be wrong with files."""

import re
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from tactful.model.access import Look
from tactful.model.errors import NotReady
from tactful.model.events import PageViewed
from tactful.store import SqliteStore, _database
from tactful.store._database import APPLICATION_ID, MIGRATIONS, STATEMENTS
from tactful.store._migrations import Migration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONCE_IN_A_WHILE = {
    "scan_dead_letters",
    "scan_events",
    "count_events",
    "customers",
    "missing_profiles",
    "user_ids",
    "catalog_version",
    "catalog_changed",
    "catalog_loses",
    "products_deleted",
    "models_version",
    "models_changed",
    "keys_version",
    "keys_changed",
    "latest_looks",
}
"""Statements that go through a whole table on purpose; no request waits for one of a table that grows."""
WHOLE_SMALL_TABLES = {"anyone_refuses", "count_tombstones", "products", "stores", "load_models", "load_keys", "latest_dead_letters", "count_dead_letters"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tactful.sqlite3"


def one_line(error: pytest.ExceptionInfo[NotReady], path: Path) -> str:
    assert error.value.message.startswith(f"{path} ")
    assert "\n" not in error.value.message
    return error.value.message


def test_a_newer_schema_is_left_alone(path):
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO migrations VALUES ('999_moods')")
    with pytest.raises(NotReady) as error:
        SqliteStore(path)
    assert "999_moods" in one_line(error, path)
    assert "upgrade Tactful" in error.value.message


def schema(path):
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()


def test_a_file_from_before_the_list_of_migrations_is_brought_up_to_date(path, tmp_path):
    with sqlite3.connect(path) as connection:
        connection.executescript(MIGRATIONS[0].script + f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;")
        connection.execute("INSERT INTO profiles VALUES ('u:ann', x'00')")
    store = SqliteStore(path)
    assert store.profiles.load("u:ann") == b"\0"
    store.close()
    SqliteStore(tmp_path / "new.sqlite3").close()
    assert schema(path) == schema(tmp_path / "new.sqlite3")


def test_migrations_that_landed_in_another_order_are_caught_up(path, monkeypatch):
    one, two = Migration("500_hats", "CREATE TABLE hats (id);"), Migration("501_gloves", "CREATE TABLE gloves (id);\nCREATE INDEX g ON gloves (id);")
    monkeypatch.setattr(_database, "MIGRATIONS", (*MIGRATIONS, two))
    SqliteStore(path).close()
    monkeypatch.setattr(_database, "MIGRATIONS", (*MIGRATIONS, one, two))
    SqliteStore(path).close()
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        assert {name for (name,) in connection.execute("SELECT name FROM migrations")} >= {"001_log", "500_hats", "501_gloves"}
        assert connection.execute("SELECT count(*) FROM hats, gloves").fetchone() == (0,)


def test_a_migration_that_fails_changes_nothing(path, monkeypatch):
    SqliteStore(path).close()
    before = schema(path)
    monkeypatch.setattr(_database, "MIGRATIONS", (*MIGRATIONS, Migration("500_hats", "CREATE TABLE hats (id);\nCREATE TABLE events (id);")))
    with pytest.raises(NotReady):
        SqliteStore(path)
    assert schema(path) == before


def test_a_file_that_is_no_database_is_left_alone(path):
    path.write_text("Dear diary, today I was not a database. " * 100)
    with pytest.raises(NotReady) as error:
        SqliteStore(path)
    assert "file is not a database" in one_line(error, path)
    assert path.read_text().startswith("Dear diary")


def test_another_programs_database_is_left_alone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(NotReady) as error:
        SqliteStore(path)
    assert "another program" in one_line(error, path)


def test_a_path_that_cannot_be_opened(tmp_path):
    path = tmp_path / "no" / "such" / "directory"
    with pytest.raises(NotReady) as error:
        SqliteStore(path)
    assert "permissions" in one_line(error, path)


def test_a_database_that_another_process_is_writing(path, monkeypatch):
    monkeypatch.setattr(_database, "_BUSY_SECONDS", 0.01)
    store = SqliteStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotReady) as error, store.transaction():
        store.profiles.save("u:ann", b"")
    assert "database is locked" in one_line(error, path)
    other.execute("ROLLBACK")
    with store.transaction():
        store.profiles.save("u:ann", b"ann")
    assert store.profiles.load("u:ann") == b"ann"


def test_a_wrong_statement_is_our_mistake_and_says_so(path, monkeypatch):
    monkeypatch.setitem(STATEMENTS, "save_profile", "INSERT INTO no_such_table VALUES (?, ?)")
    store = SqliteStore(path)
    with pytest.raises(sqlite3.OperationalError, match="no_such_table"), store.transaction():
        store.profiles.save("u:ann", b"")


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_durable_transactions_wait_for_the_disk(path, durable, level):
    store = SqliteStore(path)
    for choice in (durable, not durable, durable):
        with store.transaction(durable=choice):
            synchronous = store._database._writer.execute("PRAGMA synchronous").fetchone()[0]
    assert synchronous == level


def test_a_process_that_dies_in_a_transaction_leaves_nothing_half_done(path):
    SqliteStore(path).close()
    script = """
        import os, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from tactful.model.events import PageViewed
        from tactful.store import SqliteStore

        store = SqliteStore(Path(sys.argv[1]))
        at = datetime(2026, 3, 1, 12, tzinfo=UTC)
        with store.transaction():
            store.events.append("u:ann", [PageViewed(message_id="whole", at=at)])
            store.profiles.save("u:ann", b"whole")
        with store.transaction():
            store.events.append("u:ann", [PageViewed(message_id=f"half-{n}", at=at) for n in range(20_000)])
            store.profiles.save("u:ann", b"half")
            os._exit(9)
    """
    died = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(path)], check=False, env={"PYTHONPATH": ":".join(sys.path)})
    assert died.returncode == 9
    store = SqliteStore(path)
    assert store.events.read("u:ann") == [PageViewed(message_id="whole", at=NOON)]
    assert store.profiles.load("u:ann") == b"whole"
    store.close()


def test_the_audit_log_cannot_be_changed(path):
    store = SqliteStore(path)
    with store.transaction():
        store.audit.add(Look(at=NOON, key="till", action="profile", whom="ann", outcome="ok"))
    store.close()
    with sqlite3.connect(path) as connection:
        for statement in ("UPDATE looks SET whom = 'bob'", "DELETE FROM looks"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_a_read_that_outlives_the_store_closes_its_own_connection(path):
    store = SqliteStore(path)
    with store.transaction():
        store.events.append("u:ann", [PageViewed(message_id="m1", at=NOON)])
        store.events.append("u:bob", [PageViewed(message_id="m2", at=NOON)])
    scan = store.events.scan()
    next(scan)
    store.close()
    assert [customer for customer, _ in scan] == ["u:bob"]


def test_every_statement_is_used_and_says_what_it_does():
    source = "".join(file.read_text() for file in files("tactful.store").iterdir() if file.name.endswith(".py"))
    assert set(re.findall(r'"([a-z_]+)"', source)) >= set(STATEMENTS)
    text = files("tactful.store").joinpath("statements.sql").read_text()
    assert len(re.findall(r"^-- \w+ --\n-- [A-Z][^\n]*\.\n[A-Z]", text, re.MULTILINE)) == len(STATEMENTS)


@pytest.mark.parametrize("name", sorted(set(STATEMENTS) - ONCE_IN_A_WHILE - WHOLE_SMALL_TABLES))
def test_hot_statements_touch_one_customer_or_one_key(path, name):
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    statement = STATEMENTS[name]
    parameters = {"from": "", "into": ""} if ":from" in statement else ("",) * statement.count("?")
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step], plan
