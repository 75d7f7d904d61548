"""Estimates of one policy from another's log, on a made-up sample written as the public one is."""

import gzip
import io

import numpy as np
import pytest
from rich.console import Console

from tactful.bench import Setting, off_policy
from tactful.model.errors import NotReady

ITEMS = 4
HEAD = ["", "timestamp", "item_id", "position", "click", "propensity_score", *(f"user_feature_{n}" for n in range(4))]


def sample_in(folder, rows=600):
    """Two weeks in which the first item is clicked three times as often; one policy shows each as often, the other the first more often."""
    for policy, shares in {"random": [0.25] * 4, "bts": [0.7, 0.1, 0.1, 0.1]}.items():
        rng = np.random.default_rng(7)
        lines = [[*HEAD, *(f"user-item_affinity_{item}" for item in range(ITEMS))]]
        for row in range(rows):
            item = int(rng.choice(ITEMS, p=shares))
            click = int(rng.random() < (0.3 if item == 0 else 0.1))
            lines.append([row, "2019-11-24", item, 1 + row % 3, click, 0.25, *(f"v{rng.integers(3)}" for _ in range(4)), *[0.0] * ITEMS])
        (folder / "open-bandit" / policy / "all").mkdir(parents=True)
        body = "\n".join(",".join(map(str, line)) for line in lines)
        (folder / "open-bandit" / policy / "all" / "all.csv.gz").write_bytes(gzip.compress(body.encode()))


def test_every_estimator_is_near_what_the_other_policy_earned(tmp_path, monkeypatch):
    monkeypatch.setattr(off_policy, "RESAMPLES", 3)
    sample_in(tmp_path)
    folder = tmp_path / "open-bandit"
    found = off_policy.errors(*(off_policy.read_log(folder / policy / "all" / "all.csv.gz") for policy in ("random", "bts")))
    assert found.keys() == off_policy.PUBLISHED.keys()
    assert all(wrong.mean() < 0.25 for wrong in found.values()), {name: wrong.mean() for name, wrong in found.items()}
    screen = io.StringIO()
    assert off_policy.run(Console(file=screen, width=160), Setting(data=tmp_path, public=tmp_path)) == 0
    assert all(name in screen.getvalue() for name in off_policy.PUBLISHED)


def test_without_the_data_it_says_so(tmp_path):
    for public in (None, tmp_path):
        with pytest.raises(NotReady, match="--data-dir"):
            off_policy.run(Console(file=io.StringIO()), Setting(data=tmp_path, public=public))
