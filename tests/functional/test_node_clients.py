"""The JavaScript server libraries against a running server, which is killed while they send and comes back."""

import contextlib
import json
import signal
import subprocess
import sys

from javascript import needs_libraries, run
from serving import SERVER, free_port, wait_until_ready
from tactful.model.events import Identified
from tactful.wiring import open_engine

pytestmark = needs_libraries
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


@contextlib.contextmanager
def sending(library, port):
    with run("send.cjs", library, f"http://127.0.0.1:{port}") as process:
        try:
            yield Client(library, process)
        finally:
            process.kill()


class Client:
    """A library at work in a process of its own, and what the events are called that it was handed."""

    def __init__(self, library, process):
        self.library = library
        self.process = process
        self.sent = []

    def send(self, phase):
        self.process.stdin.write(f"{phase} {EACH}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline(), self.process.stderr.read()
        self.sent += [f"{self.library}-{phase}-{number}" for number in range(EACH)]

    def finish(self):
        """Let the library send all it has; what it says went wrong."""
        output, errors = self.process.communicate(timeout=120)
        assert output, errors
        return json.loads(output)


def kept(location):
    """What the events in the log are called."""
    engine = open_engine(location)
    events = [event for _, events in engine.store.events.scan() for event in events]
    engine.store.close()
    return [event.traits.email.partition("@")[0] if isinstance(event, Identified) else event.product_id for event in events]


def test_nothing_is_lost_or_doubled_when_the_server_is_killed_in_the_middle(tmp_path):
    port = free_port()
    with sending("segment", port) as segment, sending("rudder", port) as rudder, sending("jitsu", port) as jitsu:
        patient = (segment, rudder)  # Jitsu's library tries nothing again.
        with serving(tmp_path, port) as first:
            for client in patient:
                client.send("before")
                client.send("during")
            first.send_signal(signal.SIGKILL)
            first.wait(timeout=30)
        for client in patient:
            client.send("away")
        with serving(tmp_path, port):
            for client in (*patient, jitsu):
                client.send("after")
                assert client.finish() == [], client.library
    found = kept(tmp_path)
    for client in (segment, rudder, jitsu):
        assert sorted(name for name in found if name.startswith(client.library)) == sorted(client.sent)
