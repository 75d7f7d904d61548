"""The latency benchmark on a shop of a hundred products."""

import io

import pytest
from rich.console import Console

from tactful.bench.latency import Answers, Measured, Sizes, measure, report


def figures(ms=2.0, slowest_ms=5.0, empty_ms=1.0):
    decisions = Answers(seconds=(ms / 1000,) * 98 + (slowest_ms / 1000,) * 2, cpu_ms=ms)
    return Measured(products=100, decisions=decisions, empty=Answers(seconds=(empty_ms / 1000,), cpu_ms=empty_ms), peak_mb=100)


def test_a_real_server_is_asked_and_measured():
    measured = measure(Sizes(customers=30, regulars=3, requests=5, warm_up=1), products=100)
    assert 0 < measured.decisions.quantile_ms(0.5) <= measured.decisions.quantile_ms(0.99)
    assert 0 < measured.share_of_empty < 10
    assert measured.peak_mb > 10


@pytest.mark.parametrize(
    ("tenth", "full", "code"),
    [
        (figures(), figures(), 0),
        (figures(), figures(slowest_ms=11.0), 1),
        (figures(), figures(empty_ms=0.2), 1),
        (figures(ms=1.0), figures(ms=1.6), 1),
    ],
    ids=["as promised", "slow", "few", "grows with the catalogue"],
)
def test_a_promise_that_is_missed_is_told(tenth, full, code):
    said = io.StringIO()
    assert report(Console(file=said, width=160), tenth, full) == code
    assert ("missed" in said.getvalue()) == bool(code)
