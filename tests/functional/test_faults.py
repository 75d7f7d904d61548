"""What the world does to a server: nothing acknowledged is lost or kept twice, it recovers by itself, and says meanwhile that it is not ready."""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from litestar.testing import TestClient

from postgres_server import TOGETHER, Server, new_database
from serving import HEADERS, ask, server
from tactful.http import create_app, dev_keys
from tactful.model.events import PageViewed
from tactful.wiring import open_engine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROUNDS = int(os.environ.get("TACTFUL_TEST_KILLS", "8"))
"""How often the server is killed; 100 for a long look."""
HERE = Path(__file__).parent
SECRET = {"Authorization": "Bearer dev-secret"}


def pages(*ids):
    return {"batch": [{"type": "page", "userId": "ann", "messageId": each, "timestamp": "2026-03-01T09:00:00Z"} for each in ids]}


def kill_rounds(location, rounds):
    command = [sys.executable, HERE / "kill_rounds.py", str(location), str(rounds)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_killed_at_random_points_over_sqlite(tmp_path):
    kill_rounds(tmp_path / "data", ROUNDS)


@TOGETHER
def test_killed_at_random_points_over_postgresql():
    with new_database() as url:
        kill_rounds(url, max(4, ROUNDS // 4))


def test_a_full_disk_refuses_what_it_cannot_keep_and_recovers(tmp_path):
    engine = open_engine(tmp_path)
    writer = engine.store._database._writer

    def fill(limit):
        writer.execute(f"PRAGMA max_page_count = {limit}")

    with TestClient(create_app(engine, keys=dev_keys(), clock=lambda: NOW)) as client:

        def send(number):
            return client.post("/v1/import", json=pages(*(f"{number}-{k}-{'x' * 200}" for k in range(20))), headers=SECRET)

        assert client.get("/readyz").status_code == 200
        fill(writer.execute("PRAGMA page_count").fetchone()[0] + 12)
        answers = [send(number) for number in range(12)]
        kept = [number for number, answer in enumerate(answers) if answer.status_code == 200]
        assert kept
        refused = next(answer for answer in answers if answer.status_code != 200)
        assert (refused.status_code, refused.json()["code"]) == (503, "not_ready")
        assert "disk is full" in refused.json()["message"]
        assert engine.store.events.count() == 20 * len(kept)
        assert client.get("/readyz").status_code == 503
        fill(1_000_000)
        assert client.get("/readyz").status_code == 200
        assert [send(number).status_code for number in range(12)] == [200] * 12
    assert engine.store.events.count() == 20 * 12
    engine.store.close()


class Persistent(threading.Thread):
    """A client that sends batch after batch, and each until it is acknowledged."""

    def __init__(self, port, number):
        super().__init__(daemon=True)
        self.port, self.number = port, number
        self.enough = threading.Event()
        self.acknowledged, self.refused = [], 0

    def run(self):
        batch = 0
        while not self.enough.is_set():
            ids = [f"{self.number}-{batch}-{position}" for position in range(5)]
            try:
                status, _ = ask(self.port, "POST", "/v1/import", pages(*ids))
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                self.acknowledged.extend(ids)
                batch += 1
            else:
                self.refused += 1
                self.enough.wait(0.05)


@TOGETHER
def test_a_database_that_goes_away_and_comes_back():
    database = Server()
    try:
        with server(database.url) as port:
            clients = [Persistent(port, number) for number in range(4)]
            for client in clients:
                client.start()
            for how in ("immediate", "fast"):
                before = [len(client.acknowledged) for client in clients]
                while any(len(client.acknowledged) < much + 15 for client, much in zip(clients, before, strict=True)):
                    clients[0].enough.wait(0.02)
                database.stop(how)
                status, answer = ask(port, "GET", "/readyz")
                assert (status, answer["code"]) == (503, "not_ready")
                assert "\n" not in answer["message"]
                database.start()
                assert ask(port, "GET", "/readyz")[0] == 200
            before = [len(client.acknowledged) for client in clients]
            while any(len(client.acknowledged) < much + 15 for client, much in zip(clients, before, strict=True)):
                clients[0].enough.wait(0.02)
            for client in clients:
                client.enough.set()
            for client in clients:
                client.join(timeout=30)
        assert sum(client.refused for client in clients) > 0
        with closing(open_engine(database.url).store) as store:
            kept = [event.message_id for event in store.events.read("u:ann")]
        assert len(kept) == len(set(kept))
        assert set(kept) >= {each for client in clients for each in client.acknowledged}
    finally:
        database.remove()


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with server(tmp_path_factory.mktemp("data")) as port:
        yield port


def test_slow_clients_keep_nobody_waiting(port):
    body = json.dumps(pages("slow")).encode()
    head = f"POST /v1/import HTTP/1.1\r\nHost: x\r\nAuthorization: {HEADERS['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
    for each in slow:
        each.sendall(head + body[:20])
    assert ask(port, "POST", "/v1/import", pages("quick"), timeout=20)[0] == 200
    slow[0].sendall(body[20:])
    assert slow[0].recv(100).startswith(b"HTTP/1.1 200")
    for each in slow:
        each.close()
    assert ask(port, "GET", "/readyz")[0] == 200


def test_a_gzip_body_that_was_cut_off_records_nothing_and_may_be_sent_again(port):
    body = gzip.compress(json.dumps(pages("cut-1", "cut-2")).encode())
    answers = []
    for sent in (body[:-9], body, body):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", "/v1/import", sent, HEADERS | {"Content-Encoding": "gzip"})
        answer = connection.getresponse()
        answers.append((answer.status, json.loads(answer.read()).get("code")))
        connection.close()
    assert answers == [(400, "malformed_gzip"), (200, None), (200, None)]


@pytest.mark.parametrize("location", ["memory:", "sqlite", pytest.param("postgres", marks=TOGETHER)])
def test_batches_doubled_and_out_of_order_from_many_threads_come_to_the_same(location, tmp_path):
    events = [PageViewed(message_id=f"m{n}", at=NOW.replace(hour=n % 12, minute=n), user_id=f"u{n % 2}", anonymous_id=f"d{n % 5}") for n in range(40)]
    alone = open_engine("memory:")
    alone.record(events, now=NOW)
    with new_database() if location == "postgres" else closing(_Place(tmp_path if location == "sqlite" else location)) as place:
        engine = open_engine(getattr(place, "name", place))

        def send(step):
            for start in range(0, 40, 8):
                first = (start * step) % 40
                engine.record(events[first : first + 8], now=NOW)

        threads = [threading.Thread(target=send, args=(step,)) for step in (1, 3, 7, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for customer in ("u:u0", "u:u1"):
            assert engine.store.profiles.load(customer) == alone.store.profiles.load(customer)
        assert engine.store.events.count() == 40
        engine.store.close()


class _Place:
    """A place that needs no tidying up."""

    def __init__(self, name):
        self.name = name

    def close(self):
        """Nothing to do."""
