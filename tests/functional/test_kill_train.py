"""A training killed in the middle of its work goes on where it was, and learns to the bit what an undisturbed one learns."""

import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime

import msgspec
import pytest

from small_shop import NOW, PRODUCTS, STORES, life_of, looked
from tactful.wiring import open_engine
from tactful.workbench._files import Window

CUSTOMERS = 300
"""More than a shard."""
KILLED = """
import os, signal, sys
from tactful.cli import main
from tactful.workbench import _files

step, when, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

def mortal(keep):
    calls = []
    def keep_and_die(*arguments):
        calls.append(arguments)
        if len(calls) == count and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        keep(*arguments)
        if len(calls) == count and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
    return keep_and_die

setattr(_files.FileTraining, step, mortal(getattr(_files.FileTraining, step)))
sys.argv = ["tactful", *sys.argv[4:]]
main()
"""
"""`tactful train` that kills itself before or after the so-and-so-many-th call of something it keeps."""
POINTS = [
    (("lay_out", "before", 2), 0),
    (("lay_out", "after", 2), 0),
    (("finish", "before", 1), 0),
    (("finish", "after", 1), 1),
    (("finish", "after", 9), 10),
    (("finish", "before", 3), 12),
    (("forget", "before", 1), None),
]
"""Where one training after the other is killed, and how many artefacts are finished then; None: all."""


@pytest.fixture
def shop(tmp_path):
    engine = open_engine(tmp_path / "shop")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.import_history([event for number in range(CUSTOMERS) for event in life_of(number)], now=NOW)
    engine.store.close()
    return tmp_path / "shop"


def train(directory, *killed, now=NOW):
    program = ["-c", KILLED, *map(str, killed)] if killed else ["-m", "tactful"]
    named = ["--now", now.isoformat()] if now else []
    command = [sys.executable, *program, "train", "--json", "--data", str(directory), *named]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def learned(directory):
    engine = open_engine(directory)
    records = {record.name: (record.blob, record.version, record.trained_at, record.facts) for record in engine.store.models.load()}
    engine.store.close()
    return records


def test_killed_again_and_again_it_goes_on_and_learns_the_same(shop, tmp_path):
    undisturbed = shutil.copytree(shop, tmp_path / "undisturbed")
    said = train(undisturbed)
    assert said.returncode == 0, said.stderr
    for point, finished in POINTS:
        assert train(shop, *point).returncode == -signal.SIGKILL
        kept = list((shop / "training" / "finished").glob("*"))
        assert len(kept) == (len(learned(shop)) if finished is None else finished)
        assert bool(learned(shop)) == (finished is None)  # nothing is put to use before everything is
    done = train(shop)
    assert (done.returncode, done.stdout) == (0, said.stdout), done.stderr
    assert len(learned(shop)) > 15
    assert learned(shop) == learned(undisturbed)
    assert [file.name for file in (shop / "training").rglob("*")] == ["lock"]


def test_who_just_runs_it_again_goes_on_whatever_came_in_since(shop):
    assert train(shop, "finish", "after", 3, now=None).returncode == -signal.SIGKILL
    began = msgspec.json.decode((shop / "training" / "window.json").read_bytes(), type=Window).now
    engine = open_engine(shop)
    engine.record([looked("novel", datetime.now(UTC), user_id="passer-by")], now=datetime.now(UTC))
    engine.store.close()
    done = train(shop, now=None)
    assert done.returncode == 0, done.stderr
    assert {trained_at for _, _, trained_at, _ in learned(shop).values()} == {began}
    again = train(shop, now=None)
    assert again.returncode == 0, again.stderr
    assert all(trained_at > began for _, _, trained_at, _ in learned(shop).values())
