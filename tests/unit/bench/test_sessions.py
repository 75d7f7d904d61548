"""The next look of a visit, ours and the others' ways of naming it, on visits small enough to follow by hand."""

import gzip
import io
import json

import numpy as np
import pytest
from rich.console import Console

from tactful.bench import Setting, sessions
from tactful.bench._session_peers import ItemKnn, NextOfLast, Popularity, SequentKnn, SessionKnn, VStan
from tactful.model.errors import NotReady
from tactful.recommend._visits import Visits

VISITS = Visits(thing=np.array([0, 1, 2, 0, 1, 3, 4, 3, 5]), start=np.array([0, 3, 5, 7, 9]))
THINGS = 6


def scores(kind, *looks):
    return kind(VISITS, things=THINGS).score(np.array(looks)).round(3).tolist()


def test_popularity_counts_looks():
    assert scores(Popularity, 0) == [2, 2, 1, 2, 1, 1]


def test_cosines_and_rules_by_hand():
    assert scores(ItemKnn, 0) == [0, 1.0, round(2**-0.5, 3), 0, 0, 0]
    assert scores(NextOfLast, 0) == [0, 2.0, 0.5, 0, 0, 0]
    assert scores(NextOfLast, 0, 3) == [0, 0, 0, 0, 1.0, 1.0]


def test_neighbours_hold_what_the_visits_alike_hold():
    first, second = 1 / np.sqrt(3), 1 / np.sqrt(2)
    assert scores(SessionKnn, 0) == [round(first + second, 3), round(first + second, 3), round(first, 3), 0, 0, 0]
    for kind in (SequentKnn, VStan):
        found = scores(kind, 0, 3)
        assert found[4] > found[2] > 0  # beside the later look rather than beside the earlier one


def log_in(folder, visits=300):
    """A log of the two shops, written as the real ones are: after n comes n + 1."""
    rng = np.random.default_rng(1)
    trained = [[int(first) + n for n in range(4)] for first in rng.integers(0, 40, visits)]
    asked = [[int(first) + n for n in range(size)] for first in rng.integers(0, 40, 60) for size in (3, 2, 1)]
    for name in sessions.MUST:
        (folder / f"sessions-{name}").mkdir()
        for file, content in {"train_sessions": trained, "test_prefixes": {"prefix": asked, "target": [looks[-1] + 1 for looks in asked]}}.items():
            (folder / f"sessions-{name}" / f"{file}.json.gz").write_bytes(gzip.compress(json.dumps(content).encode()))


def test_the_benchmark_names_what_comes_next(tmp_path):
    log_in(tmp_path)
    screen = io.StringIO()
    assert sessions.run(Console(file=screen, width=200), Setting(data=tmp_path, public=tmp_path)) == 0
    shown = screen.getvalue()
    assert shown.count("Tactful  ") >= 4
    assert "only what was not looked at in the visit before (180 looks)" in shown


def test_without_the_data_it_says_so(tmp_path):
    with pytest.raises(NotReady, match="--data-dir"):
        sessions.run(Console(file=io.StringIO()), Setting(data=tmp_path))
    with pytest.raises(NotReady, match="cannot read"):
        sessions.run(Console(file=io.StringIO()), Setting(data=tmp_path, public=tmp_path))
