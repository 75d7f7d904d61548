"""What only the PostgreSQL store has: several writers at once, a server that may go away, and tables that are cut into parts by customer."""

import itertools
import re
import threading
from datetime import UTC, datetime

import psycopg
import pytest

from postgres_server import TOGETHER, fresh_store, new_database, shared_database
from tactful.app.ports import Collision
from tactful.model.access import Look
from tactful.model.errors import NotReady
from tactful.model.events import PageViewed
from tactful.model.identity import Identifier, Link
from tactful.store import _postgres
from tactful.store._migrations import Migration, migrations
from tactful.store._postgres import MIGRATIONS, STATEMENTS
from tactful.store.postgres import PostgresStore

pytestmark = TOGETHER
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = Identifier("user_id", "ann")
NOT_OF_ONE_CUSTOMER = {
    "scan_events": "training and doctor read everything",
    "customers": "training asks for everybody",
    "count_events": "doctor counts",
    "missing_profiles": "after an import",
    "user_ids": "planning for everybody",
    "products": "the catalogue is laid out in memory, and read again only when its version has changed",
    "stores": "the same",
    "load_models": "the same",
    "latest_dead_letters": "the console shows the last few",
    "count_dead_letters": "doctor counts",
    "catalog_version": "one row",
    "catalog_changed": "one row",
    "catalog_loses": "one row",
    "products_deleted": "one row",
    "models_version": "one row",
    "models_changed": "one row",
    "keys_version": "one row",
    "keys_changed": "one row",
    "load_keys": "read again only when their version has changed",
    "latest_looks": "the command line shows the last few",
    "reassign_events": "two people turn out to be one: their log moves to another part, and each message id follows",
    "links_of_customer": "where identifiers are cut by themselves, a customer's are found by an index in each part",
    "reassign_identifiers": "the same, when two people turn out to be one",
    "due_reservations": "the next messages of everybody, by an index in each part",
} | dict.fromkeys(
    ("forget_links", "move_event", "erase_events", "decisions_of", "reassign_decisions", "erase_decisions", "scan_dead_letters", "count_tombstones"),
    "joining, separating, showing and erasing a person: rare, and found by an index in each part",
)
"""Statements that touch more than one part, and why that is fine."""


@pytest.fixture
def store():
    with fresh_store() as store:
        yield store


def view(message_id):
    return PageViewed(message_id=message_id, at=NOON, user_id="ann")


