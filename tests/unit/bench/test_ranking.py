"""What the benchmark of the ranker tells."""

import numpy as np
from rich.console import Console

from rankings import proposed
from tactful.bench.ranking import compare


def test_the_benchmark_tells_who_is_ahead():
    console = Console(record=True, width=200)
    assert compare(console, proposed(), proposed(seed=2), share=np.full(50, 0.1))
    said = console.export_text()
    assert all(name in said for name in ("strongest word", "curves where it counts", "trees", "ranker", "the ranker says", "in time", "log_loss"))
