"""Killed anywhere between reserving and noting that it was sent: no message is doubled, and none is lost."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 100
HARNESS = Path(__file__).with_name("kill_outbox.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the rounds are forked from one process, so that they are quick")
def test_a_hundred_kills_double_nothing_and_lose_nothing(tmp_path):
    seed = str(random.Random(7).randrange(1_000_000))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, str(HARNESS), str(tmp_path), str(ROUNDS), seed], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["killed"] == ROUNDS
    assert told["reserved"] >= ROUNDS // 2
    assert told["files"] == told["handed_over"] == told["delivered"] == told["reserved"], told
    assert told["states"] == ["sent"]
    assert len(told["points"]) >= 8
