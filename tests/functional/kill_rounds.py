"""Kill a process in the middle of ingest, round after round, and let its clients send again what was not acknowledged.

Run as a program with a store and a number of rounds. Everything is imported once; each round's process is a fork. Prints what it did as JSON; ends with 1
where something acknowledged was lost, or anything was kept twice or in part.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from datetime import UTC, datetime

from tactful.app.profiles import rebuild
from tactful.ingest import read_batch
from tactful.wiring import open_engine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENDERS = 3
BATCH = 10
LONGEST_LIFE_SECONDS = 0.12


def ids_of(sender, batch):
    return [f"{sender}-{batch}-{position}" for position in range(BATCH)]


def body_of(sender, batch):
    at, user = f"2026-03-01T0{batch % 9}:00:00Z", f"u{(sender + batch) % 4}"
    messages = [{"type": "page", "userId": user, "messageId": each, "timestamp": at} for each in ids_of(sender, batch)]
    return json.dumps({"batch": messages}).encode()


def ingest(location, first, pipe):
    """In the fork: take batches from every sender at once, and acknowledge each when it is recorded."""
    engine = open_engine(location)
    os.write(pipe, b"open\n")

    def work(sender):
        batch = first[sender]
        while True:
            engine.record(read_batch(body_of(sender, batch), kind="import", received_at=NOW, correct_skew=False), now=NOW)
            os.write(pipe, f"{sender} {batch}\n".encode())
            batch += 1

    for sender in range(SENDERS):
        threading.Thread(target=work, args=(sender,), daemon=True).start()
    threading.Event().wait()


def one_round(location, following, life, *, patient):
    """Let a process live for a while; the acknowledgements that came out of it. With ``patient`` the while begins at the first of them, however slow."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        ingest(location, following, writing)
    os.close(writing)
    with os.fdopen(reading) as said:
        said.readline()
        first = [said.readline()] if patient else []
        time.sleep(life)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return [tuple(map(int, line.split())) for line in [*first, *said]]


def faults(location, acknowledged):
    """What is wrong with what was kept."""
    engine = open_engine(location)
    kept = [event.message_id for _, events in engine.store.events.scan() for event in events]
    batches = {tuple(map(int, each.split("-")[:2])) for each in kept}
    found = {
        "lost": len({each for sender, batch in acknowledged for each in ids_of(sender, batch)} - set(kept)),
        "doubled": len(kept) - len(set(kept)),
        "torn": len({each for sender, batch in batches for each in ids_of(sender, batch)} - set(kept)),
        "stale": sum(engine.store.profiles.load(customer) != rebuild(engine.store, customer) for customer in engine.store.events.customers()),
    }
    engine.store.close()
    return found


def main(location, rounds):
    chance, following, acknowledged = random.Random(8321), [0] * SENDERS, set()
    open_engine(location).store.close()
    for number in range(int(rounds)):
        for sender, batch in one_round(location, following, chance.uniform(0.0, LONGEST_LIFE_SECONDS), patient=number % 2 == 0):
            acknowledged.add((sender, batch))
            following[sender] = max(following[sender], batch + 1)
    found = faults(location, acknowledged)
    sys.stdout.write(json.dumps({"rounds": int(rounds), "acknowledged": len(acknowledged), **found}) + "\n")
    return 1 if any(found.values()) or not acknowledged else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
