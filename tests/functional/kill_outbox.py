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
from typing import NamedTuple

from small_shop import NOW, PRODUCTS, STORES, ago, bought, happened
from tactful.model.events import ConsentUpdated, DecisionMade, Identified, MessageDelivered, Traits
from tactful.senders import Letterhead, open_sender
from tactful.wiring import open_engine

CLAIM = timedelta(minutes=6)


class Places(NamedTuple):
    """Where everything is."""

    folder: Path

    @property
    def out(self):
        return self.folder / "out"

    @property
    def data(self):
        return self.folder / "data"

    @property
    def handed_over(self):
        return self.folder / "handed-over"

    @property
    def point(self):
        return self.folder / "point"


def customer(name):
    yield happened(Identified, ago(300), user_id=name, traits=Traits(email=f"{name}@customers.example", timezone="Europe/London"))
    yield happened(ConsentUpdated, ago(299), user_id=name, purpose="marketing", channel="email", granted=True)
    for n in range(5):
        yield bought(ago(17 + 14 * n), "coffee", user_id=name)


class Fuse:
    """Counts steps, and ends the process at one of them."""

    def __init__(self, steps, places):
        self.steps, self.places = steps, places

    def burn(self, point):
        self.steps -= 1
        if self.steps == 0:
            self.places.point.write_text(point)
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


def counted(sender, places):
    """Remember every message that is handed over: a file written twice is still one file."""
    send = sender.send

    def sending(letter):
        with places.handed_over.open("a") as log:
            log.write(letter.message_id + "\n")
        return send(letter)

    sender.send = sending
    return sender


def work(now, names, places, fuse=None):
    engine, sender = open_engine(places.data), counted(open_sender(f"file:{places.out}", Letterhead()), places)
    if fuse is not None:
        fused(engine, sender, fuse)
    list(engine.plan(names, now=now, dry_run=False))
    engine.send([sender], now=now)
    engine.store.close()


def one_round(number, fuse):
    """One process that kills itself; where it did."""
    now = NOW + number * timedelta(seconds=1)
    names = [f"r{number}"]
    process = os.fork()
    if process == 0:
        work(now, names, fuse.places, fuse)
        os._exit(0)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, status
    return f"{fuse.places.point.read_text()} {fuse.steps}"


def settle(places, names):
    """A shop, and people for whom coffee is due."""
    engine = open_engine(places.data)
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record([event for name in names for event in customer(name)], now=NOW)
    engine.store.close()


def main(folder, rounds, seed):
    """Kill so many processes, finish, and tell what is there."""
    places, chance = Places(Path(folder)), random.Random(seed)
    warm = Places(places.folder / "warm")
    settle(warm, ["w"])
    work(NOW, ["w"], warm)  # Whatever is made at the first use is made before the processes part, and so once.
    settle(places, [f"r{number}" for number in range(rounds)])
    steps = [number % 8 + 1 if number < rounds // 2 else chance.randint(1, 8) for number in range(rounds)]
    points = Counter(one_round(number, Fuse(steps[number], places)) for number in range(rounds))
    process = os.fork()
    if process == 0:
        work(NOW + CLAIM, [f"r{number}" for number in range(rounds)], places)
        work(NOW + 2 * CLAIM, [], places)
        os._exit(0)
    assert os.waitpid(process, 0)[1] == 0
    return found(places) | {"killed": points.total(), "points": points}


def found(places):
    """What the log, the outbox and the folder hold."""
    engine = open_engine(places.data)
    events = [event for _, log in engine.store.events.scan() for event in log]
    reserved = [event.message_id for event in events if isinstance(event, DecisionMade) and event.channel is not None]
    told = {
        "reserved": len(reserved),
        "files": len(list(places.out.glob("*.json"))),
        "delivered": sum(isinstance(event, MessageDelivered) for event in events),
        "handed_over": len(places.handed_over.read_text().splitlines()),
        "states": sorted({engine.store.outbox.load(message_id).state for message_id in reserved}),
    }
    engine.store.close()
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
