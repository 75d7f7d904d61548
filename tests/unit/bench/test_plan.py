"""The benchmark of planning: what it promises, and that it runs."""

import pytest
from rich.console import Console

from tactful.bench.plan import Planned, Sizes, make, plan_for, report

FAST = Planned(plans=1000, seconds=1.0, p50_ms=1.0, p99_ms=4.0, peak_mib=5.0, messages=100)


@pytest.mark.parametrize(
    ("regulars", "once", "twice", "code"),
    [
        ({}, {}, {}, 0),
        ({"p50_ms": 2.5}, {}, {}, 0),
        ({}, {"p50_ms": 2.5}, {}, 1),
        ({}, {"seconds": 2.5}, {}, 1),
        ({}, {}, {"peak_mib": 30.0}, 1),
    ],
)
def test_it_falls_short_where_planning_is_slow_or_memory_grows(regulars, once, twice, code):
    console = Console(record=True, width=160)
    measured = [Planned(**{name: getattr(FAST, name) for name in FAST.__struct_fields__} | changed) for changed in (regulars, once, twice)]
    assert report(console, measured) == code
    assert ("missed" in console.export_text()) == bool(code)


def test_it_plans_for_customers_of_all_kinds(tmp_path):
    make(tmp_path, Sizes(products=200, customers=20))
    measured = plan_for(tmp_path, [f"u{n}" for n in range(20)])
    assert measured.plans == 20
    assert measured.messages > 0
    assert measured.p99_ms >= measured.p50_ms > 0
