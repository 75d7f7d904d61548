"""The client libraries themselves against a running server, which is killed while they send and comes back."""

import contextlib
import signal
import subprocess
import sys

import pytest

from serving import SERVER, free_port, wait_until_ready
from tactful.wiring import open_engine

segment = pytest.importorskip("segment.analytics.client", reason="segment-analytics-python is in the dev group")
rudder = pytest.importorskip("rudderstack.analytics.client", reason="rudder-sdk-python is in the dev group")
EACH = 60
"""Events before the server is killed, while it is away, and after it is back."""


@contextlib.contextmanager
def serving(location, port):
    with subprocess.Popen([sys.executable, "-c", SERVER, str(location), str(port)]) as process:
        try:
            wait_until_ready(process, port)
            yield process
        finally:
            process.kill()


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)


def send(client, phase):
    return [tell(client, f"{phase}-{number}", number) for number in range(EACH)]


def tell(client, name, number):
    if number % 3 == 0:
        _, message = client.identify(f"u{number}", {"email": f"{name}@example.com"})
    elif number % 3 == 1:
        _, message = client.track(f"u{number}", "Product Viewed", {"product_id": name})
    else:
        _, message = client.track(None, "Product Viewed", {"product_id": name}, anonymous_id=f"a{number}")
    return message["messageId"]


@pytest.mark.parametrize(
    ("library", "settings"),
    [(segment, {}), (rudder, {})],  # the one sends plain JSON, the other gzip
    ids=["segment", "rudder"],
)
def test_nothing_is_lost_or_doubled_when_the_server_is_killed_in_the_middle(tmp_path, library, settings):
    port, failed = free_port(), []
    with serving(tmp_path, port) as first:
        client = library.Client(
            "dev-write",
            host=f"http://127.0.0.1:{port}",
            on_error=lambda problem, batch: failed.append(problem),
            upload_size=7,
            upload_interval=0.01,
            **settings,
        )
        sent = send(client, "before")
        client.flush()
        sent += send(client, "during")
        kill(first)
    sent += send(client, "away")
    with serving(tmp_path, port):
        sent += send(client, "after")
        client.flush()
        client.join()
    engine = open_engine(tmp_path)
    kept = [event.message_id for _, events in engine.store.events.scan() for event in events]
    engine.store.close()
    assert not failed
    assert sorted(kept) == sorted(sent)
