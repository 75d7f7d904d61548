"""The ingest benchmark with three clients for a moment."""

import io

import msgspec
import pytest
from rich.console import Console

from tactful.bench._load import Load, Server, load, serving
from tactful.bench.ingest import Measured, Sizes, measure, report
from tactful.model.errors import NotReady

LOAD = Load(requests=100, seconds=10.0, p50_ms=5.0, p99_ms=20.0, cpu_ms=1.0, memory_mb=(100.0,) * 8)
FIGURES = Measured(batch=50, batches=LOAD, singles=LOAD, bare=LOAD, raw_a_second=1000.0)


def test_a_real_server_is_loaded_and_measured():
    found = measure(Sizes(clients=3, customers=20, batch=5, seconds=0.6))
    assert 0 < found.batches.p50_ms <= found.batches.p99_ms
    assert found.batches.requests > 3
    assert found.singles.requests > 0
    assert found.bare.a_second > found.batches.a_second
    assert found.raw_a_second > 0
    assert min(found.batches.memory_mb) > 10


def changed(**changes):
    return msgspec.structs.replace(FIGURES, **changes)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (FIGURES, 0),
        (changed(raw_a_second=2501.0), 1),
        (changed(batches=msgspec.structs.replace(LOAD, memory_mb=(100.0, 120.0, 140.0, 160.0, 170.0, 176.0, 178.0, 180.0))), 1),
        (changed(batches=msgspec.structs.replace(LOAD, memory_mb=(100.0, 120.0, 140.0, 160.0, 167.0, 167.0, 167.0, 167.0))), 0),
    ],
    ids=["as promised", "slow", "memory grows", "the cache fills"],
)
def test_a_promise_that_is_missed_is_told(found, code):
    said = io.StringIO()
    assert report(Console(file=said, width=160), found) == code
    assert ("missed" in said.getvalue()) == bool(code)


def test_an_answer_that_is_no_200_ends_the_run_in_one_line():
    with serving("uvicorn", "tactful.bench._bare:app", "--log-level", "error") as server, pytest.raises(NotReady, match="failed") as problem:
        load(Server(1, server.process), lambda _: iter([b"{}"]), path="/", headers={}, clients=2, seconds=1)
    assert "\n" not in problem.value.message
