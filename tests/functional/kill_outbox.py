"""Reserve and send in forked processes that kill themselves with SIGKILL at every step in turn, then finish what they left, and tell what is there."""

import json
import os
import random
import signal
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from small_shop import NOW, PRODUCTS, STORES, ago, bought, happened
from tactful.model.events import ConsentUpdated, DecisionMade, Identified, MessageDelivered, Traits
from tactful.senders import Letterhead, open_sender
from tactful.wiring import open_engine

folder, rounds, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
OUT, DATA, WRITTEN = folder / "out", folder / "data", folder / "written"
CLAIM = timedelta(minutes=6)
points = Counter()


def customer(name):
    yield happened(Identified, ago(300), user_id=name, traits=Traits(email=f"{name}@customers.example", timezone="Europe/London"))
    yield happened(ConsentUpdated, ago(299), user_id=name, purpose="marketing", channel="email", granted=True)
    for n in range(5):
        yield bought(ago(17 + 14 * n), "coffee", user_id=name)


class Fuse:
    """Counts steps, and ends the process at one of them."""

    def __init__(self, steps):
        self.steps = steps

    def burn(self, point):
        self.steps -= 1
        if self.steps == 0:
            Path(folder, "point").write_text(point)
            os.kill(os.getpid(), signal.SIGKILL)


def fused(engine, sender, fuse):
    """Steps: before and after every commit, and before and after every message is handed over."""
    transaction, send = engine.store.transaction, sender.send

    @contextmanager
    def burning(**how):
        with transaction(**how):
            yield
            fuse.burn("before commit")
        fuse.burn("after commit")

    def sending(letter):
        fuse.burn("before sending")
        answer = send(letter)
        fuse.burn("after sending")
        return answer

    engine.store.transaction, sender.send = burning, sending


def counted(sender):
    """Remember every message that is handed over: a file written twice is still one file."""
    send = sender.send

    def sending(letter):
        with WRITTEN.open("a") as log:
            log.write(letter.message_id + "\n")
        return send(letter)

    sender.send = sending
    return sender


def work(now, names, fuse=None):
    engine, sender = open_engine(DATA), counted(open_sender(f"file:{OUT}", Letterhead()))
    if fuse is not None:
        fused(engine, sender, fuse)
    list(engine.plan(names, now=now, dry_run=False))
    engine.send([sender], now=now)
    engine.store.close()


def one_round(number, fuse):
    now = NOW + number * timedelta(seconds=1)
    names = [f"r{number}"]
    process = os.fork()
    if process == 0:
        work(now, names, fuse)
        os._exit(0)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, status
    points[f"{Path(folder, 'point').read_text()} {fuse.steps}"] += 1


def main():
    engine = open_engine(DATA)
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record([event for number in range(rounds) for event in customer(f"r{number}")], now=NOW)
    engine.store.close()
    chance = random.Random(seed)
    for number in range(rounds):
        one_round(number, Fuse(number % 8 + 1 if number < rounds // 2 else chance.randint(1, 8)))
    process = os.fork()
    if process == 0:
        work(NOW + CLAIM, [f"r{number}" for number in range(rounds)])
        work(NOW + 2 * CLAIM, [])
        os._exit(0)
    assert os.waitpid(process, 0)[1] == 0
    sys.stdout.write(json.dumps(found()))


def found():
    engine = open_engine(DATA)
    events = [event for _, log in engine.store.events.scan() for event in log]
    reserved = [event.message_id for event in events if isinstance(event, DecisionMade) and event.channel is not None]
    written = WRITTEN.read_text().splitlines()
    told = {
        "killed": points.total(),
        "points": points,
        "reserved": len(reserved),
        "files": len(list(OUT.glob("*.json"))),
        "delivered": sum(isinstance(event, MessageDelivered) for event in events),
        "handed_over": len(written),
        "states": sorted({engine.store.outbox.load(message_id).state for message_id in reserved}),
    }
    engine.store.close()
    return told


main()
