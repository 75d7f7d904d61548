"""Bodies that come in while others are being recorded are recorded together, and each sender hears of their own."""

import asyncio
import json
import threading
from datetime import UTC, datetime

from tactful.app.engine import Engine, Receipt
from tactful.http.intake import Body, Intake
from tactful.model.errors import InvalidInput
from tactful.store import MemoryStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Slow(Engine):
    """Records when it is told to, and remembers how much at once."""

    def __init__(self):
        super().__init__(MemoryStore(), new_id=lambda: "id", erasure_key=b"key")
        self.together, self.go = [], threading.Event()

    def record_each(self, batches):
        self.together.append(len(batches))
        assert self.go.wait(timeout=20)
        return super().record_each(batches)


def body(message_id):
    content = b"{" if message_id is None else json.dumps({"event": "Seen", "userId": "u", "messageId": message_id}).encode()
    return Body(content=content, kind="track", now=NOON, vouched=True, gpc=False)


async def taken(engine, *message_ids, leaves=()):
    """What became of bodies, of which the first is under way when the others come in; some senders leave without waiting."""
    intake = Intake(engine)
    tasks = [asyncio.create_task(intake.take(body(each))) for each in message_ids]
    while not engine.together:
        await asyncio.sleep(0)
    for number in leaves:
        tasks[number].cancel()
    engine.go.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_each_sender_hears_of_their_own_body():
    engine = Slow()
    outcomes = asyncio.run(taken(engine, "m1", "m2", None, "m3", "m2"))
    assert outcomes[:2] == [Receipt(accepted=1)] * 2
    assert isinstance(outcomes[2], InvalidInput)
    assert outcomes[3:] == [Receipt(accepted=1), Receipt(duplicates=1)]
    assert sum(engine.together) == 4
    assert len(engine.together) <= 2


def test_a_sender_who_leaves_takes_nothing_from_the_others():
    engine = Slow()
    outcomes = asyncio.run(taken(engine, "m1", "m2", "m3", leaves=[0, 1]))
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert outcomes[2] == Receipt(accepted=1)
    assert engine.store.events.count() >= 2


def test_a_fault_of_ours_reaches_everybody_and_the_next_are_taken():
    engine = Slow()

    def fails(batches):
        engine.together.append(len(batches))
        raise ZeroDivisionError

    engine.record_each = fails
    outcomes = asyncio.run(taken(engine, "m1", "m2"))
    assert [type(each) for each in outcomes] == [ZeroDivisionError] * 2
    del engine.record_each
    assert asyncio.run(taken(engine, "m1")) == [Receipt(accepted=1)]


def test_many_are_recorded_once_each():
    engine = Slow()
    engine.go.set()
    outcomes = asyncio.run(taken(engine, *(f"m{number % 150}" for number in range(200))))
    assert sum(outcomes, Receipt()) == Receipt(accepted=150, duplicates=50)
    assert engine.store.events.count() == 150
