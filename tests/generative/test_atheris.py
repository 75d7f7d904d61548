"""Bodies that a fuzzer finds by watching which lines they reach."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wire_words import WORDS

pytest.importorskip("atheris", reason="it is made for Linux only, and not for every Python")
RUNS = int(os.environ.get("TACTFUL_TEST_FUZZ", "3000"))
"""Bodies tried; 300,000 for a long look."""
TRACK = {"type": "track", "event": "Order Completed", "userId": "u", "messageId": "m", "timestamp": "2026-03-01T09:00:00Z"}
ORDER = {"order_id": "o", "currency": "EUR", "products": [{"product_id": "p", "price": 1.5, "quantity": 2}], "shipping": {"country": "GB"}}
SEEDS = [
    b"\0" + json.dumps({"batch": [TRACK | {"properties": ORDER}], "sentAt": "2026-03-01T09:00:01Z"}).encode(),
    b"\3" + json.dumps({"userId": "u", "traits": {"email": "a@b.example", "address": {"country": "GB"}}, "context": {"consent": {"x": True}}}).encode(),
    b"\2" + json.dumps({"event": "Recommendation Dismissed", "anonymousId": "a", "properties": {"reason": "gift", "product_id": "p"}}).encode(),
    b"\7" + json.dumps({"userId": "u", "previousId": "a", "context": {"location": {"latitude": 51.5, "longitude": -0.1}}}).encode(),
]
EVENTS = (
    "Product Viewed",
    "Products Searched",
    "Consent Updated",
    "Outreach Paused",
    "Preference Stated",
    "Formulation Rated",
    "Email Opened",
    "Order Refunded",
)
TOKENS = ["null", "true", "[]", "{}", "1e400", "-0", "NaN", '"2026-03-01T10:00:00+14:00"', '"0001-01-01T00:00:00Z"', '"\\\\ud83d"', '"\\\\u0000"', "9" * 30]


def dictionary():
    """Words that the fuzzer may put in, one a line in its own form."""
    words = [*TOKENS, *(f'"{word}":' for word in WORDS), *(f'"{event}"' for event in EVENTS)]
    return "\n".join('"' + word.replace('"', '\\"') + '"' for word in words)


def test_no_body_that_a_fuzzer_finds_is_a_surprise(tmp_path):
    (tmp_path / "words").write_text(dictionary())
    corpus = tmp_path / "bodies"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)
    program = Path(__file__).parent / "atheris_ingest.py"
    limits = [f"-atheris_runs={RUNS}", "-seed=8321", "-max_len=2048"]
    command = [sys.executable, program, corpus, *limits, f"-dict={tmp_path / 'words'}", f"-artifact_prefix={tmp_path / 'found-'}"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    assert not list(tmp_path.glob("found-*"))
