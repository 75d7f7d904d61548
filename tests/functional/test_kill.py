"""A server killed in the middle of its work has lost nothing that it answered with 200."""

import contextlib
import http.client
import itertools
import json
import signal
import socket
import subprocess
import sys
import threading

from tactful.wiring import open_engine

SERVER = """
import sys
from tactful.http import dev_keys, serve
from tactful.wiring import open_engine

serve(open_engine(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), keys=dev_keys())
"""
HEADERS = {"Authorization": "Bearer dev-secret", "Content-Type": "application/json"}
SENDERS = 4
BATCH = 25
ENOUGH = 40
"""Batches acknowledged before the server is killed."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Senders:
    """Clients that send batch after batch until nobody answers, and remember what was acknowledged."""

    def __init__(self, port):
        self.port = port
        self.acknowledged = []
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self.send, args=(number,), daemon=True) for number in range(SENDERS)]

    def send(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        for batch in itertools.count():
            ids = [f"m-{number}-{batch}-{position}" for position in range(BATCH)]
            messages = [{"type": "page", "userId": f"u{number}-{batch % 5}", "messageId": each, "timestamp": "2026-03-01T09:00:00Z"} for each in ids]
            try:
                connection.request("POST", "/v1/import", json.dumps({"batch": messages}), HEADERS)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return
            assert answer.status == 200
            self.acknowledged.extend(ids)
            if len(self.acknowledged) >= ENOUGH * BATCH:
                self.enough.set()


def wait_until_ready(process, port):
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except ConnectionRefusedError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
    raise AssertionError(f"the server ended with {process.returncode}")


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path):
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path), str(port)]) as process:
        try:
            wait_until_ready(process, port)
            senders = Senders(port)
            for thread in senders.threads:
                thread.start()
            assert senders.enough.wait(timeout=60)
        finally:
            process.send_signal(signal.SIGKILL)
        for thread in senders.threads:
            thread.join(timeout=30)
    assert process.returncode == -signal.SIGKILL

    engine = open_engine(tmp_path)
    assert engine.store.events.known(senders.acknowledged) == set(senders.acknowledged)
    assert len(senders.acknowledged) >= ENOUGH * BATCH
    engine.store.close()