def aside(work):
    """Start some work in a thread of its own."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_it_takes_the_same_steps_as_sqlite():
    assert [migration.name for migration in MIGRATIONS] == [migration.name for migration in migrations("sqlite")]


def test_a_newer_schema_is_left_alone(monkeypatch):
    with new_database() as url:
        PostgresStore(url).close()
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO migrations VALUES ('999_moods')")
        with pytest.raises(NotReady, match=r"999_moods.*upgrade Tactful") as error:
            PostgresStore(url)
        assert "\n" not in error.value.message


def test_another_programs_tables_are_left_alone():
    with new_database() as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE events (title text)")
        with pytest.raises(NotReady, match="another program"):
            PostgresStore(url)


def test_a_migration_that_fails_changes_nothing(monkeypatch):
    with new_database() as url:
        PostgresStore(url).close()
        monkeypatch.setattr(_postgres, "MIGRATIONS", (*MIGRATIONS, Migration("500_hats", "CREATE TABLE hats (id int); CREATE TABLE events (id int);")))
        with pytest.raises(NotReady, match="already exists"):
            PostgresStore(url)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT to_regclass('hats')").fetchone() == (None,)


def test_two_that_start_at_once_make_one_schema():
    with new_database() as url:
        threads = [aside(lambda: PostgresStore(url).close()) for _ in range(3)]
        for thread in threads:
            thread.join()
        PostgresStore(url).close()


@pytest.mark.parametrize("name", sorted(set(STATEMENTS) - set(NOT_OF_ONE_CUSTOMER)))
def test_hot_statements_touch_one_part_by_its_key(store, name):
    with store.transaction():
        store.events.append("a", [view("b" if name == "append_event" else "a")])
        store.identities.link(Link(identifier=Identifier("a", "a"), customer_id="a", since=NOON, event_id="a"))
    with psycopg.connect(shared_database()) as connection:
        plan = plan_of(connection, STATEMENTS[name])
        connection.rollback()
    done = "\n".join(line for line in plan if "never executed" not in line)
    tables = [table for table, _ in set(re.findall(r"(?:Scan|using \w+|Insert|Update|Delete) on (\w+?)_(\d+)\b", done))]
    assert len(tables) == len(set(tables)), done
    assert "Seq Scan" not in done, done


def plan_of(connection, statement):
    """How a statement is done when each of its values is an example of its type."""
    numbers = itertools.count(1)
    numbered = re.sub(r"%s|%\((\w+)\)s", lambda mark: {"from": "$1", "into": "$2"}.get(mark[1]) or f"${next(numbers)}", statement)
    connection.execute("SET enable_seqscan = off")
    connection.execute(f"PREPARE example AS {numbered}")
    (types,) = connection.execute("SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'example'").fetchone()
    values = ", ".join(EXAMPLES[each] for each in types)
    return [line for (line,) in connection.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE example{f'({values})' if types else ''}")]


EXAMPLES = {"text": "'a'", "bigint": "0", "integer": "0", "bytea": "''", "boolean": "false", "double precision": "0.5", "text[]": "'{a}'"}


def test_every_table_that_grows_with_customers_is_cut_by_its_first_key(store):
    with psycopg.connect(shared_database()) as connection:
        cut = dict(connection.execute("SELECT partrelid::regclass::text, pg_get_partkeydef(partrelid) FROM pg_partitioned_table").fetchall())
    assert cut["events"] == cut["profiles"] == "HASH (customer)"
    assert cut["message_ids"] == "HASH (message_id)"


def test_writers_of_different_people_work_side_by_side(store):
    inside, finished = threading.Event(), threading.Event()

    def write_about_bob():
        with store.transaction(about=["u:bob"]):
            store.profiles.save("u:bob", b"bob")
        finished.set()

    with store.transaction(about=["u:ann"]):
        store.profiles.save("u:ann", b"ann")
        aside(write_about_bob)
        assert finished.wait(timeout=20)
        inside.set()
    assert (store.profiles.load("u:ann"), store.profiles.load("u:bob")) == (b"ann", b"bob")


def test_writers_of_the_same_person_take_turns_whatever_they_call_them(store):
    with store.transaction():
        store.identities.link(Link(identifier=ANN, customer_id="u:ann", since=NOON, event_id="m1"))
    began, seen = threading.Event(), []

    def write_again():
        began.set()
        with store.transaction(about=[ANN]):
            seen.append(store.profiles.load("u:ann"))

    with store.transaction(about=["u:ann"]):
        thread = aside(write_again)
        assert began.wait(timeout=20)
        store.profiles.save("u:ann", b"first")
    thread.join(timeout=20)
    assert seen == [b"first"]


def test_who_was_not_named_is_claimed_late_or_the_writer_gives_way(store):
    given_way, done = [], threading.Event()

    def write_about_ann():
        try:
            with store.transaction(about=[]):
                store.profiles.save("u:ann", b"late")
        except Collision as collision:
            given_way.append(collision.message)
        done.set()

    with store.transaction(about=["u:ann"]):
        aside(write_about_ann)
        assert done.wait(timeout=20)
    assert given_way == ["somebody else is at work on 'u:ann': try again"]
    write_about_ann()
    assert store.profiles.load("u:ann") == b"late"


def test_a_message_id_that_two_writers_bring_at_once_is_kept_once(store):
    with store.transaction():
        store.events.append("u:ann", [view("m1")])
    with pytest.raises(Collision), store.transaction(about=["u:bob"]):
        store.events.append("u:bob", [view("m1")])
    assert store.events.find("m1") == ("u:ann", view("m1"))
    assert store.events.count() == 1


def test_connections_that_died_while_idle_are_replaced(store):
    assert store.events.count() == 0
    end_all_connections()
    assert store.events.count() == 0
    end_all_connections()
    with store.transaction(about=["u:ann"]):
        store.events.append("u:ann", [view("m1")])
    assert store.events.count() == 1


def test_a_transaction_whose_connection_dies_is_undone_and_says_so(store):
    def interrupted():
        with store.transaction():
            store.profiles.save("u:ann", b"")
            end_all_connections()
            store.profiles.save("u:bob", b"")

    with pytest.raises(NotReady, match="try again") as error:
        interrupted()
    assert "\n" not in error.value.message
    assert store.profiles.load("u:ann") is None


def test_the_audit_log_cannot_be_changed(store):
    with store.transaction():
        store.audit.add(Look(at=NOON, key="till", action="profile", whom="ann", outcome="ok"))
    with psycopg.connect(shared_database()) as connection:
        for statement in ("UPDATE looks SET whom = 'bob'", "DELETE FROM looks"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                connection.execute(statement)
            connection.rollback()


def end_all_connections():
    with psycopg.connect(shared_database()) as connection:
        others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(others)


@pytest.mark.parametrize("text", ["a\0b", "\1", "\0\1\2", "a\1\0"])
def test_text_with_nul_comes_back_and_keeps_its_place(store, text):
    others = ["", "a", "a ", "b"]
    with store.transaction():
        for number, customer in enumerate([text, *others]):
            store.events.append(customer, [view(f"{number}{text}")])
    assert list(store.events.customers()) == sorted([text, *others])
    assert store.events.known([f"0{text}", "0"]) == {f"0{text}"}
