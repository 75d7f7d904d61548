"""A server killed in the middle of its work, again and again, has lost nothing that it answered with 200, and keeps no part of a batch."""

import http.client
import json
import os
import random
import subprocess
import sys
import threading

from serving import HEADERS, SERVER, free_port, wait_until_ready
from tactful.wiring import open_engine

ROUNDS = max(2, int(os.environ.get("TACTFUL_TEST_KILLS", "8")) // 4)
"""Each starts a server, which takes its time."""
CLIENTS = 6
BATCH = 10


class Client(threading.Thread):
    """Sends batch after batch until nobody answers; the one that was not acknowledged is the first of the next round."""

    def __init__(self, number, batch, enough):
        super().__init__(daemon=True)
        self.number, self.batch, self.enough = number, batch, enough
        self.port, self.acknowledged = None, []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while True:
            ids = ids_of(self.number, self.batch)
            messages = [{"type": "page", "userId": f"u{self.number}-{self.batch % 5}", "messageId": each, "timestamp": "2026-03-01T09:00:00Z"} for each in ids]
            try:
                connection.request("POST", "/v1/import", json.dumps({"batch": messages}), HEADERS)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return
            assert answer.status == 200
            self.acknowledged.extend(ids)
            self.batch += 1
            self.enough.release()


def ids_of(client, batch):
    return [f"m-{client}-{batch}-{position}" for position in range(BATCH)]


def one_round(directory, batches, *, acknowledgements):
    """Let a server take some batches, and kill it while it takes others; the clients when it is dead."""
    port, enough = free_port(), threading.Semaphore(0)
    clients = [Client(number, batch, enough) for number, batch in enumerate(batches)]
    with subprocess.Popen([sys.executable, "-c", SERVER, str(directory), str(port)]) as process:
        try:
            wait_until_ready(process, port)
            for client in clients:
                client.port = port
                client.start()
            for _ in range(acknowledgements):
                assert enough.acquire(timeout=60)
        finally:
            process.kill()
    for client in clients:
        client.join(timeout=30)
    return clients


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path):
    chance, batches, acknowledged = random.Random(8321), [0] * CLIENTS, set()
    for _ in range(ROUNDS):
        clients = one_round(tmp_path, batches, acknowledgements=chance.randrange(5, 40))
        batches = [client.batch for client in clients]
        acknowledged.update(each for client in clients for each in client.acknowledged)

    engine = open_engine(tmp_path)
    kept = [event.message_id for _, events in engine.store.events.scan() for event in events]
    engine.store.close()
    assert acknowledged <= set(kept)
    assert len(kept) == len(set(kept))
    whole = {each for client, batch in {tuple(each.split("-")[1:3]) for each in kept} for each in ids_of(client, batch)}
    assert set(kept) == whole
    assert len(acknowledged) >= ROUNDS * 5 * BATCH
