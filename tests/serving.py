"""A server in a process of its own, and clients that keep what was not acknowledged and send it again."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys

SERVER = """
import sys
from pathlib import Path
from tactful.http import dev_keys, serve
from tactful.wiring import open_engine

serve(open_engine(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), keys=dev_keys(), scripts_in=Path(sys.argv[1]) / "scripts")
"""
HEADERS = {"Authorization": "Bearer dev-secret", "Content-Type": "application/json"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(process, port):
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except ConnectionRefusedError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
    raise AssertionError(f"the server ended with {process.returncode}")


@contextlib.contextmanager
def server(location):
    """A server over a store; its port. Stopped, or else killed, at the end."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", SERVER, str(location), str(port)]) as process:
        try:
            wait_until_ready(process, port)
            yield port
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def ask(port, method, path, body=None, *, timeout=30, **headers):
    """One request; status and JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), HEADERS | headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
    finally:
        connection.close()
