"""Bodies of events found by coverage: a program for atheris. Whatever comes in becomes events, dead letters, or an error that says what is wrong."""

import gzip
import sys
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["tactful"]):
    from tactful.app.engine import Engine
    from tactful.http.bodies import Gzip, refuse_depths
    from tactful.ingest import read_batch, write_key
    from tactful.model.errors import TactfulError
    from tactful.store import MemoryStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = ("batch", "import", "track", "identify", "page", "screen", "group", "alias")
LIMIT = 65_536


def unpacked(body):
    unpacker = Gzip(LIMIT)
    plain = unpacker.feed(body)
    unpacker.finish()
    return plain


def take(data):
    """The first byte says which path, and whether it is packed, or says so and is not."""
    choice, body = data[:1] or b"\0", data[1:]
    kind, way = KINDS[choice[0] % 8], choice[0] // 8 % 4
    try:
        if way == 1:
            body = unpacked(body)
        elif way == 2:
            body = unpacked(gzip.compress(body, mtime=0))
        refuse_depths(body)
        write_key(body)
        arrivals = read_batch(body, kind=kind, received_at=NOON, correct_skew=kind != "import", gpc=way == 3)
        receipt = Engine(MemoryStore(), new_id=lambda: "id", erasure_key=b"key").record(arrivals, now=NOON, vouched=way != 0)
    except TactfulError:
        return
    assert sum((receipt.accepted, receipt.duplicates, receipt.dead, receipt.unkept)) == len(arrivals)


if __name__ == "__main__":  # A collector of doctests imports it too.
    atheris.Setup(sys.argv, take)
    atheris.Fuzz()
