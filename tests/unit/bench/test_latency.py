"""The latency benchmark on a shop of a hundred products."""

import io

import pytest
from rich.console import Console

from tactful.bench.latency import Measured, Sizes, measure, report


def figures(**changes):
    return Measured(**({"products": 100, "p50_ms": 2.0, "p99_ms": 5.0, "a_second": 300.0, "empty_a_second": 900.0, "peak_mb": 100} | changes))


def test_a_real_server_is_asked_and_measured():
    measured = measure(Sizes(customers=30, regulars=3, requests=5, warm_up=1), products=100)
    assert 0 < measured.p50_ms <= measured.p99_ms
    assert 0 < measured.share_of_empty < 10
    assert measured.peak_mb > 10


@pytest.mark.parametrize(
    ("tenth", "full", "code"),
    [
        (figures(), figures(), 0),
        (figures(), figures(p99_ms=11.0), 1),
        (figures(), figures(a_second=200.0), 1),
        (figures(p50_ms=1.0), figures(p50_ms=1.6), 1),
    ],
    ids=["as promised", "slow", "few", "grows with the catalogue"],
)
def test_a_promise_that_is_missed_is_told(tenth, full, code):
    said = io.StringIO()
    assert report(Console(file=said, width=160), tenth, full) == code
    assert ("missed" in said.getvalue()) == bool(code)
